"""Open Data Contract Standard v3, YAML or JSON: one contract, each object of its schema a dataset.

https://bitol-io.github.io/open-data-contract-standard — team is a list in v3.0, an object with members since v3.1;
region, cross-border flag and counts have no key there and are read from customProperties.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kb.errors import CatalogError
from mappings.catalog.dataset import Dataset, Field, Rejected
from mappings.catalog.formats.keys import text_of
from mappings.catalog.formats.tree import custom_properties, describe, load_tree, mapping, nested, objects

OWNING_ROLES = ("owner", "data owner", "data product owner", "data steward")


def read(path: Path, columns: Mapping[str, str] | None = None) -> Iterator[Dataset | Rejected]:
    """The datasets of one contract. Raises CatalogError when the file is no ODCS v3 contract."""
    contract = mapping(load_tree(path))
    if contract.get("kind") != "DataContract" or not isinstance(contract.get("schema"), list):
        raise CatalogError(f"{path}: is no ODCS v3 contract: it needs kind: DataContract and a schema list")
    label = text_of(contract.get("name")) or text_of(contract.get("dataProduct"))
    owner = _owner(contract)
    for row, table in enumerate(contract["schema"], 1):
        name = text_of(mapping(table).get("name")) or text_of(mapping(table).get("physicalName"))
        if not name:
            yield Rejected(row, "an object of the schema without a name", lost=True)
            continue
        raw = custom_properties(_properties(table), _properties(contract))
        raw |= owner | {"dataset_description": text_of(table.get("description"))}
        server = next(iter(objects(contract.get("servers"))), {})
        raw.setdefault("platform", text_of(server.get("type")))
        yield from describe(
            row,
            f"{text_of(contract.get('id')) or path.stem}.{name}",
            f"{label}.{name}" if label else name,
            {key: value for key, value in raw.items() if value},
            (_field(whole, column) for whole, column in nested(table.get("properties"), ("properties", "items"))),
            speaks_of=("owner", "description"),
        )


def _field(path: str, column: dict[str, Any]) -> Field:
    texts = dict.fromkeys((text_of(column.get("businessName")), text_of(column.get("description"))))
    type = text_of(column.get("physicalType")) or text_of(column.get("logicalType"))
    unit = text_of(column.get("unit")) or text_of(_properties(column).get("unit"))
    return Field(path, type, unit, "\n".join(text for text in texts if text))


def _properties(holder: dict[str, Any]) -> dict[str, Any]:
    return {text_of(item.get("property")): item.get("value") for item in objects(holder.get("customProperties"))}


def _owner(contract: dict[str, Any]) -> dict[str, str]:
    """The member whose role says owner and who has not left; otherwise the team; nobody is guessed from other roles."""
    team = contract.get("team")
    members = objects(team) or objects(mapping(team).get("members"))
    for member in members:
        role, left = text_of(member.get("role")).casefold(), member.get("dateOut")
        if role in OWNING_ROLES and not left:
            return {
                "owner": text_of(member.get("name")) or text_of(member.get("username")),
                "owner_email": _email(member),
            }
    team_name = text_of(mapping(team).get("name"))
    return {"owner": team_name} if team_name else {}


def _email(member: dict[str, Any]) -> str:
    username = text_of(member.get("username"))
    return text_of(member.get("email")) or (username if "@" in username else "")
