"""Open kb.db: migrations applied, write-ahead log, foreign keys on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlite_utils import Database, Migrations

from kb.errors import WorkspaceError


def open_database(path: Path, migrations: Migrations) -> Database:
    """Open and migrate one SQLite file. Raises WorkspaceError when it is no database or not writable."""
    try:
        connection = sqlite3.connect(path, timeout=30)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma synchronous = normal")
        db = Database(connection)
        if migrations.pending(db):
            migrations.apply(db)
    except sqlite3.Error as error:
        raise WorkspaceError(f"{path}: {error}: check that the file is a Regwatch database and writable") from error
    return db


def open_kb(path: Path) -> Database:
    from kb.migrations import kb_migrations

    return open_database(path, kb_migrations)
