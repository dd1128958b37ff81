"""Named questions about kb.db, for the command line and the site: plain dicts and lists, ready for JSON.

Reads only. What is new, due or unread is asked in kb/news.py and offered here too. An unknown id raises NotFound.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Literal

from sqlite_utils import Database

from kb.errors import NotFound
from kb.evidence.fact_source import capture, fact_source
from kb.law.declared import beside, unread_law
from kb.law.disputes import disputes_of
from kb.law.in_force import law_known, law_of, states_known
from kb.model import DataItem, Provision
from kb.news import (
    count_grades,
    dates_between,
    deadlines,
    publications,
    source_health,
    unread_documents,
    untexted_law,
    whats_new,
)
from kb.recording.readings import decided_about, end_of, item_value, items_of, provisions_of, text_of
from kb.rows import LISTED_BY, Row, decode, missing, one, rows

Kind = Literal["work", "version", "text", "provision", "data_item", "data_type", "event", "publication"]

_VERSION = """
select version.*,
  (select count(*) from provision where provision.text = version.text) as provisions,
  (select coalesce(nullif(sum(eid not like 'annex%'), 0), count(*)) from provision
   where provision.text = version.text and provision.kind = 'article') as articles,
  (select count(*) from data_item where data_item.text = version.text) as data_items
from version
"""
_NEWEST = "coalesce(version.published, version.signed, version.effective, substr(version.first_seen, 1, 10), '')"
_CHILDREN = "select * from provision where text = ? and parent = ? order by ordinal, id"
_EVENTS = "select * from event where {which} and occurred_at <= ? order by occurred_at desc, id"
_EVER = "9999"
_WITNESSES = """
select witness.id, layout, items, similarity, witness.detail, witness.first_seen, document.id as document,
  document.url, document.name, document.role, document.format, document.status, document.publication,
  capture.digest, capture.captured_at, capture.size
from witness join document on document.id = witness.document join capture on capture.id = witness.capture
where witness.text = ? and capture.captured_at <= ? order by layout desc, items desc, witness.first_seen, witness.id
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
_ITEMS_OF_TYPE = f"""
select data_item.*, relation, how, version.title, version.stage, version.published, version.work from item_type
join data_item on data_item.id = item_type.item join version on version.text = data_item.text
where item_type.data_type = ? order by {_NEWEST} desc, version.id, data_item.ordinal
"""
_TYPES = """
select data_type.*, coalesce(items, 0) as items, coalesce(changes, 0) as changes from data_type
left join (select data_type as id, count(*) as items from item_type join data_item on data_item.id = item_type.item
  join version on version.text = data_item.text group by 1) as read on read.id = data_type.id
left join (select target as id, count(*) as changes from change_target group by 1) as told on told.id = data_type.id
order by data_type.id
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
# A passage stands in a document, of which the newest bytes by then were read; what is gone stood on the page.
_SHOWN = """
select capture.digest from change join event on event.id = change.event join document on document.id = coalesce(
  change.new, (select id from document where publication = event.publication and role = 'page'))
