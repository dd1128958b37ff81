"""Named questions about kb.db, for the command line and the site: plain dicts and lists, ready for JSON.

Reads only. What is new, due or unread is asked in kb/news.py and offered here too. An unknown id raises NotFound.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Literal

from sqlite_utils import Database

from kb.errors import NotFound
from kb.evidence import capture, fact_source
from kb.model import DataItem, Provision
from kb.news import count_grades, deadlines, publications, source_health, unread_documents, untexted_law, whats_new
from kb.rows import LISTED_BY, Row, decode, missing, one, rows

Kind = Literal["work", "version", "text", "provision", "data_item", "data_type", "event", "publication"]

_VERSION = """
select version.*,
  (select count(*) from provision where provision.text = version.text) as provisions,
  (select count(*) from provision where provision.text = version.text and provision.kind = 'article') as articles,
  (select count(*) from data_item where data_item.text = version.text) as data_items
from version
"""
_NEWEST = "coalesce(version.published, version.signed, version.effective, substr(version.first_seen, 1, 10), '')"
_NEWEST_EVENT = "order by occurred_at desc, id"
_PROVISIONS = "select * from provision where text = ?"
_READING_ORDER = "order by ordinal, id"
_WITNESSES = """
select witness.id, layout, items, similarity, witness.detail, witness.first_seen, document.id as document,
  document.url, document.name, document.role, document.format, document.status, document.publication,
  capture.digest, capture.captured_at, capture.size
