"""How far the company's links reach: read from company.db, joined to the changes of kb.db, one owner at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlite_utils import Database

from kb.rows import rows
from mappings.alerts.evidence import load_targets
from mappings.alerts.impact import Dataset, Impact, Link, Target, find_impacts
from mappings.alerts.letter import Line


@dataclass(frozen=True)
class Route:
    """The links of one recipient."""

    links: Sequence[Link]
    datasets: Mapping[str, Dataset]

    def impacts(self, targets: Sequence[Target]) -> list[Impact]:
        return find_impacts(targets, self.links, self.datasets, _scope_types)

    def joined(self, targets: Sequence[Target]) -> list[Line]:
        """One line for each change and dataset, with all the impacts that join them."""
        found: dict[tuple[str, str], list[Impact]] = {}
        for impact in self.impacts(targets):
            found.setdefault((impact.change, impact.dataset), []).append(impact)
        return [
            Line(change, dataset, self.datasets[dataset].name, tuple(impacts), self.datasets[dataset].system or "")
            for (change, dataset), impacts in found.items()
        ]


@dataclass(frozen=True)
class Routes:
    """Recipient id → their links."""

    links: Mapping[str, Sequence[Link]]
    datasets: Mapping[str, Dataset]

    def lines(self, targets: Sequence[Target]) -> Iterator[tuple[str, list[Line]]]:
        """Each recipient whom the targets reach, with their lines; one after the other, none kept."""
        for recipient, links in self.links.items():
            if lines := Route(links, self.datasets).joined(targets):
                yield recipient, lines


def routes_of(links: Sequence[Link], datasets: Mapping[str, Dataset], recipient: Callable[[str | None], str]) -> Routes:
    found: dict[str, list[Link]] = {}
    for link in links:
        if link.dataset in datasets:
            found.setdefault(recipient(datasets[link.dataset].owner), []).append(link)
    return Routes(found, datasets)


def load_reach(company: Database) -> tuple[list[Link], dict[str, Dataset]]:
    """Accepted links of fields that still exist, and the datasets that still exist."""
    datasets = rows(company, "select id, name, owner, cross_border, system from dataset where state <> 'removed'")
    return _links(company, "accepted"), {row["id"]: Dataset(**row) for row in datasets}


def suggested_links(company: Database) -> list[Link]:
    """Links that wait for a decision. They reach the team only."""
    return _links(company, "suggested")


def impacts_of(
    kb: Database, event: str, links: Sequence[Link], datasets: Mapping[str, Dataset]
) -> tuple[list[str], list[Impact]]:
    """The changes of an event, and what they touch."""
    changes, targets = load_targets(kb, event)
    return changes, Route(links, datasets).impacts(targets)


def _links(company: Database, state: str) -> list[Link]:
    found = rows(
        company,
        "select link.dataset, link.field, link.data_type from link left join field on field.dataset = link.dataset "
        "and field.name = link.field where link.state = ? and coalesce(field.state, '') <> 'removed' "
        "order by link.dataset, field.ordinal, link.field, link.data_type",
        [state],
    )
    return [Link(**row) for row in found]


@lru_cache
def _scope_types(scope: str) -> frozenset[str]:
    from kb.vocabulary import scope_types

    return scope_types(scope)
