"""The sample sites change from day to day as declared, and say only what is ours."""

from __future__ import annotations

import datetime as dt
import io
import re
import socket
import zipfile
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from parsel import Selector
from sample_client import Answer, ask, page_url, unit_rows

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
    assert ask(site.hosts["cac"] + "/cms/JsonList?channelCode=A093702&pageno=first").status == 400
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
