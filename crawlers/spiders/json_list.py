"""CAC lists: a POST to JsonList pages through a channel; the static page has its first rows and stands in for it.

Live links are unquoted and without a scheme, and the rows stand in no ``ul``. ``pubtime`` is the date that the article
shows; the date inside the URL may be weeks off.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from parsel import Selector

from crawlers.items import ListPage, ListRequest, Row
from crawlers.loader import attribute, beside_links, list_of_page, list_page, load_row, number, words
from crawlers.source import ListRules, Source
from kb.plain_values import load_json
from kb.reading.encoding import decode

HABIT = ListRules(
    rows="#loadingInfoPage li",
    link="a[href]",
    date=".times",
    key=r"/\d{4}-\d{2}/\d{2}/(c_\d+)\.htm$",
)
CALL = "/cms/JsonList"


def first_requests(source: Source) -> tuple[ListRequest, ...]:
    return (_call(source, 1), ListRequest(source.url, way="page"))


def parse_list(body: bytes, request: ListRequest, source: Source) -> ListPage:
    text = decode(body)[0]
    return _parse_json(text, request, source) if request.way == "json" else _parse_page(text, request, source)


def _call(source: Source, page: int) -> ListRequest:
    rules = source.rules(HABIT)
    form = (("channelCode", rules.channel), ("perPage", str(rules.size)), ("pageno", str(page)),
            ("condition", "0"), ("fuhao", "="), ("value", ""))  # fmt: skip
    return ListRequest(urljoin(source.url, CALL), way="json", page=page, referer=source.url, form=form)


def _parse_json(text: str, request: ListRequest, source: Source) -> ListPage:
    try:
        answer = load_json(text)
    except ValueError:
        return ListPage(faults=("JsonList answers without JSON",))
    records = answer.get("list") if isinstance(answer, dict) else None
    total = number(answer.get("totalRec")) if isinstance(answer, dict) else None
    if not isinstance(records, list) or total is None:
        return ListPage(faults=("JsonList answers without list or totalRec",))
    rules = source.rules(HABIT)
    return list_page(
        (_record(record, source, rules) for record in records),
        announced=total,
        size=rules.size,
        next=_call(source, request.page + 1) if request.page * rules.size < total else None,
    )


def _record(record: Any, source: Source, rules: ListRules) -> Row | str:
    if not isinstance(record, dict):
        return f"a record that is no object: {record!r:.60}"
    title, href, date = (str(record.get(name) or "") for name in ("topic", "infourl", "pubtime"))
    words = str(record.get("description") or "")
    return load_row(source, rules, source.url, title=title, href=href, date=date, words=words)


def _parse_page(text: str, request: ListRequest, source: Source) -> ListPage:
    page = Selector(text, type="html")
    rules = source.rules(HABIT)
    container = rules.rows.split()[0]
    faults = () if page.css(container) else (f"no {container} on the page",)
    return list_of_page(page, _rows(page, request.url, source, rules), request.url, source, rules, faults=faults)


def _rows(page: Selector, base: str, source: Source, rules: ListRules) -> Iterator[Row | str]:
    for row in page.css(rules.rows):
        link = row.css(rules.link)
        yield load_row(
            source,
            rules,
            base,
            title=attribute(link, "title") or words(link[:1]),
            href=attribute(link, "href"),
            date=words(row.css(rules.date)) or beside_links(row),
        )