join reading on reading.document = document.id join capture on capture.id = reading.capture
where change.id = ? and change.subject = 'passage'
order by capture.captured_at <= event.occurred_at desc, capture.captured_at desc, capture.seq desc limit 1
"""


def find(db: Database, id: str) -> Kind:
    """What an id is. Raises NotFound when it is nothing."""
    for kind in LISTED_BY:
        if rows(db, f"select 1 from {kind} where id = ?", [id]):
            return kind  # type: ignore[return-value]
    raise NotFound(f"nothing has the id {id!r}: see `regwatch works` for works and versions")


def works(db: Database, in_force: str | None = None, *, known: str | None = None) -> list[Row]:
    """Works with their versions, the most recently published first.

    ``in_force`` (a date) keeps the law of that day: what had taken effect by then and was not replaced or repealed, and
    what is disputed, each with its state. ``known`` (a date) leaves out what nobody had seen by the end of that day.
    """
    of_work: dict[str, list[Row]] = {}
    for row in _versions_known(db, "1", [], known):
        of_work.setdefault(row["work"], []).append(row)
    listed = []
    for row in rows(db, "select * from work order by id"):
        versions = of_work.get(row["id"], [])
        if in_force is not None and not (versions := law_known(db, versions, in_force, known)):
            continue
        if known is None or versions:
            listed.append({**row, "agencies": decode(row["agencies"]), "versions": versions})
    return sorted(listed, key=lambda work: (_date(work["versions"]), work["id"]), reverse=True)


def work(db: Database, id: str, *, known: str | None = None, in_force: str | None = None) -> Row:
    """One work with its versions, oldest first, and the events between them, newest first.

    ``known`` and ``in_force`` as in ``works``; here every version stays, with its state on that day.
    """
    row = one(db, "work", id)
    versions = _versions_known(db, "version.work = ?", [id], known)
    if in_force:
        for version, state in zip(versions, states_known(db, versions, in_force, known), strict=True):
            version["in_force"] = state
    events = rows(db, _EVENTS.format(which="work = ?"), [id, end_of(known or _EVER)])
    found = {**row, "agencies": decode(row["agencies"]), "versions": versions, "events": events}
    return {**found, "not_read": unread_law(db, id)}


def version(db: Database, id: str, *, known: str | None = None, in_force: str | None = None) -> Row:
    """One version in full: dates, agencies, what is declared and disputed, texts with their witnesses, publications
    with every document and its reading status, discrepancies, neighbours, counts of what was read, law not read yet.

    ``known`` leaves out what nobody had captured by the end of that day; ``in_force`` gives its state on that day.
    """
    speaking = text_of(db, id, known)
    if not (found := rows(db, f"{_VERSION} where version.id = ?", [id])):
        raise missing("version", id)
    row, until = _version(found[0]), end_of(known or _EVER)
    if known:
        row |= {"text": speaking, "read": bool(speaking), "provisions": len(provisions_of(db, speaking, known)),
                "data_items": len(items_of(db, speaking, known))}  # fmt: skip
    if in_force:
        siblings = _versions_known(db, "version.work = ?", [row["work"]], known)
        states = states_known(db, siblings, in_force, known)
        row["in_force"] = states[[sibling["id"] for sibling in siblings].index(id)]
    texts = rows(db, "select id, digest, observed_from, observed_to, length(body) as length from text "
                     "where version = ? and observed_from <= ? order by observed_from desc, id",
                 [id, until])  # fmt: skip
    for text in texts:
        text["witnesses"] = rows(db, _WITNESSES, [text["id"], until])
    neighbour = "select id, work, stage, edition, title, published from version where first_seen <= ?"
    whole = {
        **row,
        "work_title": one(db, "work", row["work"])["title"],
        "disputed": disputes_of(db, id),
        "texts": texts,
        "publications": _publications_of(db, id),
        "discrepancies": rows(db, _DISCREPANCIES, [id]),
        "decisions": decided_about(db, id),
        "predecessor_version": next(iter(rows(db, f"{neighbour} and id = ?", [until, row["predecessor"]])), None),
        "successors": rows(db, f"{neighbour} and predecessor = ? order by published, id", [until, id]),
        "events": rows(db, _EVENTS.format(which="? in (old_version, new_version)"), [id, until]),
    }
    return {**whole, **beside(whole), "not_read": unread_law(db, row["work"])}


def provisions(db: Database, version: str, *, known: str | None = None) -> list[Row]:
    """The numbered units of a version (or of one text of it), in reading order. None read: an empty list."""
    return provisions_of(db, text_of(db, version, known), known)


def items(db: Database, version: str, *, known: str | None = None, in_force: str | None = None) -> list[Row]:
    """The data items of a version (or of one text of it) as `regwatch items` prints them, with their source.

    ``in_force`` keeps them only if the version is, or is disputed to be, law on that day, and says which; with it, the
    id of a work stands for its law of that day.
    """
    if in_force is None:
        return items_of(db, text_of(db, version, known), known)
    id = next((row["version"] for row in rows(db, "select version from text where id = ?", [version])), version)
    whole = rows(db, "select work from version where id = ?1 union select id from work where id = ?1", [id])
    if not whole:
        raise missing("version", version)
    law = law_known(db, _versions_known(db, "version.work = ?", [whole[0]["work"]], known), in_force, known)
    return [
        {**item, "in_force": row["in_force"]}
        for row in law if id in (row["id"], row["work"])
        for item in items_of(db, text_of(db, row["id"] if id == row["work"] else version, known), known)
    ]  # fmt: skip


def versions_in_force(db: Database, day: str, known: str | None = None) -> dict[str, str]:
    """Every version that is, or is disputed to be, law on ``day``, with its state."""
    return {v["id"]: v["in_force"] for work in works(db, day, known=known) for v in work["versions"]}


def load_reading(db: Database, version: str) -> tuple[tuple[Provision, ...], tuple[DataItem, ...]]:
    """The provisions and data items of a version (or of one text of it) as values, for comparing."""
    return load_text(db, text_of(db, version))


def load_text(db: Database, text: str | None) -> tuple[tuple[Provision, ...], tuple[DataItem, ...]]:
    """The same for the id of a text. Both are empty when it is None: nothing has been read."""
    units = tuple(
        Provision(eid=row["eid"], kind=row["kind"], number=row["number"] or "", heading=row["heading"] or "",
                  text=row["body"] or "", parent=row["parent"], ordinal=row["ordinal"], start=row["start"],
                  end=row["end"], page=row["page"])
        for row in provisions_of(db, text)
    )  # fmt: skip
    return units, tuple(item_value(row) for row in items_of(db, text))


def provision(db: Database, id: str) -> Row:
    """One provision, the units inside it, and where it was read."""
    row = one(db, "provision", id)
    inside = rows(db, _CHILDREN, [row["text"], row["eid"]])
    return {**row, "children": inside, "source": fact_source(db, id)}


def data_types(db: Database) -> list[Row]:
    """Every data type with how many data items of versions that were read, and how many changes, are about it."""
    return rows(db, _TYPES)


def data_type(db: Database, id: str) -> Row:
    """One data type with its crosswalks, the data items of every version that point to it, the changes that touched
    it, and the law in force of their works that has not been read."""
    from kb.crosswalks import crosswalks_of

    items = rows(db, _ITEMS_OF_TYPE, [id])
    unread = [law for work in dict.fromkeys(item["work"] for item in items) for law in unread_law(db, work)]
    found = {**one(db, "data_type", id), **crosswalks_of(id), "items": items, "not_read": unread}
    return {**found, "changes": rows(db, _CHANGES_OF_TYPE, [id])}


def event(db: Database, id: str) -> Row:
    """One event with its changes in order, each with the data types and scopes it touches; a change of a passage with
    the ``digest`` of the bytes that it was read from."""
    targets: dict[str, list[Row]] = {}
    for row in rows(db, _TARGETS, [id]):
        targets.setdefault(row.pop("change"), []).append(row)
    changes = rows(db, "select * from change where event = ? order by ordinal, id", [id])
    for row in changes:
        row["edits"] = decode(row["edits"])
        row["targets"] = targets.get(row["id"], [])
        row["digest"] = next((found["digest"] for found in rows(db, _SHOWN, [row["id"]])), None)
    row = one(db, "event", id)
    summary = json.loads(row["summary"] or "{}")
    return {**row, "summary": summary, "grades": count_grades(db, id), "changes": changes}


def _version(row: Row) -> Row:
    return {**row, "agencies": decode(row["agencies"]), "read": bool(row["text"])}


def _versions_known(db: Database, which: str, parameters: Sequence[str], known: str | None) -> list[Row]:
    sql = f"{_VERSION} where {which} and version.first_seen <= ? order by {_NEWEST}, version.id"
    return [_version(row) for row in rows(db, sql, [*parameters, end_of(known or _EVER)])]


def _date(versions: Iterable[Row]) -> str:
    return max((v["published"] or v["signed"] or v["effective"] or "" for v in versions), default="")


def _publications_of(db: Database, version: str) -> list[Row]:
    found = rows(db, _PUBLICATIONS, [version])
    for row in found:
        row["columns"] = decode(row["columns"])
        row["documents"] = rows(db, _DOCUMENTS, [row["id"]])
    return found


__all__ = [
    "capture", "data_type", "data_types", "dates_between", "deadlines", "event", "fact_source", "find", "items",
    "law_of", "load_reading", "load_text", "provision", "provisions", "publications", "source_health",
    "unread_documents", "untexted_law", "version", "versions_in_force", "whats_new", "work", "works",
]  # fmt: skip
