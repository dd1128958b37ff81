"""crawlers/crawl.py and the spiders through HTTP: faults by name, four days of one site, and a crawl that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from agency_site import AgencySite, Replies, Reply, serve

from crawlers.crawl import crawl_declared, crawl_lock, crawl_sources
from crawlers.items import Outcome
from crawlers.settings import build_settings
from crawlers.source import Source, find_sources, load_sources
from kb.db import open_kb
from kb.errors import CrawlError, NotFound
from kb.workspace import Workspace, ensure_workspace

CHALLENGE = Reply(Path(__file__).with_name("broken").joinpath("challenge.html").read_bytes())
NDA = "/sjj/zwgk/zcfb"
NOTICES = "/sjj/zwgk/tzgg"
DAYS = ["2026-02-03T00:00:00Z", "2026-02-04T00:00:00Z", "2026-02-05T00:00:00Z"]
Row = dict[str, Any]


def digits(letter: str) -> str:
    return f"2026020112000000{ord(letter):05d}"


def page_path(letter: str) -> str:
    return f"{NDA}/0203/{digits(letter)}_pc.html"


def nda_list(*letters: str, total: int | None = None, title: str = "数据安全示例{}", folder: str = NDA) -> Reply:
    rows = "".join(
        f'<li><a href="{page_path(letter)}" title="{title.format(letter)}">x</a><span>2026.02.03</span></li>'
        for letter in letters
    )
    script = f"<script>$('.pages').pagination({{totalData:{total or len(letters)}, showData:15}});</script>"
    return Reply(f'<ul class="u-list">{rows}</ul>{script}')


def nda_page(letter: str, words: str = "示例正文。", files: str = "", stamp: str = "", **headers: str) -> Reply:
    return Reply(
        f'<html><meta name="PubDate" content="2026.02.03"><script>var made="{stamp}"</script><div class="detail">'
        f'<h1>数据安全示例{letter}</h1><ul class="shezhi"><li>2026.02.03</li></ul><div class="article"><p>{words}</p>'
        f'<div class="filelist"><dl><dd>{files}</dd></dl></div></div></div></html>',
        headers=headers,
    )


def link(name: str) -> str:
    return f'<a href="{name}">{name}</a>'


def at(workspace: Path) -> Workspace:
    return ensure_workspace(workspace / "ws")


def snapshot(workspace: Workspace, *without: str) -> dict[str, list[Row]]:
    """Every row of what a crawl writes, by table, without the columns named."""
    with open_kb(workspace.kb_path) as db:
        return {
            table: [
                {name: value for name, value in row.items() if name not in without}
                for row in db.query(f"select * from {table} order by id")
            ]
            for table in ("capture", "publication", "document", "source_run")
        }


def by_url(rows: list[Row], ending: str) -> Row:
    [found] = [row for row in rows if row["url"].endswith(ending)]
    return found


# ── every state by its name, in one run ────────────────────────────────────────────────────────────────────────────

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
    "nda-interpretations": {"*": Reply("down", 503)},
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
        outcomes = crawl_sources(workspace, [], base_urls=bases, now="2026-03-03T00:00:00Z")
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


# ── one site over three days ───────────────────────────────────────────────────────────────────────────────────────


def declared() -> list[Source]:
    sources = find_sources(["nda-policies", "nda-notices"])
    return [source.model_copy(update={"max_megabytes": 1}) for source in sources]


def first_day() -> Replies:
    return {
        "/robots.txt": Reply("User-agent: *\nDisallow: /private/\n", headers={"Content-Type": "text/plain"}),
        f"{NDA}/list/index_pc_1.html": nda_list("A", "B", "C", "D", "E", "F", "G"),
        f"{NOTICES}/list/index_pc_1.html": Reply(
            str(nda_list("G").body).replace("<script", '<script x=""').replace("totalData:1", "totalData:2")
            + '<ul class="u-list"><li><a href="/sjj/zwgk/tzgg/0203/20260201000000000001_pc.html" title="水泵示例">x</a>'
            "<span>2026.02.03</span></li></ul>"
        ),
        page_path("A"): nda_page("A", stamp="1"),
        page_path("B"): _tagged("B", files=link("b.pdf")),
        f"{NDA}/0203/b.pdf": Reply(b"%PDF-1.4 eins"),
        page_path("C"): nda_page("C"),
        page_path("D"): nda_page("D"),
        page_path("E"): nda_page("E", files=link("e.pdf")),
        f"{NDA}/0203/e.pdf": Reply("busy", 503),
        page_path("F"): nda_page(
            "F",
            files=link("https://elsewhere.example/f.pdf") + link("away.pdf") + link("big.pdf") + link("gone.pdf")
            + link("moved.pdf") + link("/private/f.pdf"),
        ),
        f"{NDA}/0203/away.pdf": Reply("", 302, {"Location": "http://127.0.0.1:9/secret"}),
        f"{NDA}/0203/big.pdf": Reply(b"%PDF" + b"x" * 2**20),
        f"{NDA}/0203/moved.pdf": Reply("", 301, {"Location": "final.pdf"}),
        f"{NDA}/0203/final.pdf": Reply(b"%PDF-1.4 moved"),
        page_path("G"): nda_page("G"),
    }  # fmt: skip


def _tagged(letter: str, **more: str) -> Any:
    reply = nda_page(letter, ETag='"v1"', **more)
    return lambda headers: Reply("", 304) if headers.get("If-None-Match") == '"v1"' else reply


class Story:
    """Outcomes, rows and requests after each day."""

    def __init__(self) -> None:
        self.outcomes: list[dict[str, Outcome]] = []
        self.rows: list[dict[str, list[Row]]] = []
        self.asked: list[list[tuple[str, str, dict[str, str]]]] = []
        self.again: list[tuple[list[Outcome], dict[str, list[Row]]]] = []  # the first day, crawled twice

    def page(self, day: int, letter: str) -> Row:
        return by_url(self.rows[day]["document"], page_path(letter))

    def publication(self, day: int, letter: str) -> Row:
        return by_url(self.rows[day]["publication"], page_path(letter))

    def annex(self, day: int, name: str) -> Row:
        return by_url(self.rows[day]["document"], f"/{name}")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    workspace, told = at(tmp_path_factory.mktemp("story")), Story()
    with serve(first_day()) as site:
        bases = {"nda-policies": site.url, "nda-notices": site.url}

        def crawl(now: str) -> None:
            site.asked.clear()
            outcomes = crawl_declared(workspace, declared(), base_urls=bases, now=now)
            if now == DAYS[0]:
                told.again.append((outcomes, snapshot(workspace)))
                outcomes = crawl_declared(workspace, declared(), base_urls=bases, now=now)
                told.again.append((outcomes, snapshot(workspace)))
            told.outcomes.append({outcome.source: outcome for outcome in outcomes})
            told.rows.append(snapshot(workspace))
            told.asked.append(list(site.asked))
            with open_kb(workspace.kb_path) as db:  # as recording does, once the documents are complete
                db.execute("update publication set state = 'recorded' where state = 'pending'")
                db.execute("update document set status = 'read' where status = 'captured'")
                db.conn.commit()

        crawl(DAYS[0])
        site.replies[page_path("A")] = nda_page("A", stamp="2")
        site.replies[page_path("C")] = CHALLENGE
        site.replies[page_path("D")] = Reply("<p>404</p>", 404)
        crawl(DAYS[1])
        site.replies[page_path("A")] = nda_page("A", words="改过的正文。", stamp="3")
        site.replies[f"{NDA}/0203/b.pdf"] = Reply(b"%PDF-1.4 zwei")
        site.replies[page_path("C")] = nda_page("C")
        site.replies[page_path("D")] = nda_page("D")
        site.replies[f"{NDA}/0203/e.pdf"] = Reply(b"%PDF-1.4 e")
        crawl(DAYS[2])
    return told


def test_what_is_followed_is_captured_under_its_public_url(story: Story) -> None:
    assert story.page(0, "A")["status"] == "captured"
    assert story.page(0, "A")["url"].startswith("https://www.nda.gov.cn/")
    assert story.annex(0, "b.pdf")["status"] == "captured"
    assert all(row["url"].startswith("https://") for row in story.rows[2]["capture"])


def test_what_is_not_followed_is_listed_and_not_fetched(story: Story) -> None:
    [pump] = [row for row in story.rows[0]["publication"] if "水泵" in row["title"]]
    assert (pump["state"], pump["followed"]) == ("listed", 0)
    assert not any(pump["key"] in path for _, path, _ in story.asked[0])


def test_counts_are_those_of_the_run(story: Story) -> None:
    first, second, third = ((o["nda-policies"], o["nda-notices"]) for o in story.outcomes)
    assert [(o.listed, o.new, o.changed, o.unchanged) for o in first] == [(7, 7, 0, 0), (2, 1, 0, 1)]
    assert [(o.listed, o.new, o.changed, o.unchanged) for o in second] == [(7, 0, 0, 7), (2, 0, 0, 2)]
    assert [(o.listed, o.new, o.changed, o.unchanged) for o in third] == [(7, 0, 3, 4), (2, 0, 0, 2)]


def test_the_same_day_twice_is_the_same_database(story: Story) -> None:
    first, second = story.again
    assert second == first


def test_one_thing_is_asked_after_the_other_always_in_the_same_order(story: Story) -> None:
    paths = [path.rpartition("/")[2] for _, path, _ in story.asked[2] if "/0203/" in path]
    pages = {page_path(letter).rpartition("/")[2]: letter for letter in "ABCDEFG"}
    assert [pages.get(path, path) for path in paths] == [
        "A", "B", "b.pdf", "C", "D", "E", "e.pdf", "F", "away.pdf", "big.pdf", "gone.pdf", "moved.pdf", "final.pdf",
        "G",
    ]  # fmt: skip


def test_the_same_digits_in_two_columns_are_one_publication_visited_once(story: Story) -> None:
    assert story.publication(0, "G")["columns"] == '["nda-policies", "nda-notices"]'
    assert sum(path == page_path("G") for _, path, _ in story.asked[1]) == 1


def test_a_stamp_is_a_new_capture_and_no_change(story: Story) -> None:
    assert story.page(1, "A")["capture"] != story.page(0, "A")["capture"]
    assert story.page(1, "A")["status"] == "read"
    assert story.publication(1, "A")["state"] == "recorded"


def test_an_edit_in_place_has_to_be_read_again(story: Story) -> None:
    assert story.page(2, "A")["status"] == "captured"
    assert story.publication(2, "A")["state"] == "pending"


def test_new_bytes_of_an_annex_have_to_be_read_again(story: Story) -> None:
    assert story.annex(1, "b.pdf")["capture"] == story.annex(0, "b.pdf")["capture"]
    assert story.annex(2, "b.pdf")["status"] == "captured"
    assert story.publication(2, "B")["state"] == "pending"
    assert story.page(2, "B")["status"] == "read"


def test_a_known_page_is_only_asked_whether_it_changed(story: Story) -> None:
    [headers] = [headers for _, path, headers in story.asked[1] if path == page_path("B")]
    assert headers["If-None-Match"] == '"v1"'
    assert any(path.endswith("b.pdf") for _, path, _ in story.asked[1])  # its annexes are visited all the same
    assert story.page(1, "B")["capture"] == story.page(0, "B")["capture"]
    assert story.page(1, "B")["last_seen"] == DAYS[1]


def test_a_challenge_in_place_of_a_page_changes_nothing_and_is_kept_beside_it(story: Story) -> None:
    assert story.page(1, "C")["capture"] == story.page(0, "C")["capture"]
    assert story.publication(1, "C")["state"] == "recorded"
    assert by_url(story.rows[1]["capture"], f"{page_path('C')}#blocked")
    assert "a challenge page" in story.outcomes[1]["nda-policies"].detail
    assert story.publication(2, "C")["state"] == "recorded"


def test_a_page_that_is_gone_is_not_a_page_repealed(story: Story) -> None:
    assert story.publication(1, "D")["gone_at"] == DAYS[1]
    assert story.page(1, "D")["status"] == "read"
    assert "HTTP 404" in story.outcomes[1]["nda-policies"].detail
    assert story.publication(2, "D")["gone_at"] is None
    assert story.publication(2, "D")["state"] == "recorded"


def test_an_annex_that_does_not_come_is_waited_for_once(story: Story) -> None:
    assert [story.annex(day, "e.pdf")["status"] for day in range(3)] == ["expected", "missing", "captured"]
    assert story.annex(0, "e.pdf")["detail"] == "HTTP 503"
    assert story.publication(2, "E")["state"] == "pending"


def test_an_annex_that_is_not_there_is_missing_at_once(story: Story) -> None:
    assert story.annex(0, "gone.pdf")["status"] == "missing"
    assert story.annex(0, "gone.pdf")["detail"] == "HTTP 404"


def test_only_declared_hosts_are_asked_even_after_a_redirect(story: Story) -> None:
    assert story.annex(0, "elsewhere.example/f.pdf")["status"] == "missing"
    assert "elsewhere.example is not a declared host" in story.annex(0, "elsewhere.example/f.pdf")["detail"]
    assert "127.0.0.1 is not a declared host" in story.annex(0, "away.pdf")["detail"]


def test_a_redirect_on_the_host_is_followed_under_the_url_that_was_linked(story: Story) -> None:
    assert story.annex(0, "moved.pdf")["status"] == "captured"
    assert not [row for row in story.rows[0]["document"] if row["url"].endswith("final.pdf")]


def test_what_is_too_large_is_not_loaded(story: Story) -> None:
    assert story.annex(0, "big.pdf")["status"] == "too_large"
    assert story.annex(0, "big.pdf")["detail"] == "larger than 1 MB"


def test_robots_txt_is_obeyed(story: Story) -> None:
    assert "robots.txt does not allow" in by_url(story.rows[0]["document"], "/private/f.pdf")["detail"]
    assert not [path for _, path, _ in story.asked[0] if path.startswith("/private")]


# ── killed ──────────────────────────────────────────────────────────────────────────────────────────────


KILLED = """
import sys
from pathlib import Path
from crawlers.crawl import crawl_sources
from kb.workspace import find_workspace
crawl_sources(find_workspace(sys.argv[1]), ["nda-policies"], base_urls={"nda-policies": sys.argv[2]}, now=sys.argv[3])
"""


def test_a_crawl_that_is_killed_loses_nothing_and_goes_on(tmp_path: Path) -> None:
    reached, gate = threading.Event(), threading.Event()

    def slowly(_: Mapping[str, str]) -> Reply:
        reached.set()
        gate.wait(20)
        return Reply(b"%PDF-1.4 two")

    replies: Replies = {
        f"{NDA}/list/index_pc_1.html": nda_list("A", "B"),
        page_path("A"): nda_page("A", files=link("one.pdf") + link("two.pdf")),
        page_path("B"): nda_page("B"),
        f"{NDA}/0203/one.pdf": Reply(b"%PDF-1.4 one"),
        f"{NDA}/0203/two.pdf": slowly,
    }
    killed, whole = ensure_workspace(tmp_path / "killed"), ensure_workspace(tmp_path / "whole")
    with serve(replies) as site:
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(killed.root), site.url, DAYS[0]])
        assert reached.wait(20)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        rows = snapshot(killed)
        assert by_url(rows["document"], page_path("A"))["status"] == "captured"
        assert by_url(rows["document"], "two.pdf")["status"] == "expected"
        assert rows["source_run"] == []
        gate.set()
        asked = len(site.asked)
        time.sleep(0.5)
        assert len(site.asked) == asked  # the worker did not outlive the crawl
        for workspace in (killed, whole):
            crawl_sources(workspace, ["nda-policies"], base_urls={"nda-policies": site.url}, now=DAYS[0])
    assert snapshot(killed) == snapshot(whole)
    assert by_url(snapshot(killed)["document"], "two.pdf")["status"] == "captured"


def test_paging_stops_at_a_page_known_to_a_run_that_ended_well(tmp_path: Path) -> None:
    workspace = at(tmp_path)
    first = [chr(ord("a") + n) for n in range(15)]
    second = f"{NDA}/list/index_pc_2.html"
    replies: Replies = {
        f"{NDA}/list/index_pc_1.html": nda_list(*first, total=16, title="示例{}"),
        second: Reply("busy", 503),
    }
    with serve(replies) as site:

        def asked_for_second(now: str) -> bool:
            site.asked.clear()
            crawl_sources(workspace, ["nda-policies"], base_urls={"nda-policies": site.url}, now=now)
            return second in site.paths()

        assert asked_for_second(DAYS[0])  # and failed: what is behind it is not known
        site.replies[second] = nda_list("Z", total=16, title="示例{}")
        assert asked_for_second(DAYS[1])
        assert not asked_for_second(DAYS[2])
    assert len(snapshot(workspace)["publication"]) == 16


# ── manners and edges ──────────────────────────────────────────────────────────────────────────────────────────────


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
    with serve(first_day()) as site, pytest.raises(CrawlError, match="cannot record what was crawled: ") as caught:
        crawl_declared(workspace, declared(), base_urls={"nda-policies": site.url}, now=DAYS[0])
    assert "\n" not in str(caught.value)
