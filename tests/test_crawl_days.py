"""crawlers/spiders and crawlers/pipelines.py: one site over three days: edits, stamps, challenges, late annexes."""

from __future__ import annotations

from typing import Any

import pytest
from agency_site import Replies, Reply, serve
from nda_site import CHALLENGE, DAYS, NDA, NOTICES, Row, at, by_url, link, nda_list, nda_page, page_path, snapshot

from crawlers.crawl import crawl_declared
from crawlers.items import Outcome
from crawlers.source import Source, find_sources
from kb.db import open_kb


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
        f"{NDA}/0203/b.pdf": Reply(b"%PDF-1.4 eins %%EOF"),
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
        f"{NDA}/0203/moved.pdf": lambda headers: Reply(
            "", 301, {"Location": f"http://{headers['Host']}{NDA}/0203/final.pdf"}
        ),
        f"{NDA}/0203/final.pdf": Reply(b"%PDF-1.4 moved %%EOF"),
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
        site.replies[f"{NDA}/0203/b.pdf"] = Reply(b"%PDF-1.4 zwei %%EOF")
        site.replies[page_path("C")] = nda_page("C")
        site.replies[page_path("D")] = nda_page("D")
        site.replies[f"{NDA}/0203/e.pdf"] = Reply(b"%PDF-1.4 e %%EOF")
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
    for outcome in (*first, *second, *third):
        assert outcome.new + outcome.changed + outcome.unchanged == outcome.listed + outcome.revisited


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
