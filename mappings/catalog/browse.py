"""The catalog as people look through it: datasets by words, owner and system; one dataset with a page of its fields.

Reads only, plain dicts. Nothing here reads more than a page of anything that can be long.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound
from kb.rows import Row
from mappings.catalog.inheritance import links_of_fields
from mappings.paging import SIZE, read_page

FIELDS = 100  # of one page
_DATASETS = """
select dataset.id, dataset.name, dataset.system, dataset.platform, dataset.description, dataset.owner, dataset.entity,
  dataset.storage_region, dataset.cross_border, dataset.recipient, dataset.state, owner.name as owner_name,
  (select count(*) from field where field.dataset = dataset.id and field.state <> 'removed') as fields,
  (select count(*) from link where link.dataset = dataset.id and link.state = 'suggested') as suggested,
  (select group_concat(distinct link.data_type) from link
   where link.dataset = dataset.id and link.state = 'accepted') as data_types
from {chosen} as dataset left join owner on owner.id = dataset.owner
"""
# The page is cut out before anything is counted.
_WANTED = """(select * from dataset
where (?1 = '' or dataset.name like ?1 or dataset.id like ?1 or dataset.system like ?1 or dataset.description like ?1)
and (?2 = '' or coalesce(dataset.owner, '-') = ?2) and (?3 = '' or coalesce(dataset.system, '-') = ?3)
and (?4 = '' or coalesce(nullif(dataset.cross_border, ''), 'unknown') = ?4)
order by dataset.state = 'removed', dataset.name, dataset.id limit ?5 offset ?6)
"""
_ORDER = "order by dataset.state = 'removed', dataset.name, dataset.id"
_BY_SYSTEM = """
select coalesce(system, '-') as system, count(*) as datasets, count(distinct owner) as owners,
  sum(coalesce(cross_border, '') in ('sent', 'accessed_from_abroad')) as leaving
from dataset where state <> 'removed' group by 1 order by 2 desc, 1
"""


def list_datasets(
    db: Database, *, words: str = "", owner: str = "", system: str = "", crossing: str = "", page: int = 1
) -> Row:
    """A page of datasets with owner, counts and accepted data types; ``owner`` and ``system`` '-' mean none."""
    like = f"%{words.replace('%', '')}%" if words else ""
    found, more = _page(db, [like, owner, system, crossing], page)
    return {"datasets": found, "page": page, "more": more, "words": words, "owner": owner,
            "system": system, "crossing": crossing, "systems": list(db.query(_BY_SYSTEM)),
            "owners": list(db.query("select id, name from owner order by name, id"))}  # fmt: skip


def one_system(db: Database, name: str, page: int = 1) -> Row:
    """A system: its datasets, owners, and which data types are accepted in it. Raises NotFound."""
    head = next((row for row in db.query(_BY_SYSTEM) if row["system"] == name), None)
    if head is None:
        raise NotFound(f"no system {name} in the catalog")
    found, more = _page(db, ["", "", name, ""], page)
    types, owners = (list(db.query(sql, [name])) for sql in (_TYPES_OF_SYSTEM, _OWNERS_OF_SYSTEM))
    return {**head, "list": found, "page": page, "more": more, "types": types,
            "held_by": owners}  # fmt: skip


def one_dataset(db: Database, id: str, *, owner: str | None = None, page: int = 1) -> Row:
    """A dataset with a page of its fields, each with its links: accepted, inherited, excepted, suggested, rejected.

    ``owner``: only if it is theirs. Raises NotFound, for what is another's too.
    """
    sql = f"{_DATASETS.format(chosen='dataset')} where dataset.id = ?1 and (?2 is null or dataset.owner = ?2)"
    head = next(iter(db.query(sql, [id, owner])), None)
    if head is None:
        raise NotFound(f"no dataset {id}: see the catalog")
    sql = "select * from field where dataset = ? order by state = 'removed', ordinal, name"
    fields, more = read_page(db, sql, [id], page, FIELDS)
    links = _links(db, id, [field["name"] for field in fields])
    counts = {row["state"]: row["n"] for row in db.query(
        "select state, count(*) as n from link where dataset = ? group by state", [id])}  # fmt: skip
    more_facts = next(iter(db.query("select person_count, vehicle_count, catalog, last_seen from dataset where id = ?",
                                    [id])))  # fmt: skip
    return {**_dataset(head), **more_facts, "links": links[""], "link_counts": counts, "page": page, "more": more,
            "columns": [{**field, "links": links[field["name"]]} for field in fields],
            "alerts": list(db.query(_ALERTS, [id, owner]))}  # fmt: skip


def _page(db: Database, wanted: list[str], page: int) -> tuple[list[Row], bool]:
    sql = f"{_DATASETS.format(chosen=_WANTED)} {_ORDER}"
    found = [_dataset(row) for row in db.query(sql, [*wanted, SIZE + 1, (page - 1) * SIZE])]
    return found[:SIZE], len(found) > SIZE


def _links(db: Database, dataset: str, fields: list[str]) -> defaultdict[str, list[Row]]:
    """Field ('' for the dataset as a whole) → its links, those that hold first."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for held in links_of_fields(db, dataset, fields):
        found[held.field].append({**vars(held), "state": "accepted" if held.holds else "rejected", "reason": ""})
    marks = ",".join("?" * len(fields)) or "''"
    sql = (f"select * from link where dataset = ? and field in ('', {marks}) and state in ('suggested', 'rejected') "
           "order by state desc, confidence desc, data_type")  # fmt: skip
    shown = {(held["field"], held["data_type"]) for links in found.values() for held in links}
    for row in db.query(sql, [dataset, *fields]):
        if (row["field"], row["data_type"]) not in shown:
            found[row["field"]].append({**row, "how": row["state"]})
    return found


def _dataset(row: dict[str, Any]) -> Row:
    return {**row, "data_types": sorted(row["data_types"].split(",")) if row["data_types"] else []}


_TYPES_OF_SYSTEM = """
select data_type, count(distinct dataset) as datasets, count(*) as fields from link where +state = 'accepted'
and dataset in (select id from dataset where coalesce(system, '-') = ? and state <> 'removed')
group by +data_type order by 2 desc, 1
"""
_OWNERS_OF_SYSTEM = """
select owner.id, owner.name, count(*) as datasets from dataset join owner on owner.id = dataset.owner
where coalesce(dataset.system, '-') = ? and dataset.state <> 'removed' group by 1 order by 3 desc, 2
"""
_ALERTS = """
select distinct alert.id, alert.subject, alert.composed_at, alert.state, acknowledged_at from alert_line
join alert on alert.id = alert_line.alert left join acknowledgement on acknowledgement.alert = alert.id
where alert_line.dataset = ?1 and (?2 is null or alert.owner = ?2) order by alert.composed_at desc limit 20
"""
