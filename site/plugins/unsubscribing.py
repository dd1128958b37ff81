"""Stop a digest: one click of a mail program (RFC 8058), or a button on a page. Opening the address stops nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from datasette import Forbidden, Response, hookimpl
from sqlite_utils import Database

from kb.clock import utc_now

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Unsubscribe</title>
<p>{said}</p>{form}</html>"""
LINK = "whom it is sent to (link)"
FORM = """<form method="post"><input type="hidden" name="csrftoken" value="{token}">
<button>停止接收 · Stop</button></form>"""


async def unsubscribe(request: Any, datasette: Any) -> Response:
    from mappings.alerts.signed import BadLink, alert_secret, verify
    from mappings.alerts.watches import end_watch

    now = (datasette.plugin_config("regwatch") or {}).get("now") or utc_now()
    root = Path(datasette.get_database("company").path).parent
    try:
        id = verify(alert_secret(root), "unsubscribe", unquote(request.url_vars["token"]), now)
    except BadLink as error:
        raise Forbidden(str(error)) from error

    def write(connection: sqlite3.Connection) -> None:
        db = Database(connection, execute_plugins=False)
        with db.atomic():
            end_watch(db, id, by=LINK, now=now)

    if request.method == "POST":
        await datasette.get_database("company").execute_write_fn(write)
        return Response.html(PAGE.format(said="已停止。 You will get no more of these.", form=""))
    return Response.html(PAGE.format(said="停止接收此摘要？ Stop these messages?",
                                     form=FORM.format(token=request.scope["csrftoken"]())))  # fmt: skip


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    return [(r"^/unsubscribe/(?P<token>[^/]+)$", unsubscribe)]
