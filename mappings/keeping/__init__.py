"""A workspace kept for years: backup and restore, what is wrong and how to mend it, figures for a monitor, tidying."""
