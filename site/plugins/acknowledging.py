"""The one thing that the site writes: that an owner saw an alert."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

from datasette import Forbidden, NotFound, Response, hookimpl
from datasette.utils.asgi import BadRequest
from sqlite_utils import Database

import kb.errors
from kb.clock import utc_now
from mappings import queries

FOR_ANYBODY = ("reviewer", "admin")  # a viewer acknowledges only what was addressed to them


async def acknowledge(request: Any, datasette: Any) -> Response:
    """POST only; Datasette has checked the form's token by now."""
    actor = request.actor
    if request.method != "POST" or not actor:
        raise Forbidden("Sign in, open the alert and use its button.")
    if actor.get("role") not in ("viewer", "owner", *FOR_ANYBODY) or "ds_csrftoken" not in request.cookies:
        raise Forbidden("Sign in, open the alert and use its button.")
    id = unquote(request.url_vars["id"])
    given = await request.post_vars()
    now = (datasette.plugin_config("regwatch") or {}).get("now") or utc_now()

    def write(connection: sqlite3.Connection) -> None:
        from mappings.alerts.acknowledgement import acknowledge

        company = Database(connection, execute_plugins=False)
        row = queries.alert(company, id)
        mine = {actor["id"], actor.get("owner")} & {row["owner"], row["address"]}
        if actor.get("role") not in FOR_ANYBODY and not mine:
            raise PermissionError
        with company.atomic():
            acknowledge(
                company, id, by=actor["id"], now=now, note=given.get("note", "").strip(),
                decision=given.get("decision") or "seen", until=given.get("until", "").strip(),
                to=given.get("to", "").strip(),
            )  # fmt: skip

    try:
        await datasette.get_database("company").execute_write_fn(write)
    except kb.errors.NotFound as error:
        raise NotFound(str(error)) from error
    except kb.errors.RegwatchError as error:
        raise BadRequest(str(error)) from error
    except PermissionError as error:
        raise Forbidden("Only its owner, a reviewer or an admin can acknowledge this alert.") from error
    return Response.redirect(datasette.urls.path(f"/alert/{request.url_vars['id']}"))


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    return [(r"^/alert/(?P<id>[^/]+)/acknowledge$", acknowledge)]
