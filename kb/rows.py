"""How the named questions read rows: plain dicts, JSON columns decoded, one wording for unknown ids."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound

Row = dict[str, Any]

# Every kind of thing that an id can name, in the order in which it is looked for, and where its ids are listed.
LISTED_BY: dict[str, str] = {
    "work": "regwatch works", "version": "regwatch works", "text": "regwatch show VERSION",
    "provision": "regwatch show VERSION", "data_item": "regwatch items VERSION", "data_type": "regwatch map check",
    "event": "regwatch show WORK", "publication": "regwatch sources",
}  # fmt: skip


def rows(db: Database, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
    return list(db.query(sql, list(parameters)))


def one(db: Database, kind: str, id: str) -> Row:
    """The row of table ``kind`` with this id. Raises NotFound."""
    if not (found := rows(db, f"select * from {kind} where id = ?", [id])):
        raise missing(kind, id)
    return found[0]


def missing(kind: str, id: str) -> NotFound:
    from kb.law.declared import not_read

    if kind == "version" and (declared := not_read(id)):
        return declared
    return NotFound(f"no {kind.replace('_', ' ')} {id}: see `{LISTED_BY[kind]}`")


def decode(value: str | None) -> list[Any]:
    """A column that holds a JSON list."""
    return list(json.loads(value)) if value else []
