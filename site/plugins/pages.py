"""Hangs the pages of site/pages into Datasette: their routes, their words, and its errors as pages of ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

import datasette.handle_exception
from datasette import Response, hookimpl
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError

from pages.language import Speech
from pages.registry import all_pages
from pages.view import View, error_page, route_of, template_words
from pages.visit import language_from
from pages.wording import FILTERS, GLOBALS

# With rich beside it Datasette writes every local variable of a failure into the log, forms and rows among them, and
# fails itself at an address that no route knows, where there is no traceback to write.
datasette.handle_exception.rich = None


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, View]]:
    return [route_of(page) for page in all_pages()]


@hookimpl  # type: ignore[untyped-decorator]
def prepare_jinja2_environment(env: Any) -> None:
    env.filters |= FILTERS
    env.globals |= GLOBALS


@hookimpl  # type: ignore[untyped-decorator]
def extra_template_vars(datasette: Any, request: Any) -> dict[str, Any]:
    return template_words(datasette, request)


@hookimpl(tryfirst=True)  # type: ignore[untyped-decorator]
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Callable[[], Awaitable[Response]]:
    """A page in the visitor's language, never a trace; Datasette's own handler, which is called too, writes the log."""

    async def inner() -> Response:
        if isinstance(exception, Base400):
            return await error_page(datasette, request, exception.status, str(exception.args[0]))
        if isinstance(exception, DatasetteError):
            said = exception.title if exception.message_is_html else exception.message
            return await error_page(datasette, request, exception.status, str(said))
        if isinstance(exception, sqlite3.DataError):  # larger than the open tables and SQL may be (pages/bounds.py)
            return await error_page(datasette, request, 400, Speech(language_from(request))("error.too_big"))
        return await error_page(datasette, request, 500, Speech(language_from(request))("error.log"))

    return inner
