"""Files as laid out, kept from their first reading: laying out a page of a PDF takes longer than all that follows.

Owned by the reader of the format that made them: with another one they are made anew. May be deleted at any time.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from kb.identity import digest_bytes
from kb.model import Document
from kb.reading.apart import read_apart
from kb.reading.detect import detect_format
from kb.reading.installed import OFFICE, find_office
from kb.reading.wire import document_from_json, document_to_json
from kb.recording.readers import readers
from kb.whole_file import make_way, write_whole

_READERS = {
    "pdf": "pdf", "html": "html", "docx": "word", "xlsx": "spreadsheet", "xls": "spreadsheet", "ofd": "ofd",
    "doc": "office", "rtf": "office", "odf": "office", "text": "text", "markdown": "text",
}  # fmt: skip


class Layouts:
    """A folder of documents as read, one gzipped JSON file for each."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, data: bytes, *, name: str = "", content_type: str = "", url: str = "") -> Document:
        """As ``read_document``; what the reader of this format has read before comes from the folder."""
        kind = detect_format(data, name or url.split("?", 1)[0].split("#", 1)[0], content_type)
        if kind not in _READERS or (kind in OFFICE and not find_office()):
            return read_apart(data, name=name, content_type=content_type, url=url)
        digest = digest_bytes(data)
        path = self.root / digest[:2] / f"{digest}-{kind}-{readers(f'kb.reading.{_READERS[kind]}')}.json.gz"
        if path.exists() and (kept := _load(path)):
            return kept
        document = read_apart(data, name=name, content_type=content_type, url=url)
        if document.readable:
            _write(path, gzip.compress(document_to_json(document), 1, mtime=0))
        return document


def _load(path: Path) -> Document | None:
    """None for a file that a disk or a kill has damaged: it is made anew."""
    try:
        return document_from_json(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all; what older readers of the format made of the same bytes goes."""
    for folder in (path.parents[1], path.parent):
        make_way(folder)
        folder.mkdir(exist_ok=True)
    write_whole(path, data, mode=0o600)
    for old in path.parent.glob(f"{path.name.rsplit('-', 1)[0]}-*"):
        if old != path:
            old.unlink(missing_ok=True)
