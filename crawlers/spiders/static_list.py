"""Static lists (NDRC, MOT, MNR, TC260): pages made by a template, the address of the next one in the paging script.

``createPageHTML(9, 0, "index", "html")`` says: nine pages, this is the first, the second is ``index_1.html``. A site
without it shows one page. An article's address may stand in a script (``onclick``) rather than in a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from parsel import Selector

from crawlers.items import ListPage, ListRequest, Row
from crawlers.loader import attribute, beside_links, last_day, list_of_page, load_row, related_links, words
from crawlers.source import ListRules, Source
from kb.reading.encoding import decode

HABIT = ListRules(
    rows="ul.u-list > li",
    link=":scope > a[href]",
    date=":scope > span",
    related="div.popbox a[href]",
    key=r"/(t\d{8}_\d+)\.s?html?$",
    attribute="href",
)
_PAGER = re.compile(r"createPageHTML\(\s*(\d{1,6})\s*,\s*(\d{1,6})\s*,\s*[\"'](\w+)[\"']\s*,\s*[\"'](\w+)[\"']")


def first_requests(source: Source) -> tuple[ListRequest, ...]:
    return (ListRequest(source.url),)


def parse_list(body: bytes, request: ListRequest, source: Source) -> ListPage:
    page = Selector(decode(body)[0], type="html")
    rules = source.rules(HABIT)
    container = re.split(r"\s*>\s*|\s+", rules.rows)[0]
    return list_of_page(
        page,
        _rows(page, request.url, source, rules),
        request.url,
        source,
        rules,
        faults=() if page.css(container) else (f"no {container} on the page",),
        next=_following(page, request),
    )


def _following(page: Selector, request: ListRequest) -> ListRequest | None:
    script = next((text for text in page.css("script::text").getall() if "createPageHTML(" in text), "")
    found = _PAGER.search(script)
    if not found or request.page >= int(found[1]):
        return None
    address = urljoin(request.url, f"{found[3]}_{request.page}.{found[4]}")
    return ListRequest(address, page=request.page + 1, referer=request.url)


def _rows(page: Selector, base: str, source: Source, rules: ListRules) -> Iterator[Row | str]:
    for row in page.css(rules.rows):
        link = row.css(rules.link)[:1]
        if not link and not row.css("a"):  # a filler between groups of rows
            continue
        said = attribute(link, rules.attribute) if link else ""
        yield load_row(
            source,
            rules,
            base,
            title=words(row.css(rules.title)) if rules.title else attribute(link, "title") or words(link),
            href=_address(said, rules),
            date=words(row.css(rules.date)[:1]) or beside_links(row),
            deadline=_deadline(row, said, rules),
            related=tuple(related_links(row, base, source, rules)),
        )


def _address(said: str, rules: ListRules) -> str:
    if not rules.address:
        return said
    found = re.search(rules.id, said)
    return rules.address.replace("{}", found[1]) if found else said


def _deadline(row: Selector, said: str, rules: ListRules) -> str | None:
    if not rules.deadline:
        return None
    return last_day(said if rules.deadline == f"@{rules.attribute}" else words(row.css(rules.deadline)))
