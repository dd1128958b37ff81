"""The daily page: what is new, what falls due, what waits for a person."""

from __future__ import annotations

from sqlite_utils import Database

from kb import queries
from mappings import queries as company_queries
from pages.registry import Page
from pages.visit import Row, Visit

NEWS, WORKS = 12, 12


async def home(visit: Visit) -> Row:
    def ask(db: Database) -> Row:
        works = queries.works(db)
        return {
            "today": visit.today, "new": queries.whats_new(db, NEWS), "deadlines": queries.deadlines(db, visit.today),
            "works": works[:WORKS], "work_count": len(works), "sources": queries.source_health(db),
            "unread": queries.unread_documents(db), "untexted": queries.untexted_law(db),
        }  # fmt: skip

    answer = await visit.kb(ask)
    if visit.has_company:
        own = visit.owner
        answer["open_alerts"] = await visit.company(
            lambda db: len(company_queries.alerts(db, owner=own, state="open"))
        )
    return answer


PAGES = (Page("/", "home.html", home),)
