"""The sample CAC: static lists of 20 rows, JsonList paging, articles that hold whole texts, downloads without a suffix.

The form follows www.cac.gov.cn as seen in 2026; the words are ours.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from typing import Any
from urllib.parse import quote

from crawlers.sample.annex import Row, load_annex, merge_runs
from crawlers.sample.exchange import JSON, Reply, Request, edited, file_reply, render
from crawlers.sample.timeline import Attachment, Column, Page, Timeline

HOST = "//www.cac.gov.cn"
DOWNLOAD = "/cms/pub/interact/downloadfile.jsp"
PAGE_SIZE = 20
ROBOTS = (
    b"User-agent: *\nDisallow: /zfz/\nDisallow: /wxb_zfz/\nDisallow: /wxzf/\nDisallow: /vmsfile/newVideo.html?vid=*\n"
)


def key(page: Page) -> str:
    return f"c_17{int(page.digest, 16) % 10**14:014d}"


def article_path(page: Page, column: Column | None = None) -> str:
    return f"/{page.published:%Y-%m/%d}/{key(page)}.htm"


def file_token(page: Page, attachment: Attachment) -> str:
    """The opaque `filepath` of a download; the site writes ~ for +."""
    seed = f"{page.digest}{page.attachments.index(attachment)}".encode()
    return base64.b64encode(bytes(255 - byte for byte in seed)).decode().replace("+", "~")


def respond(timeline: Timeline, day: dt.date, request: Request) -> Reply | None:
    """Answer as the site did on ``day``; None where it had nothing."""
    if request.path == "/robots.txt":
        return Reply(ROBOTS, "text/plain")
    columns = {source: column for source, column in timeline.columns.items() if source.startswith("cac-")}
    pages = [page for page in timeline.on(day) if page.agency == "cac"]
    if request.path == "/cms/JsonList":
        return _json_list(columns, pages, request.pairs)
    if request.path == DOWNLOAD:
        return _download(pages, request.pairs.get("filepath", ""))
    for source, column in columns.items():
        if request.path == f"{column.path}/{column.code}index_1.htm":
            rows = [(page, HOST + article_path(page)) for page in pages if source in page.columns][:PAGE_SIZE]
            return Reply(render("cac_list.html", column=column, rows=rows).encode())
    for page in pages:
        if request.path == article_path(page):
            return Reply.lasting(_article(page, day).encode())
    return None


def _json_list(columns: dict[str, Column], pages: list[Page], pairs: dict[str, str]) -> Reply:
    found = [source for source, column in columns.items() if column.code == pairs.get("channelCode")]
    rows = [page for page in pages if set(found) & set(page.columns)]
    size, number = int(pairs.get("perPage", PAGE_SIZE)), int(pairs.get("pageno", 1))
    answer = {
        "totalRec": str(len(rows)),
        "list": [
            {
                "coverurl": "", "description": "", "filltime": f"{page.published} {page.time}:00.0",
                "infourl": HOST + article_path(page), "pubtime": f"{page.published} {page.time}:00.0",
                "topic": page.title + " ",
            }
            for page in rows[(number - 1) * size : number * size]
        ],
    }  # fmt: skip
    return Reply(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode(), JSON)


def _download(pages: list[Page], token: str) -> Reply | None:
    for page in pages:
        for attachment in page.attachments:
            if token == file_token(page, attachment):
                name = quote(attachment.name)
                return file_reply(attachment, **{"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})
    return None


def _article(page: Page, day: dt.date) -> str:
    links = [
        (stem, f"{HOST}{DOWNLOAD}?filepath={file_token(page, attachment)}&fText={quote(stem)}")
        for attachment in page.attachments
        for stem in [attachment.name.rpartition(".")[0]]
    ]
    html = render(
        "cac_article.html", page=page, info=key(page)[2:], made=page.made_on(day), links=links,
        parts=_parts(page.text),
    )  # fmt: skip
    return edited(page, html, day)


def _parts(text: str) -> list[dict[str, Any]]:
    """The lines and tables of a sample document, without the label that only a file carries."""
    lines = load_annex(text).lines() if text else ()
    return [_part(part) for part in lines if part[0] != "label"]


def _part(part: tuple[str, str] | list[Row]) -> dict[str, Any]:
    """A line with its article number apart (it is set in bold), or the cells of a table row by row with their spans."""
    if isinstance(part, list):
        columns: list[list[str | None]] = [
            [str(place + 1) for place in range(len(part))],
            [row.category for row in part],
            [row.item for row in part],
            [row.about for row in part],
            [row.rule for row in part],
        ]
        starts = [{first: (last - first + 1, text) for first, last, text in merge_runs(cells)} for cells in columns]
        return {"kind": "table", "rows": [[c[place] for c in starts if place in c] for place in range(len(part))]}
    kind, text = part
    number, rest = re.fullmatch(r"(第[一二三四五六七八九十]+条|)(.*)", text).groups()  # type: ignore[union-attr]
    return {"kind": kind, "number": number, "text": rest}
