"""What kind of table a field stands in, and when its kind speaks for columns that say nothing themselves. Pure.

A kind is told by the words of the dataset's name, id, description and system, by a field's parents, or by columns that
stand side by side. That a table is of a kind makes its columns surer; to give its type to a silent column is more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mappings.catalog.dataset import Dataset, Field
from mappings.catalog.lexicon import Lexicon
from mappings.catalog.rule import Table
from mappings.catalog.terms import has_chinese

SENTENCE = 160  # characters of a description that are read: what follows explains
# A table of few columns is about the one thing it is called after. In a wider one as many columns must speak for the
# type themselves: on public catalogs the kind alone was right for one silent column in five.
FEW, SHARE = 8, 0.2

Pairs = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Around:
    """What the columns of a dataset say together, by the parents that they share.

    ``beside``: parents and a kind of table that those columns speak for; ``narrow``: parents of fewer than FEW columns;
    ``spoken``: parents and a data type that a SHARE of those columns speak for by their own names.
    """

    beside: Pairs
    narrow: frozenset[str]
    spoken: Pairs


def look_around(dataset: Dataset, lexicon: Lexicon) -> Around:
    """Latitude stands beside longitude, most columns name a charging session: what holds for all of them."""
    groups: dict[str, list[frozenset[str]]] = {}
    for field in dataset.fields:
        groups.setdefault(field.name.rpartition(".")[0], []).append(find_in(lexicon, _called(field)))
    named = {parents: frozenset().union(*said) for parents, said in groups.items()}
    beside = {
        (parents, name)
        for name, table in lexicon.kinds.items()
        if table.siblings
        for parents, words in named.items()
        if not any(words.isdisjoint(group) for group in table.siblings)
    }
    spoken = {
        (parents, data_type)
        for parents, said in groups.items()
        for data_type, phrases in lexicon.speaking.items()
        if not phrases.isdisjoint(named[parents])
        if sum(not phrases.isdisjoint(words) for words in said) >= SHARE * len(said)
    }
    narrow = (parents for parents, said in groups.items() if len(said) < FEW)
    return Around(frozenset(beside), frozenset(narrow), frozenset(spoken))


def table_kinds(
    lexicon: Lexicon, found: frozenset[str], beside: Pairs = frozenset(), parents: str = ""
) -> dict[str, Table]:
    """The kinds of table that the words of a dataset's name, description and system speak for, or its columns."""
    return {
        name: table
        for name, table in lexicon.kinds.items()
        if ((parents, name) in beside or not found.isdisjoint(table.words))
        and (not table.needs or not found.isdisjoint(table.needs))
        and found.isdisjoint(table.unless)
    }


def kinds_that_speak(
    tables: Mapping[str, Table], called: frozenset[str], around: Around, parents: str
) -> frozenset[str]:
    """The kinds that give their type to silent columns. ``called``: words of the table's own name and description, and
    of the parents; a kind that only the schema or the system tells of needs a share of columns that say the same."""
    return frozenset(
        kind
        for kind, table in tables.items()
        if table.gives
        and (
            table.also
            or (parents, table.gives) in around.spoken
            or (parents in around.narrow and (not called.isdisjoint(table.words) or (parents, kind) in around.beside))
        )
    )


def find_in(lexicon: Lexicon, text: str) -> frozenset[str]:
    return frozenset(lexicon.find(text)) if text.strip() else frozenset()


def _called(field: Field) -> str:
    """What a column is called: a Chinese comment usually is its name."""
    name = field.name.rpartition(".")[2]
    return f"{name} {field.description[:SENTENCE]}" if has_chinese(field.description) else name
