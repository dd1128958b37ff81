"""Search APIs (MIIT's policy library): a second way to an agency's articles, where its columns are silent or blocked.

The category is an internal number that has changed four times: it is asked for first. A record stands in ``groupData``
when equal articles are grouped.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urljoin

from crawlers.items import ListPage, ListRequest, Row
from crawlers.loader import list_page, load_row, number
from crawlers.source import ListRules, Source
from kb.plain_values import load_json
from kb.reading.encoding import decode

HABIT = ListRules(key=r"/art/\d{4}/(art_[0-9a-f]{32})\.html$", channel="196")
SITE, SEARCH = "110000000000000", "183"
_API = "/search-front-server/api"
_FIELDS = "title,deploytime,url,columnname,filenumbername,publishgroupname,publishtime,metaid"


def first_requests(source: Source) -> tuple[ListRequest, ...]:
    query = urlencode({"websiteid": SITE, "searchid": SEARCH})
    return (ListRequest(f"{urljoin(source.url, _API)}/structure/list-category?{query}", referer=source.url),)


def parse_list(body: bytes, request: ListRequest, source: Source) -> ListPage:
    try:
        answer = load_json(decode(body)[0])
    except ValueError:
        return ListPage(faults=("the search answers without JSON",))
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        return ListPage(faults=("the search answers without data",))
    if "/list-category" in request.url:
        return _categories(data, source)
    found = data.get("searchResult")
    records = found.get("dataResults") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(records, list):
        return ListPage(faults=("the search answers without dataResults",))
    rules = source.rules(HABIT)
    full = len(records) >= rules.size
    return list_page(
        _rows(records, source, rules),
        announced=number(found.get("total")),
        size=rules.size,
        next=_call(source, _category_in(request.url), request.page + 1) if full else None,
    )


def _categories(data: dict[str, Any], source: Source) -> ListPage:
    """The declared category where the site still has it, otherwise the first that it names."""
    listed = data.get("categories")
    ids = [str(entry["iid"]) for entry in listed or () if isinstance(entry, dict) and entry.get("iid")]
    if not ids:
        return ListPage(faults=("the search names no category",))
    declared = source.rules(HABIT).channel
    return ListPage(steps=(_call(source, declared if declared in ids else ids[0], 1),))


def _call(source: Source, category: str, page: int) -> ListRequest:
    query = {
        "websiteid": SITE, "scope": "basic", "q": "", "pg": str(source.rules(HABIT).size), "p": str(page),
        "cateid": category, "pos": "title_text,infocontent,titlepy", "dateField": "deploytime", "group": "distinct",
        "level": "6", "sortFields": '[{"name":"deploytime","type":"desc"}]', "selectFields": _FIELDS,
    }  # fmt: skip
    return ListRequest(f"{urljoin(source.url, _API)}/search/info?{urlencode(query)}", page=page, referer=source.url)


def _category_in(url: str) -> str:
    return url.partition("cateid=")[2].partition("&")[0]


def _rows(records: list[Any], source: Source, rules: ListRules) -> Iterator[Row | str]:
    for record in records:
        grouped = record.get("groupData") if isinstance(record, dict) else None
        holder = grouped[0] if isinstance(grouped, list) and grouped else record
        data = holder.get("data") if isinstance(holder, dict) else None
        if not isinstance(data, dict):
            yield f"a record without data: {record!r:.60}"
            continue
        date = str(data.get("jsearch_date") or "") or _day(data.get("deploytime"))
        yield load_row(
            source, rules, source.url, title=str(data.get("title") or ""), href=str(data.get("url") or ""), date=date
        )


def _day(milliseconds: Any) -> str:
    """``deploytime`` is the moment of publishing: its day in China."""
    text = str(milliseconds or "")
    if not (text.isascii() and text.isdecimal() and len(text) in (12, 13)):  # from 1973 to 2286
        return ""
    return (datetime.fromtimestamp(int(text) / 1000, UTC) + timedelta(hours=8)).date().isoformat()
