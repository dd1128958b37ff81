"""A site of NDA's form for tests of the crawl: its lists, pages and files, and what a crawl wrote of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agency_site import Reply

from kb.db import open_kb
from kb.workspace import Workspace, ensure_workspace

CHALLENGE = Reply(Path(__file__).with_name("broken").joinpath("challenge.html").read_bytes())
NDA = "/sjj/zwgk/zcfb"
NOTICES = "/sjj/zwgk/tzgg"
DAYS = ["2026-02-03T00:00:00Z", "2026-02-04T00:00:00Z", "2026-02-05T00:00:00Z"]
Row = dict[str, Any]


def digits(letter: str) -> str:
    return f"2026020112000000{ord(letter):05d}"


def page_path(letter: str) -> str:
    return f"{NDA}/0203/{digits(letter)}_pc.html"


def nda_list(*letters: str, total: int | None = None, title: str = "数据安全示例{}", folder: str = NDA) -> Reply:
    rows = "".join(
        f'<li><a href="{page_path(letter)}" title="{title.format(letter)}">x</a><span>2026.02.03</span></li>'
        for letter in letters
    )
    script = f"<script>$('.pages').pagination({{totalData:{total or len(letters)}, showData:15}});</script>"
    return Reply(f'<ul class="u-list">{rows}</ul>{script}')


def nda_page(letter: str, words: str = "示例正文。", files: str = "", stamp: str = "", **headers: str) -> Reply:
    return Reply(
        f'<html><meta name="PubDate" content="2026.02.03"><script>var made="{stamp}"</script><div class="detail">'
        f'<h1>数据安全示例{letter}</h1><ul class="shezhi"><li>2026.02.03</li></ul><div class="article"><p>{words}</p>'
        f'<div class="filelist"><dl><dd>{files}</dd></dl></div></div></div></html>',
        headers=headers,
    )


def link(name: str) -> str:
    return f'<a href="{name}">{name}</a>'


def at(workspace: Path) -> Workspace:
    return ensure_workspace(workspace / "ws")


def snapshot(workspace: Workspace, *without: str) -> dict[str, list[Row]]:
    """Every row of what a crawl writes, by table, without the columns named."""
    with open_kb(workspace.kb_path) as db:
        return {
            table: [
                {name: value for name, value in row.items() if name not in without}
                for row in db.query(f"select * from {table} order by id")
            ]
            for table in ("capture", "publication", "document", "source_run", "health_event")
        }


def by_url(rows: list[Row], ending: str) -> Row:
    [found] = [row for row in rows if row["url"].endswith(ending)]
    return found
