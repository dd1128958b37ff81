"""What a cell of an exported table may hold: a spreadsheet must not take words of others for a formula."""

from __future__ import annotations

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # the wide ones are formulas to a spreadsheet set to Chinese


def harmless(value: object) -> object:
    """Text that begins as a formula gets a quotation mark before it; a bare carriage return would begin a new row."""
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", " ")
    return f"'{text}" if text.lstrip().startswith(SIGNS) or text.startswith("\t") else text
