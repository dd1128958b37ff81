"""Store one text: its provisions and data items, their data types and their place in the search index."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from kb.items.conditions import condition_json
from kb.model import DataItem, Provision
from kb.recording.publication import Reading
from kb.recording.revise import words_of
from kb.searching.index import index_rows, unindex_version
from kb.vocabulary import data_type_rows, types_of_item


def store_text(
    db: Database,
    version: str,
    reading: Reading,
    digest: str,
    now: str,
    *,
    replaces: str | None = None,
    into: str | None = None,
) -> str:
    """Write a text and everything under it; return its id.

    ``replaces`` closes an older text (an edit in place). ``into`` keeps the id and rewrites what a worse witness gave.
    """
    text = into or _new_id(db, version, digest)
    unindex_version(db, version, _indexed_words(db, version))
    if replaces:
        db.table("text").update(replaces, {"observed_to": now})
    if into:
        _remove_rows(db, into)
        db.table("text").update(into, {"body": reading.document.body, "digest": digest})
    else:
        db.table("text").insert(
            {
                "id": text,
                "version": version,
                "body": reading.document.body,
                "digest": digest,
                "observed_from": now,
                "observed_to": None,
            }
        )
    db.table("data_type").upsert_all(data_type_rows(), pk="id")
    db.table("provision").insert_all(provision_rows(text, version, reading), pk="id")
    db.table("data_item").insert_all(item_rows(text, version, reading), pk="id")
    db.table("item_type").insert_all(type_rows(text, reading), pk=("item", "data_type"))
    db.table("version").update(version, {"text": text})
    index_rows(db, [(kind, key, version, words) for (kind, key), words in _indexed_words(db, version).items()])
    return text


def _new_id(db: Database, version: str, digest: str) -> str:
    text = f"{version}~{digest[:8]}"
    count = db.table("text").count_where("id = ? or id like ?", [text, f"{text}.%"])
    return f"{text}.{count}" if count else text  # edited, and edited back: the same words observed a second time


def item_ids(text: str, items: Sequence[DataItem]) -> dict[str, DataItem]:
    """Ids from the outline unit and the number as printed, so that a better reading keeps them."""
    named: dict[str, DataItem] = {}
    for item in items:
        key = f"{text}#{item.provision or 'table'}__no_{item.number or item.ordinal}"
        named[key if key not in named else f"{key}_{item.ordinal}"] = item
    return named


def provision_rows(text: str, version: str, reading: Reading) -> list[dict[str, Any]]:
    """The rows of ``provision`` that a reading gives under the id of a text."""
    return [{**_provision_row(text, p), **_provenance(text, version, reading)} for p in reading.provisions]


def item_rows(text: str, version: str, reading: Reading) -> list[dict[str, Any]]:
    """The rows of ``data_item``, in the order of the reading's items."""
    items = item_ids(text, reading.items)
    return [{**_item_row(key, item), **_provenance(text, version, reading)} for key, item in items.items()]


def type_rows(text: str, reading: Reading) -> list[dict[str, Any]]:
    """The rows of ``item_type``: what each data item is about."""
    return [
        {"item": key, "data_type": target.id, "relation": target.relation, "how": target.how}
        for key, item in item_ids(text, reading.items).items()
        for target in types_of_item(item)
    ]


def _provenance(text: str, version: str, reading: Reading) -> dict[str, Any]:
    return {
        "text": text, "version": version, "document": reading.row["id"], "capture": reading.row["capture"],
        "reader": reading.document.reader, "reader_version": reading.document.reader_version, "status": "extracted",
    }  # fmt: skip


def _provision_row(text: str, provision: Provision) -> dict[str, Any]:
    return {
        "id": f"{text}#{provision.eid}",
        "eid": provision.eid,
        "kind": provision.kind,
        "number": provision.number,
        "heading": provision.heading,
        "body": provision.text,
        "parent": provision.parent,
        "ordinal": provision.ordinal,
        "page": provision.page,
        "start": provision.start,
        "end": provision.end,
    }


def _item_row(key: str, item: DataItem) -> dict[str, Any]:
    conditions = condition_json(item.conditions) if item.conditions else None
    return {
        "id": key,
        "ordinal": item.ordinal,
        "number": item.number,
        "scenario": item.scenario,
        "subscenario": item.subscenario,
        "category": item.category,
        "name": item.name,
        "description": item.description,
        "rule": item.rule,
        "logic": item.conditions.logic if item.conditions else None,
        "conditions": json.dumps(conditions, ensure_ascii=False) if conditions else None,
        "provision": item.provision,
        "page": item.page,
        "start": item.start,
        "end": item.end,
    }


def _indexed_words(db: Database, version: str) -> dict[tuple[str, str], str]:
    """(kind, id) → words of everything of a version that search finds: its title, provisions and data items."""
    words = {
        ("version", row["id"]): row["title"]
        for row in db.query("select id, title from version where id = ?", [version])
    }
    for row in db.query(
        "select provision.* from provision join version on version.text = provision.text where version.id = ?",
        [version],
    ):
        words["provision", row["id"]] = words_of("provision", row)
    for row in db.query(
        "select data_item.* from data_item join version on version.text = data_item.text where version.id = ?",
        [version],
    ):
        words["data_item", row["id"]] = words_of("data_item", row)
    return words


def _remove_rows(db: Database, text: str) -> None:
    db.execute("delete from item_type where item in (select id from data_item where text = ?)", [text])
    db.execute("delete from data_item where text = ?", [text])
    db.execute("delete from provision where text = ?", [text])
