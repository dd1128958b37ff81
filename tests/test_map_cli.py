"""`regwatch catalog import` and `regwatch map …` as users and scripts call them: JSON, exit codes, one-line errors."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command_line import answer, run

from mappings.cli import catalog, map

SAMPLE = Path(__file__).resolve().parents[1] / "mappings" / "catalog" / "sample" / "catalog.csv"
HEADER = "dataset,column,type,owner,owner_email,cross_border\n"
ROWS = "t.cars,vin,text,Team,t@x.invalid,none\nt.cars,model,text,,,\nt.trips,weidu,double,,,sent\n"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REGWATCH_WORKSPACE", str(tmp_path / "workspace"))
    return tmp_path


def put(workspace: Path, text: str, name: str = "c.csv") -> Path:
    path = workspace / name
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def imported(workspace: Path) -> Path:
    run(catalog, "import", put(workspace, HEADER + ROWS))
    return workspace


def one_line(result: Result) -> str:
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_import_on_a_fresh_workspace_answers_in_json(workspace: Path) -> None:
    said = answer(catalog, "import", put(workspace, HEADER + ROWS))
    assert said == {
        "datasets": 2, "fields": 3, "owners": 1, "new": 3, "changed": 0, "removed": 0, "unchanged": 0, "kept": 0,
        "moved": 0, "rejected": [],
    }  # fmt: skip
    assert (workspace / "workspace" / "config.yml").exists()


def test_rejected_rows_are_listed_the_rest_imported_and_the_exit_code_is_3(workspace: Path) -> None:
    path = put(workspace, HEADER + ROWS + "t.cars,vin,text,,,\n,x,,,,\n")
    said = answer(catalog, "import", path, code=3)
    assert [(row["row"], row["file"]) for row in said["rejected"]] == [(5, "c.csv"), (6, "c.csv")]
    assert all(row["why"] for row in said["rejected"])
    assert said["fields"] == 3


@pytest.mark.parametrize("words", [["absent.csv"], ["bad.csv"], ["c.xlsx"], ["good.csv", "--columns", "absent.yml"]])
def test_what_is_no_catalog_is_one_line_and_the_next_import_is_whole(
    workspace: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace)
    put(workspace, "a,b\n1,2\n", "bad.csv")
    put(workspace, HEADER + ROWS, "good.csv")
    put(workspace, "", "c.xlsx")
    line = one_line(run(catalog, "import", *words, code=1))
    assert line.startswith("error: ")
    run(catalog, "import", "good.csv")
    assert len(answer(map, "suggest")) == 2


def test_a_format_may_be_said_and_an_unknown_one_is_wrong_usage(workspace: Path) -> None:
    path = put(workspace, HEADER + ROWS, "dump.dat")
    assert answer(catalog, "import", path, "--format", "csv")["fields"] == 3
    run(catalog, "import", path, "--format", "nope", code=2)


def test_columns_of_any_name_are_read_with_a_mapping_file(workspace: Path) -> None:
    path = put(workspace, "Objekt,Merkmal\nt,vin\n")
    line = one_line(run(catalog, "import", path, code=1))
    assert "it has Objekt, Merkmal" in line
    columns = put(workspace, "dataset: Objekt\nfield: Merkmal\n", "columns.yml")
    assert answer(catalog, "import", path, "--columns", columns)["fields"] == 1


@pytest.mark.parametrize("words", [["suggest"], ["check"], ["accept", "t", "f", "vehicle-identifier"]])
def test_without_a_workspace_the_others_say_so_in_one_line(workspace: Path, words: list[str]) -> None:
    assert "no workspace" in one_line(run(map, *words, code=1))


def test_suggest_lists_what_waits_with_confidence_and_reason(imported: Path) -> None:
    said = answer(map, "suggest")
    assert [set(row) for row in said] == [{"dataset", "field", "data_type", "confidence", "reason"}] * 2
    assert [(row["dataset"], row["field"], row["data_type"]) for row in said] == [
        ("t.cars", "vin", "vehicle-identifier"), ("t.trips", "weidu", "location-trajectory"),
    ]  # fmt: skip
    assert [row["field"] for row in answer(map, "suggest", "--dataset", "t.trips")] == ["weidu"]
    assert [row["field"] for row in answer(map, "suggest", "--above", "0.99")] == []


def test_accepted_and_rejected_links_are_not_proposed_again(imported: Path) -> None:
    run(map, "suggest")
    said = answer(map, "accept", "t.cars", "vin", "vehicle-identifier", "--by", "steward", "--why", "checked")
    assert said["decided"] == [{"dataset": "t.cars", "field": "vin", "data_type": "vehicle-identifier",
                                "state": "accepted", "by": "steward", "why": "checked"}]  # fmt: skip
    run(map, "reject", "t.trips", "weidu", "location-trajectory")
    assert answer(map, "suggest") == []


def test_a_preview_accepts_nothing(imported: Path) -> None:
    assert len(answer(map, "accept", "--above", "0.9", "--preview")["decided"]) == 2
    assert len(answer(map, "suggest")) == 2
    assert answer(map, "accept", "--above", "0.99")["decided"] == []
    assert len(answer(map, "accept", "--above", "0.9")["decided"]) == 2
    assert answer(map, "suggest") == []


@pytest.mark.parametrize(("words", "fault"), [
    (["accept", "nope", "vin", "vehicle-identifier"], "no dataset 'nope'"),
    (["accept", "t.cars", "nope", "vehicle-identifier"], "no field 'nope'"),
    (["reject", "t.cars", "vin", "nope"], "no data type 'nope'"),
    (["accept", "--csv", "absent.csv"], "absent.csv: cannot be read"),
])  # fmt: skip
def test_what_does_not_exist_is_one_line(imported: Path, words: list[str], fault: str) -> None:
    assert fault in one_line(run(map, *words, code=1))


@pytest.mark.parametrize("words", [
    ["accept"], ["accept", "t.cars", "vin"], ["accept", "--preview"], ["reject"],
    ["accept", "t.cars", "vin", "vehicle-identifier", "--above", "0.9"], ["accept", "--above", "7"],
])  # fmt: skip
def test_half_a_decision_is_wrong_usage(imported: Path, words: list[str]) -> None:
    run(map, *words, code=2)


def test_a_file_of_decisions_is_taken_row_by_row(imported: Path) -> None:
    text = (
        "dataset,field,data_type,decision,why\nt.cars,vin,vehicle-identifier,accepted,yes\n"
        "t.trips,weidu,location-trajectory,rejected,no\nt.cars,nope,vehicle-identifier,,\n"
        "t.cars,model,rd-design,perhaps,\nt.trips,,location-trajectory,,whole dataset\n"
    )
    said = answer(map, "accept", "--csv", put(imported, text, "d.csv"), code=3)
    assert [(row["field"], row["state"], row["why"]) for row in said["decided"]] == [
        ("vin", "accepted", "yes"), ("weidu", "rejected", "no"), ("", "accepted", "whole dataset"),
    ]  # fmt: skip
    assert [row["row"] for row in said["rejected"]] == [4, 5]
    assert answer(map, "suggest") == []


def test_a_file_that_contradicts_itself_is_taken_at_its_first_word(imported: Path) -> None:
    pair = "t.cars,vin,vehicle-identifier"
    text = f"dataset,field,data_type,decision\n{pair},accepted\n{pair},accepted\n{pair},rejected\n"
    said = answer(map, "accept", "--csv", put(imported, text, "d.csv"), code=3)
    assert {row["state"] for row in said["decided"]} == {"accepted"}
    assert said["rejected"] == [{"row": 4, "why": "row 2 says accepted of the same link: that is taken"}]


def test_a_field_that_a_spreadsheet_takes_for_a_formula_comes_back_from_an_export(imported: Path) -> None:
    run(catalog, "import", put(imported, "dataset,column\nt.cars,+vin\n", "plus.csv"), "--catalog", "other")
    run(map, "accept", "t.cars", "+vin", "vehicle-identifier")
    text = run(map, "export").stdout
    assert ",'+vin," in text
    said = answer(map, "reject", "--csv", put(imported, text, "d.csv"))
    assert [(row["field"], row["state"]) for row in said["decided"]] == [("+vin", "rejected")]


def test_a_file_of_decisions_without_its_columns_is_one_line(imported: Path) -> None:
    path = put(imported, "dataset,why\nx,y\n", "d.csv")
    assert "has no column field and data_type" in one_line(run(map, "reject", "--csv", path, code=1))


def test_check_lists_findings_and_exits_3(imported: Path) -> None:
    run(map, "suggest")
    said = answer(map, "check", code=3)
    assert {(row["kind"], row["dataset"]) for row in said["findings"]} == {
        ("unowned", "t.trips"), ("undecided", "t.trips"),
    }  # fmt: skip
    assert said["coverage"] == {"fields": 3, "decided": 0, "suggested": 2, "untouched": 1, "share": 0.0}
    run(map, "accept", "--above", "0.9")
    run(catalog, "import", put(imported, HEADER + ROWS.replace("double,,", "double,Team,t@x.invalid")))
    assert answer(map, "check")["findings"] == []


def test_the_sample_catalog_goes_through_every_command(workspace: Path) -> None:
    assert answer(catalog, "import", SAMPLE)["datasets"] >= 24
    assert len(answer(map, "suggest")) > 100
    assert len(answer(map, "accept", "--above", "0.5")["decided"]) > 80
    kinds = {row["kind"] for row in answer(map, "check", code=3)["findings"]}
    assert kinds == {"unowned"}


@pytest.mark.parametrize(
    ("group", "name"), [(catalog, "import"), *((map, n) for n in ("suggest", "accept", "reject", "check"))]
)
def test_every_help_has_an_example(group: Any, name: str) -> None:
    assert "Example:" in run(group, name, "--help").stdout


@pytest.mark.parametrize("number", ["9" * 23, "0", "-1", "x'"])
def test_a_number_of_a_run_that_no_table_holds_is_wrong_usage(imported: Path, number: str) -> None:
    assert run(map, "undo", "--", number, code=2).stdout == ""
