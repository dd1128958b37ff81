"""One version as bytes in a standard: reads its rows, hands them to the writer, says what a person should know."""

from __future__ import annotations

import json
from typing import Any

from sqlite_utils import Database

from kb import queries
from kb.db import open_kb
from kb.errors import NotFound
from kb.law.standing import standing_on
from kb.law.works import load_work
from kb.rows import Row, rows
from kb.workspace import Workspace


def write_standard(
    workspace: Workspace, standard: str, version: str, form: str = "csv", *, day: str
) -> tuple[bytes, list[str]]:
    """``standard``: jsonld, akn or items, as of legal ``day``. The bytes, and what needs a person. Raises NotFound."""
    with open_kb(workspace.kb_path) as db:
        return standard_of(db, standard, version, form, day=day, base=workspace.config.site_url or "")


def standard_of(
    db: Database, standard: str, version: str, form: str = "csv", *, day: str, base: str = ""
) -> tuple[bytes, list[str]]:
    """The same of an open kb.db; ``base`` is where the site answers."""
    row = queries.version(db, version)
    row = {**standing_on(db, row, day), **row}
    units, items = queries.provisions(db, version), queries.items(db, version)
    if standard == "items":
        problems = [] if items else [f"{version} has no data items that were read"]
        return _items(_with_capture(db, items), form, base), problems
    if standard == "akn":
        if not (units or items):
            raise NotFound(f"{version} has no provisions that were read, and a document needs a body")
        from kb.standards.akoma_ntoso import akoma_ntoso

        return akoma_ntoso(row, units, items, base=base), []
    from kb.standards.jsonld import legislation

    work = load_work(row["work"])
    relations = [relation.model_dump() for relation in work.relations] if work else []
    problems = [] if units else [f"{version} has no provisions that were read"]
    return _json(legislation(row, units, relations, base=base)), problems


def _with_capture(db: Database, items: list[Row]) -> list[Row]:
    """Each item with the digest and address of the bytes it was read from."""
    seen = "select id, digest, url from capture where id in (select value from json_each(?))"
    captures = {
        row["id"]: {"capture_digest": row["digest"], "capture_url": row["url"]}
        for row in rows(db, seen, [json.dumps([item["capture"] for item in items])])
    }
    return [{**item, **captures.get(item["capture"], {})} for item in items]


def _items(items: list[Row], form: str, base: str) -> bytes:
    from kb.standards.items_table import items_csv, items_list

    return items_csv(items, base).encode() if form == "csv" else _json(items_list(items, base))


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
