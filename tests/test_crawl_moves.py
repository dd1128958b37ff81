"""crawlers/addresses.py: pages that go to another column, and with it to another address, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from agency_site import NOT_FOUND, AgencySite, Reply, serve
from nda_site import NDA, NOTICES, Row, at, digits, link, nda_list, nda_page, page_path, snapshot

from crawlers.addresses import elsewhere, is_move
from crawlers.crawl import crawl_sources
from kb.db import open_kb
from kb.recording.record import record_pending
from kb.workspace import Workspace

COLUMNS = ["nda-policies", "nda-notices"]
FIRST, MOVED, EDITED, LATER = (f"2026-02-{day:02d}T00:00:00Z" for day in (3, 4, 5, 25))
LAST = "2026-02-26T00:00:00Z"
AWAY = Reply("", 302, {"Location": "https://elsewhere.example/"})
MANNERS = "记入示例台账并保存三年", "指定示例人员负责查验", "向示例主管部门报告情况", "制定示例方案并演练一次"


def rule(letter: str, days: int = 10) -> str:
    """A rule of the page's own, with one term that an edit changes."""
    return "</p><p>".join(
        f"第{n}条　示例{letter}类单位处理示例{letter}类数据，应当在{term}日内{words}。"
        for n, term, words in zip("一二三四", (5, days, 15, 20), MANNERS, strict=True)
    )


def there(path: str) -> str:
    return path.replace(NDA, NOTICES)


class Story:
    """Every letter is a page, and what befalls it. All stand in the first column to begin with."""

    def __init__(self, site: AgencySite, workspace: Workspace) -> None:
        self.site, self.workspace = site, workspace
        self.asked: dict[str, list[str]] = {}
        self.outcomes: dict[str, dict[str, str]] = {}
        self.rows: dict[str, dict[str, list[Row]]] = {}
        self.edited: dict[str, list[str]] = {}  # day → publications edited until then

    def here(self, *letters: str, reply: Reply | None = None, days: int = 10) -> None:
        for letter in letters:
            self.site.replies[page_path(letter)] = reply or nda_page(letter, rule(letter, days))

    def there(self, *letters: str, reply: Reply | None = None, days: int = 10) -> None:
        for letter in letters:
            self.site.replies[there(page_path(letter))] = reply or nda_page(letter, rule(letter, days))

    def turn(self, now: str, policies: str, notices: str) -> None:
        self.site.replies[f"{NDA}/list/index_pc_1.html"] = nda_list(*policies)
        self.site.replies[f"{NOTICES}/list/index_pc_1.html"] = Reply(there(str(nda_list(*notices).body)))
        self.site.asked.clear()
        outcomes = crawl_sources(self.workspace, COLUMNS, base_urls=dict.fromkeys(COLUMNS, self.site.url), now=now)
        record_pending(self.workspace, now=now)
        self.outcomes[now] = {outcome.source: outcome.outcome for outcome in outcomes}
        self.asked[now], self.rows[now] = self.site.paths(), snapshot(self.workspace)
        with open_kb(self.workspace.kb_path) as db:
            self.edited[now] = [row["publication"] for row in db.query("select * from event where kind = 'edit'")]

    def visits(self, now: str, letter: str) -> list[str]:
        named = {page_path(letter): "here", there(page_path(letter)): "there"}
        return [named[path] for path in self.asked[now] if path in named]

    def row(self, now: str, letter: str) -> Row:
        [row] = [row for row in self.rows[now]["publication"] if row["key"] == digits(letter)]
        return row

    def edits(self, now: str, letter: str) -> int:
        return self.edited[now].count(self.row(now, letter)["id"])


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with serve({}) as site:
        told = Story(site, at(tmp_path_factory.mktemp("moves")))
        told.here(*"ABCEFGHJKZ")
        told.there("Z")
        told.here("D", reply=nda_page("D", files=link("d.txt")))
        site.replies[f"{NDA}/0203/d.txt"] = annex("D")
        told.turn(FIRST, "ABCDEFGHJKZ", "Z")

        told.there(*"BEFGHJK")
        told.there("C", days=30)
        told.there("D", reply=nda_page("D", files=link("d.txt")))
        site.replies[f"{NOTICES}/0203/d.txt"] = annex("D", 30)
        told.here(*"BCD", reply=NOT_FOUND)
        told.turn(MOVED, "AFGHJZ", "BCDEFGHJKZ")

        told.there(*"BE", days=30)
        told.there("G", "J", reply=NOT_FOUND)
        told.there("H", reply=AWAY)
        told.here(*"GHK", days=30)
        told.here("J", reply=NOT_FOUND)
        told.turn(EDITED, "AFGHJKZ", "BCDEFGHJZ")

        told.there("J")
        told.turn(LATER, "AFGHJKZ", "BCDEFJZ")
        told.turn(LAST, "AFGHJKZ", "BCDEFJZ")
        yield told


