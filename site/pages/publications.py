"""What the agencies listed, followed or not."""

from __future__ import annotations

from kb import queries
from pages.registry import Page
from pages.visit import Row, Visit

SHOWN = 200


async def publications(visit: Visit) -> Row:
    return {"publications": await visit.kb(lambda db: queries.publications(db, SHOWN))}


PAGES = (Page("/publications", "publications.html", publications),)
