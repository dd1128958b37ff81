"""For whoever keeps the site running: is it up (/-/health), and figures for Prometheus (/-/metrics).

Open to everybody, so they tell only of kb.db, which anybody may read; the company's figures are `regwatch metrics`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from datasette import Response, hookimpl
from sqlite_utils import Database

from kb import queries


async def health(datasette: Any) -> Response:
    """200 while kb.db answers, 503 when it does not; when any source was last asked, and how many are not healthy."""
    try:
        rows = await datasette.get_database("kb").execute_fn(lambda connection: queries.source_health(_of(connection)))
    except sqlite3.DatabaseError as error:
        return Response.json({"ok": False, "error": f"kb.db: {error}"}, status=503)
    last = max((row["last_run"] for row in rows), default=None)
    unhealthy = [row["source"] for row in rows if row["outcome"] != "healthy"]
    return Response.json({"ok": True, "last_run": last, "sources": len(rows), "unhealthy": unhealthy})


async def metrics(datasette: Any) -> Response:
    from prometheus_client import CONTENT_TYPE_LATEST

    from mappings.keeping.figures import expose, kb_figures

    figures = await datasette.get_database("kb").execute_fn(lambda connection: kb_figures(_of(connection)))
    return Response(expose(figures), headers={"content-type": CONTENT_TYPE_LATEST})


def _of(connection: sqlite3.Connection) -> Database:
    return Database(connection, execute_plugins=False)


@hookimpl(tryfirst=True)  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    return [(r"^/-/health$", health), (r"^/-/metrics$", metrics)]
