"""A run of decisions can be taken back as a whole; what was decided since stays, and nothing is forgotten."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from kb.errors import NotFound
from mappings.catalog.decisions import accept_by_policy, decide_all, decisions_above, one_decision
from mappings.catalog.importer import import_catalog
from mappings.catalog.links import decide_link, suggest_links
from mappings.catalog.runs import list_runs, undo_run
from mappings.db import open_company

NOW, LATER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
VIN, LAT = ("cars", "vin", "vehicle-identifier"), ("trips", "weidu", "location-trajectory")
MODEL = ("cars", "model", "rd-design")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "c.csv"
    path.write_text("dataset,column\ncars,vin\ncars,model\ntrips,weidu\n", "utf-8")
    with open_company(tmp_path / "company.db") as database:
        import_catalog(database, [path], now=NOW)
        suggest_links(database, now=NOW)
        yield database


def accept(db: Database, *pairs: tuple[str, str, str], state: str = "accepted") -> int:
    wanted = [one_decision(pair, state, "bulk") for pair in pairs]
    decide_all(db, wanted, by="steward", now=NOW, preview=False, strict=True)
    return int(list_runs(db)[0]["run"])


def states(db: Database) -> dict[tuple[str, str, str], str]:
    return {(row["dataset"], row["field"], row["data_type"]): row["state"] for row in db.query("select * from link")}


def test_undoing_a_run_puts_every_link_back(db: Database) -> None:
    before = states(db)
    run = accept(db, VIN, LAT, MODEL)
    assert list_runs(db)[0]["links"] == 3
    report = undo_run(db, run, by="lead", now=LATER)
    assert (len(report.restored), report.kept) == (3, [])
    assert states(db) == before | {MODEL: "withdrawn"}  # a person had made that link: nothing is suggested instead
    assert {(s.dataset, s.field, s.data_type) for s in suggest_links(db, now=LATER)} == {VIN, LAT}
    assert (list_runs(db)[0]["undone_by"], list_runs(db)[0]["undone_at"]) == ("lead", LATER)


def test_undoing_goes_back_to_the_decision_before(db: Database) -> None:
    decide_link(db, *VIN, "rejected", by="owner", now=NOW, why="a test car")
    undo_run(db, accept(db, VIN), by="lead", now=LATER)
    row = next(db.query("select * from link where field = 'vin'"))
    assert (row["state"], row["decided_by"], row["why"]) == ("rejected", "owner", "a test car")


def test_what_was_decided_since_stays(db: Database) -> None:
    run = accept(db, VIN, LAT)
    decide_link(db, *VIN, "rejected", by="owner", now=LATER, why="looked again")
    report = undo_run(db, run, by="lead", now=LATER)
    assert [row["field"] for row in report.kept] == ["vin"]
    assert states(db)[VIN] == "rejected"
    assert states(db)[LAT] == "suggested"


def test_runs_are_undone_in_any_order(db: Database) -> None:
    first, second = accept(db, VIN), accept(db, VIN, state="rejected")
    undo_run(db, first, by="lead", now=LATER)
    assert states(db)[VIN] == "rejected"
    undo_run(db, second, by="lead", now=LATER)
    assert states(db)[VIN] == "suggested"


def test_a_preview_changes_nothing(db: Database) -> None:
    run = accept(db, VIN)
    report = undo_run(db, run, by="lead", now=LATER, preview=True)
    assert [row["state"] for row in report.restored] == ["suggested"]
    assert states(db)[VIN] == "accepted"
    assert list_runs(db)[0]["undone_at"] is None


def test_an_unknown_or_undone_run_is_one_clear_error(db: Database) -> None:
    with pytest.raises(NotFound, match="no run 7"):
        undo_run(db, 7, by="lead", now=LATER)
    run = accept(db, VIN)
    undo_run(db, run, by="lead", now=LATER)
    with pytest.raises(NotFound, match="was undone by lead"):
        undo_run(db, run, by="lead", now=LATER)


def test_nothing_decided_is_no_run(db: Database) -> None:
    accept(db, VIN)
    accept(db, VIN)
    decide_all(db, [], by="steward", now=NOW, preview=False, strict=True)
    decide_all(db, decisions_above(db, 0.5, "", now=NOW), by="steward", now=NOW, preview=True, strict=True)
    assert len(list_runs(db)) == 1


def test_an_undone_link_that_no_rule_makes_any_more_is_withdrawn(db: Database) -> None:
    undo_run(db, accept(db, LAT), by="lead", now=LATER)
    db.execute("update field set name = 'column_1' where name = 'weidu'")
    suggest_links(db, now=LATER)
    assert states(db)[LAT] == "withdrawn"
    db.execute("update field set name = 'weidu' where name = 'column_1'")
    suggest_links(db, now=LATER)
    assert states(db)[LAT] == "suggested"


def test_a_type_is_accepted_without_a_person_only_where_the_company_says_so(db: Database) -> None:
    assert accept_by_policy(db, {}, now=NOW) == 0
    assert accept_by_policy(db, {"vehicle-identifier": 0.99}, now=NOW) == 0
    assert accept_by_policy(db, {"vehicle-identifier": 0.9, "rd-design": 0.1}, now=NOW) == 1
    assert states(db) == {VIN: "accepted", LAT: "suggested"}
    row = next(db.query("select * from link where field = 'vin'"))
    assert row["decided_by"] == "config.yml"
    assert accept_by_policy(db, {"vehicle-identifier": 0.9}, now=NOW) == 0


def test_what_a_person_took_back_is_left_to_persons(db: Database) -> None:
    accept_by_policy(db, {"vehicle-identifier": 0.9}, now=NOW)
    undo_run(db, list_runs(db)[0]["run"], by="lead", now=LATER)
    assert accept_by_policy(db, {"vehicle-identifier": 0.9}, now=LATER) == 0
    assert states(db)[VIN] == "suggested"
