"""Search, as on the command line."""

from __future__ import annotations

import re
from datetime import date

from pages.registry import Page
from pages.visit import Row, Visit

HITS = 30
NAMED = ("agency", "stage", "since", "work", "data_type", "in_force")


async def search(visit: Visit) -> Row:
    from kb.agencies import agency_id
    from kb.searching.search import explain
    from kb.searching.search import search as search_kb

    words = visit.args.get("q", "").strip()
    filters = {name: visit.args.get(name) or None for name in NAMED}
    asked = {**filters, "agency": agency_id(filters["agency"] or "") or filters["agency"]}
    asked |= {name: _day(filters[name]) for name in ("since", "in_force")}
    number = visit.args.get("page", "")
    page = max(1, int(number)) if re.fullmatch(r"[0-9]{1,6}", number) else 1
    hits = await visit.kb(lambda db: search_kb(db, words, limit=HITS, page=page, **asked)) if words else []
    problem = explain(words) if words else ""
    return {"q": words, **filters, "limit": HITS, "page": page, "hits": hits, "problem": problem}


def _day(value: str | None) -> str | None:
    """A date that was typed, if it is one."""
    try:
        return date.fromisoformat(value).isoformat() if value else None
    except ValueError:
        return None


PAGES = (Page("/search", "search.html", search),)
