"""kb/overview: works as lawyers file them, one work along time, the limits of a data type, coverage; search facets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from site_rows import DRAFT, FINAL, TODAY, seeded_workspace
from sqlite_utils import Database

from kb.db import open_kb
from kb.errors import NotFound
from kb.news import dates_between, deadlines
from kb.overview.coverage import coverage
from kb.overview.limits import limits_of_type
from kb.overview.shelf import choices, keep, shelf
from kb.overview.timeline import timeline
from kb.searching.facets import facets
from kb.searching.search import search


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with open_kb(seeded_workspace(tmp_path_factory.mktemp("w")).kb_path) as opened:
        yield opened


def test_a_work_is_filed_by_the_law_of_the_day(db: Database) -> None:
    before = {work["id"]: work for work in shelf(db, "2026-02-10")}
    after = {work["id"]: work for work in shelf(db, "2026-08-01")}
    assert (before["sample-guide"]["validity"], after["sample-guide"]["validity"]) == ("not_yet_effective", "in_force")
    assert after["sample-guide"]["speaking"] == FINAL
    assert before["sample-guide"]["doc_number"] == "示例〔2026〕1号"
    assert before["sample-flow"]["validity"] == "in_force"


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({"agency": "cac"}, {"sample-guide", "sample-flow"}),
        ({"agency": "miit"}, {"sample-guide"}),
        ({"validity": "in_force"}, {"sample-flow"}),
        ({"number": "示例[2026]1号"}, {"sample-guide"}),  # other brackets
        ({"number": "〔2026〕 1"}, {"sample-guide"}),
        ({"words": "跨境流动"}, {"sample-flow"}),
        ({"words": "EXPORT guide"}, {"sample-guide"}),
        ({"level": "law"}, set()),
        ({}, {"sample-guide", "sample-flow"}),
    ],
)
def test_the_filters_that_analysts_know(db: Database, asked: dict[str, str], kept: set[str]) -> None:
    assert {work["id"] for work in keep(shelf(db, TODAY), **asked)} == kept


def test_what_can_be_chosen_is_counted(db: Database) -> None:
    assert choices(shelf(db, TODAY))["agency"] == {"cac": 2, "miit": 1}


def test_a_work_along_time_says_when_it_was_open_and_when_it_is_law(db: Database) -> None:
    found = timeline(db, "sample-guide")
    assert [(mark["version"], mark["day"]) for mark in found["marks"]] == [(DRAFT, "2025-06-13"), (FINAL, "2026-02-03")]
    assert found["comments"] == [{"version": DRAFT, "since": "2025-06-13", "until": "2025-07-13"}]
    [law] = found["law"]
    assert (law["version"], law["state"], law["since"], law["until"]) == (FINAL, "true", "2026-07-01", None)
    with pytest.raises(NotFound):
        timeline(db, "nothing")


def test_a_repeal_ends_the_span_of_law(db: Database) -> None:
    with db.atomic():
        db.table("version").update(FINAL, {"repealed": "2027-03-01"})
        [law] = timeline(db, "sample-guide")["law"]
        assert (law["since"], law["until"]) == ("2026-07-01", "2027-03-01")
        db.table("version").update(FINAL, {"repealed": None})


def test_the_limits_of_a_type_are_its_numbers_version_after_version(db: Database) -> None:
    found = [(row["version"], row["measure"], row["value"]) for row in limits_of_type(db, "location-trajectory")]
    assert found == [(DRAFT, "days", 30), (FINAL, "days", 15)]
    assert limits_of_type(db, "nothing") == []


def test_coverage_counts_what_was_listed_followed_and_read(db: Database) -> None:
    found = coverage(db)
    cac = next(row for row in found["agencies"] if row["agency"] == "cac")
    assert (cac["listed"], cac["followed"]) == (2, 1)
    assert found["totals"]["versions_read"] == 2


def test_dates_of_a_month_hold_past_ones_too_and_deadlines_do_not(db: Database) -> None:
    kinds = [(row["date"], row["kind"]) for row in dates_between(db, "2025-07-01", "2025-07-31", TODAY)]
    assert kinds == [("2025-07-13", "comments_close")]
    assert all(row["date"] >= TODAY for row in deadlines(db, TODAY))


def test_facets_count_where_the_places_stand(db: Database) -> None:
    found = facets(db, "位置轨迹", {})
    assert found["counted"] == sum(found["stage"].values()) > 0
    assert set(found["work"]) == {"sample-guide"}
    narrowed = facets(db, "位置轨迹", {"stage": "final"})
    assert set(narrowed["stage"]) == {"final"}
    places = [hit for hit in search(db, "位置轨迹", stage="final", limit=100) if hit["kind"] != "version"]
    assert narrowed["counted"] == len(places)
    assert facets(db, "", {})["counted"] == 0
