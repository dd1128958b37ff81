"""A workspace kept for years: backed up while in use, restored to the byte, examined, measured, tidied, upgraded."""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families
from sqlite_utils import Database, Migrations

from kb.db import BEFORE_UPGRADE, open_database
from kb.errors import WorkspaceError
from kb.workspace import Workspace
from mappings.db import open_company
from mappings.keeping.backup import back_up, restore, snapshots
from mappings.keeping.tidying import leftovers
from mappings.migrations import company_migrations
from regwatch import main

DAY = "2026-02-10T08:00:00Z"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("demo") / "workspace"
    assert CliRunner().invoke(main, ["demo", "--workspace", str(root)], catch_exceptions=False).exit_code == 0
    return Workspace(root)


@pytest.fixture
def workspace(demo: Workspace, tmp_path: Path) -> Workspace:
    return Workspace(Path(shutil.copytree(demo.root, tmp_path / "workspace")))


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(words), catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def dumped(path: Path) -> list[str]:
    with closing(Database(path)) as db:
        return [line for line in db.conn.iterdump() if "_fts" not in line]


def test_a_restored_workspace_is_the_one_that_was_backed_up(workspace: Workspace, tmp_path: Path) -> None:
    back_up(workspace, tmp_path / "backup", now=DAY)
    again = Workspace(tmp_path / "again")
    restore(tmp_path / "backup", again)
    for name in ("kb.db", "company.db"):
        assert len(dumped(workspace.root / name)) > 100
        assert dumped(again.root / name) == dumped(workspace.root / name)
    for name in ("config.yml", ".serve/links"):
        assert (again.root / name).read_bytes() == (workspace.root / name).read_bytes()
    kept = {path.name for path in workspace.archive_path.rglob("*") if path.is_file()}
    assert kept == {path.name for path in again.archive_path.rglob("*") if path.is_file()}
    assert run("verify", "--workspace", str(again.root))[0] == 0


def test_a_workspace_is_backed_up_while_others_write(workspace: Workspace, tmp_path: Path) -> None:
    writing = (
        "import sqlite3, sys, time\n"
        "db = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)\n"
        "for n in range(10_000):\n"
        "    db.execute('insert into source_run (id, source, started, outcome) values (?, ?, ?, ?)',"
        " [f'x{n}', 'x', f'{n:06}', 'healthy'])\n"
        "    print(n, flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", writing, str(workspace.kb_path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        snapshot, _ = back_up(workspace, tmp_path / "backup", now=DAY)
        assert writer.poll() is None  # it was writing all the while
        writer.kill()
    with closing(Database(snapshot / "kb.db")) as copy:
        seen = [row["id"] for row in copy.query("select id from source_run where source = 'x' order by started")]
        assert seen == [f"x{n}" for n in range(len(seen))]
        assert copy.execute("pragma integrity_check").fetchone()[0] == "ok"


def test_a_backup_cut_off_is_no_snapshot_and_an_altered_one_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    snapshot, _ = back_up(workspace, tmp_path / "backup", now=DAY)
    cut_off = tmp_path / "backup" / "2026-02-11T08-00-00Z"
    cut_off.mkdir()
    (cut_off / "kb.db").write_bytes(b"half")
    assert snapshots(tmp_path / "backup") == [snapshot]
    with (snapshot / "company.db").open("r+b") as file:
        file.seek(5000)
        file.write(b"altered")
    with pytest.raises(WorkspaceError, match=r"company\.db is not as it was backed up"):
        restore(tmp_path / "backup", Workspace(tmp_path / "again"))
    assert not (tmp_path / "again").exists()


def test_a_capture_missing_from_the_backup_is_told_when_restoring(workspace: Workspace, tmp_path: Path) -> None:
    back_up(workspace, tmp_path / "backup", now=DAY)
    next(path for path in (tmp_path / "backup" / "archive").rglob("*") if path.is_file()).unlink()
    code, _, said = run("restore", str(tmp_path / "backup"), "--workspace", str(tmp_path / "again"))
    assert (code, said.count("\n")) == (3, 1)
    assert re.search("restored, but not whole: archive: [0-9a-f]{64} cannot be read", said)


def test_only_the_newest_snapshots_are_kept_and_the_archive_is_copied_once(
    workspace: Workspace, tmp_path: Path
) -> None:
    for day in (10, 11, 12):
        back_up(workspace, tmp_path / "backup", now=f"2026-02-{day}T08:00:00Z", keep=2)
        if day == 10:
            first = {path: path.stat().st_mtime_ns for path in (tmp_path / "backup" / "archive").rglob("*")}
    assert [path.name[:10] for path in snapshots(tmp_path / "backup")] == ["2026-02-11", "2026-02-12"]
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "backup" / "archive").rglob("*")} == first


