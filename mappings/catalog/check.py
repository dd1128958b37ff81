"""Is the map sound: what dangles, what nobody owns, what the law lists and no dataset holds, what nobody has looked at.

Reads only. Every finding is one sentence that says what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from kb.vocabulary import load_data_types
from mappings.catalog.findings import Finding
from mappings.catalog.shifts import find_shifts


@dataclass(frozen=True)
class Coverage:
    """Active fields: all, with an accepted or rejected link (their own, or accepted for their dataset as a whole), with
    open suggestions only, and without any link."""

    fields: int
    decided: int
    suggested: int
    untouched: int

    @property
    def share(self) -> float:
        """Of the fields that have any link, the part that is decided; 1 when there is none."""
        linked = self.decided + self.suggested
        return round(self.decided / linked, 3) if linked else 1.0


@dataclass(frozen=True)
class CheckReport:
    findings: tuple[Finding, ...]
    coverage: Coverage

    def as_json(self) -> dict[str, Any]:
        coverage = {**vars(self.coverage), "share": self.coverage.share}
        return {"findings": [vars(finding) for finding in self.findings], "coverage": coverage}


def check_links(db: Database, kb_db: Database | None) -> CheckReport:
    """Check the links of company.db against its catalog and, if there is one, against the data items of kb.db."""
    findings = [*_dangling(db), *_changed(db), *_unowned(db), *_undecided(db)]
    if kb_db is not None:
        findings += [*_unmapped(db, kb_db), *find_shifts(db, kb_db)]
    return CheckReport(tuple(findings), _coverage(db))


def _dangling(db: Database) -> Iterator[Finding]:
    known = load_data_types()
    sql = """
        select link.dataset, link.field, link.data_type, dataset.state as of_dataset, field.state as of_field
        from link join dataset on dataset.id = link.dataset
        left join field on field.dataset = link.dataset and field.name = link.field
        where link.state = 'accepted' order by 1, 2, 3
    """
    for row in db.query(sql):
        place = (row["dataset"], row["field"], row["data_type"])
        if row["data_type"] not in known:
            yield Finding("dangling", *place, "the vocabulary has no such data type: reject the link or link it anew")
        elif row["of_dataset"] == "removed":
            yield Finding("dangling", *place, "the dataset was removed from its catalog: reject the link")
        elif row["field"] and row["of_field"] != "active":
            yield Finding("dangling", *place, "the field was removed from its catalog: reject the link")


def _changed(db: Database) -> Iterator[Finding]:
    """Accepted links whose column is not what it was when somebody accepted it."""
    sql = """
        select link.dataset, link.field, link.data_type, link.decided_by, link.decided_at
        from link join field on field.dataset = link.dataset and field.name = link.field
        where link.state = 'accepted' and field.state = 'active' and link.field_digest <> field.digest order by 1, 2, 3
    """
    for row in db.query(sql):
        why = (
            f"the column's type, unit or description has changed since {row['decided_by']} accepted it "
            f"({row['decided_at'][:10]}): accept it again or reject it"
        )
        yield Finding("changed", row["dataset"], row["field"], row["data_type"], why)


def _unowned(db: Database) -> Iterator[Finding]:
    sql = """
        select dataset.id, dataset.owner, owner.email, count(*) as links
        from dataset join link on link.dataset = dataset.id left join owner on owner.id = dataset.owner
        where dataset.state = 'active' and link.state in ('accepted', 'suggested') and owner.email is null
        group by dataset.id order by dataset.id
    """
    for row in db.query(sql):
        if row["owner"] is None:
            why = f"{row['links']} links and no owner: alerts go to the fallback address until the catalog names one"
            yield Finding("unowned", row["id"], "", "", why)
        else:
            why = f"its owner {row['owner']} has no address: alerts go to the fallback address"
            yield Finding("no_address", row["id"], "", "", why)


def _undecided(db: Database) -> Iterator[Finding]:
    sql = """
        select id, cross_border, (select count(*) from link where link.dataset = dataset.id) as links from dataset
        where state = 'active' and cross_border in ('sent', 'accessed_from_abroad')
        and not exists (select 1 from link where link.dataset = dataset.id and link.state in ('accepted', 'rejected'))
        order by id
    """
    for row in db.query(sql):
        why = f"leaves the country ({row['cross_border']}), and none of its {row['links']} links is decided"
        yield Finding("undecided", row["id"], "", "", why)


def _unmapped(db: Database, kb_db: Database) -> Iterator[Finding]:
    """Data types of the data items of versions that no later version has replaced."""
    sql = """
        select item_type.data_type, count(*) as items, min(data_item.name) as name
        from item_type join data_item on data_item.id = item_type.item join version on version.text = data_item.text
        where item_type.relation <> 'related'
        and version.id not in (select predecessor from version where predecessor is not null)
        group by item_type.data_type order by item_type.data_type
    """
    states: dict[str, set[str]] = {}
    for row in db.query(_HELD):
        states.setdefault(row["data_type"], set()).add(row["state"])
    for row in kb_db.query(sql):
        state = states.get(row["data_type"], set())
        if "accepted" not in state:
            done = "only suggestions" if "suggested" in state else "no dataset"
            why = (
                f"{row['items']} listed data items (such as {row['name']}) have {done}: nobody will be told of a change"
            )
            yield Finding("unmapped", "", "", row["data_type"], why)


# What dangles holds nothing: nobody would be told by it.
_HELD = """
select distinct link.data_type, link.state from link
join dataset on dataset.id = link.dataset and dataset.state = 'active'
left join field on field.dataset = link.dataset and field.name = link.field
where link.field = '' or field.state = 'active'
"""


def _coverage(db: Database) -> Coverage:
    sql = """
        select count(*) as fields, sum(decided) as decided, sum(suggested and not decided) as suggested from (
            select exists (select 1 from link where link.dataset = field.dataset and link.field = field.name
                           and link.state in ('accepted', 'rejected'))
                   or exists (select 1 from link where link.dataset = field.dataset and link.field = ''
                              and link.state = 'accepted' and coalesce(link.rule, '') not like 'deduction/%')
                   as decided,
                   exists (select 1 from link where link.dataset = field.dataset and link.field = field.name
                           and link.state = 'suggested') as suggested
            from field where field.state = 'active')
    """
    row = next(iter(db.query(sql)))
    fields, decided, suggested = (int(row[key] or 0) for key in ("fields", "decided", "suggested"))
    return Coverage(fields, decided, suggested, fields - decided - suggested)
