"""What a stranger meets: Datasette's own debug pages are closed to everybody, and a closed door says how to sign in.

Which database wants a signed-in actor is declared in site/metadata.yml.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any
from urllib.parse import unquote_plus

from datasette import Forbidden, Response, hookimpl

from pages.language import Speech
from pages.view import error_page
from pages.visit import language_from

App = Callable[..., Awaitable[None]]

# Metadata, databases, settings, threads, plugins, versions, permissions: paths, versions and names that only an
# intruder needs. Routes of plugins go before Datasette's own, so what is not listed here is closed, tomorrow's too.
CLOSED = r"^/-/(?!static/|static-plugins/|login$|logout$|health$|metrics$|actor(?:\.json)?$).*$"


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    return [(CLOSED, closed)]


async def closed() -> Response:
    raise Forbidden("This page is closed.")


@hookimpl(tryfirst=True)  # type: ignore[untyped-decorator]
def asgi_wrapper() -> Callable[[App], App]:
    """Open SQL must not tell where on the machine the database lies, and is answered one at a time: whoever asks for
    much waits for themselves, and the pages have the other threads."""
    turn = asyncio.Semaphore(1)

    def wrap(app: App) -> App:
        async def inner(scope: dict[str, Any], receive: Any, send: Any) -> None:
            query = unquote_plus(scope.get("query_string", b"").decode("latin-1")).lower()
            if scope["type"] == "http" and "database_list" in query:
                await Response.text("This question is not answered here.", status=403).asgi_send(send)
                return
            async with turn if "sql=" in query or "_where=" in query else nullcontext():
                await app(scope, receive, send)

        return inner

    return wrap


@hookimpl  # type: ignore[untyped-decorator]
def forbidden(datasette: Any, request: Any, message: str) -> Callable[[], Awaitable[Response]]:
    async def inner() -> Response:
        said = message if " " in message or not message.isascii() else Speech(language_from(request))("access.sign_in")
        return await error_page(datasette, request, 403, said)

    return inner