from witness join document on document.id = witness.document join capture on capture.id = witness.capture
where witness.text = ? order by layout desc, items desc, witness.first_seen, witness.id
"""
_DISCREPANCIES = """
select discrepancy.*, document.url, document.name
from discrepancy left join document on document.id = discrepancy.document where version = ? order by found_at
"""
_PUBLICATIONS = """
select distinct publication.* from witness
join text on text.id = witness.text join document on document.id = witness.document
join publication on publication.id = document.publication
where text.version = ? order by publication.published, publication.id
"""
_DOCUMENTS = """
select document.*, capture.digest, capture.captured_at, capture.size
from document left join capture on capture.id = document.capture
where publication = ? order by role desc, document.first_seen, document.id
"""
_TYPES_OF_ITEMS = """
select item_type.item, data_type.id, relation, how, name_zh, name_en from item_type
join data_item on data_item.id = item_type.item join data_type on data_type.id = item_type.data_type
where data_item.text = ? order by item_type.rowid
"""
_ITEMS_OF_TYPE = f"""
select data_item.*, relation, how, version.title, version.stage, version.published, version.work from item_type
join data_item on data_item.id = item_type.item join version on version.text = data_item.text
where item_type.data_type = ? order by {_NEWEST} desc, version.id, data_item.ordinal
"""
_CHANGES_OF_TYPE = """
select change.*, event.title, event.occurred_at from change_target
join change on change.id = change_target.change join event on event.id = change.event
where target = ? order by event.occurred_at desc, change.ordinal
"""
_TARGETS = """
select change_target.*, data_type.name_zh, data_type.name_en from change_target
join change on change.id = change_target.change left join data_type on data_type.id = target where event = ?
"""


def find(db: Database, id: str) -> Kind:
    """What an id is. Raises NotFound when it is nothing."""
    for kind in LISTED_BY:
        if rows(db, f"select 1 from {kind} where id = ?", [id]):
            return kind  # type: ignore[return-value]
    raise NotFound(f"nothing has the id {id!r}: see `regwatch works` for works and versions")


def works(db: Database, in_force: str | None = None) -> list[Row]:
    """Works with their versions, the most recently published first.

    ``in_force`` (a date) keeps the law of that day: the newest version that took effect by then and was not repealed.
    """
    of_work: dict[str, list[Row]] = {}
    for row in rows(db, f"{_VERSION} order by {_NEWEST}, version.id"):
        of_work.setdefault(row["work"], []).append(_version(row))
    listed = []
    for row in rows(db, "select * from work order by id"):
        versions = of_work.get(row["id"], [])
        if in_force is not None and not (versions := law_of(versions, in_force)):
            continue
        listed.append({**row, "agencies": decode(row["agencies"]), "versions": versions})
    return sorted(listed, key=lambda work: (_date(work["versions"]), work["id"]), reverse=True)


def law_of(versions: Sequence[Row], day: str) -> list[Row]:
    """The version of one work that is law on ``day``, if any. A month alone counts from its first day.

    Without an effective date a version counts only when its record says that it is in force, or that this is disputed.
    """
    begun = [v for v in versions if v["stage"] in ("final", "amended", "repealed") and _took_effect(v, day)]
    newest = max(begun, key=lambda v: v["effective"] or v["published"] or "", default=None)
    if newest is None or newest["stage"] == "repealed" or (newest["repealed"] or "9999") <= day:
        return []
    return [newest]


def work(db: Database, id: str) -> Row:
    """One work with its versions, oldest first, and the events between them, newest first."""
    row = one(db, "work", id)
    versions = rows(db, f"{_VERSION} where version.work = ? order by {_NEWEST}, version.id", [id])
    events = rows(db, f"select * from event where work = ? {_NEWEST_EVENT}", [id])
    return {**row, "agencies": decode(row["agencies"]), "versions": [_version(v) for v in versions], "events": events}


def version(db: Database, id: str) -> Row:
    """One version in full: dates, agencies, texts with their witnesses, publications with every document and its
    reading status, discrepancies, neighbours, and how many provisions and data items were read."""
    if not (found := rows(db, f"{_VERSION} where version.id = ?", [id])):
        raise missing("version", id)
    row = _version(found[0])
    texts = rows(db, "select id, digest, observed_from, observed_to, length(body) as length from text "
                     "where version = ? order by observed_from desc, id", [id])  # fmt: skip
    for text in texts:
        text["witnesses"] = rows(db, _WITNESSES, [text["id"]])
    neighbour = "select id, work, stage, edition, title, published from version where"
    return {
        **row,
        "work_title": one(db, "work", row["work"])["title"],
        "texts": texts,
        "publications": _publications_of(db, id),
        "discrepancies": rows(db, _DISCREPANCIES, [id]),
        "predecessor_version": next(iter(rows(db, f"{neighbour} id = ?", [row["predecessor"]])), None),
        "successors": rows(db, f"{neighbour} predecessor = ? order by published, id", [id]),
        "events": rows(db, f"select * from event where ? in (old_version, new_version) {_NEWEST_EVENT}", [id]),
    }


def provisions(db: Database, version: str) -> list[Row]:
    """The numbered units of a version (or of one text of it), in reading order. None read: an empty list."""
    return _provisions_of(db, _text_of(db, version))


def items(db: Database, version: str) -> list[Row]:
    """The data items of a version (or of one text of it) as `regwatch items` prints them, with their source."""
    return _items_of(db, _text_of(db, version))


def load_reading(db: Database, version: str) -> tuple[tuple[Provision, ...], tuple[DataItem, ...]]:
    """The provisions and data items of a version (or of one text of it) as values, for comparing."""
    return load_text(db, _text_of(db, version))


def load_text(db: Database, text: str | None) -> tuple[tuple[Provision, ...], tuple[DataItem, ...]]:
    """The same for the id of a text. Both are empty when it is None: nothing has been read."""
    from kb.conditions import condition_from_json

    units = tuple(
        Provision(eid=row["eid"], kind=row["kind"], number=row["number"] or "", heading=row["heading"] or "",
                  text=row["body"] or "", parent=row["parent"], ordinal=row["ordinal"], start=row["start"],
                  end=row["end"], page=row["page"])
        for row in _provisions_of(db, text)
    )  # fmt: skip
    kinds = tuple(
        DataItem(ordinal=row["ordinal"], number=row["number"] or "", scenario=row["scenario"] or "",
                 subscenario=row["subscenario"] or "", category=row["category"] or "", name=row["name"],
                 description=row["description"] or "", rule=row["rule"] or "",
                 conditions=condition_from_json(row["conditions"]) if row["conditions"] else None,
                 provision=row["provision"], start=row["start"], end=row["end"], page=row["page"])
        for row in _items_of(db, text)
    )  # fmt: skip
    return units, kinds


def provision(db: Database, id: str) -> Row:
    """One provision, the units inside it, and where it was read."""
    row = one(db, "provision", id)
    inside = rows(db, f"{_PROVISIONS} and parent = ? {_READING_ORDER}", [row["text"], row["eid"]])
    return {**row, "children": inside, "source": fact_source(db, id)}


def data_type(db: Database, id: str) -> Row:
    """One data type, the data items of every version that point to it, and the changes that touched it."""
    return {
        **one(db, "data_type", id),
        "items": rows(db, _ITEMS_OF_TYPE, [id]),
        "changes": rows(db, _CHANGES_OF_TYPE, [id]),
    }


def event(db: Database, id: str) -> Row:
    """One event with its changes in order, each with the data types and scopes it touches."""
    targets: dict[str, list[Row]] = {}
    for row in rows(db, _TARGETS, [id]):
        targets.setdefault(row.pop("change"), []).append(row)
    changes = rows(db, "select * from change where event = ? order by ordinal, id", [id])
    for row in changes:
        row["edits"] = decode(row["edits"])
        row["targets"] = targets.get(row["id"], [])
    row = one(db, "event", id)
    summary = json.loads(row["summary"] or "{}")
    return {**row, "summary": summary, "grades": count_grades(db, id), "changes": changes}


def _version(row: Row) -> Row:
    return {**row, "agencies": decode(row["agencies"]), "read": bool(row["text"])}


def _took_effect(row: Row, day: str) -> bool:
    if row["effective"] or row["stage"] == "repealed":
        return (row["effective"] or row["published"] or "") <= day
    return row["in_force"] in ("true", "disputed") and (row["published"] or "") <= day


def _date(versions: Iterable[Row]) -> str:
    return max((v["published"] or v["signed"] or v["effective"] or "" for v in versions), default="")


def _text_of(db: Database, version: str) -> str | None:
    """The text that speaks for a version, or the id itself when it is a text's. None: no text has been read."""
    if found := rows(db, "select text from version where id = ?", [version]):
        text: str | None = found[0]["text"]
        return text
    if rows(db, "select 1 from text where id = ?", [version]):
        return version
    raise missing("version", version)


def _provisions_of(db: Database, text: str | None) -> list[Row]:
    return rows(db, f"{_PROVISIONS} {_READING_ORDER}", [text])


def _items_of(db: Database, text: str | None) -> list[Row]:
    types: dict[str, list[Row]] = {}
    for row in rows(db, _TYPES_OF_ITEMS, [text]):
        types.setdefault(row.pop("item"), []).append(row)
    listed = rows(db, f"select * from data_item where text = ? {_READING_ORDER}", [text])
    for row in listed:
        row["conditions"] = json.loads(row["conditions"]) if row["conditions"] else None
        row["data_types"] = types.get(row["id"], [])
    return listed


def _publications_of(db: Database, version: str) -> list[Row]:
    found = rows(db, _PUBLICATIONS, [version])
    for row in found:
        row["columns"] = decode(row["columns"])
        row["documents"] = rows(db, _DOCUMENTS, [row["id"]])
    return found


__all__ = [
    "capture", "data_type", "deadlines", "event", "fact_source", "find", "items", "law_of", "load_reading",
    "load_text", "provision", "provisions", "publications", "source_health", "unread_documents", "untexted_law",
    "version", "whats_new", "work", "works",
]  # fmt: skip
