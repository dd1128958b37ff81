"""The sample MIIT: shell columns without rows, the unit call that fills them, articles with the 文件 table, annexes.

The form follows www.miit.gov.cn as seen in 2026; the words are ours.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import PurePosixPath

from crawlers.sample.exchange import JSON, Reply, Request, edited, file_reply, render
from crawlers.sample.timeline import Attachment, Column, Page, Timeline

HOST = "https://www.miit.gov.cn"
UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
WEB_ID, TEMPLATE_SET = "8d828e408d90447786ddbe128d495e9e", "209741b2109044b5b7695700b2bec37e"
PAGE_SIZE = 24
MENU = "栏目导航"  # a unit of every shell that holds no list and comes before the one that does


def article_path(page: Page, column: Column) -> str:
    return f"{column.path}/art/{page.published.year}/art_{page.digest}.html"


def attachment_path(page: Page, attachment: Attachment) -> str:
    name = f"{page.digest[:24]}{page.attachments.index(attachment):08x}{PurePosixPath(attachment.name).suffix}"
    return f"/cms_files/filemanager/1226211233/attach/{page.published.year}{page.published.month}/{name}"


def respond(timeline: Timeline, day: dt.date, request: Request) -> Reply | None:
    """Answer as the site did on ``day``; None where it had nothing."""
    columns = {source: column for source, column in timeline.columns.items() if source.startswith("miit-")}
    pages = [page for page in timeline.on(day) if page.agency == "miit"]
    if request.path == UNIT:
        return _unit(columns, pages, request.pairs)
    for column in columns.values():
        if request.path == f"{column.path}/index.html":
            unit = _unit_query(column)
            shell = render("miit_column.html", column=column, unit=unit, unit_url=UNIT, menu=MENU, day=day)
            return Reply(shell.encode())
    for page in pages:
        column = columns[page.columns[0]]
        if request.path == article_path(page, column):
            return Reply.lasting(_article(page, column, day).encode())
        for attachment in page.attachments:
            if request.path == attachment_path(page, attachment):
                return file_reply(attachment)
    return None


def _unit_query(column: Column) -> dict[str, str]:
    return {
        "parseType": "buildstatic", "webId": WEB_ID, "tplSetId": TEMPLATE_SET, "pageType": "column",
        "tagId": column.tag, "editType": "null", "pageId": column.code,
    }  # fmt: skip


def _unit(columns: dict[str, Column], pages: list[Page], pairs: dict[str, str]) -> Reply:
    """The rows of one column. A tag that is not the column's, as when sent in GBK, is a failure, not an empty list."""
    if pairs.get("tagId") == MENU:
        items = "".join(f'<li><a href="{c.path}/index.html">{c.name}</a></li>' for c in columns.values())
        return _answer(f'<div class="menu"><ul>{items}</ul></div>')
    found = [
        source
        for source, column in columns.items()
        if (column.code, column.tag, WEB_ID) == (pairs.get("pageId"), pairs.get("tagId"), pairs.get("webId"))
    ]
    if not found:
        return Reply(b'{"success":false,"data":{}}', JSON)
    wanted = json.loads(pairs.get("paramJson", "{}"))
    number, size = int(wanted.get("pageNo", 1)), int(wanted.get("pageSize", PAGE_SIZE))
    rows = [page for page in pages if found[0] in page.columns]
    column = columns[found[0]]
    shown = [
        (page, article_path(page, columns[page.columns[0]]), _midnight(page.deadline))
        for page in rows[(number - 1) * size : number * size]
    ]
    html = render(
        "miit_unit.html", column=column, rows=shown, count=len(rows), number=number, size=PAGE_SIZE,
        query={k: v for k, v in _unit_query(column).items() if k != "editType"}, unit_url=UNIT,
    )  # fmt: skip
    return _answer(html)


def _answer(html: str) -> Reply:
    answer = {"success": True, "code": "200", "data": {"html": html}}
    return Reply(json.dumps(answer, ensure_ascii=False).encode(), JSON)


def _midnight(day: dt.date | None) -> int | None:
    """Milliseconds since 1970 of that day at 00:00 UTC: how MIIT writes a deadline into its list."""
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp() * 1000) if day else None


def _article(page: Page, column: Column, day: dt.date) -> str:
    links = [(a.name, HOST + attachment_path(page, a)) for a in page.attachments]
    query = json.dumps(_unit_query(column) | {"pageType": "article", "tagId": "相关文章", "pageId": page.digest})
    html = render(
        "miit_article.html", page=page, column=column, links=links, query=query,
        url=article_path(page, column), made=page.made_on(day),
    )  # fmt: skip
    return edited(page, html, day)
