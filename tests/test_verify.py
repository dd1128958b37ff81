"""Evidence: an untouched workspace passes; whatever is altered, removed, put in or cut off is named in one line."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from kb.db import open_kb
from kb.evidence.archive import Archive, record_capture
from kb.evidence.chain import FIELDS, append_capture
from kb.evidence.verify import verify
from kb.migrations import kb_migrations
from kb.workspace import Workspace, ensure_workspace
from regwatch import main


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = ensure_workspace(tmp_path / "workspace")
    capture(workspace, 6)
    return workspace


def capture(workspace: Workspace, count: int, first: int = 1) -> None:
    with open_kb(workspace.kb_path) as db:
        for day in range(first, first + count):
            url, at = f"https://a.example/{day}", f"2026-01-{day:02}T00:00:00Z"
            record_capture(
                db, Archive(workspace.archive_path), url, f"示例 {day}".encode(), at, source="s", http_status=200
            )


def tamper(workspace: Workspace, *statements: str) -> None:
    """As somebody with the file in hand would: the triggers are no obstacle."""
    with sqlite3.connect(workspace.kb_path) as connection:
        for name in ("update", "delete"):
            connection.execute(f"drop trigger if exists capture_no_{name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def problems(workspace: Workspace, head: str | None = None) -> list[str]:
    with open_kb(workspace.kb_path) as db:
        return verify(db, Archive(workspace.archive_path), head=head).problems


def links(workspace: Workspace) -> list[str]:
    with open_kb(workspace.kb_path) as db:
        return [row["chain"] for row in db.query("select chain from capture order by seq")]


def test_an_untouched_workspace_passes_and_says_its_head(workspace: Workspace) -> None:
    with open_kb(workspace.kb_path) as db:
        verdict = verify(db, Archive(workspace.archive_path))
    assert (verdict.captures, verdict.files, verdict.problems) == (6, 6, [])
    assert verdict.head == links(workspace)[-1]


def test_the_same_captures_in_the_same_order_have_the_same_chain_and_another_order_another(tmp_path: Path) -> None:
    one, same, other = (ensure_workspace(tmp_path / name) for name in ("one", "same", "other"))
    for workspace in (one, same):
        capture(workspace, 3)
    for day in (2, 1, 3):
        capture(other, 1, first=day)
    assert links(one) == links(same)
    assert links(one)[-1] != links(other)[-1]


def test_crawls_at_the_same_time_make_one_chain(workspace: Workspace) -> None:
    def crawl(name: int) -> None:
        with open_kb(workspace.kb_path) as db:
            for page in range(25):
                url = f"https://{name}.example/{page}"
                record_capture(db, Archive(workspace.archive_path), url, b"same", f"2026-02-{page + 1:02}T00:00:00Z")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(crawl, range(4)))
    assert problems(workspace) == []
    assert len(links(workspace)) == 106


def test_an_altered_row_is_named_once_and_the_links_around_it_are_not(workspace: Workspace) -> None:
    tamper(workspace, "update capture set captured_at = '2025-01-01T00:00:00Z' where seq = 3")
    (problem,) = problems(workspace)
    assert "link 3," in problem
    assert "https://a.example/3" in problem
    assert "altered" in problem


@pytest.mark.parametrize(("statement", "link"), [
    ("delete from capture where seq = 4", "link 5,"),
    ("delete from capture where seq = 1", "link 2,"),
    ("insert into capture select 'forged', url, digest, size, captured_at, source, http_status, content_type, "
     "filename, etag, last_modified, 7, chain from capture where seq = 6", "link 7,"),
])  # fmt: skip
def test_a_removed_or_forged_capture_is_the_first_broken_link(workspace: Workspace, statement: str, link: str) -> None:
    tamper(workspace, statement)
    assert link in problems(workspace)[0]


def test_captures_cut_off_at_the_end_are_shown_by_a_noted_head(workspace: Workspace) -> None:
    head = links(workspace)[-1]
    assert problems(workspace, head) == []
    tamper(workspace, "delete from capture where seq > 4")
    assert problems(workspace) == []
    assert "cut off" in problems(workspace, head)[0]


def test_missing_and_altered_files_are_one_line_each_and_the_rest_is_checked(workspace: Workspace) -> None:
    with open_kb(workspace.kb_path) as db:
        digests = [row["digest"] for row in db.query("select digest from capture order by seq")]
    archive = Archive(workspace.archive_path)
    archive.path_of(digests[1]).unlink()
    archive.path_of(digests[4]).write_bytes(b"other")
    found = sorted(problems(workspace), key=lambda line: digests.index(line.split()[1]))
    assert ["No such file" in found[0], "was altered" in found[1], len(found)] == [True, True, 2]


def test_captures_cannot_be_changed_by_accident(workspace: Workspace) -> None:
    with open_kb(workspace.kb_path) as db:
        for statement in ("update capture set url = 'x'", "delete from capture"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(statement)


def test_an_older_workspace_gets_its_chain_in_the_order_of_capture(tmp_path: Path, workspace: Workspace) -> None:
    old = Database(tmp_path / "old.db")
    kb_migrations.apply(old, stop_before="m006_chain")
    with open_kb(workspace.kb_path) as db:
        rows = [{name: row[name] for name in FIELDS} for row in db.query("select * from capture order by seq")]
    old.table("capture").insert_all(rows)
    old.conn.close()
    with open_kb(tmp_path / "old.db") as db:
        assert [row["chain"] for row in db.query("select chain from capture order by seq")] == links(workspace)
        append_capture(db, {**rows[0], "id": "new", "url": "https://a.example/new"})
        assert verify(db, Archive(workspace.archive_path)).problems == []


def test_verify_exits_3_with_one_line_for_each_fault(workspace: Workspace) -> None:
    words = ["verify", "--workspace", str(workspace.root)]
    fine = CliRunner().invoke(main, [*words, "--json"])
    assert fine.exit_code == 0
    assert json.loads(fine.stdout)["problems"] == []
    tamper(workspace, "update capture set url = 'https://b.example/' where seq = 2")
    faulty = CliRunner().invoke(main, words)
    assert faulty.exit_code == 3
    assert len([line for line in faulty.stderr.splitlines() if "link 2" in line]) == 1
