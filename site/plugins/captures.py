"""The bytes of a capture, to keep: always a download, never a page, because a crawled page must not run here."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from datasette import NotFound, hookimpl
from datasette.utils.asgi import AsgiFileDownload

from kb.evidence.archive import Archive

SANDBOX = {"content-security-policy": "default-src 'none'; sandbox", "cache-control": "private, no-store"}


async def download(request: Any, datasette: Any) -> AsgiFileDownload:
    digest = request.url_vars["digest"]
    found = await datasette.get_database("kb").execute(
        "select url, captured_at from capture where digest = ? order by captured_at limit 1", [digest]
    )
    config = datasette.plugin_config("regwatch") or {}
    path = Archive(Path(config.get("archive", ""))).path_of(digest)
    if not found.rows or not path.is_file():
        raise NotFound("no bytes are kept under this digest")
    suffix = re.search(r"\.(pdf|docx?|xlsx?|wps|ofd|zip|txt|csv|json)$", found.rows[0]["url"].lower())
    name = f"{digest[:16]}{suffix[0] if suffix else '.txt'}"
    return AsgiFileDownload(str(path), filename=name, content_type="application/octet-stream", headers=dict(SANDBOX))


@hookimpl  # type: ignore[untyped-decorator]
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    return [(r"^/source/(?P<digest>[0-9a-f]{64})/bytes$", download)]
