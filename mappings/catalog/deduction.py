"""What columns give away together: within a dataset, and across datasets whose rows a shared key joins. Pure.

A rule (deductions.yml) needs ingredients ``here``, side by side in one dataset, and ``there``, in it or in datasets
that hold the same key. What is deduced is a question for a person; nothing here decides or writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from kb.declarations import Declaration, load_declaration
from kb.errors import DeclarationError
from kb.identity import content_id
from kb.vocabulary import load_data_types
from mappings.catalog.dataset import Dataset, Field
from mappings.catalog.lexicon import Lexicon, load_lexicon
from mappings.catalog.match import telling_name
from mappings.catalog.terms import has_chinese, phrases_in

PATH = Path(__file__).with_name("deductions.yml")
WITHIN, ACROSS = 0.6, 0.5  # confidence: below what anybody accepts unseen; rows must still be joined across datasets
SHOWN = 3  # columns or datasets named in a reason
Types = Mapping[tuple[str, str], frozenset[str]]


class Pattern(Declaration):
    """Columns with one of: a linked data type, a phrase of their name or Chinese comment, a column type, a unit."""

    types: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    column_types: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class Rule(Declaration):
    """``here`` and ``there`` list ingredients, each with its alternatives; ``gives`` is a data type or nothing that
    the vocabulary has a name for; ``by``: the keys that can bring what is missing, all when empty."""

    name_zh: str
    name_en: str
    reveals: Literal["geographic", "infrastructure", "behavioural"]
    gives: str | None
    here: tuple[tuple[str, ...], ...]
    there: tuple[tuple[str, ...], ...] = ()
    by: tuple[str, ...] = ()


class Deductions(Declaration):
    """An ingredient has several ways, a way several columns that are all needed."""

    ingredients: dict[str, tuple[tuple[Pattern, ...], ...]]
    keys: dict[str, Pattern]
    rules: dict[str, Rule]

    @cached_property
    def phrases(self) -> frozenset[str]:
        patterns = [p for ways in self.ingredients.values() for way in ways for p in way] + list(self.keys.values())
        return frozenset(phrase for pattern in patterns for phrase in (*pattern.words, *pattern.unless))

    def version(self, rule: str) -> str:
        """Changes with the rule and with the ingredients it names."""
        declared = self.rules[rule]
        names = sorted({name for part in (*declared.here, *declared.there) for name in part})
        ways = [[p.model_dump(mode="json") for way in self.ingredients[name] for p in way] for name in names]
        return content_id(declared.model_dump(mode="json"), ways)


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


@dataclass(frozen=True)
class _Held:
    """What one dataset holds: columns by ingredient, columns by key."""

    ingredients: dict[str, tuple[str, ...]]
    keys: dict[str, str]


@cache
def load_deductions(path: Path = PATH) -> Deductions:
    """The rules, checked. Raises DeclarationError for an ingredient or data type that nobody declares."""
    declared = load_declaration(path, Deductions)
    named = {name for rule in declared.rules.values() for part in (*rule.here, *rule.there) for name in part}
    types = {rule.gives for rule in declared.rules.values() if rule.gives}
    types |= {t for ways in declared.ingredients.values() for way in ways for p in way for t in p.types}
    if unknown := sorted(named - set(declared.ingredients)):
        raise DeclarationError(f"{path}: rules: {unknown[0]} is no ingredient declared here")
    if unknown := sorted({key for rule in declared.rules.values() for key in rule.by} - set(declared.keys)):
        raise DeclarationError(f"{path}: rules: {unknown[0]} is no key declared here")
    if unknown := sorted(types - set(load_data_types())):
        raise DeclarationError(f"{path}: {unknown[0]} is no data type of the vocabulary")
    return declared


def deduce(datasets: Iterable[Dataset], types: Types, declared: Deductions | None = None) -> Iterator[Deduction]:
    """Everything the rules find, datasets in their order. ``types``: what (dataset, field) is linked to or proposed."""
    declared = declared or load_deductions()
    reader = _Reader(declared, load_lexicon())
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
    name: str, declared: Deductions, id: str, held: Mapping[str, _Held], holders: Mapping[tuple[str, str], list[str]]
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


def _first(one: _Held, wanted: tuple[str, ...]) -> str | None:
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


class _Test:
    """A pattern made ready to be asked of a hundred thousand columns."""

    def __init__(self, pattern: Pattern, keyed: Mapping[str, str]) -> None:
        self._types, self._column_types = frozenset(pattern.types), frozenset(pattern.column_types)
        self._words = frozenset(keyed[phrase] for phrase in pattern.words)
        self._unless = frozenset(keyed[phrase] for phrase in pattern.unless)
        self._units = pattern.units

    def fits(self, column: _Column) -> bool:
        hit = (
            not self._words.isdisjoint(column.words)
            or not self._types.isdisjoint(column.types)
            or column.type in self._column_types
            or (column.unit and column.unit.endswith(self._units))
        )
        return bool(hit) and self._unless.isdisjoint(column.words)


@dataclass(frozen=True)
class _Column:
    name: str
    words: frozenset[str]
    types: frozenset[str]
    type: str
    unit: str


class _Reader:
    """Which ingredients and keys the columns of a dataset bring."""

    def __init__(self, declared: Deductions, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        keyed = {phrase: lexicon.key(phrase) for phrase in declared.phrases}
        self._english = frozenset(key for phrase, key in keyed.items() if not has_chinese(phrase))
        self._chinese = tuple(phrase for phrase in keyed if has_chinese(phrase))
        self._ingredients = {
            name: [[_Test(pattern, keyed) for pattern in way] for way in ways]
            for name, ways in declared.ingredients.items()
        }
        self._keys = {name: _Test(pattern, keyed) for name, pattern in declared.keys.items()}

    def read(self, dataset: Dataset, types: Types) -> _Held:
        columns = [self._column(dataset, field, types) for field in dataset.fields]
        columns = [column for column in columns if column.words or column.types or column.type or column.unit]
        found: dict[str, tuple[str, ...]] = {}
        for name, ways in self._ingredients.items():
            for way in ways:
                hits = [[column.name for column in columns if test.fits(column)] for test in way]
                if all(hits):
                    found[name] = tuple(dict.fromkeys(hit for of_one in hits for hit in of_one))
                    break
        keys = {}
        for name, test in self._keys.items():
            if key := next((column.name for column in columns if test.fits(column)), None):
                keys[name] = key
        return _Held(found, keys)

    def _column(self, dataset: Dataset, field: Field, types: Types) -> _Column:
        name = telling_name(f"{dataset.name}.{field.name}", self._lexicon)
        words = phrases_in(self._lexicon.splitter.split(name), self._english)
        if has_chinese(text := f"{field.name} {field.description}"):
            words |= {phrase for phrase in self._chinese if phrase in text}
        type = field.type.lower().partition("(")[0].strip()
        return _Column(field.name, frozenset(words), types.get((dataset.id, field.name), frozenset()), type, field.unit)
