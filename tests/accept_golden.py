"""What the readers make of a source's recorded pages, and how a person accepts that it changed.

    python -m tests.accept_golden SOURCE     takes recorded/SOURCE/golden.new.json as the new golden.json

A folder of recorded/ holds the answers to the source's list requests in the order in which its kind asks for them
(`list-1.html`, `list-2.json`, …, as far as they were recorded) and one article, named by its key.
"""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from crawlers.items import ListPage, ListRequest
from crawlers.source import Source
from kb.reading.page import read_page

RECORDED = Path(__file__).with_name("recorded")


def read_recorded(source: Source, folder: Path) -> dict[str, Any]:
    """The golden value: every recorded list as parsed, and the recorded article as read."""
    lists, rows = [], {}
    for request, body in recorded_lists(source, folder):
        page = parse_list(source, request, body)
        rows |= {row.key: row for row in page.rows}
        lists.append(_without_defaults(asdict(request)) | _list_value(page))
    return {"lists": lists, "articles": [_article(path, rows[path.stem].url) for path in recorded_articles(folder)]}


def recorded_lists(source: Source, folder: Path) -> list[tuple[ListRequest, bytes]]:
    requests, found = list(kind_of(source).first_requests(source)), []
    for place, request in enumerate(requests, 1):
        if (path := next(folder.glob(f"list-{place}.*"), None)) is None:
            break
        body = path.read_bytes()
        found.append((request, body))
        page = parse_list(source, request, body)
        requests += [*page.steps, *([page.next] if page.next else [])]
    return found


def recorded_articles(folder: Path) -> list[Path]:
    pages = (path for path in folder.iterdir() if path.suffix in (".htm", ".html", ".json"))
    return sorted(path for path in pages if path.stem[:5] != "list-" and path.stem.partition(".")[0] != "golden")


def parse_list(source: Source, request: ListRequest, body: bytes) -> ListPage:
    page: ListPage = kind_of(source).parse_list(body, request, source)
    return page


def kind_of(source: Source) -> Any:
    return importlib.import_module(f"crawlers.spiders.{source.kind.replace('-', '_')}")


def _list_value(page: ListPage) -> dict[str, Any]:
    return {
        "announced": page.announced,
        "faults": list(page.faults),
        "steps": [step.url for step in page.steps],
        "next": page.next.url if page.next else None,
        "rows": [_without_defaults(asdict(row)) for row in page.rows],
    }


def _article(path: Path, url: str) -> dict[str, Any]:
    page = read_page(path.read_bytes(), url)
    value = asdict(page)
    document, _ = value.pop("document"), value.pop("significant")
    if not value["further"]:
        del value["further"]
    tables = [[list(table.header), *map(list, table.rows)] for table in page.document.tables]
    lines = page.document.body.splitlines()
    kept = {"status": document["status"].value, "losses": list(document["losses"]), "lines": lines, "tables": tables}
    return {"url": url, **json.loads(json.dumps(value)), **kept}


def _without_defaults(value: dict[str, Any]) -> dict[str, Any]:
    return {name: json.loads(json.dumps(said)) for name, said in value.items() if said not in (None, "", (), [])}


def as_text(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def main(ids: list[str]) -> int:
    for id in ids:
        new = RECORDED / id / "golden.new.json"
        if not new.exists():
            print(f"{new}: nothing to accept; run tests/test_recorded.py first", file=sys.stderr)
            return 1
        new.replace(new.with_name("golden.json"))
        print(f"accepted {new.with_name('golden.json')}")
    return 0 if ids else 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
