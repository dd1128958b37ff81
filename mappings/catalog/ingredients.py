"""Which ingredients of a deduction, and which keys, the columns of a dataset bring. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mappings.catalog.dataset import Dataset, Field
from mappings.catalog.deduction_rules import Deductions, Pattern
from mappings.catalog.field_terms import telling_name
from mappings.catalog.lexicon import Lexicon
from mappings.catalog.terms import has_chinese, phrases_in

Types = Mapping[tuple[str, str], frozenset[str]]  # (dataset, field) → data types that it is linked to


@dataclass(frozen=True)
class Held:
    """What one dataset holds: columns by ingredient, columns by key."""

    ingredients: dict[str, tuple[str, ...]]
    keys: dict[str, str]


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


class Reader:
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

    def read(self, dataset: Dataset, types: Types) -> Held:
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
        return Held(found, keys)

    def _column(self, dataset: Dataset, field: Field, types: Types) -> _Column:
        name = telling_name(f"{dataset.name}.{field.name}", self._lexicon)
        words = phrases_in(self._lexicon.splitter.split(name), self._english)
        if has_chinese(text := f"{field.name} {field.description}"):
            words |= {phrase for phrase in self._chinese if phrase in text}
        type = field.type.lower().partition("(")[0].strip()
        return _Column(field.name, frozenset(words), types.get((dataset.id, field.name), frozenset()), type, field.unit)
