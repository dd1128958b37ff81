"""JPaaS unit lists (MIIT, SAMR): the column page is a shell; the rows come from a unit call that the shell describes.

The unit's description is found by attribute, never by position, and never assumed: a new template changes it. A unit
that answers without ``success`` or without HTML has failed; it is not an empty list.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urljoin

from parsel import Selector

from crawlers.items import ListPage, ListRequest, Row
from crawlers.loader import attribute, beside_links, last_day, list_of_page, load_row, number, words
from crawlers.source import ListRules, Source
from kb.plain_values import load_json
from kb.reading.encoding import decode

HABIT = ListRules(
    rows=".page-content ul > li, .clist_con ul > li",
    link="a[href]",
    date="span.fr",
    deadline="span.endtime",
    key=r"/art/\d{4}/(art_[0-9a-f]{32})\.html$",
    units=("右侧内容", "当前栏目_list", "内容区域"),
)


def first_requests(source: Source) -> tuple[ListRequest, ...]:
    return (ListRequest(source.url),)


def parse_list(body: bytes, request: ListRequest, source: Source) -> ListPage:
    """A shell gives the unit calls to make; a unit's answer, or a page filled on the server, gives rows."""
    text = decode(body)[0]
    if not text.lstrip().startswith("{"):
        return _parse_column(text, request, source)
    try:
        answer = load_json(text)
    except ValueError:
        return ListPage(faults=("the unit's answer is not whole JSON",))
    data = answer.get("data")
    html = data.get("html") if isinstance(data, dict) else None
    if answer.get("success") is not True:
        return ListPage(faults=(f"the unit says success: {json.dumps(answer.get('success'))}",))
    if not isinstance(html, str) or not html.strip():
        return ListPage(faults=("the unit answers without any HTML",))
    return _parse_rows(Selector(html, type="html"), request, source)


def _parse_column(text: str, request: ListRequest, source: Source) -> ListPage:
    page = Selector(text, type="html")
    rules = source.rules(HABIT)
    units = [unit for unit in page.css('script[url*="jpaas-publish-server"]') if attribute(unit, "querydata")]
    if not units:
        filled = _parse_rows(page, request, source)
        if filled.rows or page.css(rules.rows):
            return filled
        return ListPage(faults=("the column page names no unit and has no rows",))
    calls = [(unit, _pairs(attribute(unit, "querydata"))) for unit in units]
    if not all(pairs for _, pairs in calls):
        return ListPage(faults=("the unit's description cannot be read",))
    chosen = [call for call in calls if call[1].get("tagId") in rules.units] or calls
    return ListPage(steps=tuple(_call(attribute(unit, "url"), pairs, request.url) for unit, pairs in chosen))


def _pairs(description: str) -> dict[str, str]:
    """A unit's description: JSON on article pages, a single-quoted dictionary on column pages."""
    try:
        read: Any = load_json(description)
    except ValueError:
        try:
            read = ast.literal_eval(description)
        except (ValueError, SyntaxError, MemoryError, RecursionError):  # the last two: nested without end
            return {}
    return {str(name): str(value) for name, value in read.items()} if isinstance(read, dict) else {}


def _call(url: str, pairs: dict[str, str], column: str, page: int = 1) -> ListRequest:
    return ListRequest(f"{urljoin(column, url)}?{urlencode(pairs)}", page=page, referer=column)


def _parse_rows(html: Selector, request: ListRequest, source: Source) -> ListPage:
    rules = source.rules(HABIT)
    column = request.referer or request.url
    pager = html.css("div.pagination[querydata]")
    faults = () if html.css(rules.rows) or html.css(".page-content, .clist_con, ul") else ("no list in the answer",)
    return list_of_page(
        html,
        _rows(html, column, source, rules),
        rules.base or column,
        source,
        rules,
        faults=faults,
        announced=attribute(pager, "count"),
        size=attribute(pager, "rows"),
        next=_next(pager, request, column),
    )


def _rows(html: Selector, column: str, source: Source, rules: ListRules) -> Iterator[Row | str]:
    for row in html.css(rules.rows):
        link = row.css(rules.link)
        if not link:  # a ruled line or an "empty" filler; real rows may carry class border-line too
            continue
        yield load_row(
            source,
            rules,
            rules.base or column,
            title=attribute(link, "title") or words(link[:1]),
            href=attribute(link, "href"),
            date=words(row.css(rules.date)) or beside_links(row),
            deadline=last_day(words(row.css(rules.deadline))) if rules.deadline else None,
        )


def _next(pager: Any, request: ListRequest, column: str) -> ListRequest | None:
    """The same call for the following page; ``editType`` is not part of it."""
    count, size = number(attribute(pager, "count")), number(attribute(pager, "rows"))
    pairs = _pairs(attribute(pager, "querydata"))
    if not count or not size or not pairs or request.page * size >= count:
        return None
    pairs.pop("editType", None)
    pairs["paramJson"] = json.dumps({"pageNo": request.page + 1, "pageSize": str(size)}, separators=(",", ":"))
    return _call(attribute(pager, "uniturl") or request.url.partition("?")[0], pairs, column, request.page + 1)
