"""Data types: all of them, and one with its items over all versions."""

from __future__ import annotations

from kb import queries
from pages.registry import Page
from pages.visit import Row, Visit


async def data_type(visit: Visit) -> Row:
    return await visit.kb(lambda db: queries.data_type(db, visit.args["id"]))


PAGES = (Page("/type/(?P<id>[^/]+?)", "type.html", data_type),)
