"""Open kb.db: migrations applied, write-ahead log, foreign keys on."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sqlite_utils import Database, Migrations

from kb.errors import WorkspaceError


def open_database(path: Path, migrations: Migrations) -> Database:
    """Open and migrate one SQLite file; one that cannot be written is opened for reading alone.

    Raises WorkspaceError when it is no database, is locked, or would have to be migrated and cannot be written.
    """
    try:
        if path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            return _open_to_read(path, migrations)
        connection = sqlite3.connect(path, timeout=30)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma synchronous = normal")
        db = Database(connection)
        if migrations.pending(db):
            migrations.apply(db)
    except sqlite3.Error as error:
        locked = "locked" in str(error)
        advice = (
            "another command is writing: try again" if locked else "check that it is a Regwatch database and writable"
        )
        raise WorkspaceError(f"{path}: {error}: {advice}") from error
    return db


def _open_to_read(path: Path, migrations: Migrations) -> Database:
    # Nobody can write here, so nothing changes under us; without immutable SQLite would want to write a -shm file.
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    db = Database(connection)
    if migrations.pending(db):
        raise WorkspaceError(
            f"{path}: made by an older Regwatch and not writable: open it once where it can be written"
        )
    return db


def open_kb(path: Path) -> Database:
    from kb.migrations import kb_migrations

    return open_database(path, kb_migrations)
