"""crawlers/crawl.py over nine sources, each with its own fault: every state by its name, none stops another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from agency_site import AgencySite, Replies, Reply, serve
from nda_site import CHALLENGE, NDA, NOTICES, at, nda_list, snapshot

from crawlers.crawl import crawl_sources
from crawlers.items import Outcome
from kb.workspace import Workspace

UNIT = "/jpaas-publish-server/unit"
SHELL = Reply(f"<script url=\"{UNIT}\" queryData=\"{{'tagId':'右侧内容'}}\"></script>")
CAC_ROW = '<li><a href=//www.cac.gov.cn/2026-02/03/c_1.htm title=示例>x</a><div class="times">{}</div></li>'
CAC_PAGE = Reply(f'<div id="loadingInfoPage">{CAC_ROW.format("2026-02-03")}</div>')
JSON = "/cms/JsonList"
FAULTY: dict[str, Replies] = {
    "miit-consultations": {"*": Reply("refused", 403), "/robots.txt": Reply("refused", 403)},
    "miit-notices": {"*": Reply("", 521)},
    "miit-cybersecurity": {
        "/jgsj/waj/wjfb/index.html": SHELL,
        UNIT: Reply('{"success":false,"data":{}}'),
    },
    "cac-consultations": {"*": CHALLENGE},
    "cac-regulations": {JSON: Reply("refused", 403), "/wxzw/zcfg/A093703index_1.htm": CAC_PAGE},
    "cac-releases": {
        JSON: Reply("{}"),
        "/wxzw/wxfb/A093702index_1.htm": Reply(f'<div id="loadingInfoPage">{CAC_ROW.format("")}</div>'),
    },
    "nda-policies": {f"{NDA}/list/index_pc_1.html": Reply('<ul class="u-list"></ul>')},
    "nda-notices": {f"{NOTICES}/list/index_pc_1.html": nda_list("N", title="示例{}")},
    "nda-interpretations": {"*": Reply("down", 503), "/robots.txt": Reply("", 404)},
}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Outcome], Workspace, AgencySite]]:
    """All nine sources in one run, each with its own fault; one site, a folder for each source."""
    workspace = at(tmp_path_factory.mktemp("faulty"))
    merged: Replies = {}
    with serve(merged) as site:
        for source, replies in FAULTY.items():
            merged |= {f"/{source}{path}" if path != "*" else f"*{source}": reply for path, reply in replies.items()}

        def fall_back(headers: Mapping[str, str]) -> Reply:
            source = site.asked[-1][1].split("/")[1]
            found = merged.get(f"*{source}", Reply("", 404))
            return found if isinstance(found, Reply) else found(headers)

        merged["*"] = fall_back
        bases = {source: f"{site.url}/{source}" for source in FAULTY}
        outcomes = crawl_sources(workspace, list(FAULTY), base_urls=bases, now="2026-03-03T00:00:00Z")
        yield {outcome.source: outcome for outcome in outcomes}, workspace, site


@pytest.mark.parametrize(
    ("source", "outcome", "detail"),
    [
        ("miit-consultations", "blocked", "HTTP 403"),
        ("miit-notices", "blocked", "HTTP 521"),
        ("miit-cybersecurity", "drifted", "the unit says success: false"),
        ("cac-consultations", "blocked", "a challenge page"),
        ("cac-regulations", "healthy", "json: HTTP 403; the other list was read"),
        ("cac-releases", "drifted", "JsonList answers without list or totalRec; a row without a date: 示例"),
        ("nda-policies", "empty", "the list is there and has no rows"),
        ("nda-notices", "stale", "nothing new for 28 days, 21 expected"),
        ("nda-interpretations", "failed", "HTTP 503"),
    ],
)
def test_every_state_is_named_and_no_source_stops_another(
    faulty: tuple[dict[str, Outcome], Workspace, AgencySite], source: str, outcome: str, detail: str
) -> None:
    seen = faulty[0][source]
    assert (seen.outcome, seen.detail) == (outcome, detail)


def test_every_run_is_on_record(faulty: tuple[dict[str, Outcome], Workspace, AgencySite]) -> None:
    rows = snapshot(faulty[1])["source_run"]
    assert {row["source"]: row["outcome"] for row in rows} == {
        source: seen.outcome for source, seen in faulty[0].items()
    }


def test_a_refusal_is_not_asked_again_and_a_failing_server_is(
    faulty: tuple[dict[str, Outcome], Workspace, AgencySite],
) -> None:
    asked = faulty[2].paths()
    assert sum(path.startswith("/miit-notices/zwgk") for path in asked) == 1
    assert sum(path.startswith("/nda-interpretations/sjj") for path in asked) == 3


def test_the_offending_answer_is_kept_under_its_public_url(
    faulty: tuple[dict[str, Outcome], Workspace, AgencySite],
) -> None:
    kept = {row["url"].partition("?")[0]: row for row in snapshot(faulty[1])["capture"]}
    assert kept["https://www.miit.gov.cn/gzcy/yjzj/index.html"]["http_status"] == 403
    assert "https://www.miit.gov.cn/jpaas-publish-server/unit" in kept
    assert "https://www.cac.gov.cn/hdfw/wxan/A093802index_1.htm" in kept


def test_requests_are_identified(faulty: tuple[dict[str, Outcome], Workspace, AgencySite]) -> None:
    agents = {headers["User-Agent"] for _, _, headers in faulty[2].asked}
    assert len(agents) == 1
    assert agents.pop().startswith("Regwatch/")


@pytest.mark.parametrize(
    ("ends", "how"),
    [
        ("exit 3", "exit code 3"),
        ("exec >&- <&-; exit 3", "exit code 3"),
        ("exit 0", "told to, by somebody else (SIGTERM or SIGINT)"),
    ],
)
def test_a_crawler_that_ends_before_it_was_told_anything_is_a_failed_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: str, how: str
) -> None:
    """The job is larger than a pipe holds, so that it cannot be written to one that is gone."""
    monkeypatch.setattr("crawlers.crawl.WORKER", ["sh", "-c", ends])
    bases = {"nda-policies": "http://127.0.0.1:9/" + "x" * 200_000}
    [outcome] = crawl_sources(at(tmp_path), ["nda-policies"], base_urls=bases, now="2026-02-03T00:00:00Z")
    assert (outcome.outcome, outcome.detail) == ("failed", f"the crawler's process ended: {how}")
