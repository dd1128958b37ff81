"""The exported WARC is read again by warcio: every capture, its bytes, its digest and its link."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from kb.db import open_kb
from kb.errors import WorkspaceError
from kb.evidence.archive import Archive, record_capture
from kb.evidence.warc import export_warc
from kb.workspace import Workspace, ensure_workspace
from regwatch import main

NOW = "2026-02-10T00:00:00Z"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = ensure_workspace(tmp_path / "workspace")
    with open_kb(workspace.kb_path) as db:
        archive = Archive(workspace.archive_path)
        record_capture(
            db, archive, "https://a.example/规定.html", "<p>示例</p>".encode(), "2026-02-01T08:00:00Z", source="sample",
            http_status=200, content_type="text/html; charset=utf-8", etag='"1"',
        )  # fmt: skip
        record_capture(
            db, archive, "hand:草案 一.pdf", b"%PDF-1.4 \r\n\x00", "2026-02-02T08:00:00Z", filename="草案 一.pdf"
        )
        record_capture(db, archive, "https://a.example/odd", b"", "2026-02-03T08:00:00Z", http_status=299)
    return workspace


def export(workspace: Workspace, name: str) -> tuple[Path, Any]:
    path = workspace.root / name
    with open_kb(workspace.kb_path) as db:
        return path, export_warc(db, Archive(workspace.archive_path), path, now=NOW)


def records(path: Path) -> list[tuple[Any, bytes]]:
    with path.open("rb") as file:
        return [(record, record.content_stream().read()) for record in ArchiveIterator(file, check_digests="raise")]


@pytest.mark.parametrize("name", ["evidence.warc", "evidence.warc.gz"])
def test_every_capture_is_read_again_with_its_bytes_digest_and_link(workspace: Workspace, name: str) -> None:
    path, report = export(workspace, name)
    assert (report.captures, report.problems) == (3, [])
    assert (path.read_bytes()[:2] == b"\x1f\x8b") == name.endswith(".gz")
    found = records(path)
    kinds = [record.rec_type for record, _ in found]
    assert kinds == ["warcinfo", "response", "metadata", "resource", "metadata", "response", "metadata"]
    with open_kb(workspace.kb_path) as db:
        captures = list(db.query("select * from capture order by seq"))
    archive = Archive(workspace.archive_path)
    for capture, (record, payload), (metadata, words) in zip(captures, found[1::2], found[2::2], strict=True):
        assert record.format == "warc"
        assert record.rec_headers.protocol == "WARC/1.1"
        assert payload == archive.load(capture["digest"])
        assert record.rec_headers["WARC-Payload-Digest"] == f"sha256:{capture['digest']}"
        assert record.rec_headers["WARC-Date"] == capture["captured_at"]
        assert metadata.rec_headers["WARC-Refers-To"] == record.rec_headers["WARC-Record-ID"]
        assert json.loads(words) == capture
    page = found[1][0]
    assert page.rec_headers["WARC-Target-URI"] == "https://a.example/%E8%A7%84%E5%AE%9A.html"
    assert page.http_headers.get_statuscode() == "200"
    assert page.http_headers["ETag"] == '"1"'


def test_the_same_captures_are_the_same_file(workspace: Workspace) -> None:
    first, second = export(workspace, "one.warc")[0].read_bytes(), export(workspace, "one.warc")[0].read_bytes()
    assert first == second


def test_bytes_that_are_gone_are_a_problem_and_the_rest_is_exported(workspace: Workspace) -> None:
    with open_kb(workspace.kb_path) as db:
        digest = next(db.query("select digest from capture where seq = 2"))["digest"]
    Archive(workspace.archive_path).path_of(digest).unlink()
    path, report = export(workspace, "evidence.warc")
    assert (report.captures, len(report.problems)) == (2, 1)
    assert len(records(path)) == 5


def test_nothing_is_left_behind_where_it_cannot_be_written(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError, match="cannot be written"):
        export(workspace, "no-folder/evidence.warc")


def test_the_command_writes_it_and_exits_0(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "evidence.warc.gz"
    result = CliRunner().invoke(main, ["export", "--warc", str(path), "--workspace", str(workspace.root)])
    assert (result.exit_code, result.stdout) == (0, "")
    assert len(records(path)) == 7
