"""The sample sites are of the agencies' form on every day, and say only what is ours."""

from __future__ import annotations

import ast
import datetime as dt
import io
import json
import re
import socket
import zipfile
from collections.abc import Iterator
from email.message import Message
from http.client import HTTPResponse
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner
from parsel import Selector

from crawlers.sample.__main__ import main
from crawlers.sample.annex import load_annex
from crawlers.sample.exchange import ANNEXES, Reply
from crawlers.sample.make_annexes import linked_annexes
from crawlers.sample.server import SampleSite, serve_sample
from crawlers.sample.timeline import load_timeline


@pytest.fixture
def site() -> Iterator[SampleSite]:
    with serve_sample("2026-02-10") as site:
        yield site


class Answer:
    def __init__(self, response: HTTPResponse | HTTPError) -> None:
        self.status = response.status or 0
        self.headers: Message = response.headers
        self.body = response.read()
        self.text = self.body.decode("utf-8", "replace")
        response.close()


def ask(url: str, data: bytes | None = None, **headers: str) -> Answer:
    try:
        return Answer(urlopen(Request(url, data, headers)))
    except HTTPError as error:
        return Answer(error)


def page_url(site: SampleSite, page_id: str) -> str:
    agency = site.timeline.all_pages()[page_id].agency
    return site.hosts[agency] + urlsplit(site.address(page_id)).path


def unit_rows(site: SampleSite, source: str, number: int = 1) -> tuple[Selector, dict[str, str]]:
    """The rows of a MIIT column, and the pagination's attributes, asked for as the column's shell says."""
    host = site.base_urls[source]
    script = Selector(ask(f"{host}{site.timeline.columns[source].path}/index.html").text).css(
        'script[url*="jpaas-publish-server"]'
    )
    pairs = ast.literal_eval(script.attrib["querydata"])
    pairs["paramJson"] = json.dumps({"pageNo": number, "pageSize": "24"})
    answer = json.loads(ask(f"{host}{script.attrib['url']}?{urlencode(pairs)}").text)
    assert answer["success"] is True
    html = Selector(answer["data"]["html"])
    return html.css("li"), dict(html.css("div.pagination").attrib)


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


# Days


def test_the_final_appears_on_its_day(site: SampleSite) -> None:
    site.move_to("2026-02-02")
    before = len(unit_rows(site, "miit-cybersecurity")[0])
    assert ask(page_url(site, "guide-final")).status == 404
    site.move_to("2026-02-03")
    assert len(unit_rows(site, "miit-cybersecurity")[0]) > before
    assert ask(page_url(site, "guide-final")).status == 200


def test_an_edit_in_place_appears_on_its_day_and_a_stamp_changes_without_one(site: SampleSite) -> None:
    def body_and_stamp(day: str) -> tuple[str, str]:
        site.move_to(day)
        page = ask(page_url(site, "vehicle-privacy-rules")).text
        return Selector(page).css("#BodyLabel").get(""), re.search(r"publishdate:(\S+)", page)[1]  # type: ignore[index]

    first, renewed, last, edited = map(body_and_stamp, ("2025-06-20", "2026-01-20", "2026-02-04", "2026-02-05"))
    assert first[0] == renewed[0] == last[0]
    assert (first[1], renewed[1], last[1], edited[1]) == ("2025/03/21", "2025/11/18", "2025/11/18", "2026/02/05")
    assert "不得超过三十日" in first[0]
    assert "100万人" in first[0]
    assert "不得超过十五日" in edited[0]
    assert "处理50万人以上" in edited[0]


def test_every_declared_edit_changes_its_page(site: SampleSite) -> None:
    edits = [(page, edit) for page in site.timeline.pages for edit in page.edits]
    for page, edit in edits:
        site.move_to((edit.day - dt.timedelta(days=1)).isoformat())
        assert ask(page_url(site, page.id)).text.count(edit.old) == 1
        site.move_to(edit.day.isoformat())
        assert edit.new in ask(page_url(site, page.id)).text
    assert edits


