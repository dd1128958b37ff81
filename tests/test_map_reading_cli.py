"""`regwatch map show|deduce|rules|runs|undo|export` and `regwatch catalog keys` as users and scripts call them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from command_line import answer, run
from lexicons import changed_lexicon

from mappings.catalog.lexicon import PATH
from mappings.cli import catalog, map

SAMPLE = PATH.parent / "sample" / "catalog.csv"
VIN = ("types/vehicle-identifier.yml", "vin:\n")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REGWATCH_WORKSPACE", str(tmp_path / "workspace"))
    run(catalog, "import", SAMPLE)
    run(map, "suggest")
    return tmp_path


def test_show_lists_own_inherited_and_excepted_links_and_deductions(workspace: Path) -> None:
    run(map, "accept", "crm.customers", "-", "personal-identity", "--by", "steward")
    run(map, "reject", "crm.customers", "customer_no", "personal-identity", "--by", "steward")
    said = answer(map, "show", "crm.customers")
    how = {row["field"]: row["how"] for row in said["links"]}
    assert (how[""], how["email"], how["customer_no"]) == ("whole", "inherited", "exception")
    assert answer(map, "show", "v2x.junction_counts")["deductions"][0]["rule"] == "flow-at-a-place"
    assert "inherited" in run(map, "show", "crm.customers").stdout
    assert "no dataset 'nope'" in run(map, "show", "nope", code=1).stderr


def test_candidates_are_what_is_suggested_and_what_was_left_out_with_its_reason(workspace: Path) -> None:
    said = answer(map, "candidates", "crm.customers", "marketing_consent")
    assert all(set(row) == {"dataset", "field", "data_type", "confidence", "reason", "against"} for row in said)
    assert {row["field"] for row in said} <= {"marketing_consent"}
    everything = answer(map, "candidates", "vehicle.master")
    assert next(r for r in everything if r["field"] == "vin")["data_type"] == "vehicle-identifier"
    assert "no field 'nope'" in run(map, "candidates", "crm.customers", "nope", code=1).stderr
    assert "against" in run(map, "candidates", "vehicle.master").stdout


def test_deduce_lists_what_columns_give_away_by_what_it_reveals(workspace: Path) -> None:
    said = answer(map, "deduce")
    assert {row["reveals"] for row in said} == {"geographic", "infrastructure", "behavioural"}
    assert {row["reveals"] for row in answer(map, "deduce", "--reveals", "geographic")} == {"geographic"}
    assert set(said[0]["parts"][0]) == {"ingredient", "dataset", "fields"}


def test_a_type_is_corrected_in_one_run(workspace: Path) -> None:
    words = ("vehicle.master", "chepaihao", "face-or-plate", "--instead-of", "personal-identity", "--by", "steward")
    decided = answer(map, "accept", *words)["decided"]
    assert [(row["data_type"], row["state"]) for row in decided] == [
        ("face-or-plate", "accepted"), ("personal-identity", "rejected"),
    ]  # fmt: skip
    (run_of_both,) = answer(map, "runs")
    assert run_of_both["links"] == 2
    run(map, "accept", "--above", "0.9", "--instead-of", "personal-identity", code=2)


def test_a_bulk_run_is_undone_as_a_whole(workspace: Path) -> None:
    before = answer(map, "suggest")
    accepted = len(answer(map, "accept", "--above", "0.8")["decided"])
    (bulk,) = answer(map, "runs")
    assert (bulk["links"], bulk["what"]) == (accepted, "accepted above 0.8")
    assert len(answer(map, "undo", bulk["run"], "--preview")["restored"]) == accepted
    assert len(answer(map, "undo", bulk["run"])["restored"]) == accepted
    assert answer(map, "suggest") == before
    assert "was undone" in run(map, "undo", bulk["run"], code=1).stderr


def test_config_accepts_a_type_without_a_person(workspace: Path) -> None:
    config = workspace / "workspace" / "config.yml"
    config.write_text(config.read_text("utf-8") + "accept:\n  vehicle-identifier: 0.9\n", "utf-8")
    waiting = answer(map, "suggest")
    assert "vehicle-identifier" not in {row["data_type"] for row in waiting}
    assert answer(map, "runs")[0]["decided_by"] == "config.yml"


def test_a_lexicon_that_floods_is_named_before_it_goes_live(workspace: Path) -> None:
    assert answer(map, "rules", "--flood", "0.1")[0]["fields"] > 0
    rows = "dataset,column\n" + "".join(f"dbc.ford,can_track_{n}\n" for n in range(300))
    (workspace / "bus.csv").write_text(rows, "utf-8")
    run(catalog, "import", workspace / "bus.csv")
    candidate = changed_lexicon(workspace, *VIN, "added:\n  words: [can track]\n  weight: 0.9\nvin:\n")
    result = run(map, "rules", "--lexicon", candidate, code=3)
    assert "floods: vehicle-identifier/added hits 300 fields" in result.stderr
    assert [row["rule"] for row in answer(map, "rules", "--lexicon", candidate, code=3) if row["floods"]] == [
        "vehicle-identifier/added"
    ]
    live = {row["data_type"] for row in answer(map, "suggest") if row["dataset"] == "dbc.ford"}
    assert "vehicle-identifier" not in live  # nothing of it went live
    assert "cannot be read" in run(map, "rules", "--lexicon", "absent", code=1).stderr


def test_a_phrase_that_matches_everything_is_named_in_a_small_catalog_too(workspace: Path) -> None:
    small = {"REGWATCH_WORKSPACE": str(workspace / "small")}
    rows = "dataset,column\n" + "".join(f"shop.goods,goods_{word}\n" for word in "abcdefghijklmnop")
    (workspace / "small.csv").write_text(rows, "utf-8")
    assert CliRunner().invoke(catalog, ["import", str(workspace / "small.csv")], env=small).exit_code == 0
    assert CliRunner().invoke(map, ["rules"], env=small).exit_code == 0
    candidate = changed_lexicon(workspace, *VIN, "added:\n  words: [goods]\n  weight: 0.9\nvin:\n")
    result = CliRunner().invoke(map, ["rules", "--lexicon", str(candidate)], env=small)
    assert result.exit_code == 3
    assert "floods: vehicle-identifier/added hits 16 fields (100%)" in result.stderr


def test_a_new_rule_that_hits_far_more_than_any_other_is_named_in_the_sample_too(workspace: Path) -> None:
    words = "trip, vin, speed, lat, id, time, name, number, status, code, date, type, wheel"
    candidate = changed_lexicon(workspace, *VIN, f"added:\n  words: [{words}]\n  weight: 0.95\nvin:\n")
    assert "floods: vehicle-identifier/added" in run(map, "rules", "--lexicon", candidate, code=3).stderr
    run(map, "rules")


def test_export_writes_each_format_to_stdout_or_a_file(workspace: Path) -> None:
    run(map, "accept", "--above", "0.8")
    assert run(map, "export").stdout.startswith("dataset,field,data_type,how")
    target = workspace / "terms.json"
    result = run(map, "export", "--format", "datahub", "--output", target)
    assert result.stdout == ""
    assert json.loads(target.read_text("utf-8"))[0]["aspectName"] == "glossaryTermInfo"


def test_keys_lists_every_key_with_its_meaning_and_names() -> None:
    said = {row["key"]: row for row in answer(catalog, "keys")}
    assert {"entity", "storage_region", "cross_border", "recipient", "person_count"} <= set(said)
    assert "出境" in said["cross_border"]["names"]
    assert all(row["meaning"] for row in said.values())
