"""One thing that is wrong, and what to do about it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database


@dataclass(frozen=True)
class Finding:
    """``grade``: a fault loses data or leaves somebody untold; a warning will, if nobody looks."""

    check: str
    grade: Literal["fault", "warning"]
    what: str
    do: str


def is_sound(db: Database) -> str:
    """What SQLite finds wrong with the pages of a database; empty when nothing is."""
    try:
        said = [row[0] for row in db.execute("pragma integrity_check(3)").fetchall()]
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if said == ["ok"] else "; ".join(said)[:300].replace("\n", " ")
