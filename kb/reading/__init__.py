"""Bytes → Document: one reader for each format, chosen by what the bytes are."""
