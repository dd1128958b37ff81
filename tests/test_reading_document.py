"""Whatever bytes come in, a Document comes out: typed by content, with a status and one clear line."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest
from sample_tables import print_pdf

import kb.reading
from kb.model import Status
from kb.reading import read_document
from kb.reading.detect import detect_format

TEXTS = Path(__file__).resolve().parents[2] / "shared" / "texts"
needs_shared = pytest.mark.skipif(not TEXTS.is_dir(), reason="the official texts are not here")


def packed(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<broken")
    return out.getvalue()


@pytest.mark.parametrize(("data", "name", "kind"), [
    (b"%PDF-1.7\n", "a.docx", "pdf"),
    (packed("[Content_Types].xml", "word/document.xml"), "a.zip", "docx"),
    (packed("xl/workbook.xml"), "a.docx", "xlsx"),
    (packed("OFD.xml", "Doc_0/Document.xml"), "a", "ofd"),
    (packed("a.pdf"), "a.docx", "zip"),
    ("<!-- 示例 --><!DOCTYPE html><p>".encode(), "a.pdf", "html"),
    (b"<div><p>x</p></div>", "", "html"),
    ("第一条 <示例> 不是网页。".encode(), "a.txt", "text"),
    ("第一条 示例。".encode("gb18030"), "a.pdf", "text"),
    ("第一条 示例。".encode("utf-16"), "", "text"),
    (b"---\na: b\n---\ntext", "", "markdown"),
    (b"{\\rtf1", "a.doc", "rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.doc", "ole"),
])  # fmt: skip
def test_the_bytes_say_what_a_file_is_not_its_name(data: bytes, name: str, kind: str) -> None:
    assert detect_format(data, name) == kind


WHOLE = print_pdf(["第一条 示例。"])


@pytest.mark.parametrize(("data", "status"), [
    (b"", Status.EMPTY),
    (b" \r\n\t", Status.EMPTY),
    (b"<html><body></body></html>", Status.EMPTY),
    (WHOLE[:-200], Status.DAMAGED),
    (b"%PDF-1.4\n%%EOF", Status.DAMAGED),
    (packed("word/document.xml"), Status.DAMAGED),
    (packed("xl/workbook.xml"), Status.DAMAGED),
    (packed("OFD.xml"), Status.DAMAGED),
    (packed("word/document.xml")[:40], Status.DAMAGED),
    (b"\x89PNG\r\n\x1a\n0000", Status.SCANNED),
    (b"Rar!\x1a\x07\x00", Status.UNSUPPORTED),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Status.UNSUPPORTED),
    (random.Random(7).randbytes(4000), Status.UNSUPPORTED),
    (b"a" * (kb.reading.MAX_TEXT + 1), Status.TOO_LARGE),
    (b"%PDF-1.7" + bytes(kb.reading.MAX_FILE), Status.TOO_LARGE),
], ids=lambda value: value.value if isinstance(value, Status) else "bytes")  # fmt: skip
def test_bad_input_gets_a_status_and_one_line(data: bytes, status: Status) -> None:
    document = read_document(data, name="file")
    assert document.status is status
    assert document.detail
    assert "\n" not in document.detail
    assert not document.readable


def test_a_parser_that_fails_in_an_unforeseen_way_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(data: bytes) -> None:
        raise RecursionError("too deep\nby far")

    monkeypatch.setattr("kb.reading.pdf.read_pdf", fail)
    document = read_document(WHOLE)
    assert document.status is Status.DAMAGED
    assert "RecursionError" in document.detail
    assert "\n" not in document.detail


@pytest.mark.parametrize("seed", range(12))
def test_a_pdf_with_bytes_overwritten_is_read_in_part_or_refused(seed: int) -> None:
    random_bytes = random.Random(seed)
    at = random_bytes.randrange(len(WHOLE) - 100)
    read_document(WHOLE[:at] + random_bytes.randbytes(60) + WHOLE[at + 60 :])


@needs_shared
def test_every_official_text_is_read_and_its_offsets_hold() -> None:
    for path in sorted(path for path in TEXTS.rglob("*") if path.suffix in (".md", ".txt", ".pdf")):
        document = read_document(path.read_bytes(), name=path.name)
        assert document.readable, path.name
        assert all(document.body[block.start : block.end] == block.text for block in document.blocks), path.name
        assert document.reader_version
