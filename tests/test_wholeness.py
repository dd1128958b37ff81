"""Answers that are less than the document: a part, another kind of file, bytes that a disk altered. None is an edit."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from agency_site import Replies, Reply, serve
from nda_site import DAYS, NDA, at, by_url, link, nda_list, nda_page, page_path, snapshot
from replay_world.warm_worker import warm_worker

from crawlers.crawl import crawl_sources
from crawlers.items import Outcome
from crawlers.wholeness import another_form, loss
from kb.db import open_kb
from kb.evidence.archive import Archive
from kb.evidence.verify import verify
from kb.recording.record import RecordReport, record_pending
from kb.recording.reread import reread
from kb.workspace import Workspace

LIST, PAGE, FILE = f"{NDA}/list/index_pc_1.html", page_path("A"), f"{NDA}/0203/guide.pdf"
GUIDE = Path(__file__).parents[1].joinpath("crawlers", "sample", "annexes", "guide-2026.pdf").read_bytes()
RULE = "</p><p>".join(f"第{n}条　示例单位应当在{n}日内登记第{n}号示例数据。" for n in "一二三四五六七八九")
GOOD = nda_page("A", RULE, files=link("guide.pdf"))
HALF = Reply(GOOD.data[: len(GOOD.data) // 2])


@pytest.fixture(scope="module", autouse=True)
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with warm_worker(tmp_path_factory.mktemp("worker")) as command, pytest.MonkeyPatch.context() as patch:
        patch.setattr("crawlers.crawl.WORKER", command)
        yield


def day(workspace: Workspace, url: str, now: str, source: str = "nda-policies") -> tuple[Outcome, RecordReport]:
    [outcome] = crawl_sources(workspace, [source], base_urls={source: url}, now=now)
    return outcome, record_pending(workspace, now=now)


def events(workspace: Workspace) -> list[str]:
    with open_kb(workspace.kb_path) as db:
        return [row["kind"] for row in db.query("select kind from event")]


LESS = {
    "half a page, the connection closed": (PAGE, HALF, "cut off before its end"),
    "a part of it": (PAGE, Reply(HALF.data, 206), "HTTP 206"),
    "nothing, and said to be": (PAGE, Reply("x", 205), "HTTP 205"),
    "altered on the way": (PAGE, Reply(GOOD.data.replace("登记".encode(), "注销".encode()), 203), "HTTP 203"),
    "packed as nobody unpacks": (PAGE, Reply("x" * 90, headers={"Content-Encoding": "rot13"}), "neither a page nor"),
    "words without a page": (PAGE, Reply("error 1045: access denied"), "neither a page nor a document"),
    "half a file": (FILE, Reply(GUIDE[: len(GUIDE) // 2]), "cut off before its end"),
    "a page in place of the file": (FILE, Reply("<html><body>您访问的页面不存在</body></html>"), "where a file was"),
}


@pytest.mark.parametrize("case", LESS)
def test_less_than_the_document_is_no_edit_of_it(tmp_path: Path, case: str) -> None:
    path, less, says = LESS[case]
    workspace, replies = at(tmp_path), {LIST: nda_list("A"), PAGE: GOOD, FILE: Reply(GUIDE)}
    good = dict(replies)
    with serve(replies) as site:
        day(workspace, site.url, DAYS[0])
        before = snapshot(workspace)["document"]
        replies[path] = less
        outcome, _ = day(workspace, site.url, DAYS[1])
        assert says in outcome.detail
        assert [row["capture"] for row in snapshot(workspace)["document"]] == [row["capture"] for row in before]
        replies |= good
        assert day(workspace, site.url, DAYS[2])[0].outcome == "healthy"
    assert events(workspace) == []


def test_what_comes_short_twice_in_the_same_bytes_is_what_the_site_has(tmp_path: Path) -> None:
    workspace, replies = at(tmp_path), {LIST: nda_list("A"), PAGE: nda_page("A", RULE)}
    with serve(replies) as site:
        day(workspace, site.url, DAYS[0])
        replies[PAGE] = Reply(str(nda_page("A", RULE).body).replace("</html>", "").replace("登记", "注销"))
        assert "cut off" in day(workspace, site.url, DAYS[1])[0].detail
        assert events(workspace) == []
        day(workspace, site.url, DAYS[2])
    assert events(workspace) == ["edit"]


@pytest.mark.parametrize(("path", "half"), [(PAGE, HALF), (FILE, Reply(GUIDE[: len(GUIDE) // 2]))])
def test_half_a_document_on_its_first_visit_is_asked_again_where_its_site_ends_the_others(
    tmp_path: Path, path: str, half: Reply
) -> None:
    workspace, replies = at(tmp_path), {LIST: nda_list("B"), page_path("B"): nda_page("B"), PAGE: GOOD}
    replies |= {FILE: Reply(GUIDE), path: half}
    with serve(replies) as site:
        day(workspace, site.url, DAYS[0])
        replies[LIST] = nda_list("A", "B")
        assert "cut off before its end" in day(workspace, site.url, DAYS[1])[0].detail
        replies |= {PAGE: GOOD, FILE: Reply(GUIDE)}
        assert day(workspace, site.url, DAYS[2])[0].outcome == "healthy"
    assert events(workspace) == ["new_version", "new_version"]  # the page and its file, each for the first time
    assert by_url(snapshot(workspace)["document"], path)["capture"]


def test_a_site_that_closes_no_page_is_not_taken_for_cut_off(tmp_path: Path) -> None:
    def unclosed(letter: str) -> Reply:
        return Reply(str(nda_page(letter, RULE).body).replace("</html>", ""))

    replies = {LIST: nda_list("A", "B"), PAGE: unclosed("A"), page_path("B"): unclosed("B")}
    with serve(replies) as site:
        outcome, _ = day(at(tmp_path), site.url, DAYS[0])
    assert (outcome.outcome, outcome.new) == ("healthy", 2)


def test_wholeness_is_told_by_the_end_that_was_there() -> None:
    page, file = b"<html><p>a</p></html>", b"%PDF-1.4 a %%EOF"
    assert loss(page, b"<html><p>b</p>") is not None
    assert loss(page, b"<html><p>b</p></HTML>\n") is None
    assert loss(b"<p>no end was there", b"<p>nor is") is None
    assert loss(file, b"%PDF-1.4 b") is not None
    assert loss(None, b"<p>first of all") is None
    assert loss(b"abc", b"ab") is not None
    assert another_form(GUIDE, PAGE, None) is None
    assert another_form(b"plain words", "https://a.invalid/x.htm", None) is not None


CAC = "/cms/JsonList"


@pytest.mark.parametrize("title", ["数据安全示例办法\\ud83d", "\\ude00数据安全示例办法", "数据安全\\u0000示例办法"])
def test_half_a_character_in_a_title_stops_no_crawl(tmp_path: Path, title: str) -> None:
    row = {"topic": "TITLE", "infourl": "//www.cac.gov.cn/2026-02/03/c_1.htm", "pubtime": "2026-02-03"}
    answer = json.dumps({"totalRec": 1, "list": [row]}).replace("TITLE", title)
    with serve({CAC: Reply(answer)}) as site:
        outcome, _ = day(at(tmp_path), site.url, DAYS[0], "cac-releases")
    assert (outcome.listed, outcome.new) == (1, 1)


def test_json_that_nests_without_end_leaves_the_other_list(tmp_path: Path) -> None:
    with serve({CAC: Reply("[" * 100_000)}) as site:
        outcome, _ = day(at(tmp_path), site.url, DAYS[0], "cac-releases")
    assert "Recursion" not in outcome.detail


@pytest.fixture
def captured(tmp_path: Path) -> Iterator[tuple[Workspace, Replies, str, Path]]:
    """A page captured with validators; the site answers "not modified" to who names them. And its file."""
    tagged = nda_page("A", RULE, ETag='"one"')
    unchanged = Reply("", 304, {"ETag": '"one"'})
    replies: Replies = {LIST: nda_list("A"), PAGE: lambda asked: unchanged if asked.get("If-None-Match") else tagged}
    workspace = at(tmp_path)
    with serve(replies) as site:
        day(workspace, site.url, DAYS[0])
        digest = by_url(snapshot(workspace)["capture"], PAGE)["digest"]
        yield workspace, replies, site.url, workspace.archive_path / digest[:2] / digest


def test_a_pipe_in_place_of_captured_bytes_is_named_and_the_bytes_come_back(
    captured: tuple[Workspace, Replies, str, Path],
) -> None:
    workspace, _, url, file = captured
    whole = file.read_bytes()
    file.unlink()
    os.mkfifo(file)
    with open_kb(workspace.kb_path) as db:
        assert [file.name in problem for problem in verify(db, Archive(workspace.archive_path)).problems] == [True]
    assert len(reread(workspace, now=DAYS[1], everything=True).problems) == 1
    assert day(workspace, url, DAYS[1])[0].outcome == "healthy"
    assert file.read_bytes() == whole


def test_a_folder_in_place_of_captured_bytes_stops_no_crawl_and_the_bytes_come_back(
    captured: tuple[Workspace, Replies, str, Path],
) -> None:
    workspace, _, url, file = captured
    whole = file.read_bytes()
    file.unlink()
    file.mkdir()
    (file / "kept").touch()
    assert day(workspace, url, DAYS[1])[0].outcome == "healthy"
    assert file.read_bytes() == whole
    assert [path.name for path in file.parent.glob("*/kept")] == ["kept"]


def test_a_file_in_place_of_a_folder_of_the_archive_stops_no_crawl_and_the_bytes_come_back(
    captured: tuple[Workspace, Replies, str, Path],
) -> None:
    workspace, _, url, file = captured
    whole = file.read_bytes()
    file.parent.rename(file.parents[2] / "lost")
    file.parent.write_text("kept")
    assert day(workspace, url, DAYS[1])[0].outcome == "healthy"
    assert file.read_bytes() == whole
    assert [path.read_text() for path in file.parents[1].glob(f"{file.parent.name}-*")] == ["kept"]


@pytest.mark.parametrize("spoiled", [b"", b"<html>half", None])
def test_bytes_that_the_disk_altered_come_back_and_are_never_read(
    captured: tuple[Workspace, Replies, str, Path], spoiled: bytes | None
) -> None:
    workspace, _, url, file = captured
    whole = file.read_bytes()
    file.write_bytes(whole.replace("登记".encode(), "注销".encode()) if spoiled is None else spoiled)
    report = reread(workspace, now=DAYS[1], everything=True)
    assert ["restore" in problem for problem in report.problems] == [True]
    assert day(workspace, url, DAYS[1])[0].outcome == "healthy"
    assert file.read_bytes() == whole
    assert events(workspace) == []


def test_a_page_that_changed_while_its_old_bytes_were_lost_is_still_an_edit(
    captured: tuple[Workspace, Replies, str, Path],
) -> None:
    workspace, replies, url, file = captured
    file.unlink()
    replies[PAGE] = nda_page("A", RULE.replace("登记第三号", "注销第三号"))
    assert day(workspace, url, DAYS[1])[0].changed == 1
    assert events(workspace) == ["edit"]


def test_lost_bytes_of_what_waits_hold_up_nothing_else(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    replies = {
        LIST: nda_list("A", "B"),
        PAGE: nda_page("A", RULE),
        page_path("B"): nda_page("B", RULE.replace("示例", "样本")),
    }
    with serve(replies) as site:
        base = {"nda-policies": site.url}
        crawl_sources(workspace, ["nda-policies"], base_urls=base, now=DAYS[0])
        digest = by_url(snapshot(workspace)["capture"], PAGE)["digest"]
        (workspace.archive_path / digest[:2] / digest).unlink()
        report = record_pending(workspace, now=DAYS[0])
        assert report.publications == 1
        [asked] = report.asks
        assert "restore" in asked
        crawl_sources(workspace, ["nda-policies"], base_urls=base, now=DAYS[1])
        assert record_pending(workspace, now=DAYS[1]).publications == 1
