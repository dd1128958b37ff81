"""The catalog as it stands in company.db, read back as values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from mappings.catalog.dataset import ATTRIBUTES, Attributes, Dataset, Field, Owner


def load_datasets(db: Database) -> Iterator[Dataset]:
    """Every active dataset with its active fields, in the order of the catalog."""
    fields: defaultdict[str, list[Field]] = defaultdict(list)
    for row in db.query("select * from field where state = 'active' order by dataset, ordinal, name"):
        fields[row["dataset"]].append(Field(row["name"], row["type"], row["unit"], row["description"]))
    owners = {row["id"]: Owner(row["name"], row["email"], row["language"]) for row in db.query("select * from owner")}
    for row in db.query("select * from dataset where state = 'active' order by id"):
        yield Dataset(row["id"], row["name"], _attributes(row, owners), fields=tuple(fields[row["id"]]))


def _attributes(row: dict[str, Any], owners: dict[str, Owner]) -> Attributes:
    said = {name: row[name] for name in ATTRIBUTES}
    return Attributes(
        **{**said, "owner": owners.get(row["owner"] or ""), "cross_border": row["cross_border"] or "unknown"}
    )
