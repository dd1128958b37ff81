"""`regwatch exposure` and `transfer` from the command line: JSON of the contract, marks, pictures, evidence."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from kb.db import open_kb
from mappings.catalog.importer import import_catalog
from mappings.catalog.links import decide_link
from mappings.db import open_company
from regwatch import main

ROOT = Path(__file__).resolve().parents[1]
DRAFT = "auto-data-export-guide@draft-2025"
TODAY = ("--now", "2026-11-22")
NOTICE = "not legal advice"
CATALOG = """dataset,column,description,entity,cross_border,recipient,owner,owner_email
battery.cells,soc,battery state of charge,e,sent,R,Battery,b@example.invalid
staff.list,name,name of the employee,e,accessed_from_abroad,R,HR,h@example.invalid
cars.master,vin,=1+1,e,sent,R,Cars,c@example.invalid
parts.list,number,number of the part,e,none,,Parts,p@example.invalid
"""
DECLARED = """
answered: {by: legal, date: 2026-01-01, evidence: memo}
entities: [{id: e, name: 示例有限公司, ciio: false, ftz: none, gates: none}]
transfers:
  - {id: battery, entity: e, recipient: R, method: sent, automotive: true, exemptions: none,
     fields: [battery.cells/soc], listed_as: [车辆充电状态监测数据],
     personal_information: false, important_data: none, vehicles: 100000}
  - {id: staff, entity: e, recipient: R, method: accessed_from_abroad, automotive: false, fields: [staff.list],
     important_data: none, hr_necessity: true, volumes: {2026: {persons: 0, sensitive_persons: 700}}}
filings:
  - {id: f1, route: contract, entity: e, transfers: [battery], granted: 2025-06-01, valid_to: 2026-12-31}
"""

SVC = """  - {id: svc, entity: e, method: sent, automotive: false, sector: automotive, list_scenario: service,
     exemptions: none, important_data: none, personal_information: true, sensitive_personal_information: false,
     volumes: {2026: {persons: PERSONS, sensitive_persons: 0}}}
"""
ZONE = """# 示例: a list in the form of the real ones
{id: ftz-sample, title: 示例负面清单, kind: zone, version: ftz-sample@final-2026, from: 2026-01-01, text: read,
 certainty: verbatim, source: a test, zone: {name: sample}, sectors: [{sector: automotive, scenarios: [service],
 assessment: [{id: a, when: {key: persons, at_least: 300000}, cite: {provision: 第1项}}],
 contract: [{id: c, when: {key: persons, at_least: 200000}, cite: {provision: 第2项}}]}]}
