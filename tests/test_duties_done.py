"""That a duty was done, as somebody says; duties and filings in both languages."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kb.db import open_kb
from mappings.alerts.calendars import calendar, company_days
from mappings.db import open_company
from regwatch import main

MAPS = """answered: {by: legal, date: 2026-01-15}
transfers: [{id: maps, entity: e, method: sent, automotive: true,
  important_data: {status: in_filed_catalogue, authority: a, date: 2026-01-15}}]
filings: [{id: f, number: no. 1, route: contract, entity: e, transfers: [maps], valid_to: 2026-12-31}]
"""


def call(workspace: Path, *words: str) -> Result:
    return CliRunner().invoke(main, list(words), env={"REGWATCH_WORKSPACE": str(workspace)}, catch_exceptions=False)


def rows(workspace: Path, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(call(workspace, *words, "--json").stdout)
    return found


def declare(workspace: Path, text: str) -> None:
    path = workspace.parent / "declared.yml"
    path.write_text(text, "utf-8")
    assert call(workspace, "transfer", "import", str(path), "--now", "2026-02-03").exit_code == 0


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "w"
    assert call(root, "init").exit_code == 0
    open_kb(root / "kb.db").close()
    return root


def test_a_duty_that_was_done_is_known_to_calendar_doctor_and_audit_until_it_is_taken_back(workspace: Path) -> None:
    declare(workspace, MAPS)
    after = ["--now", "2027-01-04"]

    def report() -> dict[str, Any]:
        return next(row for row in rows(workspace, "transfer", "calendar", "--year", "2026", *after)
                    if "annual report" in row["what"])  # fmt: skip

    def duties_told() -> str:
        return "".join(row["what"] for row in json.loads(call(workspace, "doctor", *after, "--json").stdout)
                       if row["check"] == "duties")  # fmt: skip

    assert (report()["state"], "annual report" in duties_told()) == ("past", True)
    id = report()["id"]
    for words, said in (
        ((id, "--by", "x", "--on", "2027-02-01"), "still to come"), (("nothing", "--by", "x"), "no duty"),
        ((id, "--by", " "), "needs a name"), ((id, "--by", "x", "--on", "soon"), "is not a date"),
    ):  # fmt: skip
        refused = call(workspace, "transfer", "done", *words, *after)
        assert (refused.exit_code, said in refused.stderr) == (1, True)
    words = ["--by", "data office", "--on", "2026-12-10", "--note", "no. 12"]
    marked = call(workspace, "transfer", "done", id, *words, *after)
    assert (marked.exit_code, "done on 2026-12-10" in marked.stdout) == (0, True)
    shown = report()
    assert (shown["state"], shown["done_on"], shown["done_by"]) == ("done", "2026-12-10", "data office")
    assert "annual report" not in duties_told()
    entries = calendar(company_days(str(workspace), "2026-12-20T00:00:00Z"), name="team", now="2026-12-20T00:00:00Z")
    assert "SUMMARY:✓ 义务 duty: e：报送年度汽车数据" in entries.decode()
    (row,) = [row for row in rows(workspace, "alert", "audit") if row["what"] == "duty done"]
    assert (row["by"], row["detail"]) == ("data office", f"{id} 2026-12-10 no. 12")
    call(workspace, "transfer", "done", id, "--take-back", "--by", "legal", *after)
    assert (report()["state"], report()["done_on"]) == ("past", None)
    with open_company(workspace / "company.db") as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute("delete from duty_done")


def test_filings_and_duties_are_told_in_chinese_too(workspace: Path) -> None:
    declare(workspace, MAPS)
    (filing,) = rows(workspace, "transfer", "filings", "--language", "zh", "--now", "2027-01-01")
    assert "已于2026-12-31到期" in filing["why"]
    told = rows(workspace, "transfer", "calendar", "--language", "zh", "--year", "2026", "--now", "2026-02-03")
    said = {(row["who"], row["what"]) for row in told}
    assert ("e", "报送年度汽车数据安全管理情况，以及数据出境情况") in said
    titles = [day.title for day in company_days(str(workspace), "2026-02-03T00:00:00Z") if day.kind == "duty"]
    assert any("报送年度汽车数据安全管理情况" in title and "annual report" in title for title in titles)
