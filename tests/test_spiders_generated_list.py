"""crawlers/spiders/generated_list.py: NDA's rows, the interpretations nested in them, and its pagination script."""

from __future__ import annotations

import pytest

from crawlers.items import Link, ListPage
from crawlers.source import load_sources
from crawlers.spiders.generated_list import first_requests, parse_list

SOURCE = load_sources()["nda-policies"]
FIRST = first_requests(SOURCE)[0]
POLICY = "20260202211433660658073"
READING = "20260203180210729168324"
POPBOX = (
    '<strong>解读</strong><div class="popbox"><ul>'
    f'<li><a href="/sjj/zwgk/zcjd/0204/{READING}_pc.html">专家解读</a></li></ul></div>'
)
SCRIPT = "<script>$('.pages').pagination({totalData:34, showData:15, callback:function(a){go({b:1})}});</script>"


def row(digits: str = POLICY, date: str = "2026.02.03", nested: str = "", title: str = "示例行动计划") -> str:
    href = f"/sjj/zwgk/zcfb/0203/{digits}_pc.html"
    return f'<li><a href="{href}" title="{title}">x…</a>{nested}<span>{date}</span></li>'


def parse(*rows: str, script: str = "", page: int = 1) -> ListPage:
    request = FIRST.__class__(FIRST.url.replace("_1.", f"_{page}."), page=page)
    return parse_list(f'<ul class="u-list">{"".join(rows)}</ul>{script}'.encode(), request, SOURCE)


def test_interpretations_are_links_of_their_policy_and_never_rows() -> None:
    page = parse(row(nested=POPBOX), row("2" * 23))
    assert [item.key for item in page.rows] == [POLICY, "2" * 23]
    assert page.rows[0].related == (
        Link(READING, f"https://www.nda.gov.cn/sjj/zwgk/zcjd/0204/{READING}_pc.html", "专家解读"),
    )
    assert page.faults == ()


def test_the_date_is_the_printed_one_and_not_that_of_the_url() -> None:
    page = parse(row("20250930162702169299833", date="2026.01.08"))
    assert page.rows[0].published == "2026-01-08"


def test_the_script_announces_the_total_and_leads_to_the_next_page() -> None:
    first, second, third = (parse(row(), script=SCRIPT, page=n) for n in (1, 2, 3))
    assert (first.announced, first.size) == (34, 15)
    assert first.next is not None
    assert first.next.url == "https://www.nda.gov.cn/sjj/zwgk/zcfb/list/index_pc_2.html"
    assert second.next is not None
    assert second.next.page == 3
    assert third.next is None


def test_the_total_is_found_wherever_the_script_names_it() -> None:
    script = "<script>var a={x:1};$('.pages').pagination({callback:function(a){go({b:1})}, showData: 15,totalData:34})"
    assert (parse(row(), script=script).announced, parse(row(), script=script).size) == (34, 15)


def test_without_a_script_nothing_is_announced() -> None:
    page = parse(row())
    assert (page.announced, page.next) == (None, None)


def test_the_mobile_twin_has_the_same_key() -> None:
    page = parse(row().replace("_pc.html", "_mobile.html"))
    assert page.rows[0].key == POLICY


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (row(date=""), "without a date"),
        (row(date="", nested="<div><span>2026.02.03</span></div>"), "without a date"),
        (row("123"), "unknown form of URL"),
        (row().replace('href="', 'href="http://['), "unknown form of URL"),
        (f"<li>{POPBOX}<span>2026.02.03</span></li>", "without a title"),
    ],
)
def test_a_broken_row_is_told_and_the_others_are_kept(broken: str, says: str) -> None:
    page = parse(row("1" * 23), broken)
    assert [item.key for item in page.rows] == ["1" * 23]
    assert says in page.faults[0]


def test_a_page_without_the_list_is_a_fault_and_an_empty_list_is_none() -> None:
    assert parse_list(b"<ul class=news><li>x</li></ul>", FIRST, SOURCE).faults == ("no ul.u-list on the page",)
    assert parse() == ListPage()
