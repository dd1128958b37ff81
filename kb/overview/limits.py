"""The numbers that rules set for a data type, version after version: 100万人, then 50万人."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from kb.rows import Row, rows

_ITEMS = """
select data_item.id, data_item.name, data_item.conditions, data_item.scenario, item_type.relation,
  version.id as version, version.work, version.title, version.stage, work.title as work_title,
  coalesce(version.published, version.signed, version.effective) as date
from item_type join data_item on data_item.id = item_type.item join version on version.text = data_item.text
join work on work.id = version.work
where item_type.data_type = ? and data_item.conditions is not null
order by version.work, date, version.id, data_item.ordinal
"""


def limits_of_type(db: Database, data_type: str) -> list[Row]:
    """One row for each number that an item of the type has in a version that was read, by work and date: measure,
    comparator, value, unit, window, qualifier and quote of the condition beside id, name and version of the item."""
    found = []
    for row in rows(db, _ITEMS, [data_type]):
        item = {name: value for name, value in row.items() if name != "conditions"}
        for leaf in _leaves(json.loads(row["conditions"])):
            if isinstance(leaf.get("value"), int | float):
                found.append({**item, **{name: leaf.get(name) for name in _LEAF}})
    return found


_LEAF = ("measure", "comparator", "value", "unit", "window", "qualifier", "quote")


def _leaves(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if tree.get("of"):
        for branch in tree["of"]:
            yield from _leaves(branch)
    else:
        yield tree
