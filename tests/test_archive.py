"""Captures are append-only: bytes once, a row for each time they changed."""

from pathlib import Path

import pytest

from kb.db import open_kb
from kb.errors import NotFound
from kb.evidence.archive import Archive, record_capture

ONE, TWO = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"


def test_the_same_bytes_at_one_url_are_one_capture_and_changed_bytes_another(tmp_path: Path) -> None:
    db, archive = open_kb(tmp_path / "kb.db"), Archive(tmp_path / "archive")
    first = record_capture(db, archive, "https://a.example/x", b"one", ONE)
    assert record_capture(db, archive, "https://a.example/x", b"one", TWO) == first
    second = record_capture(db, archive, "https://a.example/x", b"two", TWO)
    back = record_capture(db, archive, "https://a.example/x", b"one", "2026-01-03T00:00:00Z")
    assert len({first.id, second.id, back.id}) == 3
    assert [archive.load(c.digest) for c in (first, second, back)] == [b"one", b"two", b"one"]


def test_two_urls_with_the_same_bytes_are_two_captures_and_one_file(tmp_path: Path) -> None:
    db, archive = open_kb(tmp_path / "kb.db"), Archive(tmp_path / "archive")
    for url in ("https://a.example/x", "https://b.example/x"):
        record_capture(db, archive, url, b"same", ONE)
    assert db.table("capture").count == 2
    assert len([path for path in archive.root.rglob("*") if path.is_file()]) == 1


def test_bytes_that_are_gone_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="abcd"):
        Archive(tmp_path).load("abcd")
