"""A reader that hangs, eats memory or crashes costs its own file only; a small page costs no process."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from kb.model import Status
from kb.reading import apart, read_document
from kb.reading.apart import Readers
from kb.reading.wire import document_from_json, document_to_json

GUIDE = Path(__file__).parents[1] / "crawlers" / "sample" / "annexes" / "guide-2025-draft.pdf"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    'Id="r" Target="word/document.xml" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
}


def swollen_word(paragraphs: int) -> bytes:
    """Some kilobytes that unpack to as many paragraphs as asked for."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, words in _PARTS.items():
            package.writestr(name, words)
        body = "<w:p><w:r><w:t>示例</w:t></w:r></w:p>" * paragraphs
        package.writestr("word/document.xml", f"<w:document {_W}><w:body>{body}</w:body></w:document>")
    return out.getvalue()


def far_cells(*places: str) -> bytes:
    """A workbook of two cells with values, which says that they stand elsewhere."""
    book, made, out = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append([1, 2])
    book.save(made)
    with zipfile.ZipFile(made) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            words = before.read(name)
            for here, there in zip(("A1", "B1"), places, strict=True):
                words = words.replace(b'<c r="%s"' % here.encode(), b'<c r="%s"' % there.encode())
            after.writestr(name, words)
    return out.getvalue()


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Readers]:
    monkeypatch.setattr(apart, "SECONDS_PER_MEGABYTE", 0)
    pool = Readers(processes=1, seconds=60, memory=1_000_000_000)
    yield pool
    pool.close()


def test_a_file_read_apart_reads_as_it_does_here(readers: Readers) -> None:
    data = GUIDE.read_bytes()
    here = read_document(data, name=GUIDE.name)
    assert readers.read(data, name=GUIDE.name) == here
    assert document_from_json(document_to_json(here)) == here


def test_a_file_that_takes_too_long_is_listed_and_the_next_one_is_read(readers: Readers) -> None:
    readers.read(GUIDE.read_bytes(), name=GUIDE.name)  # the process is there
    readers.seconds = 0.5
    slow = readers.read(swollen_word(300_000), name="slow.docx")
    assert (slow.status, slow.detail) == (Status.TOO_LARGE, "reading it takes more than 0 seconds")
    readers.seconds = 60
    assert readers.read(GUIDE.read_bytes(), name=GUIDE.name).readable


def test_a_file_that_eats_memory_is_listed_and_the_next_one_is_read(readers: Readers) -> None:
    greedy = readers.read(swollen_word(1_500_000), name="greedy.docx")
    assert greedy.status is Status.TOO_LARGE
    assert "memory" in greedy.detail
    assert readers.read(GUIDE.read_bytes(), name=GUIDE.name).readable


def test_a_reader_that_crashes_is_listed_with_how_it_ended(readers: Readers) -> None:
    readers.read(GUIDE.read_bytes(), name=GUIDE.name)
    process = readers.free.get()
    assert process
    readers.free.put(process)
    os.kill(process.popen.pid, signal.SIGSTOP)  # it must not answer before it dies
    threading.Timer(0.2, os.kill, [process.popen.pid, signal.SIGKILL]).start()
    crashed = readers.read(GUIDE.read_bytes(), name=GUIDE.name)
    assert crashed.status is Status.TOO_LARGE
    assert "SIGKILL" in crashed.detail
    assert readers.read(GUIDE.read_bytes(), name=GUIDE.name).readable


@pytest.mark.parametrize(
    ("places", "status", "why"),
    [
        (("A1", "XFD1048576"), Status.TOO_LARGE, "memory allocation"),  # aborts
        (("A99999999999", "ZZZZZZZZ1"), Status.DAMAGED, "capacity overflow"),  # panics: no Exception of Python
    ],
)
def test_what_a_library_prints_as_it_breaks_is_one_line_of_the_reason(
    readers: Readers, capfd: pytest.CaptureFixture[str], places: tuple[str, str], status: Status, why: str
) -> None:
    broken = readers.read(far_cells(*places), name="broken.xlsx")
    assert (broken.status, why in broken.detail, "\n" in broken.detail) == (status, True, False)
    assert readers.read(GUIDE.read_bytes(), name=GUIDE.name).readable
    assert capfd.readouterr() == ("", "")


def test_a_small_page_costs_no_process(readers: Readers) -> None:
    begun = time.perf_counter()
    for number in range(50):
        assert readers.read(f"<html><body><p>第一条 示例{number}。</p></body></html>".encode()).readable
    assert readers.free.get() is None
    assert time.perf_counter() - begun < 5
