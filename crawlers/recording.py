"""`regwatch record`: keep what a live source answers, and what our readers make of it, in a folder of the caller's.

A polite crawl of the source's newest rows in a workspace of its own; what it captured is laid out as files. Nothing of
it belongs into the repository: it is another's text, to compare our recorded pages with.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from crawlers.crawl import crawl_declared
from crawlers.items import Outcome
from crawlers.source import Source, find_sources
from kb.db import open_kb
from kb.errors import CrawlError
from kb.evidence.archive import Archive
from kb.reading.detect import is_page
from kb.reading.page import read_page
from kb.workspace import Workspace, ensure_workspace

ROOT = Path(__file__).resolve().parents[1]


def record_source(
    workspace: Workspace,
    id: str,
    folder: Path,
    *,
    base_urls: Mapping[str, str],
    now: str,
    say: Callable[[str], None] = lambda _: None,
) -> tuple[Outcome, list[Path]]:
    """Write rows and pages of one source's first list page into ``folder``. Raises CrawlError inside the repository."""
    if folder.resolve().is_relative_to(ROOT) and (ROOT / ".git").exists():
        raise CrawlError(f"{folder} lies in the repository: choose a folder outside, these are other people's texts")
    [source] = find_sources([id])
    first = source.model_copy(update={"pages": 1, "follow": "all", "keep_lists": True})
    with tempfile.TemporaryDirectory() as name:
        place = ensure_workspace(Path(name))
        place.config_path.write_text(workspace.config_path.read_text("utf-8"), "utf-8")
        [outcome] = crawl_declared(place, [first], base_urls=base_urls, now=now, say=say)
        folder.mkdir(parents=True, exist_ok=True)
        return outcome, list(_lay_out(place, source, outcome, folder))


def _lay_out(place: Workspace, source: Source, outcome: Outcome, folder: Path) -> list[Path]:
    archive, written = Archive(place.archive_path), []
    with open_kb(place.kb_path) as db:
        rows = list(db.query("select key, url, title, published, comments_close from publication order by key"))
        sql = "select url, digest, captured_at, content_type, http_status from capture order by seq"
        captures = list(db.query(sql))
    readings: dict[str, Any] = {}
    for number, capture in enumerate(captures, 1):
        data = archive.load(capture["digest"])
        path = folder / f"{number:02d}{'.html' if is_page(data) else '.bin'}"
        path.write_bytes(data)
        written.append(path)
        readings[path.name] = capture | ({"reading": _reading(data, capture["url"])} if is_page(data) else {})
    value = {"source": source.id, "outcome": asdict(outcome), "rows": rows, "files": readings}
    index = folder / "reading.json"
    index.write_text(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n", "utf-8")
    return [index, *written]


def _reading(data: bytes, url: str) -> dict[str, Any]:
    value = asdict(read_page(data, url))
    document, _ = value.pop("document"), value.pop("significant")
    return value | {"lines": document["body"].splitlines(), "losses": document["losses"]}
