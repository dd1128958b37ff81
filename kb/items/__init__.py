"""Data items and the conditions of their rules, read from tables and lists."""
