"""What is declared stands beside what was read and fills no row; law that nobody has read is said to be unread."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlite_utils import Database

from kb import declared, queries
from kb.by_hand import Given
from kb.db import open_kb
from kb.record import add_files
from kb.workspace import ensure_workspace
from regwatch import main

GUIDE = "auto-data-export-guide"
DRAFT = """汽车数据出境安全指引（2025版）（征求意见稿）

一、总则

（一）示例范围。本文为示例，不是官方文本。

（二）示例定义。

二、示例要求
"""
REGULATIONS = """网络数据安全管理条例

（2024年9月24日示例）

第一条 为了演示，制定本条例。

第二条 示例数据应当保护。

第三条 本条例自2025年2月1日起施行。
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("declared")
    workspace = ensure_workspace(root / "w")
    for name, text, published, work in (
        ("draft.txt", DRAFT, "2025-06-13", GUIDE),
        ("regulations.txt", REGULATIONS, "2024-10-03", "network-data-security-regulations"),
    ):
        (root / name).write_text(text, "utf-8")
        add_files(workspace, [root / name], Given(published=published, work=work), now="2026-02-10T00:00:00Z")
    return root / "w"


@pytest.fixture(scope="module")
def db(root: Path) -> Iterator[Database]:
    with open_kb(root / "kb.db") as opened:
        yield opened


def call(root: Path, *words: str) -> Result:
    environment = {"REGWATCH_WORKSPACE": str(root)}
    return CliRunner().invoke(main, list(words), env=environment, catch_exceptions=False)


def test_declarations_fill_no_row(db: Database) -> None:
    assert db.table("work").count == 2
    assert [row["id"] for row in db.query("select id from version where work = ?", [GUIDE])] == [f"{GUIDE}@draft-2025"]


def test_the_final_guide_is_told_to_be_unread_with_the_command_that_adds_it(db: Database) -> None:
    first = queries.untexted_law(db)[0]
    assert first["id"] == f"{GUIDE}@final-2026"
    assert first["add"].startswith(f"regwatch add FILE --work {GUIDE} --url https://www.miit.gov.cn/")
    assert first["add"].endswith("--published 2026-02-03")
    assert first["in_force"] == "disputed"
    for answer in (queries.work(db, GUIDE), queries.version(db, f"{GUIDE}@draft-2025")):
        assert [row["id"] for row in answer["not_read"]] == [f"{GUIDE}@final-2026"]


def test_asking_for_the_unread_text_says_so_instead_of_giving_the_draft_s(db: Database) -> None:
    with pytest.raises(Exception, match="has not been read: add it with `regwatch add FILE --work auto-data-export"):
        queries.items(db, f"{GUIDE}@final-2026")


def test_every_unread_text_is_law_and_comes_after_works_that_are_followed(db: Database) -> None:
    unread = declared.unread_law(db)
    assert len(unread) > 30
    assert {row["stage"] for row in unread} == {"final", "amended"}
    followed = [row["work"] in (GUIDE, "network-data-security-regulations") for row in unread]
    assert followed == sorted(followed, reverse=True)
    assert not any(
        row["id"].startswith(("export-policy-qa", "ftz-negative-list-shanghai@final-2024")) for row in unread
    )


def test_what_was_read_is_no_longer_unread(db: Database) -> None:
    assert "network-data-security-regulations" not in {row["work"] for row in declared.unread_law(db)}


