"""What columns give away together: within a dataset, and across datasets whose rows a shared key joins. Pure.

A rule (deductions.yml) needs ingredients ``here``, side by side in one dataset, and ``there``, in it or in datasets
that hold the same key. What is deduced is a question for a person; nothing here decides or writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mappings.catalog.dataset import Dataset
from mappings.catalog.deduction_rules import Deductions, load_deductions
from mappings.catalog.ingredients import Held, Reader, Types
from mappings.catalog.lexicon import load_lexicon

WITHIN, ACROSS = 0.6, 0.5  # confidence: below what anybody accepts unseen; rows must still be joined across datasets
SHOWN = 3  # columns or datasets named in a reason


@dataclass(frozen=True)
class Part:
    """An ingredient and the columns that bring it, of this dataset or of another one."""

    ingredient: str
    dataset: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Deduction:
    """``key`` is '' within one dataset; otherwise the key that joins it to the datasets of ``parts``."""

    rule: str
    version: str
    name: str
    reveals: str
    gives: str | None
    dataset: str
    key: str
    parts: tuple[Part, ...]
    confidence: float
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "parts": [{**vars(part), "fields": list(part.fields)} for part in self.parts]}


def deduce(datasets: Iterable[Dataset], types: Types, declared: Deductions | None = None) -> Iterator[Deduction]:
    """Everything the rules find, datasets in their order. ``types``: what (dataset, field) is linked to or proposed."""
    declared = declared or load_deductions()
    reader = Reader(declared, load_lexicon())
    held = {dataset.id: reader.read(dataset, types) for dataset in datasets}
    holders: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for id, one in sorted(held.items()):
        for key in one.keys:
            for ingredient in one.ingredients:
                holders[key, ingredient].append(id)
    for id in held:
        for name in declared.rules:
            if found := _apply(name, declared, id, held, holders):
                yield found


def _apply(
    name: str, declared: Deductions, id: str, held: Mapping[str, Held], holders: Mapping[tuple[str, str], list[str]]
) -> Deduction | None:
    rule, one = declared.rules[name], held[id]
    here = [_first(one, wanted) for wanted in rule.here]
    if not all(here):
        return None
    parts = [Part(got, id, one.ingredients[got]) for got in here if got]
    missing = []
    for wanted in rule.there:
        if got := _first(one, wanted):
            parts.append(Part(got, id, one.ingredients[got]))
        else:
            missing.append(wanted)
    if not missing:
        return _deduction(name, declared, id, "", parts, "")
    for key, column in one.keys.items():
        if rule.by and key not in rule.by:
            continue
        joined = [
            Part(got, other, held[other].ingredients[got])
            for wanted in missing
            for got, other in _elsewhere(wanted, key, id, holders)
        ]
        if {wanted for wanted in missing if any(part.ingredient in wanted for part in joined)} == set(missing):
            return _deduction(name, declared, id, key, [*parts, *joined], column)
    return None


def _first(one: Held, wanted: tuple[str, ...]) -> str | None:
    return next((ingredient for ingredient in wanted if ingredient in one.ingredients), None)


def _elsewhere(
    wanted: tuple[str, ...], key: str, id: str, holders: Mapping[tuple[str, str], list[str]]
) -> Iterator[tuple[str, str]]:
    """Up to SHOWN other datasets that hold the key and one of the ingredients."""
    found = [(got, other) for got in wanted for other in holders.get((key, got), ())[: SHOWN + 1] if other != id]
    yield from found[:SHOWN]


def _deduction(name: str, declared: Deductions, id: str, key: str, parts: list[Part], column: str) -> Deduction:
    rule = declared.rules[name]
    here = " + ".join(f"{part.ingredient} ({_list(part.fields)})" for part in parts if part.dataset == id)
    there = "; ".join(f"{p.ingredient} in {p.dataset} ({_list(p.fields)})" for p in parts if p.dataset != id)
    reason = f"deduced ({rule.name_zh}, {rule.name_en}): {here}"
    if key:
        reason += f", joined by {key} ({column}) with {there}"
    confidence = ACROSS if key else WITHIN
    return Deduction(
        name, declared.version(name), rule.name_en, rule.reveals, rule.gives, id, key, tuple(parts), confidence, reason
    )


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
