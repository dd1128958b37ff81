"""Long lists a page at a time: never counted through, only asked whether there is more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from kb.rows import Row

SIZE = 50


def read_page(db: Database, sql: str, values: Sequence[Any], page: int, size: int = SIZE) -> tuple[list[Row], bool]:
    """The rows of ``page`` (from 1) of an ordered question, and whether there are more behind them."""
    start = (max(1, page) - 1) * size
    found = list(db.query(f"{sql} limit {size + 1} offset {start}", list(values)))
    return found[:size], len(found) > size
