"""Unsure is said with candidates, and a person decides once: the decision is kept and used by later resolutions."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.db import open_kb
from kb.lineage.title_decisions import decided_titles
from regwatch import main

UNSURE = "数据出境安全评估规程"  # the subject of one declared work, another kind of instrument


def call(root: Path, *words: str) -> Result:
    environment = {"REGWATCH_WORKSPACE": str(root / "w")}
    return CliRunner().invoke(main, list(words), env=environment, catch_exceptions=False)


def resolved(root: Path, title: str, *words: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(call(root, "resolve", "--json", "--title", title, *words).stdout)
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    assert call(tmp_path, "init").exit_code == 0
    return tmp_path


def test_an_unsure_title_names_candidates_and_asks_a_person(root: Path) -> None:
    result = call(root, "resolve", "--json", "--title", UNSURE)
    found = json.loads(result.stdout)
    assert result.exit_code == 3
    assert (found["work"], found["relation"]) == (None, "unknown")
    assert "export-assessment-measures" in {candidate["work"] for candidate in found["candidates"]}
    assert all(candidate["confidence"] < 1 and candidate["why"] for candidate in found["candidates"])
    assert "--decide WORK --by NAME" in result.stderr


def test_a_text_of_an_unsure_title_is_recorded_and_a_person_is_asked(root: Path) -> None:
    text = root / "rules.txt"
    text.write_text(f"{UNSURE}\n\n第一条 示例。\n\n第二条 示例。\n\n第三条 示例。\n", "utf-8")
    result = call(root, "add", "--json", str(text))
    (added,) = json.loads(result.stdout)
    assert result.exit_code == 3
    assert added["status"] == "read"
    assert added["work"].startswith("w-")
    assert "needs a person" in result.stderr
    assert "export-assessment-measures" in result.stderr
    assert call(root, "add", str(text)).exit_code == 0, "asked once"


def test_a_decision_is_kept_and_used_by_later_resolutions_and_by_add(root: Path) -> None:
    work = "export-assessment-filing-guide"
    assert resolved(root, UNSURE, "--decide", work, "--by", "data office", "--why", "same forms")["work"] == work
    later = resolved(root, f"国家互联网信息办公室关于发布《{UNSURE}（第四版）》的公告")
    assert (later["work"], later["edition"]) == (work, "4")
    assert "a person decided" in str(later["why"])
    with open_kb(root / "w" / "kb.db") as db:
        (row,) = db.query("select * from title_decision")
        assert (row["by"], row["why"], row["work"]) == ("data office", "same forms", work)
        assert row["decided_at"]
    text = root / "guide.txt"
    text.write_text(f"{UNSURE}（第四版）\n\n一、示例\n\n二、示例二\n\n三、示例三\n", "utf-8")
    (added,) = json.loads(call(root, "add", "--json", str(text)).stdout)
    assert added["work"] == work


def test_what_was_recorded_for_want_of_certainty_moves_to_the_decided_work(root: Path) -> None:
    for name, title in (("draft", f"{UNSURE}（征求意见稿）"), ("measures", "数据出境安全评估办法")):
        articles = "\n\n".join(f"第{n}条 关于{name}的示例{n}。" for n in "一二三")
        (root / f"{name}.txt").write_text(f"{title}\n\n{articles}\n", "utf-8")
    (draft,) = json.loads(call(root, "add", "--json", "--published", "2021-10-29", str(root / "draft.txt")).stdout)
    assert call(root, "add", "--published", "2022-07-07", str(root / "measures.txt")).exit_code == 0
    decided = ["--decide", "export-assessment-measures", "--by", "data office"]
    assert f"moved to export-assessment-measures: {draft['version']}" in call(
        root, "resolve", "--title", UNSURE, *decided
    ).stderr  # fmt: skip
    (work,) = json.loads(call(root, "works", "--json").stdout)
    assert work["id"] == "export-assessment-measures"
    assert [version["predecessor"] for version in work["versions"]] == [None, draft["version"]]
    with open_kb(root / "w" / "kb.db") as db:
        assert {row["origin"] for row in db.query("select origin from event")} == {"backfill"}
    assert call(root, "verify").exit_code == 0


def test_a_person_may_say_that_a_title_is_a_work_of_its_own_and_change_their_mind(root: Path) -> None:
    assert resolved(root, UNSURE, "--decide", "new", "--by", "a", "--now", "2026-01-01")["relation"] == "new_work"
    guide = "pi-standard-contract-filing-guide"
    assert resolved(root, UNSURE, "--decide", guide, "--by", "b", "--now", "2026-01-02")["work"] == guide
    with open_kb(root / "w" / "kb.db") as db:
        assert db.table("title_decision").count == 2
        assert list(decided_titles(db).values()) == [guide]
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute("delete from title_decision")


def test_a_decision_needs_a_name_a_known_work_and_a_workspace(root: Path, tmp_path: Path) -> None:
    assert call(root, "resolve", "--title", UNSURE, "--decide", "csl").exit_code == 2
    assert call(root, "resolve", "--title", UNSURE, "--decide", "csl2", "--by", "a").exit_code == 1
    assert call(tmp_path / "none", "resolve", "--title", UNSURE, "--decide", "csl", "--by", "a").exit_code == 1
