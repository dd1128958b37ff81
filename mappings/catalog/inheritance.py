"""Links of whole datasets and the fields that inherit them; a rejection of one field is an exception.

A link that was deduced is of the columns together: no single field inherits it. Reads only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlite_utils import Database

How = Literal["own", "inherited", "exception", "whole", "deduced"]


@dataclass(frozen=True)
class Held:
    """An accepted link as it holds for a field, or for the dataset as a whole (``field`` '').

    ``how``: own (decided for this field), inherited (from the dataset), exception (rejected although the dataset has
    it), whole (the dataset's own link), deduced (of its columns together).
    """

    dataset: str
    field: str
    data_type: str
    how: How
    decided_by: str
    decided_at: str
    why: str

    @property
    def holds(self) -> bool:
        return self.how != "exception"


def is_whole(link: Mapping[str, Any]) -> bool:
    """Is this a link of a dataset that its fields inherit?"""
    return link["field"] == "" and not (link["rule"] or "").startswith("deduction/")


def links_in_force(db: Database, dataset: str | None = None) -> Iterator[Held]:
    """Every accepted link of what is active, the dataset's own first, then its fields in their order."""
    decided: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    sql = "select * from link where state in ('accepted', 'rejected') and ? in ('', dataset) order by data_type"
    for row in db.query(sql, [dataset or ""]):
        decided[row["dataset"]].append(row)
    fields: defaultdict[str, list[str]] = defaultdict(list)
    sql = "select dataset, name from field where state = 'active' and ? in ('', dataset) order by ordinal, name"
    for row in db.query(sql, [dataset or ""]):
        if row["dataset"] in decided:
            fields[row["dataset"]].append(row["name"])
    active = {row["id"] for row in db.query("select id from dataset where state = 'active'")}
    for id in sorted(decided.keys() & active):
        yield from _of_dataset(decided[id], fields[id])


def links_of_fields(db: Database, dataset: str, fields: list[str]) -> Iterator[Held]:
    """The same for some fields of one dataset and for the dataset as a whole, without reading its other fields."""
    marks = ",".join("?" * len(fields)) or "''"
    sql = (f"select * from link where dataset = ? and field in ('', {marks}) and state in ('accepted', 'rejected') "
           "order by data_type")  # fmt: skip
    yield from _of_dataset(list(db.query(sql, [dataset, *fields])), fields)


def _of_dataset(links: list[dict[str, Any]], fields: list[str]) -> Iterator[Held]:
    whole = [link for link in links if not link["field"] and link["state"] == "accepted"]
    for link in whole:
        yield _held(link, "", "whole" if is_whole(link) else "deduced")
    inherited = {link["data_type"]: link for link in whole if is_whole(link)}
    own: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for link in links:
        own[link["field"]].append(link)
    for field in fields:
        decided = {link["data_type"] for link in own[field]}
        for link in own[field]:
            if link["state"] == "accepted":
                yield _held(link, field, "own")
            elif link["data_type"] in inherited:
                yield _held(link, field, "exception")
        for data_type, link in inherited.items():
            if data_type not in decided:
                yield _held(link, field, "inherited")


def _held(link: Mapping[str, Any], field: str, how: How) -> Held:
    return Held(
        link["dataset"], field, link["data_type"], how, link["decided_by"] or "", link["decided_at"] or "",
        link["why"] or "",
    )  # fmt: skip
