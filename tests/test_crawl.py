"""crawlers/crawl.py: a crawl that is killed goes on, the manners of a crawl, and what stops one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from agency_site import Replies, Reply, serve
from nda_site import DAYS, NDA, NOTICES, at, by_url, link, nda_list, nda_page, page_path, snapshot

from crawlers.crawl import crawl_lock, crawl_sources
from crawlers.settings import build_settings
from crawlers.source import load_sources
from kb.db import open_kb
from kb.errors import CrawlError, NotFound
from kb.recording.by_hand import Given
from kb.recording.record import add_files, record_pending
from kb.workspace import ensure_workspace

GUIDE = Path(__file__).parents[1] / "crawlers" / "sample" / "annexes" / "guide-2026.pdf"

KILLED = """
import sys
from pathlib import Path
from crawlers.crawl import crawl_sources
from kb.workspace import find_workspace
columns = ["nda-notices", "nda-policies"]
crawl_sources(find_workspace(sys.argv[1]), columns, base_urls=dict.fromkeys(columns, sys.argv[2]), now=sys.argv[3])
"""


def test_a_crawl_that_is_killed_loses_nothing_and_goes_on(tmp_path: Path) -> None:
    """Killed in the second of two columns of one agency: what waits there is not taken by the first."""
    reached, gate = threading.Event(), threading.Event()

    def slowly(_: Mapping[str, str]) -> Reply:
        reached.set()
        gate.wait(60)
        return Reply(b"%PDF-1.4 two %%EOF")

    replies: Replies = {
        f"{NOTICES}/list/index_pc_1.html": nda_list("C"),
        f"{NDA}/list/index_pc_1.html": nda_list("A", "B"),
        page_path("C"): nda_page("C"),
        page_path("A"): nda_page("A", files=link("one.pdf") + link("two.pdf")),
        page_path("B"): nda_page("B"),
        f"{NDA}/0203/one.pdf": Reply(b"%PDF-1.4 one %%EOF"),
        f"{NDA}/0203/two.pdf": slowly,
    }
    killed, whole = ensure_workspace(tmp_path / "killed"), ensure_workspace(tmp_path / "whole")
    with serve(replies) as site:
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(killed.root), site.url, DAYS[0]])
        assert reached.wait(60)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        rows = snapshot(killed)
        assert by_url(rows["document"], page_path("A"))["status"] == "captured"
        assert by_url(rows["document"], "two.pdf")["status"] == "expected"
        assert [run["source"] for run in rows["source_run"]] == ["nda-notices"]
        gate.set()
        asked = len(site.asked)
        time.sleep(0.5)
        assert len(site.asked) == asked  # the worker did not outlive the crawl
        columns = ["nda-notices", "nda-policies"]
        for workspace in (killed, whole):
            crawl_sources(workspace, columns, base_urls=dict.fromkeys(columns, site.url), now=DAYS[0])
    assert snapshot(killed) == snapshot(whole)
    assert by_url(snapshot(killed)["document"], "two.pdf")["status"] == "captured"


def test_a_file_obtained_by_hand_is_no_page_of_its_agency_to_ask_for(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    add_files(workspace, [GUIDE], Given(agency="nda", published="2026-02-03"), now=DAYS[0])
    with serve({f"{NDA}/list/index_pc_1.html": nda_list("A"), page_path("A"): nda_page("A")}) as site:
        for day in DAYS:
            [outcome] = crawl_sources(workspace, ["nda-policies"], base_urls={"nda-policies": site.url}, now=day)
            assert (outcome.outcome, outcome.detail) == ("healthy", "")


def test_paging_stops_at_a_page_known_to_a_run_that_ended_well(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    pages = [f"{NDA}/list/index_pc_{number}.html" for number in range(1, 5)]
    letters = [[chr(ord(first) + n) for n in range(15)] for first in "Aa0"]
    replies: Replies = {
        url: nda_list(*some, total=46, title="示例{}") for url, some in zip(pages, letters, strict=False)
    }
    replies[pages[3]] = Reply("busy", 503)
    with serve(replies) as site:

        def asked(now: str) -> int:
            site.asked.clear()
            crawl_sources(workspace, ["nda-policies"], base_urls={"nda-policies": site.url}, now=now)
            return len(set(site.paths()))

        assert asked(DAYS[0]) == 4  # and failed: what is behind the last page is not known
        site.replies[pages[3]] = nda_list("z", total=46, title="示例{}")
        assert asked(DAYS[1]) == 4
        assert asked(DAYS[2]) == 2  # the first page is known whole; one more, for good measure
        assert asked("2026-02-09T00:00:00Z") == 2
        assert asked("2026-02-11T00:00:00Z") == 4  # once a week the whole list is read
    assert len(snapshot(workspace)["publication"]) == 46


def test_without_a_replay_the_crawl_is_slow_and_says_who_it_is() -> None:
    source = load_sources()["miit-notices"]
    polite = build_settings(source, contact="mailto:a@example.invalid", base_url=None)
    assert polite["USER_AGENT"].startswith("Regwatch/")
    assert polite["USER_AGENT"].endswith("(+mailto:a@example.invalid)")
    assert (polite["DOWNLOAD_DELAY"], polite["CONCURRENT_REQUESTS_PER_DOMAIN"]) == (3, 1)
    assert polite["AUTOTHROTTLE_ENABLED"]
    assert polite["ROBOTSTXT_OBEY"]
    assert not {403, 412, 429, 521} & set(polite["RETRY_HTTP_CODES"])
    replay = build_settings(source, contact="x", base_url="http://127.0.0.1:1")
    assert (replay["DOWNLOAD_DELAY"], replay["ROBOTSTXT_OBEY"]) == (0, True)


def test_an_unknown_source_or_base_url_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    for ids, bases in ((["nowhere"], {}), (["nda-notices"], {"nowhere": "http://127.0.0.1:1"})):
        with pytest.raises(NotFound, match="no source nowhere"):
            crawl_sources(workspace, ids, base_urls=bases, now=DAYS[0])
    assert not workspace.kb_path.exists()


def test_a_host_that_refuses_documents_is_left_alone(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    letters = "ABCDEFGHIJ"
    replies: Replies = {page_path(letter): Reply("no", 403) for letter in letters}
    replies |= {page_path(letter): nda_page(letter) for letter in "ABCD"}
    with serve(replies | {f"{NDA}/list/index_pc_1.html": nda_list(*letters)}) as site:
        [outcome] = crawl_sources(workspace, ["nda-policies"], base_urls={"nda-policies": site.url}, now=DAYS[0])
        assert len(site.paths()) == 1 + 4 + 3
    assert (outcome.outcome, outcome.listed, outcome.detail) == ("blocked", 10, "3 documents: HTTP 403")


def test_two_crawls_of_one_workspace_do_not_meet(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    with (
        crawl_lock(workspace),
        pytest.raises(CrawlError, match="another crawl is running"),
        crawl_lock(workspace),
    ):
        pass
    with crawl_lock(workspace):
        pass


def test_what_cannot_be_recorded_stops_the_crawl_in_one_line(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    workspace.archive_path.write_text("a file where the archive should be")
    with (
        serve({f"{NDA}/list/index_pc_1.html": nda_list("A"), page_path("A"): nda_page("A")}) as site,
        pytest.raises(CrawlError, match="cannot record what was crawled: ") as caught,
    ):
        crawl_sources(workspace, ["nda-policies"], base_urls={"nda-policies": site.url}, now=DAYS[0])
    assert "\n" not in str(caught.value)


def test_what_its_site_calls_unchanged_is_not_read_again_unless_the_readers_are_others(tmp_path: Path) -> None:
    page, workspace = nda_page("A", ETag='"1"'), at(tmp_path)
    said: list[str] = []

    def answer(asked: Mapping[str, str]) -> Reply:
        return Reply(b"", 304) if asked.get("If-None-Match") == '"1"' else page

    def crawl(day: str, site: str) -> None:
        said.clear()
        crawl_sources(workspace, ["nda-policies"], base_urls={"nda-policies": site}, now=day, say=said.append)
        record_pending(workspace, now=day)

    with serve({f"{NDA}/list/index_pc_1.html": nda_list("A"), page_path("A"): answer}) as site:
        crawl(DAYS[0], site.url)
        crawl(DAYS[1], site.url)
        assert "nda-policies: 数据安全示例A" not in said
        assert by_url(snapshot(workspace)["document"], page_path("A"))["last_seen"] == DAYS[1]
        with open_kb(workspace.kb_path) as db:
            db.execute("update reading set readers = 'older'")
            db.conn.commit()
        crawl(DAYS[2], site.url)
        assert "nda-policies: 数据安全示例A" in said
        assert len(site.paths()) == 6