def annex(letter: str, days: int = 10) -> Reply:
    return Reply(f"示例{letter}类数据记录办法\n{rule(letter, days)}".replace("</p><p>", "\n"))


def test_a_page_that_moved_is_visited_where_it_is_now_and_its_edit_is_seen(story: Story) -> None:
    assert story.visits(MOVED, "B") == ["here", "there"]
    assert (story.row(MOVED, "B")["gone_at"], story.edits(MOVED, "B")) == (None, 0)
    assert story.row(MOVED, "B")["url"].endswith(there(page_path("B")))
    assert (story.visits(EDITED, "B"), story.edits(EDITED, "B")) == (["there"], 1)


def test_an_edit_made_with_the_move_is_an_edit_of_the_page_or_its_annex(story: Story) -> None:
    assert [story.edits(MOVED, letter) for letter in "CD"] == [1, 1]


def test_an_old_copy_that_still_answers_is_not_taken_for_the_page(story: Story) -> None:
    assert (story.visits(EDITED, "E"), story.edits(EDITED, "E")) == (["there"], 1)


def test_what_two_columns_list_is_visited_once_a_day_at_one_address(story: Story) -> None:
    assert story.visits(MOVED, "F") == ["here", "there"]  # a new address is looked at once
    assert (story.visits(EDITED, "F"), story.edits(LATER, "F")) == (["there"], 0)
    assert [story.visits(day, "Z") for day in (FIRST, MOVED, EDITED)] == [["here"]] * 3


@pytest.mark.parametrize("letter", ["G", "H"])
def test_a_page_gone_or_led_away_is_asked_for_where_else_it_is_listed(story: Story, letter: str) -> None:
    assert story.visits(EDITED, letter) == ["there", "here"]
    assert (story.row(EDITED, letter)["gone_at"], story.edits(EDITED, letter)) == (None, 1)


def test_a_page_gone_from_every_address_is_gone_its_source_healthy_and_it_comes_back(story: Story) -> None:
    assert story.visits(EDITED, "J") == ["there", "here"]
    assert story.row(EDITED, "J")["gone_at"] == EDITED
    assert story.outcomes[EDITED] == dict.fromkeys(COLUMNS, "healthy")
    assert (story.row(LATER, "J")["gone_at"], story.edits(LATER, "J")) == (None, 0)


def test_a_page_that_went_back_is_followed_though_its_other_copy_stays(story: Story) -> None:
    assert (story.visits(EDITED, "K"), story.edits(EDITED, "K")) == (["there"], 0)
    assert (story.visits(LAST, "K"), story.edits(LAST, "K")) == (["here"], 1)


def test_a_page_that_stayed_is_as_it_was(story: Story) -> None:
    assert story.edits(LAST, "A") == 0
    assert len(story.edited[LAST]) == 7


def test_where_a_page_is_asked_for_is_decided_by_what_lists_showed() -> None:
    row: Row = {"url": "b", "first_seen": "2026-01-01", "last_seen": "2026-03-01", "gone_at": None,
                "addresses": '{"a": "2026-02-01", "b": "2026-03-01"}'}  # fmt: skip
    assert not is_move(row, "b", "2026-03-02")
    assert not is_move(row, "a", "2026-03-02")
    assert not is_move(row, "a", "2026-04-20")  # nothing was crawled meanwhile
    assert is_move(row | {"addresses": '{"a": "2026-03-20", "b": "2026-03-01"}'}, "a", "2026-03-21")
    assert is_move(row | {"gone_at": "2026-03-02"}, "a", "2026-03-02")
    assert is_move(row, "c", "2026-03-02")
    assert not is_move(row | {"first_seen": "2026-03-02"}, "c", "2026-03-02")
    assert elsewhere(row, {"b"}) is None  # a was last shown earlier
    assert elsewhere(row | {"url": "a"}, {"a"}) == "b"
    assert is_move(row | {"url": None, "addresses": None}, "a", "2026-03-02")


def test_a_page_that_comes_back_to_an_address_and_to_what_it_said_there_is_edited_each_time(
    tmp_path: Path,
) -> None:
    with serve({}) as site:
        told = Story(site, at(tmp_path))
        told.here("A", "L")
        told.there("A")
        told.turn(FIRST, "AL", "A")
        told.there("L", days=30)
        told.here("L", reply=NOT_FOUND)
        told.turn(MOVED, "A", "AL")
        told.here("L")
        told.there("L", reply=NOT_FOUND)
        told.turn(EDITED, "AL", "A")
        told.turn(LATER, "AL", "A")
    assert [told.edits(day, "L") for day in (FIRST, MOVED, EDITED, LATER)] == [0, 1, 2, 2]
    assert [told.edits(day, "A") for day in (FIRST, LATER)] == [0, 0]
