"""A link of a whole dataset: its fields inherit it, exceptions are shown, deductions are nobody's in particular."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from mappings.catalog.importer import import_catalog
from mappings.catalog.inheritance import links_in_force
from mappings.catalog.links import State, decide_link, suggest_links
from mappings.catalog.together import list_deductions
from mappings.db import open_company

NOW = "2026-01-01T00:00:00Z"
ROWS = """dataset,column
crm,name
crm,mobile_phone
crm,colour
trips,vin
trips,lat
trips,lon
trips,speed
trips,ts
"""


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "c.csv"
    path.write_text(ROWS, "utf-8")
    with open_company(tmp_path / "company.db") as database:
        import_catalog(database, [path], now=NOW)
        yield database


def decide(db: Database, dataset: str, field: str, data_type: str, state: State = "accepted") -> None:
    decide_link(db, dataset, field, data_type, state, by="steward", now=NOW, why="looked")


def held(db: Database, dataset: str) -> dict[tuple[str, str], str]:
    return {(link.field, link.data_type): link.how for link in links_in_force(db, dataset)}


def suggested(db: Database) -> set[tuple[str, str, str]]:
    return {(s.dataset, s.field, s.data_type) for s in suggest_links(db, now=NOW)}


def test_fields_inherit_the_link_of_their_dataset_and_exceptions_are_shown(db: Database) -> None:
    decide(db, "crm", "", "personal-identity")
    decide(db, "crm", "colour", "personal-identity", "rejected")
    decide(db, "crm", "name", "biometric")
    assert held(db, "crm") == {
        ("", "personal-identity"): "whole", ("name", "biometric"): "own", ("name", "personal-identity"): "inherited",
        ("mobile_phone", "personal-identity"): "inherited", ("colour", "personal-identity"): "exception",
    }  # fmt: skip
    assert [link.field for link in links_in_force(db) if not link.holds] == ["colour"]


def test_a_rejection_without_a_link_of_the_dataset_is_no_exception(db: Database) -> None:
    decide(db, "crm", "colour", "personal-identity", "rejected")
    assert held(db, "crm") == {}


@pytest.mark.parametrize("state", ["accepted", "rejected"])
def test_what_is_decided_of_a_dataset_is_not_asked_of_its_fields(db: Database, state: State) -> None:
    pair = ("crm", "mobile_phone", "personal-identity")
    assert pair in suggested(db)
    decide(db, "crm", "", "personal-identity", state)
    assert pair not in suggested(db)


def test_what_columns_give_away_together_is_suggested_for_the_dataset_and_inherited_by_no_field(db: Database) -> None:
    assert ("trips", "", "traffic-flow") in suggested(db)
    row = next(db.query("select * from link where field = '' and data_type = 'traffic-flow'"))
    assert row["rule"] == "deduction/flow-from-trajectories"
    assert row["reason"].startswith("deduced (")
    assert row["confidence"] < 0.8
    decide(db, "trips", "", "traffic-flow")
    assert held(db, "trips") == {("", "traffic-flow"): "deduced"}
    assert ("trips", "", "traffic-flow") not in suggested(db)


def test_what_a_column_has_by_itself_is_not_asked_of_the_dataset_again(db: Database) -> None:
    assert ("trips", "", "location-trajectory") not in suggested(db)
    assert "trajectory-of-a-person" in {found.rule for found in list_deductions(db)}  # but it is shown


def test_a_rejected_ingredient_takes_the_deduction_back(db: Database) -> None:
    suggested(db)
    decide(db, "trips", "vin", "vehicle-identifier", "rejected")
    db.execute("update field set name = 'column_1' where name = 'vin'")
    suggested(db)
    assert "trajectory-of-a-person" not in {found.rule for found in list_deductions(db)}