def test_a_snapshot_dated_ahead_by_a_wrong_clock_is_neither_the_newest_nor_kept_in_place_of_it(
    workspace: Workspace, tmp_path: Path
) -> None:
    ahead, _ = back_up(workspace, tmp_path / "backup", now="2049-01-01T08:00:00Z")
    (workspace.root / "note").write_text("since")
    last, _ = back_up(workspace, tmp_path / "backup", now=DAY)
    assert snapshots(tmp_path / "backup") == [ahead, last]
    restore(tmp_path / "backup", Workspace(tmp_path / "again"))
    assert (tmp_path / "again" / "note").read_text() == "since"
    last, _ = back_up(workspace, tmp_path / "backup", now="2026-02-11T08:00:00Z", keep=1)
    assert snapshots(tmp_path / "backup") == [last]


def test_a_snapshot_whose_list_is_damaged_is_not_passed_over_for_an_older_one(
    workspace: Workspace, tmp_path: Path
) -> None:
    damaged, _ = back_up(workspace, tmp_path / "backup", now=DAY)
    (damaged / "manifest.json").write_text("{")
    last, _ = back_up(workspace, tmp_path / "backup", now="2026-02-11T08:00:00Z", keep=1)
    assert snapshots(tmp_path / "backup") == [last, damaged]
    with pytest.raises(WorkspaceError, match="use another snapshot"):
        restore(tmp_path / "backup", Workspace(tmp_path / "again"))
    restore(last, Workspace(tmp_path / "again"))


def test_nothing_is_restored_over_a_workspace_nor_backed_up_into_one(workspace: Workspace, tmp_path: Path) -> None:
    code, _, said = run("backup", str(workspace.root / "backup"), "--workspace", str(workspace.root))
    assert (code, said.count("\n")) == (1, 1)
    assert "outside it" in said
    back_up(workspace, tmp_path / "backup", now=DAY)
    code, _, said = run("restore", str(tmp_path / "backup"), "--workspace", str(workspace.root))
    assert (code, said.count("\n")) == (1, 1)
    assert "is not empty" in said


