"""How well the sources are and were, what could not be read, and how much of what was listed is covered."""

from __future__ import annotations

from datetime import date, timedelta

from sqlite_utils import Database

from kb import queries
from kb.clock import days_between
from kb.declared_sources import never_checked
from kb.overview.coverage import coverage
from kb.overview.health import NOT_ASKED, health_between
from pages.registry import Page
from pages.visit import Row, Visit

DAYS = 365  # looked back


async def sources(visit: Visit) -> Row:
    first = (date.fromisoformat(visit.today) - timedelta(DAYS - 1)).isoformat()

    def ask(db: Database) -> Row:
        past = health_between(db, first, visit.today)
        known = [{**row, "history": _drawn(past.get(row["source"]), first)} for row in queries.source_health(db)]
        return {"sources": known, "never": never_checked(db), "unread": queries.unread_documents(db),
                "looked_back": DAYS, **coverage(db)}  # fmt: skip

    return await visit.kept_kb("sources", ask)


def _drawn(past: Row | None, first: str) -> Row | None:
    """With ``asked``, and of each span the day, counted from the ``first``, at which it begins."""
    if past is None:
        return None
    spans = [{**span, "at": days_between(first, span["since"])} for span in past["spans"]]
    return {**past, "spans": spans, "asked": sum(past["days"].values()) - past["days"].get(NOT_ASKED, 0)}


PAGES = (Page("/sources", "sources.html", sources),)
