"""A Document as JSON and back: what a reader in a process of its own hands over, and what is kept of a layout."""

from __future__ import annotations

import json
from dataclasses import asdict

from kb.model import Block, Document, Status, Table


def document_to_json(document: Document) -> bytes:
    return json.dumps(asdict(document), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def document_from_json(data: bytes) -> Document:
    """Raises ValueError, KeyError or TypeError for anything that ``document_to_json`` did not write."""
    read = json.loads(data.decode("utf-8", "surrogatepass"))
    blocks = tuple(Block(**block) for block in read["blocks"])
    tables = tuple(
        Table(**{**table, "header": tuple(table["header"]), "rows": tuple(map(tuple, table["rows"])),
                 "pages": tuple(table["pages"])})
        for table in read["tables"]
    )  # fmt: skip
    return Document(**{**read, "status": Status(read["status"]), "blocks": blocks, "tables": tables,
                       "losses": tuple(read["losses"])})  # fmt: skip
