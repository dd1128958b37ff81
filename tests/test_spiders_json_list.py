"""crawlers/spiders/json_list.py: CAC's JsonList and its static page, which stand in for each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawlers.items import ListPage
from crawlers.source import load_sources
from crawlers.spiders.json_list import first_requests, parse_list

PAGES = Path(__file__).resolve().parents[2] / "shared" / "pages" / "cac"
real = pytest.mark.skipif(not PAGES.is_dir(), reason="recorded pages are not here")
SOURCE = load_sources()["cac-regulations"]
JSON, PAGE = first_requests(SOURCE)
ROW = (
    '<li><h5><a href=//www.cac.gov.cn/2026-09/18/c_{n}.htm target=_blank title="{title}">x</a></h5>'
    '<div class="times">{date}</div></li>'
)


def record(n: int = 1, **changed: str) -> dict[str, str]:
    return {
        "topic": f"示例规定{n} ", "infourl": f"//www.cac.gov.cn/2026-01/0{n}/c_10{n}.htm",
        "pubtime": f"2026-01-1{n} 10:00:00.0", "filltime": "2025-12-31 10:00:00.0",
    } | changed  # fmt: skip


def parse_json(answer: object, page: int = 1) -> ListPage:
    request = JSON.__class__(JSON.url, way="json", page=page, form=JSON.form)
    return parse_list(json.dumps(answer).encode(), request, SOURCE)


def parse_page(html: str) -> ListPage:
    return parse_list(html.encode(), PAGE, SOURCE)


@real
def test_the_real_json_list_is_read_whole() -> None:
    body = (PAGES / "cac_jsonlist_bmgz_p2_2026-09-21.json").read_bytes()
    request = JSON.__class__(JSON.url, way="json", page=2)
    page = parse_list(body, request, SOURCE)
    assert page.faults == ()
    assert (len(page.rows), page.announced, page.next) == (18, 38, None)
    children = next(row for row in page.rows if row.key == "c_1124913903")
    assert children.published == "2019-10-08"  # pubtime; the URL says 2019-08/23
    assert children.url == "https://www.cac.gov.cn/2019-08/23/c_1124913903.htm"
    assert all(row.title == row.title.strip() for row in page.rows)


@real
def test_the_real_static_list_is_read_whole() -> None:
    source = load_sources()["cac-consultations"]
    body = (PAGES / "cac_list_A093802_trimmed_2026-09-21.html").read_bytes()
    page = parse_list(body, first_requests(source)[1], source)
    assert page.faults == ()
    assert [row.published for row in page.rows] == ["2026-09-18", "2026-06-26", "2026-07-29", "2026-09-03"]
    assert page.rows[1].key == "c_1784217637474922"


def test_the_call_is_a_post_for_the_channel_and_says_where_it_comes_from() -> None:
    form = dict(JSON.form)
    assert JSON.url == "https://www.cac.gov.cn/cms/JsonList"
    assert (form["channelCode"], form["perPage"], form["pageno"]) == ("A093703", "20", "1")
    assert JSON.referer == SOURCE.url
    assert not PAGE.form


def test_unquoted_links_without_a_scheme_are_read() -> None:
    page = parse_page(f'<div id="loadingInfoPage">{ROW.format(n=77, title="示例", date="2026-09-18")}</div>')
    assert page.rows[0].url == "https://www.cac.gov.cn/2026-09/18/c_77.htm"
    assert page.rows[0].key == "c_77"


def test_json_pages_to_the_announced_total() -> None:
    answer = {"totalRec": "41", "list": [record(1), record(2)]}
    assert [(page := parse_json(answer, n)).next and page.next.page for n in (1, 2, 3)] == [2, 3, None]
    following = parse_json(answer, 1).next
    assert following is not None
    assert dict(following.form)["pageno"] == "2"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ([], "without list or totalRec"),
        ({"list": []}, "without list or totalRec"),
        ({"totalRec": "many", "list": []}, "without list or totalRec"),
        ({"totalRec": "1", "list": ["c_1"]}, "no object"),
        ({"totalRec": "1", "list": [record(pubtime="")]}, "without a date"),
        ({"totalRec": "1", "list": [record(topic=" ")]}, "without a title"),
        ({"totalRec": "1", "list": [record(infourl="//www.cac.gov.cn/index.htm")]}, "unknown form of URL"),
    ],
)
def test_an_answer_of_another_form_is_a_fault(answer: object, says: str) -> None:
    [fault] = parse_json(answer).faults
    assert says in fault


def test_a_page_instead_of_json_is_a_fault() -> None:
    assert parse_list(b"<html>busy</html>", JSON, SOURCE).faults == ("JsonList answers without JSON",)


def test_a_page_without_the_list_is_a_fault_and_an_empty_list_is_none() -> None:
    assert "no #loadingInfoPage" in parse_page("<html><body>维护</body></html>").faults[0]
    assert parse_page('<div id="loadingInfoPage"></div>') == ListPage()
    assert parse_json({"totalRec": "0", "list": []}).faults == ()


def test_a_row_without_a_date_is_told_and_the_others_are_kept() -> None:
    rows = ROW.format(n=1, title="甲", date="2026-01-02") + ROW.format(n=2, title="乙", date="")
    page = parse_page(f'<div id="loadingInfoPage">{rows}</div>')
    assert [row.key for row in page.rows] == ["c_1"]
    assert page.faults == ("a row without a date: 乙",)
