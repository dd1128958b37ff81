"""How often each rule of a lexicon hits over a whole catalog, before it goes live: a rule that floods is seen here.

Pure: datasets and a lexicon in, counts out. A candidate lexicon is compared with the one in use.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mappings.catalog.dataset import Dataset
from mappings.catalog.lexicon import Lexicon
from mappings.catalog.match import suggest_types

SHARE, LEAST = 0.05, 50  # a rule floods when it hits this part of all fields, and at least so many
# In a small catalog fewer are enough: this part of it, less of a rule that is new or has changed, and at least FEW.
SMALL, SMALL_NEW, FEW = 0.5, 0.15, 10
EXAMPLES = 3


@dataclass(frozen=True)
class RuleHits:
    """``fields`` hit now and ``before`` (None without a comparison); ``share`` of all fields of the catalog.

    ``version`` changes with the rule. ``reason`` is the commonest; a flood mostly has one.
    """

    rule: str
    data_type: str
    version: str
    fields: int
    before: int | None
    datasets: int
    share: float
    reason: str
    examples: tuple[str, ...]
    floods: bool

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "examples": list(self.examples)}


def count_hits(
    datasets: Sequence[Dataset], lexicon: Lexicon, live: Lexicon | None = None, *, flood: float = SHARE
) -> list[RuleHits]:
    """Every rule of a lexicon, those that hit nothing too, the busiest first.

    With ``live``, the lexicon in use, only a rule that is new or differs from it can be said to flood: what is in use
    has been looked at.
    """
    everything = sum(len(dataset.fields) for dataset in datasets)
    least = min(LEAST, max(FEW, (SMALL_NEW if live else SMALL) * everything))
    hits = _gather(datasets, lexicon)
    before = _gather(datasets, live) if live else {}
    known = _versions(live) if live else {}
    found = []
    for rule, (data_type, version) in _versions(lexicon).items():
        got = hits.get(rule, _Hits())
        was = len(before.get(rule, _Hits()).places) if live else None
        share = len(got.places) / everything if everything else 0.0
        looked_at = live is not None and known.get(rule) == (data_type, version)
        tables = len({dataset for dataset, _ in got.places})
        found.append(RuleHits(
            rule, data_type, version, len(got.places), was, tables, round(share, 4),
            got.reasons.most_common(1)[0][0] if got.reasons else "",
            tuple(f"{dataset}.{field}" for dataset, field in got.places[:EXAMPLES]),
            share >= flood and len(got.places) >= least and not looked_at,
        ))  # fmt: skip
    return sorted(found, key=lambda one: (-one.fields, one.rule))


class _Hits:
    def __init__(self) -> None:
        self.places: list[tuple[str, str]] = []
        self.reasons: Counter[str] = Counter()


def _gather(datasets: Iterable[Dataset], lexicon: Lexicon) -> dict[str, _Hits]:
    hits: defaultdict[str, _Hits] = defaultdict(_Hits)
    for dataset in datasets:
        for suggestion in suggest_types(dataset, lexicon):
            hits[suggestion.rule].places.append((suggestion.dataset, suggestion.field))
            hits[suggestion.rule].reasons[suggestion.reason] += 1
    return hits


def _versions(lexicon: Lexicon) -> dict[str, tuple[str, str]]:
    """Rule → (data type, version), as suggestions name them."""
    versions = {name: (data_type, rule.version) for rules in lexicon.rules.values() for data_type, name, rule in rules}
    tables = {f"table/{kind}": (table.gives, table.version) for kind, table in lexicon.kinds.items() if table.gives}
    return versions | {name: (gives, version) for name, (gives, version) in tables.items() if gives}
