"""Which datasets and owners a change touches: change × its targets × accepted links.

Pure: rows in, impacts out. A target is a data type or a scope; either needs an accepted link, so that nobody is told
because of a guess. Reading rows and telling owners belong to ``evidence`` and ``outbox``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

ScopeTypes = Callable[[str], frozenset[str]]


@dataclass(frozen=True)
class Target:
    """What one change is about: a data type id, or the id of a scope (``kind`` is ``data_type`` or ``scope``)."""

    change: str
    target: str
    kind: str


@dataclass(frozen=True)
class Dataset:
    """``owner`` is None when nobody owns it; ``cross_border`` None or empty is unknown, never "no"."""

    id: str
    name: str
    owner: str | None
    cross_border: str | None
    system: str | None = None


@dataclass(frozen=True)
class Link:
    """An accepted link; ``field`` is '' when the whole dataset is linked."""

    dataset: str
    field: str
    data_type: str


@dataclass(frozen=True)
class Impact:
    """``through`` is the target that led here: the data type itself, or a scope that holds it."""

    change: str
    data_type: str
    dataset: str
    field: str
    owner: str | None
    through: str


# A scope reaches the data types inside it, and only in the datasets that the scope is about. A duty of the company as
# a whole (a system, a report, training) is about no dataset: the team is told, not each of hundreds of owners.
LIMITS: dict[str, Callable[[Dataset], bool]] = {
    "every-export": lambda dataset: dataset.cross_border != "none",
    "company": lambda dataset: False,
}


def find_impacts(
    targets: Iterable[Target], links: Sequence[Link], datasets: Mapping[str, Dataset], scope_types: ScopeTypes
) -> list[Impact]:
    """Every (change, data type, dataset, field) that an accepted link joins, each once; changes in the given order.

    ``datasets`` holds the datasets that still exist; links of others are passed over. A data type reached both by
    its own name and through a scope is reported by its name.
    """
    wanted = list(targets)
    reached: dict[tuple[str, str], list[Link]] = {}
    found: dict[str, dict[Link, Impact]] = {target.change: {} for target in wanted}
    for target in sorted(wanted, key=lambda target: target.kind != "data_type"):
        key = (target.kind, target.target)
        if key not in reached:
            reached[key] = _reach(target, links, datasets, scope_types)
        for link in reached[key]:
            impact = Impact(
                target.change, link.data_type, link.dataset, link.field, datasets[link.dataset].owner, target.target
            )
            found[target.change].setdefault(link, impact)
    return [impact for impacts in found.values() for impact in impacts.values()]


def _reach(
    target: Target, links: Sequence[Link], datasets: Mapping[str, Dataset], scope_types: ScopeTypes
) -> list[Link]:
    scope = target.kind == "scope"
    types = scope_types(target.target) if scope else frozenset([target.target])
    limit = LIMITS.get(target.target) if scope else None
    return [
        link
        for link in links
        if link.data_type in types and link.dataset in datasets and (limit is None or limit(datasets[link.dataset]))
    ]
