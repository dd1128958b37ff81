"""The vocabulary: our stable data types, and which of them a data item or a provision is about.

Declared in data_types.yml. The mapping is by declared words and by the measures of an item's rule; what nothing
claims gets no data type and is listed as unmapped, never forced.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from kb.declarations import Declaration, load_declaration
from kb.model import Condition, DataItem, Relation
from kb.normalise import fold

PATH = Path(__file__).with_name("data_types.yml")
STRENGTH: tuple[Relation, ...] = ("exact", "broader", "by_condition", "related")


class Names(Declaration):
    exact: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


class DataType(Declaration):
    id: str
    name_zh: str
    name_en: str
    definition: str
    personal: Literal["yes", "no", "sensitive", "may_be"]
    surveying: bool = False
    kinds_of_2021: tuple[int, ...] = ()
    names: Names = Names()
    measures: tuple[str, ...] = ()


class Scope(Declaration):
    id: Literal["personal-information", "every-export", "company"]
    words: tuple[str, ...]


class Vocabulary(Declaration):
    types: tuple[DataType, ...]
    scopes: tuple[Scope, ...]


@dataclass(frozen=True)
class Target:
    """What something is about: a data type with its relation, or a scope."""

    id: str
    kind: Literal["data_type", "scope"]
    relation: Relation
    how: str


@cache
def load_vocabulary() -> Vocabulary:
    return load_declaration(PATH, Vocabulary)


def load_data_types() -> dict[str, DataType]:
    """Data types by id."""
    return {data_type.id: data_type for data_type in load_vocabulary().types}


def data_type_rows() -> list[dict[str, Any]]:
    """The vocabulary as rows of the table ``data_type``."""
    stored = ("id", "name_zh", "name_en", "definition", "personal")
    return [{**{key: getattr(t, key) for key in stored}, "surveying": int(t.surveying)}
            for t in load_data_types().values()]  # fmt: skip


def scope_types(scope: str) -> frozenset[str]:
    """The data types inside a scope; every data type for the scopes that do not depend on the kind of data."""
    types = load_vocabulary().types
    if scope == "personal-information":
        return frozenset(data_type.id for data_type in types if data_type.personal in ("yes", "sensitive"))
    return frozenset(data_type.id for data_type in types)


def types_of_item(item: DataItem) -> tuple[Target, ...]:
    """The data types of one data item, each once, by its strongest relation."""
    words = fold(f"{item.category}/{item.name}")
    measures = set(_measures(item.conditions))
    found: dict[str, Target] = {}
    for data_type in load_vocabulary().types:
        for relation, name in _claims(data_type, words):
            found.setdefault(data_type.id, Target(data_type.id, "data_type", relation, f"name has {name}"))
        for measure in data_type.measures:
            if measure in measures:
                how = f"rule has a condition on {measure}"
                found.setdefault(data_type.id, Target(data_type.id, "data_type", "by_condition", how))
    return tuple(sorted(found.values(), key=lambda target: (STRENGTH.index(target.relation), target.id)))


def targets_of_text(words: str) -> tuple[Target, ...]:
    """What a provision is about: the data types it names exactly, otherwise the first scope whose words it has."""
    folded = fold(words)
    named = [
        Target(data_type.id, "data_type", "related", f"text has {name}")
        for data_type in load_vocabulary().types
        for name in data_type.names.exact[:]
        if fold(name) in folded
    ]
    if named:
        return tuple({target.id: target for target in named}.values())
    for scope in load_vocabulary().scopes:
        for word in scope.words:
            if word in folded:
                return (Target(scope.id, "scope", "related", f"text has {word}"),)
    return ()


def _claims(data_type: DataType, words: str) -> Iterator[tuple[Relation, str]]:
    for relation in ("exact", "broader", "related"):
        for name in getattr(data_type.names, relation):
            if fold(name) in words:
                yield relation, name
                return


def _measures(condition: Condition | None) -> Iterator[str]:
    if condition is None:
        return
    if condition.measure:
        yield condition.measure
    for part in condition.of:
        yield from _measures(part)
