"""The catalog: datasets, one system, one dataset with its fields and links; and whose data a change touches."""

from __future__ import annotations

from sqlite_utils import Database

from kb.comparing.side_by_side import head_of
from mappings import queries as company_queries
from mappings.catalog.browse import list_datasets, one_dataset, one_system
from mappings.exposure.sheets import transfers_of
from pages.comparing import choose
from pages.registry import Page
from pages.visit import SIGNED_IN, TEAM, Row, Visit


async def catalog(visit: Visit) -> Row:
    asked = {name: visit.args.get(name, "").strip() for name in ("words", "owner", "system", "crossing")}
    return await visit.company(lambda db: list_datasets(db, **asked, page=visit.page))


async def system(visit: Visit) -> Row:
    return await visit.company(lambda db: one_system(db, visit.args["id"], visit.page))


async def dataset(visit: Visit) -> Row:
    id = visit.args["id"]
    return await visit.company(
        lambda db: {**one_dataset(db, id, owner=visit.owner, page=visit.page), "transfers": transfers_of(db, id)}
    )


async def impact(visit: Visit) -> Row:
    from mappings.alerts.reach import load_reach

    old, new = visit.args.get("from", ""), visit.args.get("to", "")
    links, datasets = await visit.company(load_reach)
    if not (old and new):
        return {"from": None, "to": None, **await choose(visit)}
    found, unclaimed = await visit.kb(lambda db: company_queries.impacts_between(db, old, new, links, datasets))
    sides = await visit.kb(lambda db: [head_of(db, id) for id in (old, new)])
    names = await visit.company(owner_names)
    return {"from": old, "to": new, "old": sides[0], "new": sides[1], "impacts": found, "unclaimed": unclaimed,
            "owners": names}  # fmt: skip


def owner_names(db: Database) -> dict[str, str]:
    """What the owners of the catalog are called, by id."""
    return {owner["id"]: owner["name"] for owner in company_queries.owners(db)}


PAGES = (
    Page("/catalog", "catalog.html", catalog, TEAM),
    Page("/system/(?P<id>[^/]+?)", "system.html", system, TEAM),
    Page("/dataset/(?P<id>[^/]+?)", "dataset.html", dataset, SIGNED_IN),
    Page("/impact", "impact.html", impact, TEAM),
)
