"""What people declare: signed answers in YAML and CSV; what cannot be taken is one line each, and stays unknown."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kb.errors import CatalogError
from kb.packs import load_packs
from mappings.db import open_company
from mappings.exposure.assess import Links, assess
from mappings.exposure.declared import Declared, parse_declared, read_declared
from mappings.exposure.entities import Answer, resolve
from mappings.exposure.store import load_entities, load_filings, load_transfers, save_declared

SAMPLE = Path(__file__).resolve().parents[1] / "mappings" / "exposure" / "sample" / "transfers.yml"
SIGNED = {"by": "legal", "date": "2026-01-01"}
NOW = "2026-02-03T08:00:00Z"


def one(**row: Any) -> Declared:
    return parse_declared({"answered": SIGNED, "transfers": [{"id": "t", "entity": "e", **row}]})


def test_the_sample_is_taken_whole() -> None:
    declared = read_declared(SAMPLE)
    assert (len(declared.entities), len(declared.transfers), len(declared.filings)) == (1, 4, 1)
    assert declared.rejected == ()


def test_what_is_stored_is_what_was_declared(tmp_path: Path) -> None:
    declared = read_declared(SAMPLE)
    db = open_company(tmp_path / "company.db")
    assert save_declared(db, declared, NOW)["new"] == 6
    assert save_declared(db, declared, NOW) == {"unchanged": 6}
    stored = {t.id: t for t in load_transfers(db)}
    for transfer in declared.transfers:
        assert stored[transfer.id].carries == transfer.carries
        assert set(stored[transfer.id].answers) == set(transfer.answers)
        assert set(stored[transfer.id].volumes) == set(transfer.volumes)
        assert stored[transfer.id].items == transfer.items
    (filing,) = load_filings(db)
    assert replace(filing, answers=()) == replace(declared.filings[0], answers=())
    assert set(filing.answers) == set(declared.filings[0].answers)
    (entity,) = declared.entities
    assert set(load_entities(db)[entity.id].answers) == set(entity.answers)


def test_an_answer_that_is_taken_back_stays_with_the_day_it_went(tmp_path: Path) -> None:
    db = open_company(tmp_path / "company.db")
    save_declared(db, one(award=True), NOW)
    assert save_declared(db, one(award=False), "2026-03-01T00:00:00Z") == {"changed": 1}
    (transfer,) = load_transfers(db)
    assert [a.value for a in transfer.answers] == [False]
    rows = list(db.query("select value, withdrawn from answer order by first_seen"))
    assert [(row["value"], row["withdrawn"]) for row in rows] == [("true", "2026-03-01T00:00:00Z"), ("false", None)]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"volumes": {2026: {"persons": -5}}}, "-5 is negative"),
        ({"vehicles": "many"}, "no number"),
        ({"vehicles": [9, 1]}, "upside down"),
        ({"vehicles": True}, "no number"),
        ({"award": "perhaps"}, "neither true nor false"),
        ({"colour": "red"}, "no such question"),
        ({"persons": 5}, "under volumes"),
        ({"method": "pigeon"}, "taken as unknown"),
        ({"automotive": "mostly"}, "neither true nor false"),
        ({"gates": "fine"}, "one by one"),
        ({"important_data": "secret"}, "none of notified"),
        ({"award": {"value": True, "by": ""}}, "who answered it"),
        ({"award": {"value": True, "date": "soon"}}, "write days as"),
        ({"volumes": {"soon": {"persons": 5}}}, "volumes"),
        ({"volumes": {2026: {"people": 5}}}, "people"),
        ({"ota_functions": 3}, "list of words"),
        ({"entity": None}, "names no entity"),
        ({"answered": "yesterday"}, "write {by"),
        ({"vehicles": []}, "no number"),
    ],
)
def test_what_cannot_be_taken_is_one_line_and_stays_unknown(row: dict[str, Any], words: str) -> None:
    declared = one(**row)
    (rejected,) = declared.rejected
    assert words in rejected["why"]
    assert "transfer t" in rejected["row"]
    (transfer,) = declared.transfers
    (exposure,) = assess([transfer], {}, Links(), load_packs(), "2026-02-03")
    assert exposure.decision.route == "undecided"


def test_a_bad_part_does_not_stop_the_others() -> None:
    declared = parse_declared({
        "transfers": [{"id": "a"}, "no mapping", {"entity": "e"}, {"id": "a"}, {"id": "b", "entity": "e"}],
        "filings": [{"id": "f", "route": "pigeon"},
                    {"id": "g", "route": "contract", "entity": "e", "transfers": ["b"]}],
        "recipes": [],
    })  # fmt: skip
    assert [t.id for t in declared.transfers] == ["a", "b"]
    assert [f.id for f in declared.filings] == ["g"]
    assert len(declared.rejected) == 6  # no section, no entity, no mapping, no id, twice, no route


def test_sections_of_another_shape_are_named_and_the_others_taken() -> None:
    declared = parse_declared({"entities": {"id": "e"}, "transfers": [{"id": "t", "entity": "e"}], "filings": 3})
    assert [t.id for t in declared.transfers] == ["t"]
    assert [row["row"] for row in declared.rejected] == ["entities", "filings"]


def test_files_that_are_nothing_are_one_error(tmp_path: Path) -> None:
    for name, text in (("a.yml", "{"), ("b.yml", "- 1"), ("c.yml", "cars: []")):
        (tmp_path / name).write_text(text, "utf-8")
        with pytest.raises(CatalogError) as error:
            read_declared(tmp_path / name)
        assert "\n" not in str(error.value)
    (tmp_path / "d.yml").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "d.yml", tmp_path / "none.yml"):
        with pytest.raises(CatalogError, match="cannot be read"):
            read_declared(path)


def test_a_csv_has_one_transfer_a_row(tmp_path: Path) -> None:
    path = tmp_path / "transfers.csv"
    path.write_text(
        "id,entity,method,automotive,fields,exemptions,important_data,vehicles,persons_2026,sensitive_persons_2026,by,date\n"
        'x,e,sent,true,d/a; d/b,none,none,1800,"1,000-5,000",0,legal,2026-01-01\n'
        "y,e,sent,,,,,,minus,-3,legal,2026-01-01\n",
        "utf-8",
    )
    declared = read_declared(path)
    x, y = declared.transfers
    assert (x.automotive, y.automotive) == (True, None)
    assert [str(c) for c in x.carries] == ["d/a", "d/b"]
    assert {(v.key, v.value, v.year) for v in x.volumes} == {
        ("persons", (1000.0, 5000.0), 2026), ("sensitive_persons", 0.0, 2026)}  # fmt: skip
    assert {a.key: a.value for a in x.answers}["contract_necessity"] is False
    assert sorted(r["why"].split(":")[0] for r in declared.rejected) == ["persons", "sensitive_persons"]


def answer(value: Any, by: str = "legal", date: str = "2026-01-01", expires: str | None = None) -> Answer:
    return Answer("award", value, by, date, expires=expires)


def test_expired_early_and_contradicting_answers_are_unknown_with_a_line() -> None:
    for given, words in (
        ([answer(True, expires="2026-02-02")], "expired on 2026-02-02"),
        ([answer(True, date="2026-03-01")], "after 2026-02-03"),
        ([answer(True), answer(False, by="data office")], "contradicting"),
        ([answer(True), answer(False)], "contradicting"),
    ):
        resolved = resolve(given, "2026-02-03", "t")
        assert not resolved.facts["award"].known
        (problem,) = resolved.problems
        assert words in problem


def test_a_newer_answer_of_the_same_person_replaces_the_older_and_unknown_is_no_contradiction() -> None:
    newer = resolve([answer(True), answer(False, date="2026-02-01")], "2026-02-03", "t")
    assert (newer.facts["award"].truth, newer.problems) == (False, ())
    unsure = resolve([answer(None), answer(True, by="data office")], "2026-02-03", "t")
    assert unsure.facts["award"].truth is True
    assert resolve([answer(None)], "2026-02-03", "t").problems == ()
    last_day = resolve([answer(True, expires="2026-02-03")], "2026-02-03", "t")
    assert last_day.facts["award"].truth is True
