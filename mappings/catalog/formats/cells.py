"""Cells of a CSV that a spreadsheet will open: what it would take for a formula has an apostrophe before it there, and
is read without."""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def as_typed(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
