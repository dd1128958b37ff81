"""From the strings of one row to a Row, or to the sentence that says what is wrong with it. Shared by every kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from parsel import Selector, SelectorList

from crawlers.items import Link, ListPage, ListRequest, Row
from crawlers.owners import owner_of
from crawlers.source import ListRules, Source
from kb.lineage.dates import find_dates, read_date
from kb.normalise import squeeze


def load_row(
    source: Source,
    rules: ListRules,
    base: str,
    *,
    title: str,
    href: str,
    date: str,
    deadline: str | None = None,
    related: Sequence[Link] = (),
    words: str = "",
) -> Row | str:
    """A whole row, or its fault: every row needs a title, a date and, on the source's own hosts, a known form of URL.

    A row that leads to another host is that agency's own publication where its source is declared, and otherwise kept
    under its whole URL: agencies list each other's documents.
    """
    title = squeeze(re.sub(rules.clean, "", title) if rules.clean else title)
    url = absolute(base, href)
    if not title:
        return f"a row without a title ({url})"
    published = read_date(date)
    if published is None or len(published) != 10:
        return f"a row without a date: {title}"
    key = key_of(source, rules, url)
    if key is None:
        return f"a row with an unknown form of URL: {url}"
    owner = owner_of(url) if urlsplit(url).hostname not in source.allowed_hosts else None
    agency, key = owner or (source.agency, key)
    return Row(
        key, url, title, published, deadline, tuple(related), "" if agency == source.agency else agency, squeeze(words)
    )


def absolute(base: str, href: str) -> str:
    """The whole URL of a link; what is no URL stays as it is, and has no known form."""
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return href.strip()


def attribute(selection: Selector | SelectorList[Selector], name: str) -> str:
    """An attribute of the first selected element, or "". Others that no parser has a name for do not matter."""
    first = selection[0] if isinstance(selection, SelectorList) and selection else selection
    return str(first.root.get(name) or "") if isinstance(first, Selector) else ""


def words(selection: Selector | SelectorList[Selector]) -> str:
    """All text of the selected elements, in order."""
    return " ".join(selection.xpath("string()").getall())


def key_of(source: Source, rules: ListRules, url: str) -> str | None:
    """The stable key of an article's URL; None when the source's own host shows a form never seen."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    if parts.hostname not in source.allowed_hosts:
        return url
    found = re.search(rules.key, url) or re.search(rules.key, parts._replace(query="", fragment="").geturl())
    return found[1] if found else None


def beside_links(row: Selector) -> str:
    """What a row says outside its links: its date, where the element that used to hold it has another name."""
    return " ".join(row.xpath(".//text()[not(ancestor::a)]").getall())


def loose_rows(page: Selector, base: str, source: Source, rules: ListRules) -> list[Row]:
    """Rows of a list whose declared place is empty: links of the source's own form of URL with a date beside them.

    So that nothing is missed while a site has moved its list; that it has is a fault all the same.
    """
    found: dict[str, Row] = {}
    for link, url in article_links(page, base, source, rules):
        title = attribute(link, "title") or words(link)
        for holder in link.xpath("ancestor::*[position() <= 3]")[::-1]:
            dates = [date.value for date in find_dates(beside_links(holder))]
            alone = dates and len({url for _, url in article_links(holder, base, source, rules)}) == 1
            if alone or len(dates) == 1:
                row = load_row(source, rules, base, title=title, href=url, date=dates[0])
                if isinstance(row, Row):
                    found.setdefault(row.key, row)
            if dates:  # several, and other links: this is no row but the list
                break
    return list(found.values())


def article_links(page: Selector, base: str, source: Source, rules: ListRules) -> Iterator[tuple[Selector, str]]:
    """Links to pages on the source's hosts whose addresses are of its own form."""
    for link in page.css("a[href]"):
        url = absolute(base, attribute(link, "href"))
        if host_of(url) in source.allowed_hosts and key_of(source, rules, url) is not None:
            yield link, url


def related_links(row: Selector, base: str, source: Source, rules: ListRules) -> Iterator[Link]:
    """Links in a row that are no rows themselves: interpretations of what it lists."""
    for link in row.css(rules.related) if rules.related else ():
        url = absolute(base, attribute(link, "href"))
        title = squeeze(attribute(link, "title") or words(link))
        if title and (key := key_of(source, rules, url)):
            yield Link(key, url, title)


def host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def list_of_page(
    page: Selector, rows: Iterable[Row | str], base: str, source: Source, rules: ListRules, **more: Any
) -> ListPage:
    """A list in HTML: its declared rows; where there are none but links to articles, these and a fault."""
    results = list(rows)
    loose = [] if results else loose_rows(page, base, source, rules)
    if loose or (not results and next(article_links(page, base, source, rules), None)):
        more["faults"] = (f"no rows at {rules.rows}; {len(loose)} were found by their links",)
    return list_page([*results, *loose], **more)


def last_day(printed: str) -> str | None:
    """The last day for comments as a list says it: MIIT's milliseconds, or the second date of "A至B"."""
    if printed.strip().isdecimal():
        return day_of_epoch(printed)
    days = [found.value for found in find_dates(printed) if len(found.value) == 10]
    return days[-1] if days else None


def day_of_epoch(milliseconds: str) -> str | None:
    """The UTC calendar date of a time in milliseconds: MIIT's ``endtime`` is midnight UTC of the last day."""
    try:
        day = datetime.fromtimestamp(int(milliseconds.strip()) / 1000, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
    return day.isoformat() if day.year >= 2000 else None


def list_page(
    loaded: Iterable[Row | str],
    *,
    faults: Sequence[str] = (),
    announced: str | int | None = None,
    size: str | int | None = None,
    next: ListRequest | None = None,
) -> ListPage:
    """Good rows and faults apart; the site's own numbers as numbers, None where it gives none."""
    results = list(loaded)
    return ListPage(
        rows=tuple(row for row in results if isinstance(row, Row)),
        faults=(*faults, *(fault for fault in results if isinstance(fault, str))),
        announced=number(announced),
        size=number(size),
        next=next,
    )


def number(printed: str | int | None) -> int | None:
    text = str(printed if printed is not None else "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None  # no list has a milliard rows
