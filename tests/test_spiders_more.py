"""crawlers/spiders: static lists, JSON feeds and the search API, on real pages where they are here, and when broken."""

from __future__ import annotations

import random
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
    assert (page.shape, page.published) == ("ndrc", "2026-04-09")
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


MOVED = {
    "miit-notices": (
        '<div class="new"><ul>{}</ul></div>',
        '<li><a href="/zwgk/zcwj/wjfb/tz/art/2026/art_{:032x}.html" title="示例通知{}">x</a><em>2026-09-02</em></li>',
    ),
    "cac-releases": (
        "<ol>{}</ol>", "<li><a href=//www.cac.gov.cn/2026-09/02/c_{:016d}.htm>示例通知{}</a> [2026-09-02]</li>",
    ),
    "nda-policies": (
        "<dl>{}</dl>", '<dd><a href="/sjj/zwgk/zcfb/0902/{:020d}_pc.html">示例通知{}</a><i>2026.09.02</i></dd>',
    ),
    "ndrc-orders": (
        "<table>{}</table>",
        '<tr><td><a href="./202609/t20260902_{}.html">示例通知{}</a></td><td>2026/09/02</td></tr>',
    ),
}  # fmt: skip


@pytest.mark.parametrize("id", MOVED)
def test_a_list_that_has_moved_on_its_page_is_told_and_read_by_its_links(id: str) -> None:
    frame, row = MOVED[id]
    source = load_sources()[id]
    request = ListRequest(source.url, way="page")
    nav = '<div><a href="/">首页</a><a href="/about.html">2020-01-01</a></div>'
    body = nav + frame.format("".join(row.format(number, number) for number in (11, 12, 13)))
    page = load_kind(source).parse_list(body.encode(), request, source)
    assert [(row.title, row.published) for row in page.rows] == [(f"示例通知{n}", "2026-09-02") for n in (11, 12, 13)]
    assert len(page.faults) == 1
    assert "3 were found by their links" in page.faults[0]


def test_a_date_that_lost_its_class_is_found_beside_the_link() -> None:
    source = load_sources()["miit-notices"]
    link = '<a href="/zwgk/zcwj/wjfb/tz/art/2026/art_{:032x}.html?xxgkhide=1">2020-01-01 示例</a>'
    row = f"<li>{link}<b>2026-09-02</b></li>"
    body = f'<div class="page-content"><ul>{row.format(7)}</ul></div>'
    page = load_kind(source).parse_list(body.encode(), ListRequest(source.url), source)
    assert [(found.published, found.key, page.faults) for found in page.rows] == [("2026-09-02", f"art_{7:032x}", ())]


@real
@pytest.mark.parametrize(
    ("id", "file", "mark"),
    [
        ("ndrc-orders", "ndrc/ndrc_golden_index.html", b"u-list"),
        ("miit-apps", "miit/miit_column_rendered_jgsj_xgj_APP_tzgg_2026-07.html", b"page-content"),
        ("miit-consultations", "miit/miit_unit_yjzj_list_trimmed_2026-09-20.json", b"clist_con"),
        ("cac-consultations", "cac/cac_list_A093802_trimmed_2026-09-21.html", b"loadingInfoPage"),
        ("samr-consultations", "samr/samr_unit_zjdc_list_trimmed_2026-09-20.json", b"zjnav04Left02_content"),
    ],
)
def test_a_real_list_whose_marks_were_renamed_loses_no_row_and_is_a_fault(id: str, file: str, mark: bytes) -> None:
    body, source = (PAGES / file).read_bytes(), SOURCES[id]
    request = ListRequest(source.url, way="page")
    whole, moved = (load_kind(source).parse_list(data, request, source) for data in (body, body.replace(mark, b"new")))
    assert whole.faults == ()
    assert [(row.key, row.title, row.published) for row in moved.rows] == [
        (row.key, row.title, row.published) for row in whole.rows
    ]
    assert "were found by their links" in moved.faults[0]


def test_links_to_articles_without_any_date_are_no_empty_list() -> None:
    row = '<p><a href="/gzcy/yjzj/art/2026/art_{:032x}.html">示例</a></p>'
    page = parse("miit-consultations", f"<ul></ul>{row.format(1)}{row.format(2)}".encode())
    assert (page.rows, len(page.faults)) == ((), 1)


BROKEN = (b"<ul><li>", b"</div>", b'<a href="http://[x">', b'"', b"\x00\x01", b"<!--", b"<script>", b"null",
          b"<a {{x}} \x02=1 href=/>")  # fmt: skip
LISTS = sorted((Path(__file__).with_name("recorded")).glob("*/list-*"))


@pytest.mark.parametrize("seed", range(20))
def test_no_damage_to_a_list_is_more_than_a_fault(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(6):
        path = chance.choice(LISTS)
        source, body = SOURCES[path.parent.name], bytearray(path.read_bytes())
        for _ in range(chance.randint(1, 9)):
            at = chance.randrange(len(body) + 1)
            if chance.random() < 0.5:
                del body[at : at + chance.randint(1, 300)]
            else:
                body[at:at] = chance.choice(BROKEN)
        for way in ("list", "page", "json"):
            load_kind(source).parse_list(bytes(body), ListRequest(source.url, way=way), source)


def test_an_attribute_that_no_parser_has_a_name_for_does_not_hide_its_row() -> None:
    link = '<a {{y}} href="/zwgk/zcwj/wjfb/tz/art/2026/art_%032x.html" title="示例">x</a>'
    row = f'<li {{{{x}}}}>{link}<span class="fr">2026-09-02</span></li>'
    page = parse("miit-notices", f'<div class="page-content"><ul>{row % 7}</ul></div>'.encode())
    assert [found.title for found in page.rows] == ["示例"]
