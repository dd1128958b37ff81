"""Data types: all of them, and one with its items over all versions, its limits along time and what is linked to it."""

from __future__ import annotations

from sqlite_utils import Database

from kb import queries
from kb.overview.limits import limits_of_type
from mappings import queries as company_queries
from pages.pictures import draw_limits, empty
from pages.registry import Page, Picture
from pages.visit import TEAM, Row, Visit
from pages.works import picture_language, picture_width


async def types(visit: Visit) -> Row:
    return {"types": await visit.kept_kb("types", queries.data_types)}


async def data_type(visit: Visit) -> Row:
    id = visit.args["id"]

    def ask(db: Database) -> Row:
        limits = limits_of_type(db, id)
        drawn = any(len(row["date"] or "") == 10 for row in limits)
        return {**queries.data_type(db, id), "limits": limits, "drawn": drawn}

    answer = await visit.kept_kb(f"type {id}", ask)
    linked = None
    if visit.role in TEAM and visit.has_company:
        linked = await visit.company(lambda db: company_queries.datasets_of_type(db, id))
    return {**answer, "datasets": linked}


async def limits_picture(visit: Visit) -> str:
    id, language, width = visit.args["id"], picture_language(visit), picture_width(visit)

    def draw(db: Database) -> str:
        rows = limits_of_type(db, id)
        return draw_limits(rows, language, width) if rows else empty()

    return await visit.kept_kb(f"limits {id} {language} {width}", draw)


PAGES = (
    Page("/types", "types.html", types),
    Page("/type/(?P<id>[^/]+?)", "type.html", data_type),
    Picture("/type/(?P<id>[^/]+?)/limits", limits_picture),
)
