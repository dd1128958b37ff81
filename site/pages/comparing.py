"""Two versions side by side."""

from __future__ import annotations

from kb import queries
from pages.registry import Page
from pages.visit import Row, Visit


async def compare(visit: Visit) -> Row:
    old, new = visit.args.get("old", ""), visit.args.get("new", "")
    if not (old and new):
        return {"old": None, "new": None, "works": await visit.kb(queries.works)}
    from kb.comparing.side_by_side import compare_versions

    return await visit.kb(lambda db: compare_versions(db, old, new))


PAGES = (Page("/compare", "compare.html", compare),)
