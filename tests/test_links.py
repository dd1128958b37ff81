"""Suggested, accepted, rejected: decisions are remembered, and rules never overwrite them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from kb.db import open_kb
from kb.errors import NotFound
from mappings.catalog import links
from mappings.catalog.check import check_links
from mappings.catalog.dataset import Dataset
from mappings.catalog.importer import import_catalog
from mappings.catalog.links import decide_link, suggest_links
from mappings.catalog.match import Suggestion, suggest_types
from mappings.db import open_company

NOW, LATER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
ROWS = "t.cars,vin,text,Team,t@x.invalid,none\nt.cars,model,text,,,\nt.trips,weidu,double,,,sent\n"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_company(tmp_path / "company.db") as database:
        load(database, tmp_path, ROWS)
        yield database


def load(db: Database, tmp_path: Path, rows: str) -> None:
    path = tmp_path / "c.csv"
    path.write_text("dataset,column,type,owner,owner_email,cross_border\n" + rows, "utf-8")
    import_catalog(db, [path], now=NOW)


def stored(db: Database) -> list[tuple[str, str, str, str]]:
    rows = db.query("select * from link order by dataset, field, data_type")
    return [(row["dataset"], row["field"], row["data_type"], row["state"]) for row in rows]


def waiting(found: list[Suggestion]) -> set[tuple[str, str, str]]:
    return {(s.dataset, s.field, s.data_type) for s in found}


VIN, LAT = ("t.cars", "vin", "vehicle-identifier"), ("t.trips", "weidu", "location-trajectory")


def decide(db: Database, pair: tuple[str, str, str], state: Any, why: str = "looked") -> bool:
    return decide_link(db, *pair, state, by="steward", now=LATER, why=why)


def test_fields_get_suggestions_with_their_reason_and_rule(db: Database) -> None:
    assert waiting(suggest_links(db, now=NOW)) == {VIN, LAT}
    row = next(db.query("select * from link where field = 'vin'"))
    assert (row["state"], row["made_by"], row["suggested_at"]) == ("suggested", "rule", NOW)
    assert row["reason"]
    assert row["rule_version"]


def test_suggesting_twice_changes_nothing(db: Database) -> None:
    suggest_links(db, now=NOW)
    before = list(db.query("select * from link"))
    suggest_links(db, now=LATER)
    assert list(db.query("select * from link")) == before


def test_a_decided_pair_is_not_proposed_again(db: Database) -> None:
    suggest_links(db, now=NOW)
    decide(db, VIN, "accepted")
    decide(db, LAT, "rejected")
    assert suggest_links(db, now=LATER) == []
    assert stored(db) == [(*VIN, "accepted"), (*LAT, "rejected")]
    row = next(db.query("select * from link where field = 'vin'"))
    assert (row["decided_by"], row["decided_at"], row["why"]) == ("steward", LATER, "looked")


def test_a_rejected_pair_comes_back_when_its_column_changes(db: Database, tmp_path: Path) -> None:
    suggest_links(db, now=NOW)
    decide(db, VIN, "accepted")
    decide(db, LAT, "rejected")
    load(db, tmp_path, ROWS.replace("weidu,double", "weidu,geography").replace("vin,text", "vin,char"))
    assert waiting(suggest_links(db, now=LATER)) == {LAT}
    assert stored(db) == [(*VIN, "accepted"), (*LAT, "suggested")]
    decisions = [(row["state"], row["why"]) for row in db.query("select * from link_decision")]
    assert decisions == [("accepted", "looked"), ("rejected", "looked")]  # history stays


def with_rule_version(version: str) -> Any:
    def match(dataset: Dataset) -> Iterator[Suggestion]:
        for s in suggest_types(dataset):
            yield Suggestion(s.dataset, s.field, s.data_type, s.confidence, s.reason, s.rule, version)

    return match


def test_a_rejected_pair_comes_back_when_its_rule_changes(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    suggest_links(db, now=NOW)
    decide(db, VIN, "accepted")
    decide(db, LAT, "rejected")
    monkeypatch.setattr(links, "suggest_types", with_rule_version("new"))
    assert waiting(suggest_links(db, now=LATER)) == {LAT}


def test_a_rejection_of_a_pair_that_no_rule_made_outlives_rules(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    decide(db, LAT, "rejected")
    assert waiting(suggest_links(db, now=NOW)) == {VIN}
    monkeypatch.setattr(links, "suggest_types", with_rule_version("new"))
    assert waiting(suggest_links(db, now=LATER)) == {VIN}


def test_suggestions_that_no_rule_makes_any_more_are_taken_back(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suggest_links(db, now=NOW)
    decide(db, LAT, "rejected")
    load(db, tmp_path, ROWS.replace("weidu,double", "weidu,geography"))
    suggest_links(db, now=NOW)
    assert (*LAT, "suggested") in stored(db)
    monkeypatch.setattr(links, "suggest_types", lambda dataset: iter(()))
    assert suggest_links(db, now=LATER) == []
    assert stored(db) == [(*LAT, "rejected")]  # the rejection was a person's, and stands again


def test_a_person_may_link_what_no_rule_suggested(db: Database) -> None:
    pair = ("t.cars", "model", "personal-identity")
    assert decide(db, pair, "accepted")
    assert decide(db, ("t.trips", "", "location-trajectory"), "accepted")
    suggest_links(db, now=NOW)
    assert (*pair, "accepted") in stored(db)
    assert ("t.trips", "", "location-trajectory", "accepted") in stored(db)
    assert next(db.query("select made_by from link where field = 'model'"))["made_by"] == "person"


def test_the_same_decision_twice_is_one_and_another_is_remembered_too(db: Database) -> None:
    assert decide(db, VIN, "accepted")
    assert not decide(db, VIN, "accepted")
    assert decide(db, VIN, "rejected", "wrong after all")
    history = [(row["state"], row["why"]) for row in db.query("select * from link_decision order by id")]
    assert history == [("accepted", "looked"), ("rejected", "wrong after all")]
    assert stored(db) == [(*VIN, "rejected")]


@pytest.mark.parametrize(("pair", "word"), [
    (("nope", "vin", "vehicle-identifier"), "no dataset 'nope'"),
    (("t.cars", "nope", "vehicle-identifier"), "no field 'nope'"),
    (("t.cars", "vin", "nope"), "no data type 'nope'"),
])  # fmt: skip
def test_what_does_not_exist_cannot_be_decided(db: Database, pair: tuple[str, str, str], word: str) -> None:
    with pytest.raises(NotFound, match=word):
        decide(db, pair, "accepted")
    assert stored(db) == []


def test_an_ambiguous_name_is_asked_about(db: Database) -> None:
    db.execute("update dataset set name = 'same'")
    with pytest.raises(NotFound, match=r"t\.cars, t\.trips"):
        decide(db, ("same", "vin", "vehicle-identifier"), "accepted")


def findings(db: Database, kb: Database | None = None) -> set[tuple[str, str, str, str]]:
    return {(f.kind, f.dataset, f.field, f.data_type) for f in check_links(db, kb).findings}


def test_a_sound_map_has_no_findings(db: Database) -> None:
    suggest_links(db, now=NOW)
    decide(db, VIN, "accepted")
    decide(db, LAT, "rejected")
    report = check_links(db, None)
    assert report.findings == ()
    assert report.as_json()["coverage"] == {"fields": 3, "decided": 2, "suggested": 0, "untouched": 1, "share": 1.0}


def test_what_is_accepted_of_a_dataset_as_a_whole_decides_its_fields_and_what_is_deduced_does_not(db: Database) -> None:
    decide(db, ("t.cars", "", "vehicle-identifier"), "accepted")
    assert check_links(db, None).coverage.decided == 2
    db.execute("update link set rule = 'deduction/habits' where field = ''")
    assert check_links(db, None).coverage.decided == 0


def test_links_of_removed_fields_and_unknown_types_dangle_until_rejected(db: Database, tmp_path: Path) -> None:
    decide(db, VIN, "accepted")
    decide(db, ("t.cars", "model", "rd-design"), "accepted")
    db.execute("update link set data_type = 'retired-type' where field = 'model'")
    db.execute("update link set id = 'x' where field = 'nothing'")
    load(db, tmp_path, "t.cars,model,text,Team,t@x.invalid,none\n")
    assert ("dangling", *VIN) in findings(db)
    assert ("dangling", "t.cars", "model", "retired-type") in findings(db)
    decide(db, VIN, "rejected")
    assert ("dangling", *VIN) not in findings(db)


def test_linked_datasets_without_owner_or_address_are_found(db: Database, tmp_path: Path) -> None:
    load(db, tmp_path, ROWS.replace("t@x.invalid", ""))
    suggest_links(db, now=NOW)
    assert {("unowned", "t.trips", "", ""), ("no_address", "t.cars", "", "")} <= findings(db)


def test_a_dataset_that_leaves_the_country_undecided_is_found(db: Database) -> None:
    suggest_links(db, now=NOW)
    assert ("undecided", "t.trips", "", "") in findings(db)
    assert ("undecided", "t.cars", "", "") not in findings(db)
    decide(db, LAT, "accepted")
    assert ("undecided", "t.trips", "", "") not in findings(db)


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[Database]:
    with open_kb(tmp_path / "kb.db") as database:
        database.table("work").insert({"id": "w", "title": "示例", "title_key": "示例", "status": "extracted"})
        for id, old in (("w@draft", None), ("w@final", "w@draft")):
            database.table("version").insert({
                "id": id, "work": "w", "stage": "final", "title": "示例", "status": "extracted", "text": f"{id}~1",
                "predecessor": old,
            })  # fmt: skip
            database.table("text").insert(
                {"id": f"{id}~1", "version": id, "body": "示例", "digest": "d", "observed_from": NOW}
            )
        for item, version, data_type in (("a", "w@draft", "biometric"), ("b", "w@final", "vehicle-identifier")):
            database.table("data_type").insert({"id": data_type, "name_zh": "示例", "name_en": "sample"})
            database.table("data_item").insert(
                {"id": item, "text": f"{version}~1", "version": version, "ordinal": 1, "name": "示例"}
            )
            database.table("item_type").insert({"item": item, "data_type": data_type, "relation": "exact"})
        yield database


def test_a_listed_data_type_without_a_dataset_is_found_in_the_newest_version(db: Database, kb: Database) -> None:
    assert ("unmapped", "", "", "vehicle-identifier") in findings(db, kb)
    assert ("unmapped", "", "", "biometric") not in findings(db, kb)  # only the replaced draft lists it
    suggest_links(db, now=NOW)
    assert "only suggestions" in next(f.why for f in check_links(db, kb).findings if f.kind == "unmapped")
    decide(db, VIN, "accepted")
    assert ("unmapped", "", "", "vehicle-identifier") not in findings(db, kb)


def test_a_type_whose_only_dataset_was_removed_is_held_by_none(db: Database, kb: Database, tmp_path: Path) -> None:
    decide(db, VIN, "accepted")
    load(db, tmp_path, "t.trips,weidu,double,,,sent\n")
    assert ("unmapped", "", "", "vehicle-identifier") in findings(db, kb)
