"""crawlers/manners.py and settings: robots.txt, back-off, certificates, proxies and cookies; who asks says so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from agency_site import Reply, serve
from nda_site import DAYS, NDA, at, nda_list, nda_page, page_path, snapshot

from crawlers.crawl import crawl_sources
from crawlers.manners import next_delay
from crawlers.settings import build_settings
from crawlers.source import load_sources


@pytest.mark.parametrize(
    ("delay", "retry_after", "then"),
    [(3.0, "", 6.0), (3.0, "30", 30.0), (100.0, "", 120.0), (3.0, "9999", 120.0), (3.0, "soon", 6.0), (0.0, "30", 0.0)],
)
def test_a_host_that_says_no_is_asked_less_often(delay: float, retry_after: str, then: float) -> None:
    assert next_delay(delay, retry_after) == then


def test_robots_txt_that_fails_forbids_everything(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    replies = {f"{NDA}/list/index_pc_1.html": nda_list("A"), page_path("A"): nda_page("A")}
    with serve({**replies, "/robots.txt": Reply("down", 503)}) as site:
        [outcome] = crawl_sources(workspace, ["nda-policies"], base_urls={"nda-policies": site.url}, now=DAYS[0])
        assert site.paths() == []
    assert (outcome.outcome, outcome.detail) == ("failed", "robots.txt: HTTP 503; nothing may be asked")


@pytest.mark.parametrize(("rule", "outcome"), [("/sjj", "blocked"), ("/x*y*z$", "healthy")])
def test_of_a_robots_txt_without_end_the_first_rules_hold(tmp_path: Path, rule: str, outcome: str) -> None:
    text = f"User-agent: *\nDisallow: {rule}\n" + "Disallow: /x*y*z$\n" * 40_000 + "Disallow: /\n"
    replies = {f"{NDA}/list/index_pc_1.html": nda_list("A"), page_path("A"): nda_page("A")}
    with serve({**replies, "/robots.txt": Reply(text)}) as site:
        [got] = crawl_sources(at(tmp_path), ["nda-policies"], base_urls={"nda-policies": site.url}, now=DAYS[0])
    assert got.outcome == outcome


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="reads /proc")
def test_a_running_crawl_listens_on_no_port(tmp_path: Path) -> None:
    """Scrapy opens one by itself, on which whoever knows its token runs code in the crawl."""
    listening: list[str] = []

    def look(_: object) -> Reply:
        for child in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
            listening.extend(port for pid in child.read_text().split() for port in _ports(pid))
        return Reply(nda_list("A").body)

    with serve({f"{NDA}/list/index_pc_1.html": look, page_path("A"): nda_page("A")}) as site:
        crawl_sources(at(tmp_path), ["nda-policies"], base_urls={"nda-policies": site.url}, now=DAYS[0])
        assert f"{NDA}/list/index_pc_1.html" in site.paths()
    assert listening == []


def _ports(pid: str) -> list[str]:
    """The sockets on which a process listens, by local address."""
    files = [os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink()]
    rows = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
    return [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in files]


def test_nothing_is_asked_in_the_name_of_nobody(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    [outcome] = crawl_sources(workspace, ["nda-policies"], base_urls={}, now=DAYS[0])
    assert outcome.outcome == "failed"
    assert "set contact in config.yml" in outcome.detail
    assert snapshot(workspace)["capture"] == []


def test_what_is_not_crawlable_is_not_asked(tmp_path: Path) -> None:
    [outcome] = crawl_sources(at(tmp_path), ["mps-releases"], base_urls={}, now=DAYS[0])
    assert outcome.outcome == "blocked"
    assert "See gov-ministry-documents" in outcome.detail


def test_certificates_are_checked_and_cookies_and_proxies_are_a_choice() -> None:
    source = load_sources()["miit-notices"]
    plain = build_settings(source, contact="x", base_url=None)
    assert plain["DOWNLOAD_VERIFY_CERTIFICATES"]
    assert not plain["COOKIES_ENABLED"]
    assert plain["REGWATCH_PROXIES"] == {}
    proxies = {"www.miit.gov.cn": "http://proxy.example.invalid:3128"}
    chosen = build_settings(source, contact="x", base_url=None, proxies=proxies, cookies=True)
    assert chosen["COOKIES_ENABLED"]
    assert chosen["REGWATCH_PROXIES"] == proxies
    assert build_settings(source, contact="x", base_url="http://127.0.0.1:1", proxies=proxies)["REGWATCH_PROXIES"] == {}


def test_a_change_of_health_is_an_event_and_half_a_list_is_none(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    path = f"{NDA}/list/index_pc_1.html"
    with serve({path: nda_list(*"abcdefgh", title="示例{}")}) as site:

        def crawl(now: str) -> str:
            [found] = crawl_sources(workspace, ["nda-policies"], base_urls={"nda-policies": site.url}, now=now)
            return found.outcome

        assert crawl(DAYS[0]) == "healthy"
        site.replies[path] = nda_list(*"abc", title="示例{}")
        assert crawl(DAYS[1]) == "drifted"
        assert crawl(DAYS[1]) == "drifted"
        site.replies[path] = nda_list(*"abcdefgh", title="示例{}")
        assert crawl(DAYS[2]) == "healthy"
    events = snapshot(workspace)["health_event"]
    assert [(e["from"], e["to"], e["at"]) for e in sorted(events, key=lambda event: event["at"])] == [
        ("healthy", "drifted", DAYS[1]),
        ("drifted", "healthy", DAYS[2]),
    ]
    assert "3 rows on the first page, where earlier runs saw 8" in {event["detail"] for event in events}
