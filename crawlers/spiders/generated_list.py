"""Generated lists (NDA): static pages, the number of rows in the paging script, interpretations nested in their rows.

The interpretations in ``div.popbox`` are links of their policy, never rows. The date is printed in the row; the digits
of the URL begin with the time of creation, which is another day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsel import Selector

from crawlers.items import ListPage, ListRequest, Row
from crawlers.loader import attribute, list_of_page, load_row, number, related_links, words
from crawlers.source import ListRules, Source
from kb.reading.encoding import decode

HABIT = ListRules(
    rows="ul.u-list > li",
    link="a[href]",
    date="span",
    related="div.popbox a[href]",
    key=r"/(\d{17,})_(?:pc|mobile)\.html$",
)
_PAGE_NUMBER = re.compile(r"_(\d+)(?=\.html$)")


def first_requests(source: Source) -> tuple[ListRequest, ...]:
    return (ListRequest(source.url),)


def parse_list(body: bytes, request: ListRequest, source: Source) -> ListPage:
    page = Selector(decode(body)[0], type="html")
    rules = source.rules(HABIT)
    total, shown = _pager(page)
    more = bool(total and shown and request.page * shown < total and _PAGE_NUMBER.search(request.url))
    container = rules.rows.partition(">")[0].strip()
    return list_of_page(
        page,
        _rows(page, request.url, source, rules),
        request.url,
        source,
        rules,
        faults=() if page.css(container) else (f"no {container} on the page",),
        announced=total,
        size=shown,
        next=_following(request) if more else None,
    )


def _pager(page: Selector) -> tuple[int | None, int | None]:
    """totalData and showData of the paging script."""
    script = next((text for text in page.css("script::text").getall() if ".pagination(" in text), "")
    said = dict(re.findall(r"(totalData|showData)\s*:\s*(\d+)", script))
    return number(said.get("totalData")), number(said.get("showData"))


def _following(request: ListRequest) -> ListRequest:
    page = request.page + 1
    return ListRequest(_PAGE_NUMBER.sub(f"_{page}", request.url), page=page, referer=request.url)


def _rows(page: Selector, base: str, source: Source, rules: ListRules) -> Iterator[Row | str]:
    for row in page.css(rules.rows):
        link = row.css(f":scope > {rules.link}")
        if not link and not row.css("a[href]"):
            continue
        yield load_row(
            source,
            rules,
            base,
            title=attribute(link, "title") or words(link[:1]),
            href=attribute(link, "href"),
            date=words(row.css(f":scope > {rules.date}")),
            related=tuple(related_links(row, base, source, rules)),
        )
