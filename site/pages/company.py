"""The company's side: alerts, catalog, one dataset, the impact of a change. For the signed-in."""

from __future__ import annotations

from kb import queries
from mappings import queries as company_queries
from pages.registry import Action, Page
from pages.visit import TEAM, Row, Visit


async def alerts(visit: Visit) -> Row:
    owner, state = visit.args.get("owner") or None, visit.args.get("state") or None
    return await visit.company(
        lambda db: {
            "owner": owner, "state": state, "owners": company_queries.owners(db),
            "alerts": company_queries.alerts(db, owner=owner, state=state),
        }
    )  # fmt: skip


async def alert(visit: Visit) -> Row:
    return await visit.company(lambda db: company_queries.alert(db, visit.args["id"]))


async def catalog(visit: Visit) -> Row:
    return {"datasets": await visit.company(company_queries.datasets)}


async def dataset(visit: Visit) -> Row:
    return await visit.company(lambda db: company_queries.dataset(db, visit.args["id"]))


async def impact(visit: Visit) -> Row:
    from mappings.alerts.reach import load_reach

    old, new = visit.args.get("from", ""), visit.args.get("to", "")
    links, datasets = await visit.company(load_reach)
    if not (old and new):
        return {"from": None, "to": None, "works": await visit.kb(queries.works)}
    found, unclaimed = await visit.kb(lambda db: company_queries.impacts_between(db, old, new, links, datasets))
    return {"from": old, "to": new, "impacts": found, "unclaimed": unclaimed}


PAGES: tuple[Page | Action, ...] = (
    Page("/alerts", "alerts.html", alerts, TEAM),
    Page("/alert/(?P<id>[^/]+?)", "alert.html", alert, TEAM),
    Page("/impact", "impact.html", impact, TEAM),
    Page("/catalog", "catalog.html", catalog, TEAM),
    Page("/dataset/(?P<id>[^/]+?)", "dataset.html", dataset, TEAM),
)