"""


def call(workspace: Path, *words: str) -> Result:
    return CliRunner().invoke(main, list(words), env={"REGWATCH_WORKSPACE": str(workspace)}, catch_exceptions=False)


def rows(workspace: Path, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(call(workspace, *words, "--json").stdout)
    return found


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "w"
    assert call(root, "init").exit_code == 0
    (tmp_path / "catalog.csv").write_text(CATALOG, "utf-8")
    (tmp_path / "declared.yml").write_text(DECLARED, "utf-8")
    with open_company(root / "company.db") as db:
        import_catalog(db, [tmp_path / "catalog.csv"], now="2026-02-03T00:00:00Z")
        decide_link(db, "battery.cells", "soc", "battery-state", "accepted", by="data office",
                    now="2026-02-03T00:00:00Z", why="it is")  # fmt: skip
    open_kb(root / "kb.db").close()
    assert call(root, "transfer", "import", str(tmp_path / "declared.yml"), "--now", "2026-02-03").exit_code == 0
    return root


def test_a_transfer_answers_with_every_key_of_the_contract(workspace: Path) -> None:
    (row,) = rows(workspace, "exposure", "staff", *TODAY)
    assert {"transfer", "dataset", "version", "gates", "route", "why", "conditions", "missing", "ask_counsel"} <= set(
        row
    )
    assert (row["transfer"], row["dataset"], row["route"]) == ("staff", "staff.list", "no_filing")
    assert row["version"] == "cross-border-data-flow-provisions@final-2024-03-22"
    assert [gate["met"] for gate in row["gates"]] == [False] * 5
    (deciding,) = (c for c in row["conditions"] if c["decided"])
    assert {"condition", "met", "because", "citation"} <= set(deciding)
    assert "第五条第一款第（二）项" in deciding["citation"]
    assert "separate-consent" in str(row["duties"])
    assert NOTICE in row["notice"]


def test_the_unread_text_in_force_leaves_it_undecided_and_the_draft_is_never_used_silently(workspace: Path) -> None:
    (row,) = rows(workspace, "exposure", "battery.cells", *TODAY)
    assert (row["transfer"], row["route"], row["what_if"]) == ("battery", "undecided", None)
    assert row["why"].startswith("in-force text not read")
    assert "regwatch add" in row["why"]
    assert row["version"] == "auto-data-export-guide@final-2026"
    assert DRAFT not in json.dumps(row)
    assert "undecided: in-force text not read" in call(workspace, "exposure", *TODAY).stdout


def test_every_output_of_a_what_if_carries_its_mark(workspace: Path, tmp_path: Path) -> None:
    mark = f"what-if: as if {DRAFT} were law"
    (row,) = rows(workspace, "exposure", "battery", "--what-if", DRAFT, *TODAY)
    assert (row["route"], row["route_in_force"], row["mark"], row["version"]) == (
        "assessment",
        "undecided",
        mark,
        DRAFT,
    )
    picture, docx, xlsx = tmp_path / "p.svg", tmp_path / "e.docx", tmp_path / "e.xlsx"
    table = call(workspace, "exposure", "battery", "staff", "--what-if", DRAFT, "--picture", str(picture), *TODAY)
    lines = [line for line in table.stdout.splitlines() if line.startswith(("battery", "staff"))]
    assert len(lines) == 4  # the table, and each transfer in full below it
    assert all("what-if" in line for line in lines)
    assert "battery: undecided → assessment" in table.stdout
    assert "1 of 2 transfers change their route" in table.stdout
    drawn = ElementTree.fromstring(picture.read_text("utf-8"))
    words = " ".join(drawn.itertext())
    assert mark in words
    assert NOTICE in words
    for path in (docx, xlsx):
        assert call(workspace, "exposure", "--what-if", DRAFT, "--evidence", str(path), *TODAY).exit_code == 0
    assert mark in docx_text(docx)
    assert all(sheet[0][0] == mark for sheet in sheets(xlsx).values())
    assert mark in call(workspace, "transfer", "questions", "--what-if", DRAFT, *TODAY).stdout


def test_the_evidence_pack_holds_the_guides_table_links_conditions_and_answers(workspace: Path, tmp_path: Path) -> None:
    path = tmp_path / "e.xlsx"
    call(workspace, "exposure", "--evidence", str(path), *TODAY)
    found = sheets(path)
    assert list(found)[1].startswith("数据项清单")
    items = found["数据项清单 Data items"]
    assert items[1][1:] == ("序号", "数据项名称", "内容描述", "出境必要性", "示例", "备注")
    assert ("battery", 1, "soc", "battery state of charge") in [row[:4] for row in items]
    assert any(row[:4] == ("battery", "battery.cells", "soc", "battery-state") for row in found["映射 Links"])
    assert any("第三条" in str(row) for row in found["条件 Conditions"])
    assert any(row[:4] == ("battery", "battery", "vehicles", "100000") for row in found["答复 Answers"])
    assert any("not recorded" in str(row) for row in found["留存 Captures"])
    assert NOTICE in docx_text_of(workspace, tmp_path)


def test_words_of_a_catalog_never_become_formulas(workspace: Path, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = tmp_path / "e.xlsx"
    call(workspace, "exposure", "cars.master", "--evidence", str(path), *TODAY)
    cells = [cell for page in load_workbook(path) for row in page for cell in row if cell.value == "=1+1"]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}


def test_exported_datasets_without_a_transfer_are_proposed_and_unknown(workspace: Path) -> None:
    (row,) = rows(workspace, "exposure", "cars.master", *TODAY)
    assert (row["transfer"], row["proposed"], row["route"]) == ("proposed:cars.master", True, "undecided")
    assert {"automotive", "important_data", "vulnerability_reported"} <= {q["key"] for q in row["missing"]}
    listed = rows(workspace, "transfer", "list")
    assert {r["transfer"] for r in listed} == {"battery", "staff", "proposed:cars.master"}


def test_a_filing_that_no_longer_covers_is_exit_code_3(workspace: Path) -> None:
    result = call(workspace, "transfer", "filings", "--json", "--now", "2027-01-01")
    (row,) = json.loads(result.stdout)
    assert (result.exit_code, row["covers"]) == (3, False)
    assert "expired 2026-12-31" in row["why"]


def test_a_field_that_the_catalog_does_not_have_is_a_line_and_exit_code_3(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "more.yml").write_text("transfers: [{id: lost, entity: nobody, fields: [no.such/field]}]", "utf-8")
    call(workspace, "transfer", "import", str(tmp_path / "more.yml"))
    result = call(workspace, "exposure", "lost")
    assert result.exit_code == 3
    assert "no.such/field is not in the catalog" in result.stderr
    assert "no entity nobody is declared" in result.stderr
    assert "undecided" in result.stdout


def test_a_transfer_of_what_the_catalog_says_stays_is_a_line_and_exit_code_3(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "more.yml").write_text(
        "transfers: [{id: parts, entity: e, method: sent, fields: [parts.list]}]", "utf-8"
    )
    call(workspace, "transfer", "import", str(tmp_path / "more.yml"))
    result = call(workspace, "exposure", "parts", *TODAY)
    assert result.exit_code == 3
    assert "parts: the catalog marks parts.list as not leaving China" in result.stderr


def test_a_what_if_says_whether_each_filing_would_still_cover(workspace: Path) -> None:
    (row,) = rows(workspace, "exposure", "battery", "--what-if", DRAFT, *TODAY)
    (item,) = (c for c in row["conditions"] if c["role"] == "item" and c["decided"])
    assert "车辆充电状态监测数据" in item["condition"]
    assert row["filings"][0]["covers"] is None  # the route is not known yet, and nobody said what has changed
    assert row["filings_then"] == [{"filing": "f1", "covers": False}]  # a contract, where an assessment would be due


def test_what_to_answer_is_listed_for_transfers_and_for_their_filings(workspace: Path) -> None:
    asked = {(row["transfer"], row["filing"], row["key"]) for row in rows(workspace, "transfer", "questions", *TODAY)}
    assert {("proposed:cars.master", "", "automotive"), ("battery", "f1", "recipient_control_changed")} <= asked


def test_a_named_transfer_is_shown_with_its_filings_and_what_they_ask(workspace: Path) -> None:
    shown = call(workspace, "exposure", "battery", *TODAY).stdout
    assert "filing    f1 covers: unknown" in shown
    assert "not answered:" in shown
    assert "recipient_control_changed" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["exposure", "nothing"], "no transfer and no exported dataset nothing"),
        (["exposure", "parts.list"], "the catalog says of its leaving China: none"),
        (["exposure", "--entity", "nobody"], "no transfer of an entity nobody"),
        (["exposure", "--what-if", "pipl@draft-1999"], "it has no rule pack and no data items"),
        (["exposure", "--evidence", "e.pdf"], ".docx or an .xlsx"),
        (["transfer", "import", "nowhere.yml"], "cannot be read"),
    ],
)
def test_errors_are_one_line(workspace: Path, words: list[str], said: str) -> None:
    result = call(workspace, *words)
    assert result.exit_code == 1
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_the_workspaces_own_pack_is_read_beside_those_that_ship(workspace: Path, tmp_path: Path) -> None:
    """A zone's list that the company wrote itself: 示例, in the form of the real ones."""
    (workspace / "packs").mkdir()
    (workspace / "packs" / "ftz-sample.yml").write_text(ZONE, "utf-8")
    text = DECLARED.replace("ftz: none", "ftz: sample, ftz_activity: true").replace(
        "transfers:\n", f"transfers:\n{SVC}"
    )
    for persons, route in ((300_000, "assessment"), (299_999, "contract_or_certification"), (199_999, "no_filing")):
        (tmp_path / "zone.yml").write_text(text.replace("PERSONS", str(persons)), "utf-8")
        call(workspace, "transfer", "import", str(tmp_path / "zone.yml"))
        (row,) = rows(workspace, "exposure", "svc", *TODAY)
        assert row["route"] == route, row["why"]


def sheets(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    from openpyxl import load_workbook

    return {page.title: list(page.iter_rows(values_only=True)) for page in load_workbook(path)}


def docx_text(path: Path) -> str:
    from docx import Document

    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def docx_text_of(workspace: Path, tmp_path: Path) -> str:
    path = tmp_path / "pack.docx"
    assert call(workspace, "exposure", "staff", "--evidence", str(path), *TODAY).exit_code == 0
    return docx_text(path)
