"""The sample sites answer in the form of each agency."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode, urlsplit

import pytest
from parsel import Selector
from sample_client import ask, page_url, unit_rows

from crawlers.sample.annex import load_annex
from crawlers.sample.server import SampleSite, serve_sample


@pytest.fixture
def site() -> Iterator[SampleSite]:
    with serve_sample("2026-02-10") as site:
        yield site


# MIIT


def test_a_miit_column_has_no_rows_of_its_own(site: SampleSite) -> None:
    shell = Selector(ask(site.hosts["miit"] + "/gzcy/yjzj/index.html").text)
    assert not shell.xpath("//a[contains(@href, '/art_')]")
    assert shell.css("script[url*='jpaas-publish-server']::attr(querydata)").get("").startswith("{'parseType'")


@pytest.mark.parametrize("source", ["miit-consultations", "miit-notices", "miit-cybersecurity"])
def test_the_unit_call_gives_as_many_rows_as_it_announces(site: SampleSite, source: str) -> None:
    rows, paging = unit_rows(site, source)
    more, _ = unit_rows(site, source, 2)
    assert len(rows) + len(more) == int(paging["count"])
    assert len(rows) == min(24, int(paging["count"]))


def test_a_column_has_a_unit_before_the_one_with_the_list(site: SampleSite) -> None:
    shell = Selector(ask(site.hosts["miit"] + "/jgsj/waj/wjfb/index.html").text)
    first, last = shell.css('script[url*="jpaas-publish-server"]')
    pairs = ast.literal_eval(first.attrib["querydata"])
    answer = json.loads(ask(f"{site.hosts['miit']}{first.attrib['url']}?{urlencode(pairs)}").text)
    assert answer["success"] is True
    assert "art_" not in answer["data"]["html"]
    assert "当前栏目_list" in last.attrib["querydata"]


def test_a_miit_column_fills_two_pages(site: SampleSite) -> None:
    assert len(unit_rows(site, "miit-notices", 2)[0]) > 0


def test_a_tag_sent_in_gbk_fails_instead_of_giving_an_empty_list(site: SampleSite) -> None:
    column = site.timeline.columns["miit-consultations"]
    tag = quote(column.tag, encoding="gbk")
    path = "/api-gateway/jpaas-publish-server/front/page/build/unit"
    query = f"webId=8d828e408d90447786ddbe128d495e9e&pageId={column.code}&tagId={tag}"
    assert json.loads(ask(f"{site.hosts['miit']}{path}?{query}").text) == {"success": False, "data": {}}


def test_the_end_of_a_consultation_is_midnight_utc_in_milliseconds(site: SampleSite) -> None:
    site.move_to("2025-06-20")
    row = next(row for row in unit_rows(site, "miit-consultations")[0] if "数据出境示例指引" in row.get())
    assert row.css(".endtime::text").get() == "1752364800000"  # 2025-07-13
    assert row.css("span.fr::text").get() == "2025-06-13"


def test_a_miit_document_page_has_the_policy_table_and_a_consultation_has_none(site: SampleSite) -> None:
    final = Selector(ask(page_url(site, "guide-final")).text)
    labels = [label.get() for label in final.css("div.xxgk-box p .xxgk-span1::text")]
    rows = dict(zip(labels, final.css("div.xxgk-box p .xxgk-span2::text").getall(), strict=True))
    assert rows["发文字号："] == "工信示例〔2026〕1号"
    assert rows["成文日期："] == "2026-01-30"
    assert "示例﹝2026﹞" in final.css("meta[name=Description]::attr(content)").get("")
    assert not Selector(ask(page_url(site, "guide-draft")).text).css("div.xxgk-box")


# CAC


def test_cac_list_links_are_unquoted_and_carry_no_protocol(site: SampleSite) -> None:
    page = ask(site.hosts["cac"] + "/wxzw/wxfb/A093702index_1.htm").text
    shown = page.partition('id="loadingInfoPage"')[2]
    assert "<ul" not in shown
    assert len(re.findall(r"<a href=//www\.cac\.gov\.cn/\S+\.htm target=_blank title=", shown)) == 20
    assert len(Selector(page).css("#loadingInfoPage li h5 a[title]")) == 20
    assert ask(site.hosts["cac"] + "/wxzw/wxfb/A093702index_2.htm").status == 404


@pytest.mark.parametrize("code", ["A093802", "A093703", "A093702"])
def test_json_list_gives_as_many_rows_as_it_announces_posted_or_not(site: SampleSite, code: str) -> None:
    urls: list[str] = []
    for number in (1, 2, 3):
        form = f"channelCode={code}&perPage=20&pageno={number}&condition=0&fuhao==&value="
        posted = ask(site.hosts["cac"] + "/cms/JsonList", form.encode())
        assert posted.body == ask(f"{site.hosts['cac']}/cms/JsonList?{form}").body
        answer = json.loads(posted.text)
        urls += [row["infourl"] for row in answer["list"]]
    assert answer["totalRec"] == str(len(set(urls)))
    assert len(urls) == len(set(urls))
    column = next(column for column in site.timeline.columns.values() if column.code == code)
    static = Selector(ask(f"{site.hosts['cac']}{column.path}/{code}index_1.htm").text)
    assert static.css("#loadingInfoPage a::attr(href)").getall() == urls[:20]


def test_a_cac_list_needs_a_second_page(site: SampleSite) -> None:
    answer = json.loads(ask(site.hosts["cac"] + "/cms/JsonList?channelCode=A093702").text)
    assert int(answer["totalRec"]) > len(answer["list"]) == 20


def test_a_cac_page_holds_the_whole_draft_with_its_merged_cells(site: SampleSite) -> None:
    page = ask(page_url(site, "guide-draft-cac")).text
    assert "<DIV id=BodyLabel>" in page
    body = Selector(page).css("#BodyLabel")
    assert len(body.css("table")) == len(load_annex("guide-2025-draft").tables)
    assert body.css("td[rowspan='3']")
    assert "2025年06月13日 17:05" in "".join(Selector(page).css("#pubtime::text").getall())


def test_a_cac_download_tells_its_type_only_in_the_answer(site: SampleSite) -> None:
    link = Selector(ask(page_url(site, "statistics-draft")).text).css("#BodyLabel a::attr(href)").get("")
    assert link.startswith("//www.cac.gov.cn/cms/pub/interact/downloadfile.jsp?filepath=")
    answer = ask(site.hosts["cac"] + link.removeprefix("//www.cac.gov.cn"))
    assert answer.body.startswith(b"%PDF")
    assert ".pdf" in answer.headers["Content-Disposition"]


# NDA


@pytest.mark.parametrize("source", ["nda-policies", "nda-notices", "nda-interpretations"])
def test_nda_pages_show_the_total_of_their_script(site: SampleSite, source: str) -> None:
    rows, number = 0, 0
    while (number := number + 1) < 10:
        answer = ask(f"{site.base_urls[source]}{site.timeline.columns[source].path}/list/index_pc_{number}.html")
        if answer.status == 404:
            break
        rows += len(Selector(answer.text).xpath("//ul[contains(@class,'u-list')]/li"))
        total, shown = re.search(r"pagination\(\{\s*totalData:(\d+),\s*showData:(\d+)", answer.text).groups()  # type: ignore[union-attr]
    assert rows == int(total)
    assert number == -(-rows // int(shown)) + 1


def test_interpretations_are_nested_in_the_row_of_their_policy(site: SampleSite) -> None:
    page = Selector(ask(site.hosts["nda"] + "/sjj/zwgk/zcfb/list/index_pc_1.html").text)
    row = next(row for row in page.css("ul.u-list > li") if "数据出境示例指引" in row.xpath("./a/@title").get(""))
    nested = row.css("div.popbox a::attr(href)").get("")
    assert ask(site.hosts["nda"] + nested).status == 200
    assert row.xpath("./span/text()").get() == "2026.02.03"


def test_a_page_of_two_nda_columns_keeps_its_key_and_its_key_is_older_than_its_day(site: SampleSite) -> None:
    first = site.address("guide-final-nda", "nda-policies")
    second = site.address("guide-final-nda", "nda-notices")
    assert first.rpartition("/")[2] == second.rpartition("/")[2]
    assert "/zcfb/0203/20260202" in first
    for address in (first, second):
        assert ask(site.hosts["nda"] + urlsplit(address).path).status == 200


def test_an_nda_page_has_an_empty_file_list_and_a_meta_without_blank(site: SampleSite) -> None:
    page = ask(page_url(site, "guide-final-nda")).text
    assert '<meta name="ColumnType"content=' in page
    assert Selector(page).css("div.article div.filelist dd")
    assert not Selector(page).css("div.filelist dd a")
    assert Selector(page).css(f"div.article a[href='{site.address('guide-final')}']")
