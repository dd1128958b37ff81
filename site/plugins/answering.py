"""Answer an alert by the signed link in its message, without signing in.

Opening the link answers nothing, for mail scanners follow links; it takes the button on the page. The link is the
permission: for one alert, until it expires.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from datasette import Forbidden, NotFound, Response, hookimpl
from sqlite_utils import Database

from kb.clock import utc_now
from kb.errors import RegwatchError
from kb.rows import rows

STRICT = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
PRIVATE = {"content-security-policy": STRICT, "referrer-policy": "no-referrer", "cache-control": "no-store",
           "x-robots-tag": "noindex"}  # fmt: skip


async def answer(request: Any, datasette: Any) -> Response:
    """GET shows the alert's subject and the answers; POST (with the form's token, checked by Datasette) records one."""
    now = (datasette.plugin_config("regwatch") or {}).get("now") or utc_now()
    id = _opened(datasette, request, "answer", now)
    company = datasette.get_database("company")
    said = ""
    if request.method == "POST":
        if "ds_csrftoken" not in request.cookies:  # without any cookie Datasette asks for no token
            raise Forbidden("Open the link and use the button on its page.")
        given = await request.post_vars()

        def write(connection: sqlite3.Connection) -> None:
            from mappings.alerts.acknowledgement import acknowledge

            db = Database(connection, execute_plugins=False)
            owner = rows(db, "select owner from alert where id = ?", [id])[0]["owner"]
            with db.atomic():
                acknowledge(
                    db, id, by=f"{owner} (link)", now=now, note=given.get("note", "").strip()[:500],
                    decision=given.get("decision", ""), until=given.get("until", "").strip(),
                    to=given.get("to", "").strip(),
                )  # fmt: skip

        try:
            await company.execute_write_fn(write)
        except RegwatchError as error:
            said = str(error)

    def ask(connection: sqlite3.Connection) -> list[dict[str, Any]]:
        return rows(Database(connection, execute_plugins=False), _ALERT, [id])

    found = await company.execute_fn(ask)
    if not found:
        raise NotFound("This alert is not here any more.")
    html = await datasette.render_template("answer.html", {"it": found[0], "said": said}, request=request)
    return Response.html(html, status=400 if said else 200, headers=PRIVATE)


def _opened(datasette: Any, request: Any, what: str, now: str) -> str:
    from mappings.alerts.signed import BadLink, alert_secret, verify

    if "company" not in datasette.databases:
        raise NotFound("there are no alerts yet")
    root = Path(datasette.get_database("company").path).parent
    try:
        return verify(alert_secret(root), what, unquote(request.url_vars["token"]), now)
    except BadLink as error:
        raise Forbidden(str(error)) from error


_ALERT = """
select alert.id, subject, sent_at, due, acknowledged_at, acknowledged_by, decision, until, note from alert
left join acknowledgement on acknowledgement.alert = alert.id where alert.id = ?
"""


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    return [(r"^/answer/(?P<token>[^/]+)$", answer)]
