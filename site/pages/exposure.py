"""What the law asks: transfers, one transfer, an entity, a filing, and what a draft would change. No legal advice."""

from __future__ import annotations

from mappings.exposure import sheets
from mappings.exposure.desk import Desk
from mappings.exposure.picture import draw_routes
from pages.desk import ask_desk
from pages.registry import Page, Picture
from pages.visit import TEAM, Row, Visit

DRAWN = 40  # transfers in one picture


async def transfers(visit: Visit) -> Row:
    route = visit.args.get("route", "")
    return await ask_desk(visit, lambda desk: sheets.list_transfers(desk, route=route, page=visit.page))


async def transfer(visit: Visit) -> Row:
    version = visit.args.get("what_if") or None
    return await ask_desk(visit, lambda desk: sheets.transfer_sheet(desk, visit.args["id"], version))


async def entity(visit: Visit) -> Row:
    return await ask_desk(visit, lambda desk: sheets.entity_sheet(desk, visit.args["id"]))


async def filing(visit: Visit) -> Row:
    return await ask_desk(visit, lambda desk: sheets.filing_sheet(desk, visit.args["id"]))


async def what_if(visit: Visit) -> Row:
    version = visit.args.get("version", "")
    choices = await ask_desk(visit, sheets.askable)
    found = await ask_desk(visit, lambda desk: sheets.what_if(desk, version)) if version else {"version": None}
    return {**found, "choices": choices, "drawn": DRAWN}


async def draw(visit: Visit) -> str:
    version = visit.args.get("version", "")

    def ask(desk: Desk) -> str:
        pairs = sheets.routes_of(desk, version)[:DRAWN]
        before, after = [one for one, _ in pairs], [other for _, other in pairs]
        return draw_routes(before, after, desk.day, version, visit.language)

    return await ask_desk(visit, ask)


PAGES: tuple[Page | Picture, ...] = (
    Page("/exposure", "exposure.html", transfers, TEAM),
    Page("/transfer/(?P<id>[^/]+?)", "transfer.html", transfer, TEAM),
    Page("/entity/(?P<id>[^/]+?)", "entity.html", entity, TEAM),
    Page("/filing/(?P<id>[^/]+?)", "filing.html", filing, TEAM),
    Page("/what-if", "what_if.html", what_if, TEAM),
    Picture("/what-if", draw, TEAM),
)
