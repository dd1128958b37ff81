"""What every connection of Datasette gets: its own search box finds Chinese, as ours does; and bounds."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette import hookimpl

from kb.searching.search import match_query
from pages.bounds import bind


@hookimpl(trylast=True)  # type: ignore[untyped-decorator]
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    # Datasette registers its own escape_fts first; with trylast this one replaces it.
    conn.create_function("escape_fts", 1, lambda words: match_query(words or ""), deterministic=True)
    bind(conn)
