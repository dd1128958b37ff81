"""Open a database of a workspace: migrations applied, write-ahead log, foreign keys on.

Before a database that is in use is migrated, a copy of it is kept beside it in ``before-upgrade/``: the way back.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlite_utils import Database, Migrations

from kb.errors import WorkspaceError, database_advice
from kb.whole_file import whole_file

BEFORE_UPGRADE = "before-upgrade"


class WaitingDatabase(Database):
    """A transaction takes the write lock at once: one that reads before it writes would be refused, without waiting,
    when another process has written between the two."""

    @contextmanager
    def atomic(self) -> Iterator[Database]:
        with super().atomic() if self.conn.in_transaction else self._alone():
            yield self

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.conn.execute("begin immediate")
        try:
            yield
            self.conn.execute("commit")
        except BaseException:
            self.conn.rollback()
            raise


@contextmanager
def one_view(db: Database) -> Iterator[None]:
    """Everything read in here is as of one moment, while others write."""
    db.conn.execute("begin")
    try:
        yield
    finally:
        db.conn.rollback()


def open_database(path: Path, migrations: Migrations) -> Database:
    """Open and migrate one SQLite file; one that cannot be written is opened for reading alone.

    Raises WorkspaceError when it is no database, is locked, or would have to be migrated and cannot be written.
    """
    try:
        if path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            return _open_to_read(path, migrations)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o640))  # nobody but its owner and group reads it
        with ExitStack() as on_failure:
            db = WaitingDatabase(on_failure.enter_context(closing(sqlite3.connect(path, timeout=30))))
            db.execute("pragma journal_mode = wal")
            db.execute("pragma foreign_keys = on")
            db.execute("pragma synchronous = normal")
            _refuse_foreign(db, path, migrations)
            _refuse_newer(db, path, migrations)
            if migrations.pending(db):
                _upgrade(db, path, migrations)
            on_failure.pop_all()  # it stays open
    except OSError as error:
        raise WorkspaceError(f"{path}: {error.strerror}: free the disk or choose another with --workspace") from error
    except sqlite3.Error as error:
        raise WorkspaceError(f"{path}: {error}: {database_advice(str(error))}") from error
    return db


def _open_to_read(path: Path, migrations: Migrations) -> Database:
    db = open_unchanging(path)
    _refuse_foreign(db, path, migrations)
    _refuse_newer(db, path, migrations)
    if migrations.pending(db):
        raise WorkspaceError(
            f"{path}: made by an older Regwatch and not writable: open it once where it can be written"
        )
    return db


def open_unchanging(path: Path) -> Database:
    """A database that nobody writes to while it is read: without ``immutable`` SQLite would want a file beside it."""
    return Database(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True))


def copy_database(db: Database, to: Path) -> None:
    """A whole copy of an open database, while others read and write it; it appears under its name when complete."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(to) as beside:
        os.close(os.open(beside, os.O_CREAT | os.O_WRONLY, 0o600))  # also what a kill leaves is read by its owner alone
        with closing(sqlite3.connect(beside)) as copy:
            db.conn.backup(copy)
            copy.execute("pragma journal_mode = delete")  # one file, without a -wal beside it


def _refuse_foreign(db: Database, path: Path, migrations: Migrations) -> None:
    """A company.db copied over kb.db would be published; another program's database would be written into."""
    table = Migrations.migrations_table
    tables = {row[0] for row in db.execute("select name from sqlite_master where type = 'table'").fetchall()} - {table}
    foreign = tables and not migrations.applied(db)
    if table in db.table_names():
        sets = [row[0] for row in db.execute(f"select distinct migration_set from {table}").fetchall()]
        foreign = foreign or any(name != migrations.name for name in sets)
    if foreign:
        raise WorkspaceError(f"{path} is another database, not {path.name} of Regwatch: put the right one back "
                             "(`regwatch restore`)")  # fmt: skip


def _refuse_newer(db: Database, path: Path, migrations: Migrations) -> None:
    known = {migration.name for migration in migrations.pending(Database(memory=True))}
    if newer := [migration.name for migration in migrations.applied(db) if migration.name not in known]:
        raise WorkspaceError(
            f"{path}: made by a newer Regwatch ({newer[-1]}): install that one, or put back the copy in "
            f"{path.parent / BEFORE_UPGRADE} or a backup"
        )


def _upgrade(db: Database, path: Path, migrations: Migrations) -> None:
    """All of it or nothing; who comes second waits, and finds it done."""
    with db.atomic():
        if migrations.pending(db):
            _keep_copy(db, path, migrations)
            migrations.apply(db)


def _keep_copy(db: Database, path: Path, migrations: Migrations) -> None:
    """Only the newest copy of each database is kept."""
    if not (applied := migrations.applied(db)):
        return
    copy = path.parent / BEFORE_UPGRADE / f"{path.stem}-{applied[-1].name}{path.suffix}"
    with closing(sqlite3.connect(path)) as reader:  # SQLite copies nothing over a connection that holds the write lock
        copy_database(Database(reader), copy)
    for older in copy.parent.glob(f"{path.stem}-*{path.suffix}"):
        if older != copy:
            older.unlink()


def open_kb(path: Path) -> Database:
    """As ``open_database``, but for one that was lost."""
    from kb.migrations import kb_migrations

    refuse_lost_kb(path)
    return open_database(path, kb_migrations)


def refuse_lost_kb(path: Path) -> None:
    """A kb.db that is gone or empty beside an archive that is not was lost, and is not new. Raises WorkspaceError."""
    if (not path.exists() or path.stat().st_size == 0) and any(path.with_name("archive").glob("*/*")):
        raise WorkspaceError(
            f"{path} is {'empty' if path.exists() else 'gone'} and the archive beside it is not: restore it from a "
            f"backup (or, to begin anew, move the archive away)"
        )
