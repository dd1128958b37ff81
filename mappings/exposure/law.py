"""Which rule packs speak on a day: those that ship, the company's own, and the data items that kb.db has read.

Conditions of data items come from kb.db where a version has been read there, otherwise from its reviewed pack. A text
that was not read when its pack was written counts as read once kb.db has its data items. Reads only.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from kb.errors import NotFound
from kb.items.conditions import condition_from_json
from kb.packs import Citation, Pack, Rule, load_packs
from kb.rows import Row, rows

_ITEMS = """
select data_item.id, number, scenario, subscenario, name, conditions, rule, data_item.status, version.title
from data_item join version on version.text = data_item.text
where version.id = ? and conditions is not null order by data_item.ordinal, data_item.id
"""
# A table whose layout was lost tells only part of the text: the version stays unread.
_WHOLE = """
select count(witness.id) = 0 or max(document.status = 'read') as whole from version
left join witness on witness.text = version.text left join document on document.id = witness.document
where version.id = ?
"""
_TYPES = """
select item_type.item, data_type, relation from item_type join data_item on data_item.id = item_type.item
join version on version.text = data_item.text where version.id = ? and relation <> 'related'
"""


def load_law(kb: Database | None, own: Path | None = None, what_if: str | None = None) -> tuple[Pack, ...]:
    """All packs, with the data items of kb.db in them. Raises NotFound when nothing is known of ``what_if``."""
    packs = list(load_packs(*([own] if own and own.is_dir() else [])))
    if kb is not None:
        packs = [_from_kb(kb, pack) if pack.kind == "sector" else pack for pack in packs]
    if what_if and not any(pack.version == what_if for pack in packs):
        items = _items(kb, what_if) if kb is not None else ()
        if not items:
            raise NotFound(
                f"nothing to ask of {what_if}: it has no rule pack and no data items; see `regwatch works`, or "
                "`regwatch add FILE`"
            )
        whole = replace(items[0].citation, provision="", quote="")
        packs.append(Pack(what_if, whole.title, "sector", what_if, True, whole, sector="automotive", items=items))
    return tuple(packs)


def _from_kb(kb: Database, pack: Pack) -> Pack:
    if not rows(kb, _WHOLE, [pack.version])[0]["whole"]:
        return pack
    items = _items(kb, pack.version)
    if not items:
        return pack
    if pack.disputed_until and (begins := _effective(kb, pack.version)):
        pack = replace(pack, begins=begins, disputed_until=None)  # what the text says of itself settles the sources
    return replace(pack, read=True, items=items)


def _effective(kb: Database, version: str) -> str | None:
    """The whole date from which the text itself says that it holds."""
    told = rows(kb, "select effective from version where id = ?", [version])[0]["effective"] or ""
    return told if len(told) == len("2026-07-01") else None


def _items(kb: Database, version: str) -> tuple[Rule, ...]:
    import json

    types: dict[str, set[str]] = {}
    only_by_rule: dict[str, set[str]] = {}
    for row in rows(kb, _TYPES, [version]):
        place = only_by_rule if row["relation"] == "by_condition" else types
        place.setdefault(row["item"], set()).add(row["data_type"])
    read: dict[str, Rule] = {}
    found = []
    for row in rows(kb, _ITEMS, [version]):
        shared = read.get(row["conditions"])  # a rule cell that many items share is one condition
        condition = shared.condition if shared else condition_from_json(json.loads(row["conditions"]))
        rule = Rule(row["id"], "item", condition, _cite(version, row), types=frozenset(types.get(row["id"], ())),
                    by_condition=frozenset(only_by_rule.get(row["id"], ())), name=row["name"])  # fmt: skip
        read.setdefault(row["conditions"], rule)
        found.append(rule)
    return tuple(found)


def _cite(version: str, row: Row) -> Citation:
    place = " ".join(part for part in (row["scenario"], row["subscenario"]) if part)
    certainty = "verbatim" if row["status"] == "reviewed" else "extracted"
    return Citation(version, row["title"], f"{place} 表第{row['number']}项", row["name"], certainty, row["id"])
