"""The daily page: what is new since the last look, what falls due, what waits for a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from kb import queries
from kb.clock import FORMAT
from kb.overview.shelf import choices, shelf
from kb.reviewing.waiting import waiting
from mappings import queries as company_queries
from pages.desk import ask_both
from pages.registry import Page
from pages.visit import Row, Visit

COOKIE = "regwatch_looks"  # the look before this one, and this one
A_LOOK = timedelta(hours=4)  # a page opened again within them is the same look
NEWS, AHEAD = 20, 30  # rows; days


async def home(visit: Visit) -> Row:
    def ask(db: Database) -> Row:
        works = shelf(db, visit.today)
        counts, _ = waiting(db, limit=0)
        sources = queries.source_health(db)
        ahead = queries.deadlines(db, visit.today)
        return {
            "new": queries.whats_new(db, NEWS), "deadlines": ahead,
            "soon": sum(row["days"] is not None and row["days"] <= AHEAD for row in ahead),
            "work_count": len(works), "choices": choices(works), "waiting": counts, "sources": sources,
            "unhealthy": [source for source in sources if source["outcome"] != "healthy"],
            "unread": queries.unread_documents(db), "untexted": queries.untexted_law(db),
        }  # fmt: skip

    answer = await visit.kept_kb("home", ask)
    since = _last_look(visit)
    new = [{**row, "unseen": bool(since) and row["when"] > since} for row in answer["new"]]
    answer = {"today": visit.today, "since": since, "brief_since": _week_before(visit), **answer, "new": new,
              "unseen": sum(row["unseen"] for row in new)}  # fmt: skip
    return answer | await _company(visit) if visit.has_company else answer


async def _company(visit: Visit) -> Row:
    """What waits on the company's side: for an owner their own alerts, for the team the triage too."""
    own = visit.owner
    found: Row = {"open_alerts": await visit.company(
        lambda db: len(company_queries.alerts(db, owner=own, state="open")))}  # fmt: skip
    if own is not None:
        return found
    from mappings.alerts.waiting import waiting_changes

    def ask(kb: Database, company: Database) -> Row:
        changes = waiting_changes(kb, company, visit.config)
        return {"to_triage": len(changes), "unclaimed": sum(not change["datasets"] for change in changes)}

    return found | await visit.kept("home", ("kb", "company"), lambda: ask_both(visit, ask))


def _last_look(visit: Visit) -> str | None:
    """When this visitor last looked, before now; None on the first look. Notes this one in a cookie."""
    before, _, latest = visit.request.cookies.get(COOKIE, "").partition(".")
    now = datetime.strptime(visit.now, FORMAT)
    last: Any = None
    for look in (latest, before):
        try:
            last = datetime.strptime(look, FORMAT)
            break
        except ValueError:
            continue
    if last is None or now - last >= A_LOOK:
        before, latest = (last or now).strftime(FORMAT), visit.now
        visit.cookies[COOKIE] = f"{before}.{latest}"
        return before if last else None
    return before or None


def _week_before(visit: Visit) -> str:
    return (datetime.fromisoformat(visit.today) - timedelta(7)).date().isoformat()


PAGES = (Page("/", "home.html", home),)
