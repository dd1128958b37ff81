"""What a newer version did to the data items that accepted links hang on: dropped, renumbered, split.

Links hang on data types, not on numbers, so they outlive a version; but the item that somebody had before them may be
gone, stand elsewhere, or be two now. A finding is answered by deciding the link again. Reads only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from mappings.catalog.findings import Finding


@dataclass(frozen=True)
class _Item:
    number: str
    name: str


def find_shifts(db: Database, kb_db: Database) -> Iterator[Finding]:
    """For each data type with accepted links that are older than a version: what that version did to its items.

    One finding for each version and data type, with the number of links it concerns.
    """
    links: defaultdict[str, list[str]] = defaultdict(list)
    for row in db.query("select data_type, decided_at from link where state = 'accepted'"):
        links[row["data_type"]].append(row["decided_at"] or "")
    for step in kb_db.query(_STEPS):
        before, after = _items(kb_db, step["old"]), _items(kb_db, step["new"])
        for data_type in sorted(before.keys() & links.keys()):
            older = sum(at < step["seen"] for at in links[data_type])
            if older and (said := _shift(before[data_type], after.get(data_type, []))):
                kind, what = said
                do = "accepting them with a new --why settles it"
                why = f"{step['id']} {what}: look at its {older} accepted links again ({do})"
                yield Finding(kind, "", "", data_type, why)


def _shift(old: list[_Item], new: list[_Item]) -> tuple[str, str] | None:
    """What became of the items of one data type; nothing when they stand where they stood."""
    if not new:
        return "dropped", f"has no item any more of those that {_some(old)} stood for"
    if len(new) > len(old):
        return "split", f"has {len(new)} items ({_some(new)}) where there were {len(old)} ({_some(old)})"
    numbers = {item.name: item.number for item in old}
    moved = [item for item in new if item.name in numbers and numbers[item.name] != item.number]
    if moved:
        steps = "; ".join(f"{item.name}: {numbers[item.name] or '–'} → {item.number or '–'}" for item in moved[:3])
        return "renumbered", f"numbers its items anew ({steps})"
    return None


def _some(items: list[_Item]) -> str:
    return ", ".join(f"{item.number} {item.name}".strip() for item in items[:3]) + (", …" if len(items) > 3 else "")


def _items(kb_db: Database, text: str) -> dict[str, list[_Item]]:
    """Data items of a text by data type, each once, in the order of the text."""
    found: defaultdict[str, list[_Item]] = defaultdict(list)
    for row in kb_db.query(_ITEMS, [text]):
        found[row["data_type"]].append(_Item(row["number"] or "", row["name"]))
    return found


_STEPS = """
select version.id, old.text as old, version.text as new, text.observed_from as seen
from version join version as old on old.id = version.predecessor join text on text.id = version.text
where old.text is not null and exists (select 1 from data_item where data_item.text = version.text)
and version.id not in (select predecessor from version where predecessor is not null) order by version.id
"""
_ITEMS = """
select item_type.data_type, data_item.number, data_item.name
from data_item join item_type on item_type.item = data_item.id
where data_item.text = ? and item_type.relation <> 'related' order by data_item.ordinal
"""
