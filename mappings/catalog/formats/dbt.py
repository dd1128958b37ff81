"""dbt artifacts: manifest.json has descriptions and owners, catalog.json has the columns with their types.

https://schemas.getdbt.com — give both in one command: two files that describe one dataset are laid together. Given one
after the other, neither wipes out what only the other can say. Since 1.10 meta and tags stand under ``config`` as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from kb.errors import CatalogError
from mappings.catalog.dataset import Dataset, Field, Rejected
from mappings.catalog.formats.keys import text_of
from mappings.catalog.formats.tree import custom_properties, describe, load_tree, mapping

DATASETS = ("model", "seed", "snapshot", "source")


def read(path: Path, columns: Mapping[str, str] | None = None) -> Iterator[Dataset | Rejected]:
    """Models, seeds, snapshots and sources. Raises CatalogError when the file is no manifest or catalog of dbt."""
    tree = mapping(load_tree(path))
    schema = text_of(mapping(tree.get("metadata")).get("dbt_schema_version"))
    if "/manifest/" not in schema and "/catalog/" not in schema:
        raise CatalogError(f"{path}: is neither a manifest nor a catalog of dbt (metadata.dbt_schema_version)")
    platform = text_of(mapping(tree.get("metadata")).get("adapter_type"))
    silent = frozenset(["type" if "/manifest/" in schema else "description"])
    nodes = [*mapping(tree.get("nodes")).items(), *mapping(tree.get("sources")).items()]
    for row, (id, node) in enumerate(nodes, 1):
        if id.partition(".")[0] not in DATASETS:
            continue
        if not isinstance(node, dict):
            yield Rejected(row, f"{id} is no object", lost=True)
            continue
        name, raw = _name(node), _said(node, tree) | {"platform": platform}
        fields = (_field(key, mapping(column)) for key, column in mapping(node.get("columns")).items())
        owner = ("owner", "description") if "/manifest/" in schema else ()
        for found in describe(row, id, name, {k: v for k, v in raw.items() if v}, fields, speaks_of=owner):
            yield replace(found, silent=silent) if isinstance(found, Dataset) else found


def _field(key: str, column: dict[str, Any]) -> Field:
    type = text_of(column.get("data_type")) or text_of(column.get("type"))
    text = text_of(column.get("description")) or text_of(column.get("comment"))
    return Field((text_of(column.get("name")) or text_of(key)).lower(), type, "", text)


def _name(node: dict[str, Any]) -> str:
    """schema.table as the warehouse knows it; warehouses disagree on case, so it is folded."""
    place = mapping(node.get("metadata")) or node
    name = text_of(node.get("alias")) or text_of(node.get("identifier")) or text_of(place.get("name"))
    return ".".join(part for part in (text_of(place.get("schema")), name) if part).lower()


def _said(node: dict[str, Any], tree: dict[str, Any]) -> dict[str, str]:
    meta = mapping(mapping(node.get("config")).get("meta")) | mapping(node.get("meta"))
    said = custom_properties(meta)
    said["dataset_description"] = text_of(node.get("description"))
    name = text_of(node.get("group")) or text_of(mapping(node.get("config")).get("group"))
    groups = map(mapping, mapping(tree.get("groups")).values())
    group = next((g for g in groups if name and g.get("name") == name), {})
    if owner := mapping(group.get("owner")) or mapping(meta.get("owner")):
        email = owner.get("email")
        said["owner"] = text_of(owner.get("name")) or name
        said["owner_email"] = text_of(email[0] if isinstance(email, list) and email else email)
    return said
