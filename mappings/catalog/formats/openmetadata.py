"""OpenMetadata tables, topics and containers as its REST interface lists them, such as
/api/v1/tables?fields=columns,owners,tags,domains,extension.

https://docs.open-metadata.org — one page (``data``) or one table a file. Owners are references; they have an address
only where the export resolved them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kb.errors import CatalogError
from mappings.catalog.dataset import Dataset, Field, Rejected
from mappings.catalog.formats.keys import text_of
from mappings.catalog.formats.tree import custom_properties, describe, load_tree, mapping, nested, objects


def read(path: Path, columns: Mapping[str, str] | None = None) -> Iterator[Dataset | Rejected]:
    """The tables of a file. Raises CatalogError when it holds none of OpenMetadata's form."""
    tree = load_tree(path)
    tables = tree if isinstance(tree, list) else mapping(tree).get("data", [tree])
    if not any("fullyQualifiedName" in table for table in objects(tables)):
        raise CatalogError(f"{path}: has no OpenMetadata tables: it needs objects with fullyQualifiedName and columns")
    for row, table in enumerate(tables, 1):
        id = text_of(mapping(table).get("fullyQualifiedName"))
        if not id:
            yield Rejected(row, "a table without fullyQualifiedName", lost=True)
            continue
        if table.get("deleted") is True:
            continue
        raw = custom_properties(mapping(table.get("extension"))) | _owner(table)
        raw |= {"dataset_description": text_of(table.get("description")), "platform": text_of(table.get("serviceType"))}
        yield from describe(
            row,
            id,
            id,
            {key: value for key, value in raw.items() if value},
            (_field(whole, column) for whole, column in nested(_columns(table), ("children",))),
            speaks_of=("owner", "description"),
        )


def _columns(table: dict[str, Any]) -> Any:
    """Columns of a table, of a container's data model, or fields of a topic's messages."""
    below = mapping(table.get("dataModel")).get("columns"), mapping(table.get("messageSchema")).get("schemaFields")
    return next((columns for columns in (table.get("columns"), *below) if columns), [])


def _field(path: str, column: dict[str, Any]) -> Field:
    texts = dict.fromkeys((text_of(column.get("displayName")), text_of(column.get("description"))))
    type = text_of(column.get("dataTypeDisplay")) or text_of(column.get("dataType"))
    return Field(path, type, "", "\n".join(text for text in texts if text))


def _owner(table: dict[str, Any]) -> dict[str, str]:
    """The first owner; before 1.5 there was one, under ``owner``."""
    owner = next(iter(objects(table.get("owners"))), mapping(table.get("owner")))
    name = text_of(owner.get("displayName")) or text_of(owner.get("name"))
    return {"owner": name, "owner_email": text_of(owner.get("email"))}
