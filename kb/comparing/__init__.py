"""Version ↔ version: provisions and data items aligned, graded, marked and printed."""
