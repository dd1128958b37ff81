"""ELI-style addresses (kb/standards/eli.py): they lead to our pages; with a suffix they give a standard's document."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from datasette import NotFound, Response, hookimpl
from sqlite_utils import Database

import kb.errors
from kb.clock import legal_day, utc_now
from kb.standards.export import standard_of
from pages.bounds import unbound

_PLACE = r"^/eli/cn/reg/(?P<work>[^/.]+)"
_TYPES = {
    "jsonld": ("jsonld", "application/ld+json; charset=utf-8"),
    "xml": ("akn", "application/akn+xml; charset=utf-8"),
}


async def to_page(request: Any, datasette: Any) -> Response:
    """See other: the page of the work, or of its version."""
    work, label = request.url_vars["work"], request.url_vars.get("label")
    page = f"/version/{quote(f'{work}@{label}', safe='@~')}" if label else f"/work/{quote(work)}"
    return Response.redirect(datasette.urls.path(page), status=303)


async def document(request: Any, datasette: Any) -> Response:
    """JSON-LD or Akoma Ntoso of one version."""
    version = f"{request.url_vars['work']}@{request.url_vars['label']}"
    standard, content_type = _TYPES[request.url_vars["form"]]
    config = datasette.plugin_config("regwatch") or {}
    day = legal_day(config.get("now") or utc_now())

    def ask(connection: Any) -> bytes:
        with unbound(connection):
            return standard_of(Database(connection, execute_plugins=False), standard, version, day=day)[0]

    try:
        data: bytes = await datasette.get_database("kb").execute_fn(ask)
    except kb.errors.NotFound as error:
        raise NotFound(str(error)) from error
    return Response(data, content_type=content_type)


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    return [
        (rf"{_PLACE}(?:/(?P<label>[^/.]+)(?:/zho)?)?$", to_page),
        (rf"{_PLACE}/(?P<label>[^/.]+)/zho\.(?P<form>jsonld|xml)$", document),
    ]
