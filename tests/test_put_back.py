"""An operator's hand: one database put back alone, the files beside a database gone after a kill, or another's."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alert_world import NOW, VISION, open_world
from click.testing import CliRunner, Result
from sqlite_utils import Database

from crawlers.crawl import crawl_sources
from crawlers.sample.server import serve_sample
from kb.db import open_kb
from kb.workspace import Workspace, ensure_workspace
from mappings.alerts.acknowledgement import acknowledge
from mappings.alerts.telling import tell_owners
from mappings.catalog.decisions import accept_by_policy
from mappings.catalog.importer import import_catalog
from mappings.catalog.links import suggest_links
from mappings.db import open_company
from mappings.keeping.backup import back_up, restore
from mappings.loop import run_loop
from regwatch import main

CATALOG = Path(__file__).parents[1] / "mappings" / "catalog" / "sample" / "catalog.csv"
BEFORE, AFTER = "2025-06-20", "2026-02-10"
ALERTS = "select id, owner, event, kind, state, sent_at from alert order by id"


def regwatch(*words: object, folder: Path) -> Result:
    return CliRunner().invoke(main, [*map(str, words), "--workspace", str(folder)], catch_exceptions=False)


def alerts(workspace: Workspace) -> list[tuple[str, ...]]:
    with open_company(workspace.company_path) as company:
        return company.execute(ALERTS).fetchall()


def test_a_kb_put_back_alone_catches_up_and_tells_nobody_again(tmp_path: Path) -> None:
    """The company knows of events that its kb.db does not; every command goes on, and the next runs find them again."""
    workspace, older = ensure_workspace(tmp_path / "ws"), tmp_path / "older.db"
    text = workspace.config_path.read_text("utf-8").replace("release: analyst\n", "release: automatic\n")
    workspace.config_path.write_text(text, "utf-8")
    with serve_sample(BEFORE) as site:

        def turn(now: str) -> dict[str, int]:
            return run_loop(workspace, crawl=crawl_sources, base_urls=site.base_urls, now=f"{now}T01:00:00Z",
                            say=print, sources=list(site.base_urls)).counts  # fmt: skip

        turn(BEFORE)
        with open_company(workspace.company_path) as company:
            import_catalog(company, [CATALOG], now=f"{BEFORE}T01:00:00Z")
            found = suggest_links(company, now=f"{BEFORE}T01:00:00Z")
            accept_by_policy(company, {one.data_type: 0.7 for one in found}, now=f"{BEFORE}T01:00:00Z")
        shutil.copy(workspace.kb_path, older)
        site.move_to(AFTER)
        counts, told = turn(AFTER), alerts(workspace)
        assert len(told) > 5
        shutil.copy(older, workspace.kb_path)
        for words in (["works"], ["alert", "list"], ["alert", "verify"], ["triage"], ["verify"], ["map", "check"],
                      ["doctor"], ["metrics"], ["alert", "send", "--now", AFTER]):  # fmt: skip
            assert regwatch(*words, folder=workspace.root).exit_code in (0, 3), words
        assert alerts(workspace) == told
        assert turn("2026-02-11") == counts
        turn("2026-02-12")
    assert alerts(workspace) == told
    assert regwatch("verify", folder=workspace.root).exit_code == 0


WRITING = """
import os, sys
from pathlib import Path
from kb.db import open_kb
from mappings.db import open_company
from mappings.keeping.backup import back_up, restore
kb, company = open_kb(Path(sys.argv[1], "kb.db")), open_company(Path(sys.argv[1], "company.db"))
with kb.atomic():
    kb.execute("update provision set body = body || '。'")
    for number in range(2000):
        kb.execute("insert into source_run (id, source, started, outcome) values (?, 'x', ?, 'healthy')", [number] * 2)
with company.atomic():
    for number in range(2000):
        company.execute("insert into owner (id, name) values (?, ?)", [f"o{number}", "示例" * 20])
os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose last writes are in the logs of its databases, as a kill leaves them; beside it ``older``."""
    folder = tmp_path_factory.mktemp("killed") / "ws"
    guide = Path(__file__).parents[1] / "crawlers" / "sample" / "annexes" / "guide-2026.pdf"
    for words in (["init"], ["add", guide], ["catalog", "import", CATALOG]):
        assert regwatch(*words, folder=folder).exit_code in (0, 3)
    shutil.copytree(folder, folder.parent / "older")
    subprocess.run([sys.executable, "-c", WRITING, folder], check=False)
    assert {path.name for path in folder.glob("*.db-*")} == {
        f"{n}.db-{s}" for n in ("kb", "company") for s in ("wal", "shm")
    }
    return folder


@pytest.fixture
def workspace(killed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(killed, tmp_path / "ws"))


def gone(*endings: str) -> Callable[[Path], None]:
    return lambda folder: [path.unlink() for end in endings for path in folder.glob(f"*.db-{end}")] and None


def garbage(folder: Path) -> None:
    for path in folder.glob("*.db-wal"):
        path.write_bytes(b"garbage" * 9_000)


@pytest.mark.parametrize(("spoil", "written"), [
    (gone(), 2000), (gone("shm"), 2000), (gone("wal"), 0), (gone("wal", "shm"), 0), (garbage, 0),
], ids=["nothing gone", "shm gone", "wal gone", "both gone", "wal spoiled"])  # fmt: skip
def test_without_its_log_a_database_is_as_if_the_last_writes_had_never_begun(
    workspace: Path, spoil: Callable[[Path], None], written: int
) -> None:
    spoil(workspace)
    for words in (["works"], ["verify"], ["map", "suggest"], ["alert", "send"]):
        assert regwatch(*words, folder=workspace).exit_code == 0, words
    for name, sql in (
        ("kb", "select count(*) from source_run"),
        ("company", "select count(*) from owner where id like 'o%'"),
    ):
        with closing(Database(workspace / f"{name}.db")) as db:
            assert db.execute(sql).fetchone()[0] in (written, written + 1)
            assert db.execute("pragma integrity_check").fetchone() == ("ok",)


def test_a_database_put_beside_the_log_of_another_is_named_by_the_doctor(workspace: Path, killed: Path) -> None:
    with closing(Database(killed.parent / "older" / "kb.db")) as older:
        older.execute("vacuum")  # as a copy from a backup: whole, and its pages stand elsewhere
        older.execute("pragma wal_checkpoint(truncate)")
    shutil.copy(killed.parent / "older" / "kb.db", workspace / "kb.db")
    (workspace / "kb.db-shm").unlink()
    result = regwatch("doctor", folder=workspace)
    assert result.exit_code == 3
    assert re.search(r"fault   kb: .*(damaged|malformed)", result.stdout)
    assert "regwatch restore" in result.stdout


def test_what_is_answered_in_a_workspace_that_was_moved_from_under_the_site_is_not_lost(tmp_path: Path) -> None:
    """A site that goes on with the database that it had open, while another stands at its place."""
    with open_world(tmp_path) as world:
        world.tell()
        place = world.workspace.root
        back_up(world.workspace, tmp_path / "backup", now=NOW)
        place.rename(tmp_path / "moved")
        restore(tmp_path / "backup", Workspace(place))
        acknowledge(world.company, world.alert(VISION)["id"], by="甲组", now=NOW, note="看过")
    with open_kb(place / "kb.db") as kb, open_company(place / "company.db") as company:
        assert company.table("acknowledgement").count == 0
        tell_owners(kb, company, Workspace(place), now="2026-02-04T08:00:00Z")
        assert [row["note"] for row in company.query("select note from acknowledgement")] == ["看过"]
