"""Bytes → Document: one reader for each format, chosen by what the bytes are.

Owns the choice, the limits and the promise that no input raises: whatever a file is, it gets a reading status and,
if it was not read, one line that says why. The readers are imported when they are needed.
"""

from __future__ import annotations

from dataclasses import replace

from kb.model import Document, Status
from kb.reading.detect import MAX_TAGS, detect_format, has_too_many_tags
from kb.reading.installed import OFFICE

MAX_FILE = 200_000_000  # bytes
MAX_TEXT = 50_000_000  # bytes of a file that is text or HTML: all of it becomes one body

_UNSUPPORTED = {
    "ole": "an office file of an unknown kind: save it as DOCX, XLSX or PDF",
    "xlsb": "a binary workbook: save it as XLSX",
    "pptx": "a presentation: save it as PDF",
    "rar": "a RAR archive: unpack it and add its files",
    "7z": "a 7z archive: unpack it and add its files",
    "gzip": "a gzip archive: unpack it and add its files",
    "json": "JSON, such as a list that a page loads: add the document itself",
    "unknown": "neither text nor a format that Regwatch reads",
}


def read_document(data: bytes, *, name: str = "", content_type: str = "", url: str = "") -> Document:
    """Read one file. Never raises for bad input: ``status`` and ``detail`` say what became of it.

    ``name`` (or the end of ``url``) and ``content_type`` only break ties. A ZIP gives the list of its members;
    ``kb.reading.unpack.unpack`` gives the members themselves.
    """
    name = name or url.split("?", 1)[0].split("#", 1)[0]
    if len(data) > MAX_FILE:
        return _refused("unknown", Status.TOO_LARGE, f"{len(data):,} bytes; the limit is {MAX_FILE:,}")
    kind = detect_format(data, name, content_type)
    if kind == "empty":
        return _refused(kind, Status.EMPTY, "no bytes in it" if not data else "nothing but blanks in it")
    if kind == "encrypted_office":
        return _refused(kind, Status.DAMAGED, "encrypted: open it and save it without a password")
    if kind == "picture":
        return _refused(kind, Status.SCANNED, "a picture without a text layer")
    if kind in _UNSUPPORTED:
        return _refused(kind, Status.UNSUPPORTED, _UNSUPPORTED[kind])
    if kind in ("html", "markdown", "text") and len(data) > MAX_TEXT:
        return _refused(kind, Status.TOO_LARGE, f"{len(data):,} bytes of text; the limit is {MAX_TEXT:,}")
    if kind == "html" and has_too_many_tags(data):
        return _refused(kind, Status.TOO_LARGE, f"more than {MAX_TAGS:,} tags")
    try:
        return _read(kind, data, name)
    except Exception as error:  # noqa: BLE001 - the parsers are other people's and meet files nobody foresaw
        return _refused(kind, Status.DAMAGED, f"the {kind} reader gave up: {type(error).__name__}: {error}"[:200])


def _read(kind: str, data: bytes, name: str) -> Document:
    if kind == "pdf":
        from kb.reading.pdf import read_pdf

        return read_pdf(data)
    if kind == "html":
        from kb.reading.html import read_html

        return read_html(data)
    if kind == "docx":
        from kb.reading.word import read_word

        return read_word(data)
    if kind in ("xlsx", "xls"):
        from kb.reading.spreadsheet import read_spreadsheet

        return replace(read_spreadsheet(data), format=kind)
    if kind in OFFICE:
        from kb.reading.office import read_office

        return read_office(data, kind)
    if kind == "ofd":
        from kb.reading.ofd import read_ofd

        return read_ofd(data)
    if kind == "zip":
        return _list_archive(data, name)
    from kb.reading.text import read_text

    return read_text(data, markdown=kind == "markdown")


def _list_archive(data: bytes, name: str) -> Document:
    from kb.reading.unpack import unpack

    members = unpack(data, name)
    if not members:
        return _refused("zip", Status.DAMAGED, "the ZIP is broken or empty")
    losses = tuple(f"{member.name}: {member.problem}" for member in members if member.problem)
    return Document(
        format="zip",
        status=Status.PARTLY if losses else Status.READ,
        detail=f"an archive of {len(members)} files, each read on its own",
        losses=losses,
        reader="zip",
        reader_version="1",
    )


def _refused(kind: str, status: Status, detail: str) -> Document:
    return Document(kind, status, " ".join(detail.split()), reader="detect", reader_version="1")
