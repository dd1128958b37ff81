"""How well the sources are, what could not be read, and how much of what was listed is covered."""

from __future__ import annotations

from sqlite_utils import Database

from kb import queries
from kb.overview.coverage import coverage
from pages.registry import Page
from pages.visit import Row, Visit


async def sources(visit: Visit) -> Row:
    def ask(db: Database) -> Row:
        return {"sources": queries.source_health(db), "unread": queries.unread_documents(db), **coverage(db)}

    return await visit.kept_kb("sources", ask)


PAGES = (Page("/sources", "sources.html", sources),)
