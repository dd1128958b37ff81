"""COVESA Vehicle Signal Specification, as `vspec export csv` or `vspec export json` writes it.

https://covesa.github.io/vehicle_signal_specification — a branch is a dataset, the signals right below it its fields.
The standard has no owner, entity or region: they come from a side CSV.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kb.errors import CatalogError
from mappings.catalog.dataset import Dataset, Field, Rejected
from mappings.catalog.formats.csv_file import read_rows
from mappings.catalog.formats.keys import LONGEST_NAME, text_of
from mappings.catalog.formats.tree import DEEPEST, describe, load_tree, mapping

HEADER = ("type", "datatype", "unit", "desc")
BRANCHES = ("branch", "struct")


@dataclass
class _Branch:
    row: int
    description: str = ""
    fields: list[Field] = field(default_factory=list)


def is_vss_header(cells: list[str]) -> bool:
    """Does a CSV begin as vspec writes it: Signal or Node, Type, DataType, …, Unit, …, Desc?"""
    names = [cell.strip().lower() for cell in cells]
    return bool(names) and names[0] in ("signal", "node") and set(HEADER) <= set(names)


def read(path: Path, columns: Mapping[str, str] | None = None) -> Iterator[Dataset | Rejected]:
    """Branches with signals. Raises CatalogError when the file is no export of vspec."""
    branches: dict[str, _Branch] = {}
    entries = _of_json(path) if path.suffix.lower() == ".json" else _of_csv(path)
    for row, entry in entries:
        if isinstance(entry, Rejected):
            yield entry
            continue
        name = text_of(entry.get("name"), LONGEST_NAME + 1)
        parent, _, leaf = name.rpartition(".")
        if not name or len(name) > LONGEST_NAME:
            yield Rejected(row, "a signal without a name, or with one that is too long", lost=True)
        elif text_of(entry.get("type")).lower() in BRANCHES:
            branches.setdefault(name, _Branch(row)).description = text_of(entry.get("desc"))
        elif not parent:
            yield Rejected(row, f"{name} stands in no branch", lost=True)
        else:
            texts = dict.fromkeys((text_of(entry.get("desc")), text_of(entry.get("comment"))))
            said = "\n".join(text for text in texts if text)
            branch = branches.setdefault(parent, _Branch(row))
            branch.fields.append(Field(leaf, text_of(entry.get("datatype")), text_of(entry.get("unit")), said))
    for name, branch in branches.items():
        if branch.fields:
            raw = {"platform": "vss"} | ({"dataset_description": branch.description} if branch.description else {})
            yield from describe(branch.row, name, name, raw, branch.fields, speaks_of=("description",))


def _of_csv(path: Path) -> Iterator[tuple[int, dict[str, Any] | Rejected]]:
    rows = read_rows(path)
    header = next((row for row in rows if not isinstance(row, Rejected)), (0, []))[1]
    if not is_vss_header(header):
        raise CatalogError(f"{path}: is no CSV of vspec: it needs Signal, Type, DataType, Unit and Desc")
    names = ["name", *(cell.strip().lower() for cell in header[1:])]
    for row in rows:
        if isinstance(row, Rejected):
            yield row.row, row
        else:
            yield row[0], dict(zip(names, row[1], strict=False))


def _of_json(path: Path) -> Iterator[tuple[int, dict[str, Any] | Rejected]]:
    tree = mapping(load_tree(path))
    if not any("children" in mapping(node) for node in tree.values()):
        raise CatalogError(f"{path}: is no JSON of vspec: it needs branches with children")
    yield from enumerate(_walk(tree, "", 0), 1)


def _walk(nodes: dict[str, Any], above: str, depth: int) -> Iterator[dict[str, Any]]:
    for key, node in nodes.items():
        name = f"{above}.{key}" if above else key
        yield {**mapping(node), "name": name, "desc": mapping(node).get("description")}
        if depth < DEEPEST:
            yield from _walk(mapping(mapping(node).get("children")), name, depth + 1)
