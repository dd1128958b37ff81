"""How far the company's accepted links reach: read from company.db, joined to the changes of kb.db."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlite_utils import Database

from kb.rows import rows
from mappings.alerts.evidence import load_targets
from mappings.alerts.impact import Dataset, Impact, Link, find_impacts


def load_reach(company: Database) -> tuple[list[Link], dict[str, Dataset]]:
    """Accepted links of fields that still exist, and the datasets that still exist."""
    links = rows(
        company,
        "select link.dataset, link.field, link.data_type from link left join field on field.dataset = link.dataset "
        "and field.name = link.field where link.state = 'accepted' and coalesce(field.state, '') <> 'removed' "
        "order by link.dataset, field.ordinal, link.field, link.data_type",
    )
    datasets = rows(company, "select id, name, owner, cross_border from dataset where state <> 'removed'")
    return [Link(**row) for row in links], {row["id"]: Dataset(**row) for row in datasets}


def impacts_of(
    kb: Database, event: str, links: Sequence[Link], datasets: Mapping[str, Dataset]
) -> tuple[list[str], list[Impact]]:
    """The changes of an event, and what they touch."""
    from kb.vocabulary import scope_types

    changes, targets = load_targets(kb, event)
    return changes, find_impacts(targets, links, datasets, scope_types)
