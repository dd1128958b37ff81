"""The layout of PDFs, kept from their first reading: laying out a page takes a hundred times as long as all the rest.

Owned by the readers that made it: with other PDF readers it is made anew. May be deleted at any time.
"""

from __future__ import annotations

import gzip
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kb.identity import digest_bytes
from kb.model import Block, Document, Status, Table
from kb.readers import readers
from kb.reading import read_document


class Layouts:
    """A folder of documents as read, one gzipped JSON file for each PDF."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, data: bytes, *, name: str = "", content_type: str = "", url: str = "") -> Document:
        """As ``read_document``; a PDF that these readers read before comes from the folder."""
        if b"%PDF-" not in data[:1024]:
            return read_document(data, name=name, content_type=content_type, url=url)
        digest = digest_bytes(data)
        path = self.root / digest[:2] / f"{digest}-{readers('kb.reading.pdf')}.json.gz"
        if path.exists():
            return _document(json.loads(gzip.decompress(path.read_bytes())))
        document = read_document(data, name=name, content_type=content_type, url=url)
        if document.format == "pdf":
            _write(path, gzip.compress(json.dumps(asdict(document), ensure_ascii=False).encode(), 6, mtime=0))
        return document


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all; what older readers made of the same file goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    os.replace(temporary, path)
    for old in path.parent.glob(f"{path.name[:64]}-*"):
        if old != path:
            old.unlink(missing_ok=True)


def _document(data: dict[str, Any]) -> Document:
    blocks = tuple(Block(**block) for block in data["blocks"])
    tables = tuple(
        Table(**{**table, "header": tuple(table["header"]), "rows": tuple(map(tuple, table["rows"])),
                 "pages": tuple(table["pages"])})
        for table in data["tables"]
    )  # fmt: skip
    return Document(**{**data, "status": Status(data["status"]), "blocks": blocks, "tables": tables,
                       "losses": tuple(data["losses"])})  # fmt: skip
