"""Our pages: each is a path, a template and a question; the same answer is the page and, with .json, its JSON twin.

Owns no SQL (kb.queries, mappings.queries) and no wording (templates, wording.py). company.db is reached only through
Visit.company, which asks for a signed-in actor.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, TypeVar
from urllib.parse import unquote

from datasette import Forbidden, NotFound, Response, hookimpl
from sqlite_utils import Database

import kb.errors
from kb import queries
from kb.clock import legal_day, utc_now
from kb.law.standing import standing_on
from mappings import queries as company_queries

T = TypeVar("T")
Row = dict[str, Any]
STRICT = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
NEWS, WORKS_ON_HOME, HITS = 12, 12, 30


class Visit:
    """One request: what is asked, on which day, and the only doors to the two databases."""

    def __init__(self, datasette: Any, request: Any) -> None:
        self.datasette, self.actor = datasette, request.actor
        given = {name: unquote(value) for name, value in request.url_vars.items() if value is not None}
        self.args: dict[str, str] = {**{name: request.args[name] for name in request.args}, **given}
        config = datasette.plugin_config("regwatch") or {}
        self.now = config.get("now") or utc_now()
        self.today = legal_day(self.now)

    async def kb(self, question: Callable[[Database], T]) -> T:
        return await self._ask("kb", question)

    async def company(self, question: Callable[[Database], T]) -> T:
        if not self.actor:
            raise Forbidden("Sign in to see the company's side: catalog, links and alerts.")
        await self.datasette.ensure_permissions(self.actor, [("view-database", "company")])
        if "company" not in self.datasette.databases:
            raise NotFound("there is no catalog yet: run `regwatch catalog import FILE`")
        return await self._ask("company", question)

    async def _ask(self, database: str, question: Callable[[Database], T]) -> T:
        def asked(connection: Any) -> T:
            return question(Database(connection, execute_plugins=False))

        try:
            answer: T = await self.datasette.get_database(database).execute_fn(asked)
        except kb.errors.NotFound as error:
            raise NotFound(str(error)) from error
        return answer


async def home(visit: Visit) -> Row:
    def ask(db: Database) -> Row:
        works = queries.works(db)
        return {
            "today": visit.today, "new": queries.whats_new(db, NEWS), "deadlines": queries.deadlines(db, visit.today),
            "works": works[:WORKS_ON_HOME], "work_count": len(works), "sources": queries.source_health(db),
            "unread": queries.unread_documents(db), "untexted": queries.untexted_law(db),
        }  # fmt: skip

    answer = await visit.kb(ask)
    if visit.actor and "company" in visit.datasette.databases:
        answer["open_alerts"] = await visit.company(lambda db: len(company_queries.alerts(db, state="open")))
    return answer


async def works(visit: Visit) -> Row:
    day = visit.args.get("in_force") or None
    return {"in_force": day, "works": await visit.kb(lambda db: queries.works(db, day))}


async def work(visit: Visit) -> Row:
    return await visit.kb(lambda db: queries.work(db, visit.args["id"]))


async def version(visit: Visit) -> Row:
    id = visit.args["id"]
    return await visit.kb(
        lambda db: {
            **_with_standing(db, queries.version(db, id), visit.today),
            "outline": queries.provisions(db, id),
            "items": queries.items(db, id),
        }
    )


def _with_standing(db: Database, row: Row, today: str) -> Row:
    return {**standing_on(db, row, today), **row}


async def event(visit: Visit) -> Row:
    return await visit.kb(lambda db: queries.event(db, visit.args["id"]))


async def fact(visit: Visit) -> Row:
    return await visit.kb(lambda db: queries.fact_source(db, visit.args["id"]))


async def source(visit: Visit) -> Row:
    return await visit.kb(lambda db: queries.capture(db, visit.args["id"]))


async def data_type(visit: Visit) -> Row:
    answer = await visit.kb(lambda db: queries.data_type(db, visit.args["id"]))
    return answer


async def publications(visit: Visit) -> Row:
    return {"publications": await visit.kb(lambda db: queries.publications(db, 200))}


async def search(visit: Visit) -> Row:
    from kb.agencies import agency_id
    from kb.searching.search import explain
    from kb.searching.search import search as search_kb

    words = visit.args.get("q", "").strip()
    named = ("agency", "stage", "since", "work", "data_type", "in_force")
    filters = {name: visit.args.get(name) or None for name in named}
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


async def compare(visit: Visit) -> Row:
    old, new = visit.args.get("old", ""), visit.args.get("new", "")
    if not (old and new):
        return {"old": None, "new": None, "works": await visit.kb(queries.works)}
    from kb.comparing.side_by_side import compare_versions

    return await visit.kb(lambda db: compare_versions(db, old, new))


async def alerts(visit: Visit) -> Row:
    owner, state = visit.args.get("owner") or None, visit.args.get("state") or None
    return await visit.company(
        lambda db: {
            "owner": owner, "state": state, "owners": company_queries.owners(db),
            "alerts": company_queries.alerts(db, owner=owner, state=state),
        }
    )  # fmt: skip


async def alert(visit: Visit) -> Row:
    return await visit.company(lambda db: company_queries.alert(db, visit.args["id"]))


async def catalog(visit: Visit) -> Row:
    return {"datasets": await visit.company(company_queries.datasets)}


async def dataset(visit: Visit) -> Row:
    return await visit.company(lambda db: company_queries.dataset(db, visit.args["id"]))


async def impact(visit: Visit) -> Row:
    from mappings.alerts.reach import load_reach

    old, new = visit.args.get("from", ""), visit.args.get("to", "")
    links, datasets = await visit.company(load_reach)
    if not (old and new):
        return {"from": None, "to": None, "works": await visit.kb(queries.works)}
    found, unclaimed = await visit.kb(lambda db: company_queries.impacts_between(db, old, new, links, datasets))
    return {"from": old, "to": new, "impacts": found, "unclaimed": unclaimed}


PAGES: dict[str, tuple[str, Callable[[Visit], Awaitable[Row]]]] = {
    "/": ("home.html", home),
    "/works": ("works.html", works),
    "/work/(?P<id>[^/]+?)": ("work.html", work),
    "/version/(?P<id>[^/]+?)": ("version.html", version),
    "/event/(?P<id>[^/]+?)": ("event.html", event),
    "/fact/(?P<id>[^/]+?)": ("fact.html", fact),
    "/source/(?P<id>[0-9a-f]{64})": ("source.html", source),
    "/type/(?P<id>[^/]+?)": ("type.html", data_type),
    "/publications": ("publications.html", publications),
    "/search": ("search.html", search),
    "/compare": ("compare.html", compare),
    "/alerts": ("alerts.html", alerts),
    "/alert/(?P<id>[^/]+?)": ("alert.html", alert),
    "/impact": ("impact.html", impact),
    "/catalog": ("catalog.html", catalog),
    "/dataset/(?P<id>[^/]+?)": ("dataset.html", dataset),
}


def view_of(template: str, question: Callable[[Visit], Awaitable[Row]]) -> Callable[..., Awaitable[Response]]:
    async def view(request: Any, datasette: Any) -> Response:
        as_json = request.url_vars.get("json")
        visit = Visit(datasette, request)
        status, name = 200, template
        context: Row = {"today": visit.today}
        try:
            context["it"] = await question(visit)
        except NotFound as error:  # Datasette would first try another spelling of the address
            status, name = 404, "404.html"
            context |= {"error": str(error), "status": 404, "it": {"ok": False, "error": str(error), "status": 404}}
        if as_json:
            return Response.json(context["it"], status=status, default=str)
        html = await datasette.render_template(name, context, request=request, view_name="regwatch")
        return Response.html(html, status=status, headers={"content-security-policy": STRICT})

    return view


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    return [(rf"^{path}(?P<json>\.json)?$", view_of(*page)) for path, page in PAGES.items()]
