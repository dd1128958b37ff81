"""The comparison with peers: what README and docs say of it is what the committed result says, in tables and charts.

The run itself is `python -m tests.benchmarks.peers`; here a few of its parts are played small, without any peer.
"""

from __future__ import annotations

import copy
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "benchmarks"))
from diff_peers import PEERS, by_blanks, by_characters, by_regwatch, falsely_marked, joined, marked  # noqa: E402
from page_changes import by_us, judge  # noqa: E402
from page_peers import _sections, filters  # noqa: E402
from page_timeline import PageTimeline, make_timeline  # noqa: E402
from peer_charts import charts, name_of  # noqa: E402
from peer_tables import between_marks, full, put, short  # noqa: E402

DOCS = ROOT / "docs"
RESULT = json.loads((DOCS / "peers.json").read_text("utf-8"))


def words_of(svg: str) -> list[str]:
    return re.findall(r">([^<>\n]+)</t(?:ext|span)>", svg)


def test_the_committed_tables_say_what_the_committed_result_says() -> None:
    assert between_marks((DOCS / "figures.md").read_text("utf-8")) == full(RESULT)
    assert between_marks((ROOT / "README.md").read_text("utf-8")) == short(RESULT)


def test_the_committed_charts_show_what_the_committed_result_says() -> None:
    drawn = charts(RESULT)
    assert sorted(drawn) == sorted(path.name for path in DOCS.glob("peers-*.svg"))
    for name, svg in drawn.items():
        assert words_of(svg) == words_of((DOCS / name).read_text("utf-8")), name


def test_the_committed_result_is_of_a_whole_run() -> None:
    assert RESULT["command"] == "python -m tests.benchmarks.peers"
    assert RESULT["left_out"] == []
    checkers = {row["checker"] for row in RESULT["pages"]["rows"]}
    assert checkers == {"urlwatch", "webchanges", "changedetection.io", "Regwatch"}
    assert {row["name"] for row in RESULT["diff"]["rows"]} == {"Regwatch", *(name for name, _, _ in PEERS)}
    assert all(row["version"] for row in RESULT["pages"]["rows"] if row["checker"] != "Regwatch")


def test_another_figure_is_another_table_and_another_chart() -> None:
    other = copy.deepcopy(RESULT)
    row = next(row for row in other["pages"]["rows"] if row["checker"] == "Regwatch")
    row["found"], row["false"], row["how"] = 7, 98765, "as it comes"
    other["matching"]["rows"][0]["f1"] = [0.123, 0.05, 0.2]
    assert f"| 7 of {other['pages']['true']} | 98765 |" in full(other)
    assert "7 / 98765" in short(other)
    assert "0.12 (0.05–0.20)" in full(other)
    drawn = charts(other)
    assert "98765" in words_of(drawn["peers-pages.svg"])
    assert "0.12" in words_of(drawn["peers-matching.svg"])


def test_every_bar_bears_its_name_and_its_value() -> None:
    rows = RESULT["pages"]["rows"]
    shown = words_of(charts(RESULT)["peers-pages.svg"])
    for row in rows:
        assert name_of(row) in shown
        assert f"{row['found']} of {RESULT['pages']['true']}" in shown
        assert str(row["false"]) in shown


def test_a_part_that_was_left_out_is_in_no_table_and_no_chart() -> None:
    less = {name: part for name, part in RESULT.items() if name != "matching"}
    assert "### Matching" not in full(less)
    assert "micro-F1" not in short(less)
    assert "peers-matching.svg" not in charts(less)


def test_a_page_without_marks_is_not_written_into() -> None:
    with pytest.raises(ValueError, match="no single <!-- peers -->"):
        put("# A page\n", "words")


def test_the_labels_of_a_timeline_follow_from_its_seed_and_are_all_visible() -> None:
    line = make_timeline(3, 12, 9)
    assert line.true == make_timeline(3, 12, 9).true
    assert line.true != make_timeline(4, 12, 9).true
    for place, day in line.true:
        agency = place.removeprefix("annex of ").replace("-", ":").partition(":")[0]
        trouble = [spell for spell in line.plot.spells if spell.agency == agency and not spell.page]
        assert not any(spell.holds(line.day(day)) for spell in trouble), (place, day)


@pytest.fixture(scope="module")
def line() -> PageTimeline:
    return make_timeline(2, 3, 6)


def test_our_checker_finds_what_is_labelled_and_tells_of_nothing_else(line: PageTimeline, tmp_path: Path) -> None:
    told = by_us(line, tmp_path, lambda _: None)
    found = judge(told, line)
    assert set(found["missed_kinds"]) <= {"title"}  # kept on record, told to nobody
    assert found["false"] == 0
    assert found["found"] == len(line.true) - sum(found["missed_kinds"].values())
    assert found["found"] > 3


def test_a_change_told_on_another_day_is_missed_and_false(line: PageTimeline) -> None:
    (page, day), *_ = sorted(place for place in line.true if not place[0].endswith(("notices", "policies")))
    found = judge({(page, day + 1): 1.0}, line)
    assert (found["found"], found["false"]) == (0, 1)
    found = judge({(page, day): 1.0}, line)
    assert (found["found"], found["false"]) == (1, 0)


def test_what_a_peer_prints_is_read_by_its_headings() -> None:
    printed = (
        "01. CHANGED: job-1\n02. ERROR: job-2\n\nCHANGED: job-1 ( http://127.0.0.1/1 )\n--- @\n+++ @\n"
        "-第一条　超过10万。\n+第一条　超过30万。\n\nERROR: job-2 ( http://127.0.0.1/2 )\n404 Not Found\n"
    )
    assert dict(_sections(printed)) == {"job-1": ("CHANGED", "第一条　超过30万。"), "job-2": ("ERROR", "")}


def test_peers_are_given_the_articles_own_part_of_a_page() -> None:
    assert filters("as it comes", "cac:3") == []
    assert filters("filters for each site", "cac:3") == [{"css": {"selector": "h1.title, #BodyLabel"}}, "html2text"]
    assert filters("filters for each site", "nda-policies")[-1] == "sort"


CASE = ("超过10万人的，应当申报。", "超过30万人的，应当申报。", 2, 5, "threshold")


def test_marks_are_judged_by_the_number_that_changed() -> None:
    assert marked([CASE], by_regwatch) == {"whole": 1.0, "within": 1.0, "share": round(3 / 13, 4)}
    assert marked([CASE], by_characters) == {"whole": 0.0, "within": 1.0, "share": round(1 / 13, 4)}
    assert marked([CASE], by_blanks) == {"whole": 0.0, "within": 0.0, "share": 1.0}
    assert joined([(2, 4, 2, 2), (4, 4, 2, 4)]) == [(2, 4, 2, 4)]


def test_an_article_that_only_moved_is_marked_falsely_by_whoever_marks_it() -> None:
    moves: list[Any] = [(["甲", "乙", "丙"], ["乙", "丙", "甲"], True), (["甲", "乙"], ["丁", "甲", "乙"], False)]
    assert falsely_marked(moves, lambda old, new: {"甲"}) == {"renumbered": 0.5, "shuffled": round(1 / 3, 4)}
    assert falsely_marked(moves[:1], lambda old, new: set()) == {"renumbered": None, "shuffled": 0.0}
