"""JSON and YAML files as plain values, and the small questions that every importer of them asks.

Nothing here trusts the shape of a file: what is not a list or an object where one belongs counts as absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kb.errors import CatalogError
from kb.plain_values import NoValues, load_json, load_yaml
from mappings.catalog.dataset import Dataset, Field, Rejected
from mappings.catalog.formats.keys import LONGEST_NAME, find_keys, load_keys, read_attributes, text_of

DEEPEST = 20  # levels of nested columns
BIGGEST = 512 * 1024 * 1024  # bytes


def load_tree(path: Path) -> Any:
    """The whole file as values. Raises CatalogError with the place of the first fault."""
    try:
        if path.stat().st_size > BIGGEST:
            raise CatalogError(f"{path}: is larger than {BIGGEST:,} bytes: split it")
        data = path.read_bytes()
        if path.suffix.lower() == ".json":
            return load_json(data)
        return load_yaml(data)
    except OSError as error:
        raise CatalogError(f"{path}: cannot be read: {error.strerror}") from error
    except NoValues as error:
        raise CatalogError(f"{path}:{f'{error.line}:' if error.line else ''} {error}") from error


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; of anything else none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def custom_properties(*sources: Mapping[str, Any]) -> dict[str, str]:
    """What custom properties say under the names of keys.yml; earlier sources win."""
    said: dict[str, str] = {}
    for source in sources:
        for key, name in find_keys(map(str, source), load_keys().properties).items():
            if text := text_of(source.get(name)):
                said.setdefault(key, text)
    return said


def nested(
    columns: Any, children: tuple[str, ...], path: str = "", depth: int = 0
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every column with its whole path, parents first; ``children`` are the keys under which nested ones stand."""
    for column in objects(columns):
        name = text_of(column.get("name"), LONGEST_NAME)
        whole = f"{path}.{name}" if path and name else path or name
        if name:
            yield whole, column
        for key in children if depth < DEEPEST else ():
            below = column.get(key)
            yield from nested([below] if isinstance(below, dict) else below, children, whole, depth + 1)


def describe(
    row: int, id: str, name: str, raw: Mapping[str, str], fields: Iterable[Field], *, speaks_of: Iterable[str] = ()
) -> Iterator[Dataset | Rejected]:
    """One dataset, and what was left out of it: duplicate columns and values that make no sense.

    ``speaks_of`` are attributes that this format always states, so that an absent one is really absent.
    """
    if not id.strip():
        yield Rejected(row, "names no dataset", lost=True)
        return
    attributes, stated, faults = read_attributes(raw)
    kept: dict[str, Field] = {}
    for field in fields:
        if field.name in kept:
            faults.append(f"column {field.name} stands there twice")
        kept.setdefault(field.name, field)
    if faults:
        yield Rejected(row, f"{id}: " + "; ".join(faults))
    yield Dataset(id, name or id, attributes, stated | frozenset(speaks_of), tuple(kept.values()))
