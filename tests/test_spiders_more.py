"""crawlers/spiders: static lists, JSON feeds and the search API, on real pages where they are here, and when broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.items import ListPage, ListRequest
from crawlers.source import load_sources
from crawlers.spiders import load_kind
from kb.reading.page import read_page

PAGES = Path(__file__).resolve().parents[2] / "shared" / "pages"
real = pytest.mark.skipif(not PAGES.is_dir(), reason="recorded pages are not here")
SOURCES = load_sources()


def parse(id: str, body: bytes, url: str = "", page: int = 1) -> ListPage:
    source = SOURCES[id]
    return load_kind(source).parse_list(body, ListRequest(url or source.url, page=page), source)


@real
def test_the_real_list_of_ndrc_orders() -> None:
    page = parse("ndrc-orders", (PAGES / "ndrc/ndrc_golden_index.html").read_bytes())
    assert (len(page.rows), page.faults) == (25, ())
    assert page.next
    assert page.next.url.endswith("/fzggwl/index_1.html")
    first = page.rows[0]
    assert (first.key, first.published) == ("t20260409_1404577", "2026-04-09")
    assert [link.key for link in first.related] == ["t20260424_1404868"]


@real
def test_the_real_order_of_ndrc_is_a_wrapper_of_a_file_in_two_formats() -> None:
    url = SOURCES["ndrc-orders"].url.replace("index.html", "202604/t20260409_1404577.html")
    page = read_page((PAGES / "ndrc/ndrc_golden_detail_1.html").read_bytes(), url)
    assert (page.shape, page.published, page.is_wrapper) == ("ndrc", "2026-04-09", True)
    assert [attachment.url.rpartition(".")[2] for attachment in page.attachments] == ["pdf", "ofd"]


@real
def test_the_real_unit_of_samr_gives_the_period_for_comments() -> None:
    page = parse("samr-consultations", (PAGES / "samr/samr_unit_zjdc_list_trimmed_2026-09-20.json").read_bytes())
    assert page.faults == ()
    assert [(row.published, row.deadline) for row in page.rows] == [
        ("2026-09-17", "2026-10-17"),
        ("2026-09-01", "2026-09-08"),
    ]


@pytest.mark.parametrize(
    ("id", "body", "says"),
    [
        ("ndrc-orders", b"<html><p>nothing</p></html>", "no ul.u-list on the page"),
        ("ndrc-orders", '<ul class="u-list"><li><a href="x">示例</a><span>2026/01/01</span></ul>', "unknown form"),
        ("mot-consultations", '<li class="news-item"><a href="./t20260101_1.html">示例</a></li>', "without a date"),
        ("gov-policies", b"[{", "not whole JSON"),
        ("gov-policies", b"{}", "no array"),
        ("gov-policies", b"[1]", "no object"),
        ("miit-search", b"<html>", "without JSON"),
        ("miit-search", b'{"data":[]}', "without data"),
        ("miit-search", b'{"data":{"categories":[]}}', "names no category"),
    ],
)  # fmt: skip
def test_a_broken_list_is_told_and_is_not_empty(id: str, body: bytes | str, says: str) -> None:
    url = next(iter(load_kind(SOURCES[id]).first_requests(SOURCES[id]))).url
    page = parse(id, body if isinstance(body, bytes) else body.encode(), url)
    assert page.rows == ()
    assert any(says in fault for fault in page.faults), page.faults
