"""Search, as on the command line, with facets; searches that the team keeps by name."""

from __future__ import annotations

from sqlite_utils import Database

from kb.agencies import agency_id
from kb.errors import RegwatchError
from kb.searching.facets import facets, titles_of
from kb.searching.search import explain
from kb.searching.search import search as search_kb
from mappings.saved_searches import drop_search, save_search, saved_searches
from pages.registry import Action, Page
from pages.visit import TEAM, Row, Visit
from pages.works import day_given, neighbours

HITS = 20
NAMED = ("agency", "stage", "since", "work", "data_type", "in_force")


async def search(visit: Visit) -> Row:
    words = visit.args.get("q", "").strip()
    filters = {name: visit.args.get(name) or None for name in NAMED}
    number = visit.page
    found: Row = {"hits": [], "facets": None, "problem": "", "titles": {}}
    if words:
        asked = {**filters, "agency": agency_id(filters["agency"] or "") or filters["agency"]}
        asked |= {name: day_given(filters[name]) for name in ("since", "in_force")}

        def ask(db: Database) -> Row:
            counted = facets(db, words, asked)
            return {
                "titles": _titles(db, counted, filters["work"]), "facets": counted,
                "hits": search_kb(db, words, limit=HITS + 1, page=1, **asked) if number == 1
                else search_kb(db, words, limit=HITS, page=number, **asked),
                "problem": explain(words),
            }  # fmt: skip

        found = await visit.kb(ask)
    more = len(found["hits"]) > HITS or (number > 1 and len(found["hits"]) == HITS)
    found["hits"] = found["hits"][:HITS]
    saved = await visit.company(saved_searches) if visit.role in TEAM and visit.has_company else None
    return {"q": words, **filters, "limit": HITS, "page": number, **found, **neighbours(visit, number, more),
            "narrow": _narrow(visit, found["facets"], filters), "saved": saved}  # fmt: skip


def _narrow(visit: Visit, counted: Row | None, filters: Row) -> list[Row]:
    """The facets as links: each value with its count and the address that narrows to it, or widens again."""
    listed = []
    for name in ("stage", "agency", "work"):
        values = [
            {"value": value, "count": count, "chosen": filters[name] == value,
             "link": visit.address(**{name: None if filters[name] == value else value, "page": None})}
            for value, count in ((counted or {}).get(name) or {}).items()
        ]  # fmt: skip
        if values and (len(values) > 1 or filters[name]):
            listed.append({"name": name, "values": values[:8]})
    return listed


def _titles(db: Database, counted: Row, chosen: str | None) -> dict[str, str]:
    return titles_of(db, [*counted["work"], *([chosen] if chosen else [])])


async def keep_search(visit: Visit) -> str:
    name, words = visit.form.get("name", ""), visit.form.get("q", "")
    if not name or len(name) > 100 or explain(words):
        raise RegwatchError(explain(words) or visit.t("search.name_wanted"))
    filters = {key: visit.form[key] for key in NAMED if visit.form.get(key)}
    await visit.write_company(lambda db: save_search(db, name, words, filters, by=visit.who, now=visit.now))
    return "/search"


async def forget_search(visit: Visit) -> str:
    await visit.write_company(lambda db: drop_search(db, visit.form.get("name", "")))
    return "/search"


PAGES = (
    Page("/search", "search.html", search),
    Action("/search/keep", keep_search, TEAM),
    Action("/search/forget", forget_search, TEAM),
)
