"""Both databases come from every form they ever had to today's with all they hold, keep a way back, and never hang."""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations
from test_two_writers import form, statements

from kb.db import BEFORE_UPGRADE, open_database, open_kb
from kb.errors import WorkspaceError
from kb.migrations import kb_migrations
from kb.workspace import ensure_workspace
from mappings.db import open_company
from mappings.keeping.doctor import AGAIN, examine
from mappings.migrations import company_migrations

# An upgrade once waited inside SQLite for its own lock: no signal reaches a test there, so a thread ends the run.
NEVER_HANGS = pytest.mark.timeout(60, method="thread")


@dataclass(frozen=True)
class Kind:
    name: str
    migrations: Migrations
    open_one: Callable[[Path], Database]
    put: str  # a row of the first form, of 200,000 bytes in all, so that the copy is of many pages
    get: str

    @property
    def forms(self) -> list[str]:
        return [migration.name for migration in self.migrations.pending(Database(memory=True))]

    def make_old(self, path: Path, last: str) -> list[tuple[object, ...]]:
        """A database as the release left it whose newest migration was ``last``, with rows; in the log still."""
        following = self.forms[self.forms.index(last) + 1 :]
        with closing(Database(path)) as db:
            db.execute("pragma journal_mode = wal")
            self.migrations.apply(db, stop_before=following)
            with db.atomic():
                db.conn.executemany(self.put, [(f"{number:04}", "车" * 300) for number in range(200)])
        return self.rows(path)

    def rows(self, path: Path) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("pragma integrity_check").fetchone() == ("ok",)
            return db.execute(self.get).fetchall()


KB = Kind(
    "kb", kb_migrations, open_kb,
    "insert into capture (id, url, digest, size, captured_at) values (?1, ?2, ?1, 1, '2025-06-20T01:00:00Z')",
    "select id, url, digest, size, captured_at from capture order by id",
)  # fmt: skip
COMPANY = Kind(
    "company", company_migrations, open_company,
    "insert into owner (id, name) values (?1, ?2)", "select id, name from owner order by id",
)  # fmt: skip
BOTH = pytest.mark.parametrize("kind", [KB, COMPANY], ids=lambda kind: kind.name)
EVERY_FORM = [pytest.param(kind, last, id=f"{kind.name}-{last}") for kind in (KB, COMPANY) for last in kind.forms[:-1]]


@NEVER_HANGS
@pytest.mark.parametrize(("kind", "last"), EVERY_FORM)
def test_every_older_form_is_upgraded_with_what_it_holds_and_keeps_the_way_back(
    tmp_path: Path, kind: Kind, last: str
) -> None:
    path = tmp_path / f"{kind.name}.db"
    held = kind.make_old(path, last)
    old_form = form(path)
    kind.open_one(path).close()
    new = tmp_path / "new.db"
    kind.open_one(new).close()
    assert kind.rows(path) == held
    assert form(path) == form(new)
    (copy,) = (tmp_path / BEFORE_UPGRADE).iterdir()
    assert copy.name == f"{kind.name}-{last}.db"
    assert (kind.rows(copy), form(copy)) == (held, old_form)


@BOTH
def test_two_that_open_an_old_database_at_once_upgrade_it_once(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / f"{kind.name}.db"
    held = kind.make_old(path, kind.forms[3])
    openers = [multiprocessing.Process(target=kind.open_one, args=(path,)) for _ in range(2)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert [opener.exitcode for opener in openers] == [0, 0]
    assert kind.rows(path) == held
    assert [copy.name for copy in (tmp_path / BEFORE_UPGRADE).iterdir()] == [f"{kind.name}-{kind.forms[3]}.db"]


@NEVER_HANGS
@BOTH
def test_an_upgrade_waits_for_no_reader(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / f"{kind.name}.db"
    held = kind.make_old(path, kind.forms[3])
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("begin")
        assert reader.execute(kind.get).fetchall() == held
        kind.open_one(path).close()
        assert reader.execute(kind.get).fetchall() == held


@BOTH
def test_an_upgrade_of_data_killed_anywhere_is_done_by_the_next_start(tmp_path: Path, kind: Kind) -> None:
    old = tmp_path / "old.db"
    held = kind.make_old(old, kind.forms[3])
    with closing(sqlite3.connect(old)) as db:
        db.execute("pragma journal_mode = delete")
    shutil.copy(old, tmp_path / "whole.db")
    most = statements(tmp_path / "whole.db", kind.open_one, 0)
    for dies_at in (most // 10, most // 3, most // 2, most * 9 // 10):
        path = tmp_path / str(dies_at) / f"{kind.name}.db"
        path.parent.mkdir()
        shutil.copy(old, path)
        assert statements(path, kind.open_one, dies_at) == 0
        kind.open_one(path).close()
        assert (kind.rows(path), form(path)) == (held, form(tmp_path / "whole.db")), dies_at
        assert kind.rows(path.parent / BEFORE_UPGRADE / f"{kind.name}-{kind.forms[3]}.db") == held


def test_a_full_disk_or_another_writer_is_no_reason_to_restore(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = ensure_workspace(tmp_path / "workspace")
    held = KB.make_old(workspace.kb_path, KB.forms[3])
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *words, **more: connect(*words, **more | {"timeout": 0.1}))
    with closing(connect(workspace.kb_path)) as writer:
        writer.execute("begin immediate")
        with pytest.raises(WorkspaceError, match="locked: another command is writing, perhaps an upgrade: wait"):
            open_database(workspace.kb_path, kb_migrations)
        (finding,) = [found for found in examine(workspace, now="2026-02-10T01:00:00Z") if found.check == "kb"]
    assert finding.do == AGAIN
    open_kb(workspace.kb_path).close()
    assert KB.rows(workspace.kb_path) == held
