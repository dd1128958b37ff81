"""The rows that were read from one text, now or as of a day: captures by that day, read by today's readers."""

from __future__ import annotations

import json
from pathlib import Path

from sqlite_utils import Database

from kb.errors import NotFound
from kb.model import DataItem
from kb.rows import Row, missing, rows

_ORDER = "order by ordinal, id"
_TYPES = """
select item_type.item, data_type.id, relation, how, name_zh, name_en from item_type
join data_item on data_item.id = item_type.item join data_type on data_type.id = item_type.data_type
where data_item.text = ? order by item_type.rowid
"""
_KNOWN_TEXT = """
select id from text where version = ?1 and observed_from <= ?2 and (observed_to is null or observed_to > ?2)
order by observed_from desc, id limit 1
"""
_DECISIONS = """
select decision, original, value, by, why, decided_at from review_decision where target = ? order by rowid
"""
_READ_LATER = """
select 1 from (select capture from provision where text = ?1 union select capture from data_item where text = ?1) as row
join capture on capture.id = row.capture where captured_at > ?2
"""
_WITNESS = """
select document.id, document.url, document.role, document.name, capture.id as capture, capture.digest,
  capture.content_type from witness
join document on document.id = witness.document join capture on capture.id = witness.capture
where witness.text = ? and capture.captured_at <= ? order by layout desc, items desc, captured_at limit 1
"""


def end_of(day: str) -> str:
    """The last second of a day, or the time itself: what was captured by then was known on that day (UTC)."""
    return f"{day}T23:59:59Z" if len(day) == 10 else day


def text_of(db: Database, version: str, known: str | None = None) -> str | None:
    """The text that speaks for a version (by the end of day ``known``), or the id itself when it is a text's.

    None: no text has been read. Raises NotFound, also for a version that nobody had seen by then.
    """
    found = rows(db, "select text, first_seen from version where id = ?", [version])
    if not found:
        seen = rows(db, "select observed_from from text where id = ?", [version])
        if not seen:
            raise missing("version", version)
        _require_seen(version, seen[0]["observed_from"], known)
        return version
    _require_seen(version, found[0]["first_seen"], known)
    if known is None:
        text: str | None = found[0]["text"]
        return text
    return next((row["id"] for row in rows(db, _KNOWN_TEXT, [version, end_of(known)])), None)


def provisions_of(db: Database, text: str | None, known: str | None = None) -> list[Row]:
    """The numbered units of a text, in reading order."""
    if text and known and read_later(db, text, known):
        return _read_then(db, text, known)[0]
    return with_decisions(db, rows(db, f"select * from provision where text = ? {_ORDER}", [text]))


def items_of(db: Database, text: str | None, known: str | None = None) -> list[Row]:
    """The data items of a text with their conditions and data types."""
    if text and known and read_later(db, text, known):
        return _read_then(db, text, known)[1]
    types: dict[str, list[Row]] = {}
    for row in rows(db, _TYPES, [text]):
        types.setdefault(row.pop("item"), []).append(row)
    listed = rows(db, f"select * from data_item where text = ? {_ORDER}", [text])
    for row in with_decisions(db, listed):
        row["conditions"] = json.loads(row["conditions"]) if row["conditions"] else None
        row["data_types"] = types.get(row["id"], [])
    return listed


def item_value(row: Row) -> DataItem:
    """A row of ``items_of`` as a value."""
    from kb.items.conditions import condition_from_json

    return DataItem(
        ordinal=row["ordinal"], number=row["number"] or "", scenario=row["scenario"] or "",
        subscenario=row["subscenario"] or "", category=row["category"] or "", name=row["name"],
        description=row["description"] or "", rule=row["rule"] or "",
        conditions=condition_from_json(row["conditions"]) if row["conditions"] else None,
        provision=row["provision"], start=row["start"], end=row["end"], page=row["page"],
    )  # fmt: skip


def with_decisions(db: Database, listed: list[Row]) -> list[Row]:
    """The rows, each with what people decided about it: decision, original, value, by, why, decided_at."""
    for row in listed:
        row["decisions"] = decided_about(db, row["id"]) if row["status"] != "extracted" else []
    return listed


def decided_about(db: Database, id: str) -> list[Row]:
    """The decisions about one row, the first first; ``original`` and ``value`` by field."""
    found = rows(db, _DECISIONS, [id])
    return [{**row, "original": json.loads(row["original"]), "value": json.loads(row["value"])} for row in found]


def read_later(db: Database, text: str, known: str) -> bool:
    """Do the rows of a text come from a better copy, captured after that day?"""
    return bool(rows(db, _READ_LATER, [text, end_of(known)]))


def _read_then(db: Database, text: str, known: str) -> tuple[list[Row], list[Row]]:
    """Read the best copy that was there by that day, as recording would have."""
    from kb.evidence.archive import Archive
    from kb.recording.publication import read_bytes
    from kb.recording.texts import item_rows, provision_rows
    from kb.vocabulary import types_of_item

    found = rows(db, _WITNESS, [text, end_of(known)])
    if not found:
        return [], []
    archive = Archive(Path(next(db.query("pragma database_list"))["file"]).with_name("archive"))
    reading = read_bytes(found[0], archive.load(found[0]["digest"]), found[0]["content_type"] or "")
    version = rows(db, "select version from text where id = ?", [text])[0]["version"]
    items = item_rows(text, version, reading)
    for row, item in zip(items, reading.items, strict=True):
        row["conditions"] = json.loads(row["conditions"]) if row["conditions"] else None
        row["data_types"] = [{"id": t.id, "relation": t.relation, "how": t.how} for t in types_of_item(item)]
    return provision_rows(text, version, reading), items


def _require_seen(id: str, first: str, known: str | None) -> None:
    if known and first > end_of(known):
        raise NotFound(f"{id} was not known on {known}: it was first seen at {first}")
