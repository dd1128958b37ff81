"""Deductions over the links as they stand: what the rules of deductions.yml find, and what of it is worth asking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlite_utils import Database

from mappings.catalog.dataset import Dataset
from mappings.catalog.deduction import Deduction, deduce
from mappings.catalog.match import Suggestion
from mappings.catalog.store import load_datasets

Pair = tuple[str, str, str]  # dataset, field, data type
PREFIX = "deduction/"  # of the rules that these suggestions name


def list_deductions(db: Database) -> list[Deduction]:
    """What the catalog gives away together, by accepted links and open suggestions."""
    rows = db.query("select dataset, field, data_type from link where state in ('accepted', 'suggested')")
    return list(deduce(load_datasets(db), _types((row["dataset"], row["field"], row["data_type"]) for row in rows)))


def suggest_deduced(
    datasets: Iterable[Dataset], found: Iterable[Pair], stored: Mapping[Pair, Mapping[str, Any]]
) -> dict[Pair, Suggestion]:
    """Suggestions for whole datasets of types that no column of theirs has by itself.

    ``found``: what rules say of columns now; ``stored``: rows of the table link, whose decisions go before it.
    """
    rejected = {pair for pair, row in stored.items() if row["state"] == "rejected"}
    accepted = {pair for pair, row in stored.items() if row["state"] == "accepted"}
    columns = ({pair for pair in found if pair[1]} - rejected) | {pair for pair in accepted if pair[1]}
    held = {(dataset, data_type) for dataset, _, data_type in columns}
    suggestions: dict[Pair, Suggestion] = {}
    for d in deduce(datasets, _types(columns)):
        if d.gives and (d.dataset, d.gives) not in held:
            suggestion = Suggestion(d.dataset, "", d.gives, d.confidence, d.reason, f"{PREFIX}{d.rule}", d.version)
            suggestions.setdefault((d.dataset, "", d.gives), suggestion)
    return suggestions


def _types(pairs: Iterable[Pair]) -> dict[tuple[str, str], frozenset[str]]:
    types: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for dataset, field, data_type in pairs:
        types[dataset, field].add(data_type)
    return {place: frozenset(of) for place, of in types.items()}
