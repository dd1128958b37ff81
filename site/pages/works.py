"""Works, one work, one version of it, one event between versions, one fact with its source, captured bytes."""

from __future__ import annotations

from sqlite_utils import Database

from kb import queries
from kb.law.standing import standing_on
from pages.registry import Page
from pages.visit import Row, Visit


async def works(visit: Visit) -> Row:
    day = visit.args.get("in_force") or None
    return {"in_force": day, "works": await visit.kb(lambda db: queries.works(db, day))}


async def work(visit: Visit) -> Row:
    return await visit.kb(lambda db: queries.work(db, visit.args["id"]))


async def version(visit: Visit) -> Row:
    id = visit.args["id"]

    def ask(db: Database) -> Row:
        row = queries.version(db, id)
        return {**standing_on(db, row, visit.today), **row, "outline": queries.provisions(db, id),
                "items": queries.items(db, id)}  # fmt: skip

    return await visit.kb(ask)


async def event(visit: Visit) -> Row:
    return await visit.kb(lambda db: queries.event(db, visit.args["id"]))


async def fact(visit: Visit) -> Row:
    return await visit.kb(lambda db: queries.fact_source(db, visit.args["id"]))


async def source(visit: Visit) -> Row:
    return await visit.kb(lambda db: queries.capture(db, visit.args["id"]))


PAGES = (
    Page("/works", "works.html", works),
    Page("/work/(?P<id>[^/]+?)", "work.html", work),
    Page("/version/(?P<id>[^/]+?)", "version.html", version),
    Page("/event/(?P<id>[^/]+?)", "event.html", event),
    Page("/fact/(?P<id>[^/]+?)", "fact.html", fact),
    Page("/source/(?P<id>[0-9a-f]{64})", "source.html", source),
)
