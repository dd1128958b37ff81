"""Feeds and calendars on the site: public ones of what regulators published, private ones by a revocable address.

Each answers with an ETag and 304 when nothing is new.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from datasette import NotFound, Response, hookimpl
from sqlite_utils import Database

from kb.clock import utc_now
from pages.bounds import unbound

TYPES = {"atom": "application/atom+xml; charset=utf-8", "json": "application/feed+json; charset=utf-8",
         "ics": "text/calendar; charset=utf-8"}  # fmt: skip


async def public(request: Any, datasette: Any) -> Response:
    """/feed.atom, /feed.json and /calendar.ics."""
    from mappings.alerts.calendars import public_days
    from mappings.alerts.feeds import public_entries

    kind = request.url_vars["kind"]
    site = _site(request)
    if kind == "ics":
        return _answer(request, kind, _calendar(await _ask(datasette, "kb", public_days), datasette))
    entries = await _ask(datasette, "kb", lambda db: public_entries(db, site))
    return _answer(request, kind, _feed(kind, entries, "feed", f"{site}{request.path}"))


async def private(request: Any, datasette: Any) -> Response:
    """/private/<secret>.atom, .json and .ics: an owner's alerts and dates. An address that is revoked is not here."""
    from mappings.alerts.calendars import company_days, owner_days, public_days
    from mappings.alerts.feeds import alert_entries
    from mappings.alerts.private import owner_of

    if "company" not in datasette.databases:
        raise NotFound("there is nothing at this address")
    token, kind = unquote(request.url_vars["token"]), request.url_vars["kind"]
    owner = await _ask(datasette, "company", lambda db: owner_of(db, token))
    if owner is None:
        raise NotFound("there is nothing at this address")
    if kind == "ics":
        days = await _ask(datasette, "company", lambda db: owner_days(db, owner))
        if owner == "team":
            root = Path(datasette.get_database("company").path).parent
            days += await _ask(datasette, "company", lambda _: company_days(str(root), _now(datasette)))
        data = _calendar([*await _ask(datasette, "kb", public_days), *days], datasette)
    else:
        entries = await _ask(datasette, "company", lambda db: alert_entries(db, owner, _site(request)))
        data = _feed(kind, entries, "private", "")  # the address is a secret: not repeated inside
    return _answer(request, kind, data, private=True)


def _calendar(days: Any, datasette: Any) -> bytes:
    """With the day, not the second, as its stamp: the same bytes all day, so that 304 can be."""
    from mappings.alerts.calendars import calendar

    return calendar(days, name="Regwatch", now=f"{_now(datasette)[:10]}T00:00:00Z")


def _now(datasette: Any) -> str:
    return str((datasette.plugin_config("regwatch") or {}).get("now") or utc_now())


def _feed(kind: str, entries: Any, id: str, link: str) -> bytes:
    from mappings.alerts.feeds import atom, json_feed

    if kind == "atom":
        return atom(entries, title="Regwatch", id=id, link=link)
    return json_feed(entries, title="Regwatch", link=link)


def _answer(request: Any, kind: str, data: bytes, *, private: bool = False) -> Response:
    from mappings.alerts.feeds import etag

    headers = {"etag": etag(data), "cache-control": "private, no-cache" if private else "no-cache"}
    if private:
        headers["referrer-policy"] = "no-referrer"
    known = request.headers.get("if-none-match", "").split(",")
    if headers["etag"] in [tag.strip().removeprefix("W/") for tag in known]:
        return Response("", status=304, headers=headers)
    return Response(data.decode(), content_type=TYPES[kind], headers=headers)


def _site(request: Any) -> str:
    return f"{request.scheme}://{request.host}"


async def _ask(datasette: Any, database: str, question: Callable[[Database], Any]) -> Any:
    def ask(connection: Any) -> Any:
        with unbound(connection):
            return question(Database(connection, execute_plugins=False))

    return await datasette.get_database(database).execute_fn(ask)


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    return [
        (r"^/feed\.(?P<kind>atom|json)$", public),
        (r"^/calendar\.(?P<kind>ics)$", public),
        (r"^/private/(?P<token>[A-Za-z0-9_-]{16,64})\.(?P<kind>atom|json|ics)$", private),
    ]
