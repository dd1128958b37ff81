"""The Monday brief, as an analyst reads it and as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from alert_world import FINAL, NOW, make_world
from bs4 import BeautifulSoup
from click.testing import CliRunner
from docx import Document
from openpyxl import load_workbook
from sqlite_utils import Database

from kb.db import open_kb
from kb.declared_sources import store_sources
from kb.workspace import Workspace
from mappings.alerts.acknowledgement import acknowledge
from mappings.alerts.brief import COLUMNS, Brief, write_brief
from mappings.alerts.brief_files import brief_file
from mappings.alerts.exposed import Exposed
from mappings.alerts.notify import deliver
from mappings.alerts.outbox import catch_up
from mappings.alerts.triage import decide
from mappings.brief_cli import brief as command
from mappings.db import open_company

UNTIL = "2026-02-09T01:00:00Z"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Workspace, Database, Database]]:
    workspace = make_world(tmp_path)
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        kb.table("source_run").insert_all(
            {"id": f"{source}-{day}", "source": source, "started": f"2026-02-{day:02}T01:00:00Z", "outcome": outcome}
            for source, days, outcome in (("miit-notices", (2, 3, 6, 9), "healthy"), ("cac-releases", (3,), "blocked"))
            for day in days
        )
        company.execute("update dataset set system = 'ADAS', recipient = 'Example GmbH' where id = 'frames'")
        yield workspace, kb, company


def written(world: tuple[Workspace, Database, Database], since: str = "2026-02-02") -> Brief:
    workspace, kb, company = world
    transfer = Exposed("t1", "Example SE", "no_filing", "示例申报1号", False, "2026-12-31", "assessment")
    return write_brief(kb, company, workspace.config, since=since, now=UNTIL,
                       exposed=lambda version: {"frames": [transfer]} if version == FINAL else {})  # fmt: skip


def test_each_change_says_before_after_whom_it_touches_and_how_it_stands(
    world: tuple[Workspace, Database, Database],
) -> None:
    workspace, kb, company = world
    catch_up(kb, company, workspace.config, now=NOW)
    deliver(company, workspace, now=NOW)
    acknowledge(company, next(company.query("select id from alert where owner like 'vision%'"))["id"], by="x", now=NOW)
    decide(kb, company, "c-vin", "not_applicable", by="x", now=NOW)
    rows = {row["change"]: row for row in written(world).changes}
    image = rows["c-image"]
    assert (image["before"], image["after"], image["place"]) == ("100万人", "50万人", "3 示例车外影像")
    assert (image["systems"], image["owners"]) == (["ADAS"], ["vision"])
    assert image["fields"] == ["adas.frames.img_front", "adas.frames.img_rear", "old.frames.picture"]
    assert image["recipients"] == ["Example GmbH", "Example SE"]
    assert (image["route"], image["filing"]) == ([["t1", "no_filing", "assessment"]], ["示例申报1号 2026-12-31 ✗"])
    assert image["state"] == ["told", 2, 1]
    assert rows["c-vin"]["state"] == ["not_applicable"]
    assert rows["c-battery"]["state"] == ["unclaimed"]


def test_silence_is_evidence_only_where_a_source_was_checked(world: tuple[Workspace, Database, Database]) -> None:
    checked, blocked = sorted(written(world).sources, key=lambda row: row["state"] == "not_checked")
    assert (checked["source"], checked["state"], checked["healthy"]) == ("miit-notices", "nothing_new", 4)
    assert checked["gaps"] == ["2026-02-04 – 2026-02-05", "2026-02-07 – 2026-02-08"]
    assert (blocked["state"], blocked["other"], blocked["last"]) == ("not_checked", ["blocked"], "")
    assert blocked["gaps"] == ["2026-02-02 – 2026-02-09"]


def test_a_declared_source_that_never_ran_is_said_to_be_never_checked(
    world: tuple[Workspace, Database, Database],
) -> None:
    shared = {"agency": "nda", "title": "政策发布", "title_en": "Policies", "url": "https://agency.example/"}
    store_sources(world[1], [{"id": id, **shared, "crawlable": id != "nda-shut"} for id in ("nda-new", "nda-shut")])
    brief = written(world)
    assert [row["source"] for row in brief.sources] == ["cac-releases", "miit-notices", "nda-new"]
    assert brief.sources[-1]["state"] == "never_checked"
    for language, name, state in (("zh", "国家数据局 · 政策发布", "从未检查"),
                                  ("en", "National Data Administration · Policies", "never checked")):  # fmt: skip
        page = BeautifulSoup(brief_file(brief, "html", language), "lxml")  # type: ignore[arg-type]
        line = next(line.text for line in page.select("tbody tr") if "nda-new" in line.text)
        assert name in line
        assert state in line


def test_what_was_seen_before_is_not_in_it(world: tuple[Workspace, Database, Database]) -> None:
    assert written(world, "2026-02-04").changes == []


@pytest.mark.parametrize(("language", "words"), [("zh", "已检查，无新内容"), ("en", "checked, nothing new")])
def test_the_three_files_say_the_same(world: tuple[Workspace, Database, Database], language: str, words: str) -> None:
    brief = written(world)
    page = BeautifulSoup(brief_file(brief, "html", language), "lxml")  # type: ignore[arg-type]
    book = load_workbook(BytesIO(brief_file(brief, "xlsx", language)))  # type: ignore[arg-type]
    paper = Document(BytesIO(brief_file(brief, "docx", language)))  # type: ignore[arg-type]
    as_html = [[cell.text for cell in line.find_all("td")] for line in page.select("tbody tr")]
    as_xlsx = [[cell.value or "" for cell in line] for line in book.worksheets[0].iter_rows(min_row=2)]
    as_docx = [[cell.text for cell in line.cells] for table in paper.tables for line in table.rows[1:]]
    assert as_html == as_docx
    assert [len(line) for line in as_xlsx] == [len(COLUMNS)] * 6
    assert any(words in cell for line in as_html for cell in line)
    everything = "".join(cell for line in as_html for cell in line)
    for line in [line for line in as_xlsx if "编号" not in line and "numbering" not in line]:
        for shown in (line[COLUMNS.index(name)] for name in ("place", "before", "after", "state")):
            assert shown in everything
    image = next(line for line in as_html if "示例车外影像" in line[0])
    assert "ADAS · adas.frames" in image[2]
    assert "→" in image[4]


def test_a_quotation_is_never_a_formula_nor_markup(world: tuple[Workspace, Database, Database]) -> None:
    brief = written(world)
    brief.changes[0]["before"] = "=1+1"  # type: ignore[index]
    brief.changes[0]["after"] = "<script>\x00\x1b"  # type: ignore[index]
    book = load_workbook(BytesIO(brief_file(brief, "xlsx", "zh")))
    cell = next(cell for line in book.worksheets[0].iter_rows() for cell in line if cell.value == "=1+1")
    assert cell.data_type == "s" or cell.value == "=1+1"
    assert b"<script>" not in brief_file(brief, "html", "zh")
    assert brief_file(brief, "docx", "zh")


def test_the_command_writes_a_file_or_prints_json(world: tuple[Workspace, Database, Database], tmp_path: Path) -> None:
    root, file = str(world[0].root), tmp_path / "b.html"
    words = ["--since", "2026-02-02", "--now", "2026-02-09", "--workspace", root]
    done = CliRunner().invoke(command, [*words, "--format", "html", "--output", str(file)])
    assert (done.exit_code, file.read_text("utf-8").startswith("<!doctype html>")) == (0, True)
    answer = json.loads(CliRunner().invoke(command, [*words, "--json"]).stdout)
    assert len(answer["changes"]) == 6
    assert {row["source"] for row in answer["sources"]} == {"miit-notices", "cac-releases"}
    lost = CliRunner().invoke(command, [*words, "--output", str(tmp_path / "no" / "b.docx")])
    assert (lost.exit_code, lost.stderr.startswith("error: ")) == (1, True)
