"""What one statement of the open SQL page may take, so that no visitor can hold the site or fill its memory.

Datasette's time limit is looked at between steps of a statement only: one function over a gigabyte of text is a single
step. Our own questions are asked without these bounds, for texts may be long.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

LONGEST = 1_000_000  # bytes of one value, the longest that a single step may work on
ANSWER = 50_000_000  # bytes of all values of one answer
LIKE = 500  # characters of a pattern
_LIMITS = {sqlite3.SQLITE_LIMIT_LENGTH: LONGEST, sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: LIKE}
_FREE = {sqlite3.SQLITE_LIMIT_LENGTH: 1_000_000_000, sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 50_000}  # SQLite's own
_TRIMS = {"trim": (True, True), "ltrim": (True, False), "rtrim": (False, True)}


def bind(connection: sqlite3.Connection) -> None:
    """Set the bounds of a new connection."""
    for name, ends in _TRIMS.items():
        connection.create_function(name, 2, _trim(*ends), deterministic=True)
    _set(connection, _LIMITS, _measured())


@contextmanager
def unbound(connection: sqlite3.Connection) -> Iterator[None]:
    """For a question of our own."""
    bounded = connection.row_factory
    _set(connection, _FREE, sqlite3.Row)
    try:
        yield
    finally:
        _set(connection, _LIMITS, bounded)


def _set(connection: sqlite3.Connection, limits: dict[int, int], row_factory: Any) -> None:
    for limit, value in limits.items():
        connection.setlimit(limit, value)
    connection.row_factory = row_factory


def _trim(left: bool, right: bool) -> Callable[[Any, Any], str | None]:
    """SQLite's own looks at every character to take away for every character of the text."""

    def trim(text: Any, characters: Any) -> str | None:
        if text is None or characters is None:
            return None
        whole, taken = str(text), set(str(characters))
        start, end = 0, len(whole)
        while left and start < end and whole[start] in taken:
            start += 1
        while right and start < end and whole[end - 1] in taken:
            end -= 1
        return whole[start:end]

    return trim


def _measured() -> Callable[[sqlite3.Cursor, tuple[Any, ...]], sqlite3.Row]:
    """Rows as Datasette wants them, until those of one cursor are too much."""
    cursor_of, taken = None, 0

    def measured(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> sqlite3.Row:
        nonlocal cursor_of, taken
        if cursor_of is None or cursor_of() is not cursor:
            cursor_of, taken = weakref.ref(cursor), 0
        taken += sum(len(value) for value in row if isinstance(value, str | bytes))
        if taken > ANSWER:
            raise sqlite3.OperationalError(f"the answer is larger than {ANSWER // 1_000_000} MB: ask for less")
        return sqlite3.Row(cursor, row)

    return measured
