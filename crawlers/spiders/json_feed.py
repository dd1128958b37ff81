"""JSON lists (gov.cn): one file that holds every row, newest first, as an array of records.

``title``, ``link`` and ``date`` name the record's fields. The file has no pages and announces no number.
"""

from __future__ import annotations

from typing import Any

from crawlers.items import ListPage, ListRequest, Row
from crawlers.loader import list_page, load_row
from crawlers.source import ListRules, Source
from kb.plain_values import load_json
from kb.reading.encoding import decode

HABIT = ListRules(
    title="TITLE", link="URL", date="DOCRELPUBTIME", key=r"/(?:content_|t\d{8}_)(\d+)\.html?$"
)  # fmt: skip


def first_requests(source: Source) -> tuple[ListRequest, ...]:
    return (ListRequest(source.url),)


def parse_list(body: bytes, request: ListRequest, source: Source) -> ListPage:
    try:
        records = load_json(decode(body)[0])
    except ValueError:
        return ListPage(faults=("the list is not whole JSON",))
    if not isinstance(records, list):
        return ListPage(faults=("the list is no array",))
    rules = source.rules(HABIT)
    return list_page(_record(record, request.url, source, rules) for record in records)


def _record(record: Any, base: str, source: Source, rules: ListRules) -> Row | str:
    if not isinstance(record, dict):
        return f"a record that is no object: {record!r:.60}"
    title, href, date, more = (str(record.get(n) or "") for n in (rules.title, rules.link, rules.date, "SUB_TITLE"))
    return load_row(source, rules, base, title=title, href=href, date=date, words=more)
