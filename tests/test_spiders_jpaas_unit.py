"""crawlers/spiders/jpaas_unit.py: MIIT's shell, its unit call and the rows of its answer."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from crawlers.items import ListPage, ListRequest
from crawlers.source import Source, load_sources
from crawlers.spiders.jpaas_unit import first_requests, parse_list

PAGES = Path(__file__).resolve().parents[2] / "shared" / "pages" / "miit"
SHELL = PAGES / "miit_column_shell_jgsj_xgj_APP_tzgg_2026-07-02.html"
RENDERED = PAGES / "miit_column_rendered_jgsj_xgj_APP_tzgg_2026-07.html"
UNIT = PAGES / "miit_unit_yjzj_list_trimmed_2026-09-20.json"
COLUMN = "https://www.miit.gov.cn/jgsj/xgj/APPqhyhqyzxzzxd/tzgg/index.html"
real = pytest.mark.skipif(not PAGES.is_dir(), reason="recorded pages are not here")

PAGER = "<div class=pagination querydata=\"{'webId':'w','tagId':'右侧内容'}\" rows=2 count=5 uniturl=/unit></div>"
ROW = (
    '<li><span class="fr">{date}</span><a href="/gzcy/yjzj/art/2026/art_{n:032x}.html" title="{title}">x</a>'
    '<span class="endtime">{end}</span></li>'
)


def source() -> Source:
    return load_sources()["miit-consultations"].model_copy(update={"url": COLUMN})


def parse(body: bytes | str, page: int = 1) -> ListPage:
    request = ListRequest("https://www.miit.gov.cn/unit?a=b", page=page, referer=COLUMN)
    return parse_list(body.encode() if isinstance(body, str) else body, request, source())


def unit(html: str, success: object = True) -> str:
    return json.dumps({"success": success, "code": "200", "data": {"html": html}}, ensure_ascii=False)


def row(n: int = 1, date: str = "2026-09-14", title: str = "示例通知", end: str = "") -> str:
    return ROW.format(n=n, date=date, title=title, end=end)


def a_list(*rows: str, pager: str = "") -> str:
    return unit(f'<div class="clist_con"><ul>{"".join(rows)}</ul></div>{pager}')


@real
def test_the_real_shell_leads_to_its_unit() -> None:
    page = parse_list(SHELL.read_bytes(), first_requests(source())[0], source())
    assert page.rows == ()
    assert page.faults == ()
    [call] = page.steps
    pairs = {name: values[0] for name, values in parse_qs(urlsplit(call.url).query, encoding="utf-8").items()}
    assert urlsplit(call.url).path == "/api-gateway/jpaas-publish-server/front/page/build/unit"
    assert pairs["pageId"] == "ebb511ab5c974de38b61bdc0198ce370"
    assert pairs["tagId"] == "当前栏目_list"
    assert pairs["parseType"] == "buildstatic"
    assert call.referer == COLUMN


@real
def test_the_real_filled_column_has_all_24_rows_and_the_next_page() -> None:
    page = parse_list(RENDERED.read_bytes(), first_requests(source())[0], source())
    assert page.faults == ()
    assert (len(page.rows), page.announced, page.size) == (24, 73, 24)
    assert page.rows[0].key == "art_f693410aa105415a88d01b9018d4ba86"
    assert page.rows[0].published == "2026-07-02"
    assert page.rows[0].title == "关于侵害用户权益行为的APP（SDK）通报（2026年第4批，总第57批）"
    assert page.rows[5].key == "art_07653a948d1c40c481d25185aab91600"  # a row with class border-line
    assert page.next is not None
    query = parse_qs(urlsplit(page.next.url).query)
    assert json.loads(query["paramJson"][0]) == {"pageNo": 2, "pageSize": "24"}
    assert "editType" not in query


@real
def test_the_real_answer_gives_deadlines_as_utc_dates() -> None:
    page = parse(UNIT.read_bytes())
    assert page.faults == ()
    assert [(row.published, row.deadline) for row in page.rows] == [
        ("2026-09-20", "2026-10-17"),
        ("2026-09-14", "2026-10-14"),
        ("2026-09-11", "2026-10-11"),
        ("2026-09-04", "2026-09-10"),
    ]


def test_the_unit_is_found_by_attribute_wherever_it_stands() -> None:
    shell = (
        '<script url="/other">x</script><div><script id=a url="/g/jpaas-publish-server/unit" '
        "queryData=\"{'tagId':'页脚','pageId':'1'}\"></script></div><script></script>"
        '<script url="/g/jpaas-publish-server/unit" queryData=\'{"tagId":"右侧内容","pageId":"2"}\'></script>'
    )
    [call] = parse(shell).steps
    assert parse_qs(urlsplit(call.url).query) == {"tagId": ["右侧内容"], "pageId": ["2"]}


def test_the_tag_is_sent_in_utf_8() -> None:
    shell = "<script url='/jpaas-publish-server/unit' queryData=\"{'tagId':'右侧内容'}\"></script>"
    assert parse(shell).steps[0].url.endswith("?tagId=%E5%8F%B3%E4%BE%A7%E5%86%85%E5%AE%B9")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('{"success":false,"data":{}}', "success: false"),
        ('{"data":{"html":"<ul></ul>"}}', "success: null"),
        (unit("", True), "without any HTML"),
        ('{"success":true', "not whole JSON"),
        (unit("<p>维护中</p>"), "no list"),
        ("<html><body>首页</body></html>", "names no unit"),
        ("<script url='/jpaas-publish-server/u' queryData='oops('></script>", "cannot be read"),
    ],
)
def test_a_unit_that_fails_is_no_empty_list(body: str, says: str) -> None:
    page = parse(body)
    assert page.rows == ()
    assert says in page.faults[0]


def test_an_empty_list_is_not_a_fault() -> None:
    assert parse(a_list()) == ListPage()
    assert parse(a_list('<li class="empty"></li>')) == ListPage()


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (row(2, date=""), "without a date: 示例通知"),
        (row(2, date="近日"), "without a date"),
        (row(2, date="2026-13-40"), "without a date"),
        (row(2, title=" ").replace(">x<", "><"), "without a title"),
        (row(2).replace("art_", "news_"), "unknown form of URL"),
        (row(2).replace('href="/gzcy', 'href="javascript:;/gzcy'), "unknown form of URL"),
        (row(2).replace('href="/gzcy', 'href="http://[gzcy'), "unknown form of URL"),
    ],
)
def test_a_broken_row_is_told_and_the_others_are_kept(broken: str, says: str) -> None:
    page = parse(a_list(row(1), broken, row(3)))
    assert [item.key[-1] for item in page.rows] == ["1", "3"]
    [fault] = page.faults
    assert says in fault


def test_a_row_that_leads_to_another_agency_keeps_its_whole_url() -> None:
    href = "https://www.mot.gov.cn/a/b.html"
    page = parse(a_list(f'<li><a href="{href}" title="他部门示例">x</a><span class="fr">2026-01-02</span></li>'))
    assert page.faults == ()
    assert page.rows[0].key == href


def test_paging_goes_on_to_the_announced_count_and_no_further() -> None:
    assert [
        (page := parse(a_list(row(1), row(2), pager=PAGER), number)).next and page.next.page for number in (1, 2, 3)
    ] == [2, 3, None]


@pytest.mark.parametrize("end", ["soon", "", "9" * 30, "-5"])
def test_a_deadline_that_is_no_time_is_none_rather_than_wrong(end: str) -> None:
    page = parse(a_list(row(1, end=end)))
    assert page.rows[0].deadline is None


def test_gb18030_is_read_like_utf_8() -> None:
    page = parse(a_list(row(1, title="车联网镕数据")).encode("gb18030"))
    assert page.rows[0].title == "车联网镕数据"
