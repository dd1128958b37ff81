"""Questions that look across many works at once, or along time: what pages show beside one thing of kb/queries.py."""