def test_what_a_workspace_keeps_private_nobody_else_can_read(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        run("init", "--workspace", str(tmp_path / "new"))
        open_company(tmp_path / "new" / "company.db").close()
    finally:
        os.umask(before)
    for name in ("config.yml", "company.db"):
        assert (tmp_path / "new" / name).stat().st_mode & 0o007 == 0


def test_the_figures_are_prometheus_text_and_count_what_is_there(workspace: Workspace, tmp_path: Path) -> None:
    assert run("metrics", "--workspace", str(workspace.root), "--output", str(tmp_path / "regwatch.prom"))[0] == 0
    families = {f.name: f for f in text_string_to_metric_families((tmp_path / "regwatch.prom").read_text("utf-8"))}
    healthy = {sample.labels["source"]: sample.value for sample in families["regwatch_source_healthy"].samples}
    assert len(healthy) == 9
    assert set(healthy.values()) == {1.0}
    with open_company(workspace.company_path) as company:
        count = company.table("alert").count
    assert sum(sample.value for sample in families["regwatch_alerts"].samples) == count


def test_the_same_figures_come_as_one_json_document(workspace: Workspace) -> None:
    code, text, _ = run("metrics", "--json", "--workspace", str(workspace.root))
    healthy = [row["value"] for row in json.loads(text) if row["name"] == "regwatch_source_healthy"]
    assert (code, len(healthy), set(healthy)) == (0, 9, {1.0})


def test_tidying_names_first_and_never_takes_evidence(workspace: Workspace) -> None:
    piece = next(path for path in workspace.archive_path.iterdir()) / ".new-abc"
    piece.touch()
    os.utime(piece, (time.time() - 7200, time.time() - 7200))
    layouts = [path for path in (workspace.root / "layouts").rglob("*") if path.is_file()]
    assert layouts
    words = ("tidy", "--workspace", str(workspace.root), "--json")
    named = json.loads(run(*words)[1])
    assert named["files"] == len(layouts) + 1
    assert piece.exists()
    assert json.loads(run(*words, "--remove")[1])["removed"] is True
    assert not piece.exists()
    assert run("verify", "--workspace", str(workspace.root))[0] == 0
    assert len(list(workspace.outbox_path.glob("*.eml"))) > 0


@pytest.mark.timeout(60, method="thread")  # as in test_upgrade.py
def test_an_upgrade_keeps_a_copy_and_an_older_program_refuses_a_newer_database(tmp_path: Path) -> None:
    def released(*names: str) -> Migrations:
        migrations = Migrations("kb")
        for name in names:
            migrations(name=name)(lambda db, name=name: db.table(name).create({"id": int}))
        return migrations

    path = tmp_path / "kb.db"
    open_database(path, released("m001")).close()
    assert not (tmp_path / BEFORE_UPGRADE).exists()  # a new database needs no way back
    with open_database(path, released("m001", "m002")) as db:
        assert set(db.table_names()) >= {"m001", "m002"}
    with pytest.raises(WorkspaceError, match=r"made by a newer Regwatch \(m002\)"):
        open_database(path, released("m001"))
    (copy,) = (tmp_path / BEFORE_UPGRADE).iterdir()
    shutil.copy(copy, path)
    with open_database(path, released("m001")) as db:  # the way back
        assert "m002" not in db.table_names()


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """company.db of the release before, with an owner in it."""
    path, newest = tmp_path / "company.db", company_migrations.pending(Database(memory=True))[-1].name
    with closing(Database(path)) as db:
        db.enable_wal()
        company_migrations.apply(db, stop_before=newest)
        with db.atomic():
            db.execute("insert into owner (id, name) values ('a', '示例')")
    return path


def test_a_disk_that_fills_in_an_upgrade_leaves_it_undone(older: Path) -> None:
    before, limits = dumped(older), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, limits[1]))
    try:
        with pytest.raises(WorkspaceError, match="free the disk"):
            open_company(older)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert dumped(older) == before
    assert not list((older.parent / BEFORE_UPGRADE).iterdir())
    open_company(older).close()
    assert len(list((older.parent / BEFORE_UPGRADE).iterdir())) == 1


def test_a_copy_that_a_kill_cut_off_is_read_by_its_owner_alone_and_tidied(older: Path) -> None:
    child = os.fork()
    if child == 0:
        os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
        open_company(older)
    os.waitpid(child, 0)
    (piece,) = (older.parent / BEFORE_UPGRADE).iterdir()
    assert piece.stat().st_mode & 0o777 == 0o600
    open_company(older).close()
    hours = time.time() + 7200
    assert [found.path for found in leftovers(Workspace(older.parent), days=365, at=hours)] == [piece]


def test_messages_are_json_lines_where_asked(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGWATCH_LOG", "json")
    code, printed, said = run("show", "no-such-id", "--workspace", str(workspace.root))
    (line,) = said.splitlines()
    assert (code, printed) == (1, "")
    assert json.loads(line)["level"] == "error"
    assert json.loads(line)["message"].startswith("error: nothing has the id")


@pytest.fixture
def served(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    from site_client import site

    with site(workspace, monkeypatch) as datasette:
        yield datasette


async def test_a_stranger_sees_health_and_public_figures_only(served: object) -> None:
    client = served.client  # type: ignore[attr-defined]
    answer = (await client.get("/-/health")).json()
    assert answer == {"ok": True, "last_run": answer["last_run"], "sources": 9, "unhealthy": []}
    text = (await client.get("/-/metrics")).text
    assert "regwatch_source_healthy" in text
    assert "alert" not in text
    assert "dataset" not in text