def test_declared_facts_stand_beside_the_read_ones_with_source_and_certainty(db: Database) -> None:
    (id,) = [row["id"] for row in db.query("select id from version where work = 'network-data-security-regulations'")]
    found = queries.version(db, id)
    facts = {row["fact"]: row for row in found["declared"]}
    assert facts["doc_number"]["value"] == "国务院令第790号"
    assert facts["adopted"]["value"] == "2024-08-30"
    assert all(row["source"] and row["certainty"] in ("verbatim", "seen") for row in found["declared"])
    assert (found["doc_number"], found["published"]) == (None, "2024-10-03"), "the row keeps what was read"
    disputed = {row["fact"]: [claim["value"] for claim in row["claims"]] for row in found["disputed"]}
    assert disputed == {"published": ["2024-10-03", "2024-09-30"], "effective": ["2025-02-01", "2025-01-01"]}


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("2024-07-26", "2024-07", True), ("2024-07-26", "2024-08", False), ("2024", "2024-12-31", True),
        ("国务院令第790号", "国务院令第790号", True), ("国务院令第790号", "国务院令第791号", False),
        ("国家互联网信息办公室、公安部令第25号", "国家互联网信息办公室令第25号", True),
        ("GB 44495-2024", "GB 44496-2024", False),
    ],
)  # fmt: skip
def test_a_date_without_its_day_and_a_shorter_issuer_are_no_dispute(one: str, other: str, agree: bool) -> None:
    assert declared.agree(one, other) is agree


def test_a_declared_work_is_described_without_being_recorded() -> None:
    found = declared.describe(f"{GUIDE}@final-2026")
    assert found is not None
    assert found["is"] == "declared version"
    assert (found["effective"], found["doc_number"]) == (None, None)
    assert {row["fact"]: len(row["claims"]) for row in found["disputed"]} == {"effective": 3}
    waiting = declared.describe("surveying-and-mapping-law")
    assert waiting is not None
    assert waiting["status"] == "to_be_sourced"
    assert declared.describe("nothing") is None
    assert declared.describe("../works/csl") is None


def test_no_draft_or_superseded_edition_is_law_to_be_read(tmp_path: Path) -> None:
    with open_kb(tmp_path / "kb.db") as empty:
        ids = {row["id"] for row in declared.unread_law(empty)}
    assert "export-assessment-filing-guide@final-3" in ids
    assert not ids & {"export-assessment-filing-guide@final-1", f"{GUIDE}@draft-2025"}


def test_items_of_an_unread_text_are_none_and_need_a_person(root: Path) -> None:
    result = call(root, "items", "--json", f"{GUIDE}@final-2026")
    assert (result.exit_code, json.loads(result.stdout)) == (3, [])
    assert f"regwatch add FILE --work {GUIDE}" in result.stderr


def test_answers_about_the_draft_say_that_the_law_was_not_read(root: Path) -> None:
    for words in (
        ["items", f"{GUIDE}@draft-2025"], ["search", "示例范围"],
        ["resolve", "--title", "汽车数据出境安全指引（2026版）"],
    ):  # fmt: skip
        result = call(root, *words, "--json")
        assert json.loads(result.stdout) is not None
        assert f"the text in force has not been read: {GUIDE}@final-2026" in result.stderr, words
    shown = json.loads(call(root, "show", "--json", f"{GUIDE}@draft-2025").stdout)
    assert [row["id"] for row in shown["not_read"]] == [f"{GUIDE}@final-2026"]
    assert (shown["validity"], shown["level_zh"]) == ("superseded", "指南（规范性文件）")
    listed = {work["id"]: work for work in json.loads(call(root, "works", "--json").stdout)}
    assert set(listed) == {GUIDE, "network-data-security-regulations"}
    assert listed[GUIDE]["not_read"][0]["urls"]


def test_declared_works_are_listed_and_shown_on_request_as_declared(root: Path) -> None:
    listed = {work["id"]: work for work in json.loads(call(root, "works", "--json", "--declared").stdout)}
    assert listed["gb-44495"]["declared"] is True
    assert listed["gb-44495"]["versions"] == []
    result = call(root, "show", "--json", "gb-44495")
    shown = json.loads(result.stdout)
    assert result.exit_code == 3
    assert (shown["is"], shown["level"]) == ("declared work", "mandatory_standard")
    assert shown["versions"][0]["doc_number"] == "GB 44495-2024"


def test_two_texts_are_not_compared_when_one_was_not_read(root: Path) -> None:
    result = call(root, "diff", f"{GUIDE}@draft-2025", f"{GUIDE}@final-2026")
    assert result.exit_code == 1
    assert "has not been read" in result.stderr