@pytest.mark.parametrize("day", ["2025-06-20", "2026-02-03", "2026-02-10"])
def test_every_column_has_rows_and_a_recent_one(day: str) -> None:
    timeline, today = load_timeline(), dt.date.fromisoformat(day)
    for source in timeline.columns:
        dates = [page.published for page in timeline.on(today) if source in page.columns]
        assert len(dates) >= 5
        assert (today - dates[0]).days <= 21


# Annexes


def test_the_committed_annexes_are_what_their_declarations_set() -> None:
    made = linked_annexes()
    assert made == {path.name: path.read_bytes() for path in sorted(ANNEXES.iterdir())}
    assert len(made) >= 5


def test_annexes_come_as_linked_and_a_dead_link_is_not_found(site: SampleSite) -> None:
    def follow(page_id: str) -> Answer:
        link = Selector(ask(page_url(site, page_id)).text).css("#con_con a::attr(href)").get("")
        assert link.startswith("https://www.miit.gov.cn/cms_files/filemanager/")
        return ask(site.hosts["miit"] + urlsplit(link).path)

    assert follow("guide-final").body == (ANNEXES / "guide-2026.pdf").read_bytes()
    with zipfile.ZipFile(io.BytesIO(follow("platform-draft").body)) as archive:
        assert [archive.read(name)[:4] for name in archive.namelist()] == [b"%PDF", b"%PDF"]
    assert follow("self-check").status == 404


def test_the_final_changes_what_the_demo_tells_of() -> None:
    draft, final = load_annex("guide-2025-draft"), load_annex("guide-2026")
    items = [{row.item for rows in annex.tables.values() for row in rows} for annex in (draft, final)]
    assert items[0] - items[1] == {"环视拼接图像", "充电桩坐标"}
    assert items[1] - items[0] == {"充电站位置", "充电订单记录"}
    assert [len(found) for found in items] == [12, 12]
    lines = [set(annex.text.splitlines()) for annex in (draft, final)]
    assert len(lines[0] & lines[1]) > 50
    assert "2. 受理部门自收到材料之日起15个工作日内告知结果。" in lines[1]


# Manners


def test_an_article_asked_for_again_is_not_modified_until_it_is_edited(site: SampleSite) -> None:
    site.move_to("2026-02-04")
    url = page_url(site, "vehicle-privacy-rules")
    first = ask(url)
    again = ask(url, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    site.move_to("2026-02-05")
    assert ask(url, **{"If-None-Match": first.headers["ETag"]}).status == 200


def test_robots_and_unknown_paths_are_as_on_each_site(site: SampleSite) -> None:
    assert "Disallow: /wxzf/" in ask(site.hosts["cac"] + "/robots.txt").text
    assert ask(site.hosts["miit"] + "/robots.txt").status == 404
    for host in site.hosts.values():
        assert ask(host + "/nothing/here.html").status == 404


def test_an_agency_can_be_made_to_refuse(site: SampleSite) -> None:
    site.faults["cac"] = Reply(b"<html>challenge</html>", status=412)
    assert ask(site.hosts["cac"] + "/robots.txt").status == 412
    assert ask(site.hosts["nda"] + "/sjj/zwgk/zcfb/list/index_pc_1.html").status == 200


def test_all_nine_sources_have_a_server(site: SampleSite) -> None:
    assert len(site.base_urls) == 9
    assert len(set(site.base_urls.values())) == 3


def test_the_words_are_marked_as_ours(site: SampleSite) -> None:
    for page in site.timeline.all_pages().values():
        assert "示例" in page.title, page.id
        html = ask(page_url(site, page.id)).text if page.published <= site.day else ""
        assert set(re.findall(r"[\w.]+@([\w.]+)", html)) <= {"example.invalid"}
        assert not re.search(r"电话|传真|\d{3,4}-\d{7,8}", html)


def test_a_port_in_use_is_one_line_and_exit_1() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["--at", "2026-02-03", "--port", str(port)])
    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert "--port" in result.stderr
