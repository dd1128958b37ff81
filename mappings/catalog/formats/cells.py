"""Cells of a CSV that a spreadsheet will open: what it would take for a formula has an apostrophe before it there, and
is read without."""

from __future__ import annotations

from kb.cells import SIGNS


def as_cell(text: str) -> str:
    return f"'{text}" if _is_formula(text) else text


def as_typed(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _is_formula(cell[1:]) else cell


def _is_formula(text: str) -> bool:
    return text.lstrip().startswith(SIGNS) or text.startswith(("\t", "\r"))
