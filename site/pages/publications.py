"""What the agencies listed, followed or not, newest first."""

from __future__ import annotations

from kb import queries
from pages.registry import Page
from pages.visit import Row, Visit
from pages.works import neighbours

SHOWN = 100


async def publications(visit: Visit) -> Row:
    number, followed = visit.page, "followed" in visit.args
    start = (number - 1) * SHOWN
    found = await visit.kb(lambda db: queries.publications(db, SHOWN + 1, start=start, followed=followed))
    return {"publications": found[:SHOWN], "page": number, "followed": followed,
            "every": visit.address(followed=None, page=None), "only": visit.address(followed="1", page=None),
            **neighbours(visit, number, len(found) > SHOWN)}  # fmt: skip


PAGES = (Page("/publications", "publications.html", publications),)
