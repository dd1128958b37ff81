"""The sample NDA: lists with interpretations nested in their rows, a pagination script, articles of lines and breaks.

The form follows www.nda.gov.cn: articles as seen in 2026, lists as its scrapers read them; the words are ours.
"""

from __future__ import annotations

import datetime as dt
from pathlib import PurePosixPath

from crawlers.sample import miit
from crawlers.sample.annex import load_annex
from crawlers.sample.exchange import Reply, Request, edited, file_reply, render
from crawlers.sample.timeline import Attachment, Column, Page, Timeline

HOST = "https://www.nda.gov.cn"
PAGE_SIZE = 15


def key(page: Page) -> str:
    """The moment an editor began the page, to the millisecond, and six digits: not its publishing day."""
    began = page.created or dt.datetime.combine(page.published, dt.time(9, 30))
    return f"{began:%Y%m%d%H%M%S}{int(page.digest, 16) % 10**9:09d}"


def article_path(page: Page, column: Column) -> str:
    return f"{column.path}/{page.published:%m%d}/{key(page)}_pc.html"


def attachment_path(page: Page, attachment: Attachment, column: Column) -> str:
    digest, suffix = page.digest, PurePosixPath(attachment.name).suffix
    name = f"ff808081-{digest[:8]}-019f-{digest[8:16]}-{page.attachments.index(attachment):04x}{suffix}"
    return f"{column.path}/{page.published:%m%d}/{name}"


def respond(timeline: Timeline, day: dt.date, request: Request) -> Reply | None:
    """Answer as the site did on ``day``; None where it had nothing. A page of two columns stands under both."""
    pages = [page for page in timeline.on(day) if page.agency == "nda"]
    columns = {source: column for source, column in timeline.columns.items() if source.startswith("nda-")}
    for source, column in columns.items():
        rows = [page for page in pages if source in page.columns]
        for number in range(1, max(1, -(-len(rows) // PAGE_SIZE)) + 1):
            if request.path == f"{column.path}/list/index_pc_{number}.html":
                return Reply(_list(column, columns, pages, rows, number).encode())
        for page in rows:
            if request.path == article_path(page, column):
                return Reply.lasting(_article(page, column, timeline, day).encode())
            for attachment in page.attachments:
                if request.path == attachment_path(page, attachment, column):
                    return file_reply(attachment)
    return None


def _list(column: Column, columns: dict[str, Column], pages: list[Page], rows: list[Page], number: int) -> str:
    standing = {page.id: page for page in pages}
    shown = [
        (
            page,
            article_path(page, column),
            [
                (standing[id].title, article_path(standing[id], columns[standing[id].columns[0]]))
                for id in page.interpretations
                if id in standing
            ],
        )
        for page in rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    ]
    return render("nda_list.html", column=column, rows=shown, total=len(rows), size=PAGE_SIZE, number=number)


def _article(page: Page, column: Column, timeline: Timeline, day: dt.date) -> str:
    links = [(attachment.name, attachment_path(page, attachment, column)) for attachment in page.attachments]
    lines = list(load_annex(page.text).lines()) if page.text else []
    see = timeline.all_pages()[page.see] if page.see else None
    there = miit.HOST + miit.article_path(see, timeline.columns[see.columns[0]]) if see else ""
    html = render("nda_article.html", page=page, column=column, links=links, lines=lines, see=see, there=there)
    return edited(page, html, day)
