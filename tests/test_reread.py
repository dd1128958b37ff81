"""Better readers change rows: ids, events and decisions stay, nobody is alerted, what counts goes to review."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kb import conditions, layouts, publication, queries
from kb.by_hand import Given
from kb.db import open_kb
from kb.model import Document
from kb.reading import read_document
from kb.record import add_files
from kb.reread import RereadReport, reread
from kb.review import decide
from kb.review_list import waiting
from kb.search import search
from kb.workspace import Workspace, ensure_workspace
from mappings.alerts.outbox import catch_up
from mappings.db import open_company

ROOT = Path(__file__).parents[1]
ANNEXES = ROOT / "crawlers" / "sample" / "annexes"
NOW, LATER = "2026-02-05T00:00:00Z", "2026-03-05T00:00:00Z"
RULE = """示例车载数据管理办法

第一条 为了演示，制定本办法。

第二条 向境外提供100万人以上个人信息的，应当申报示例评估，评估期限为三十日。

第三条 本办法自2025年3月1日起施行。
"""
IDS = "select id from {} order by id"
KEPT = ("work", "version", "text", "provision", "data_item", "event", "change", "capture", "publication", "document")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A draft, its final with an event between them, and a rule at a URL that was edited in place."""
    workspace = ensure_workspace(tmp_path / "workspace")
    for name, published in (("guide-2025-draft.pdf", "2025-06-13"), ("guide-2026.pdf", "2026-02-03")):
        add_files(workspace, [ANNEXES / name], Given(published=published), now=NOW)
    for day, words in enumerate((RULE, RULE.replace("三十日", "十日")), 1):
        add(workspace, words, f"2026-02-0{day}T00:00:00Z")
    return workspace


def add(workspace: Workspace, words: str, now: str) -> list[dict[str, Any]]:
    path = workspace.root.parent / "rule.txt"
    path.write_text(words, "utf-8")
    return add_files(
        workspace, [path], Given(url="https://www.example.gov.cn/rule.txt", published="2025-02-01"), now=now
    )[0]


def ids(workspace: Workspace) -> dict[str, list[str]]:
    with open_kb(workspace.kb_path) as db:
        return {table: [row["id"] for row in db.query(IDS.format(table))] for table in KEPT}


def dump(workspace: Workspace) -> list[str]:
    with open_kb(workspace.kb_path) as db:
        return [line for line in db.iterdump() if "read_at" not in line]


def run(workspace: Workspace, **options: Any) -> RereadReport:
    return reread(workspace, now=LATER, **options)


@pytest.fixture
def other_readers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change what a reader does, and with it the digest by which readers are known."""
    count = iter(range(9))

    def change(module: Any = None, name: str = "", function: Any = None) -> None:
        digest = f"other readers {next(count)}"
        for place in ("kb.noted", "kb.reread", "kb.rewrite"):
            monkeypatch.setattr(f"{place}.readers", lambda *_: digest)
        if module:
            monkeypatch.setattr(module, name, function)

    return change


def misreading_myriads(rule: str, read: Any = conditions.read_rule) -> Any:
    """A reader that takes 万 for a thousand, in the conditions only."""
    found = read(rule)
    return found and _scaled(found)


def _scaled(condition: Any) -> Any:
    value = condition.value and condition.value / 10
    return replace(condition, of=tuple(map(_scaled, condition.of)), value=value)


def test_the_same_readers_have_nothing_to_do(workspace: Workspace) -> None:
    before = dump(workspace)
    assert run(workspace) == RereadReport()
    assert dump(workspace) == before


def test_readers_of_another_version_that_read_the_same_change_no_row(
    workspace: Workspace, other_readers: Callable[..., None]
) -> None:
    before = ids(workspace)
    other_readers()
    report = run(workspace)
    assert (report.documents, report.changed_rows, report.to_review, report.alerts) == (4, 0, 0, 0)
    assert ids(workspace) == before
    assert run(workspace).documents == 0
    assert run(workspace, everything=True).documents == 4


def test_a_corrected_threshold_goes_to_review_and_nobody_is_told(
    workspace: Workspace, other_readers: Callable[..., None]
) -> None:
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        catch_up(kb, company, workspace.config, now=NOW)
    before, events = ids(workspace), rows(workspace, "select * from event") + rows(workspace, "select * from change")
    other_readers(publication, "read_rule", misreading_myriads)
    report = run(workspace)
    assert report.to_review == report.changed_rows > 5
    assert report.alerts == 0
    assert ids(workspace) == before
    assert rows(workspace, "select * from event") + rows(workspace, "select * from change") == events
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        assert catch_up(kb, company, workspace.config, now=LATER).composed == 0
        counts, listed = waiting(kb, kind="correction", limit=100)
        assert counts == {"correction": report.to_review}
        for row in listed:
            old, new = (first_value(json.loads(row[side])) for side in ("old", "new"))
            assert new == old / 10
            assert row["source"]["page"]
            assert row["reading"]["name"] in row["source"]["quotation"].replace(" ", "")


def first_value(tree: dict[str, Any]) -> float:
    found = [leaf["value"] for leaf in tree.get("of", [tree]) if leaf.get("value")]
    return float(found[0] if found else first_value(tree["of"][0]))


def rows(workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    with open_kb(workspace.kb_path) as db:
        return list(db.query(sql))


def test_decisions_survive_and_a_reading_that_contradicts_them_waits_once(
    workspace: Workspace, other_readers: Callable[..., None]
) -> None:
    with open_kb(workspace.kb_path) as db:
        first, second, third = [row["id"] for row in db.query(
            "select id from data_item where conditions like '%persons%' or rule like '%万%' order by id limit 3"
        )]  # fmt: skip
        decide(db, first, "correct", by="legal", now=NOW, values={"rule": "涉及77万人以上的。", "name": "示例名称"})
        decide(db, second, "accept", by="legal", now=NOW)
        decide(db, third, "reject", by="legal", now=NOW)
        decided = {row["id"]: row for row in db.query("select * from data_item where status <> 'extracted'")}
    other_readers(publication, "read_rule", misreading_myriads)
    report = run(workspace)
    with open_kb(workspace.kb_path) as db:
        after = {row["id"]: row for row in db.query("select * from data_item where status <> 'extracted'")}
        assert {id: row["status"] for id, row in after.items()} == {
            first: "corrected", second: "reviewed", third: "rejected",
        }  # fmt: skip
        assert after[first] == decided[first]
        assert after[second] == decided[second]
        assert [hit["id"] for hit in search(db, "涉及77万人")] == [first]
        assert [w["why"] for w in waiting(db, limit=99)[1] if w["target"] == second] == [
            "today's readers read neither what was decided nor what was read then"
        ]
    other_readers()
    assert run(workspace).to_review == 0
    assert report.to_review > 0


def test_a_correction_is_accepted_or_taken_back(workspace: Workspace, other_readers: Callable[..., None]) -> None:
    other_readers(publication, "read_rule", misreading_myriads)
    run(workspace)
    with open_kb(workspace.kb_path) as db:
        accepted, rejected = waiting(db, kind="correction")[1][:2]
        decide(db, accepted["id"], "accept", by="legal", now=LATER)
        assert decide(db, rejected["id"], "reject", by="legal", now=LATER) == "corrected"
        shown = {row["id"]: row for row in db.query("select * from data_item")}
        assert shown[accepted["target"]]["conditions"] == accepted["new"]
        assert shown[rejected["target"]]["conditions"] == rejected["old"]
    other_readers()
    run(workspace)
    with open_kb(workspace.kb_path) as db:
        assert (
            next(db.query("select * from data_item where id = ?", [rejected["target"]]))["conditions"]
            == rejected["old"]
        )


def test_a_corrected_date_goes_to_review_and_a_decided_one_stays(
    workspace: Workspace, other_readers: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    (version,) = rows(workspace, "select * from version where effective = '2025-03-01'")
    read = publication.read_facts

    def later(document: Document) -> Any:
        facts = read(document)
        return replace(facts, effective="2025-04-01") if facts.effective == "2025-03-01" else facts

    other_readers(publication, "read_facts", later)
    assert run(workspace).to_review == 1
    with open_kb(workspace.kb_path) as db:
        (found,) = waiting(db, kind="correction")[1]
        assert (found["target"], found["field"], found["old"], found["new"]) == (
            version["id"], "effective", "2025-03-01", "2025-04-01",
        )  # fmt: skip
        assert queries.version(db, version["id"])["effective"] == "2025-04-01"
        decide(db, found["id"], "reject", by="legal", now=LATER)
        assert queries.version(db, version["id"])["effective"] == "2025-03-01"
    other_readers()
    assert run(workspace).to_review == 0
    assert (
        rows(workspace, f"select effective from version where id = '{version['id']}'")[0]["effective"] == "2025-03-01"
    )


def test_what_was_not_seen_before_is_added_and_what_is_gone_goes_unless_it_was_decided(
    workspace: Workspace, other_readers: Callable[..., None]
) -> None:
    with open_kb(workspace.kb_path) as db:
        version = next(db.query("select version from data_item order by id"))["version"]
        first, second = [item["id"] for item in queries.items(db, version)[:2]]
        decide(db, first, "accept", by="legal", now=NOW)
    read = publication.read_data_items

    def without_two(document: Document, provisions: Any) -> Any:
        found = read(document, provisions)
        return replace(found, items=found.items[2:]) if len(found.items) > 2 else found

    other_readers(publication, "read_data_items", without_two)
    run(workspace)
    with open_kb(workspace.kb_path) as db:
        left = [item["id"] for item in queries.items(db, version)]
        assert first in left
        assert second not in left
        assert [w["kind"] for w in waiting(db)[1] if w["target"] == first] == ["correction"]
        assert second not in [hit["id"] for hit in search(db, "的", limit=500)]
    other_readers(publication, "read_data_items", read)
    run(workspace)
    with open_kb(workspace.kb_path) as db:
        assert second in [item["id"] for item in queries.items(db, version)]
        assert second in [hit["id"] for hit in search(db, "的", limit=500)]


def test_a_reader_that_finds_nothing_any_more_loses_nothing(
    workspace: Workspace, other_readers: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ids(workspace)
    other_readers(layouts, "read_document", lambda *_, **__: Document("pdf", "damaged", "gave up"))
    monkeypatch.setattr(layouts, "readers", lambda _: "another reader of the format")
    assert run(workspace).to_review > 0
    assert ids(workspace) == before


def test_an_edit_after_readers_changed_is_only_the_edit(
    workspace: Workspace, other_readers: Callable[..., None]
) -> None:
    """The older text is read again first, so that a better reading is not taken for an edit that owners are told of."""
    read = publication.read_provisions

    def shouting(document: Document) -> Any:
        return tuple(replace(p, text=p.text.replace("示例", "樣例")) for p in read(document))

    other_readers(publication, "read_provisions", shouting)
    add(workspace, RULE.replace("三十日", "十五日"), LATER)
    event = rows(workspace, "select * from event order by occurred_at desc limit 1")[0]
    changes = rows(workspace, f"select * from change where event = '{event['id']}'")
    assert [(row["new_label"], json.loads(row["edits"])) for row in changes] == [
        ("第二条", [{"from": "十", "to": "十五"}])
    ]
    other_readers(publication, "read_provisions", read)
    assert add(workspace, RULE.replace("三十日", "十五日") + " \n", "2026-03-06T00:00:00Z")[0]["placed"] == "witness"


def test_what_becomes_readable_is_recorded_without_news(
    workspace: Workspace, other_readers: Callable[..., None]
) -> None:
    other_readers(layouts, "read_document", lambda *_, **__: Document("text", "unsupported", "not yet"))
    path = workspace.root.parent / "new.txt"
    path.write_text(RULE.replace("车载", "机载").replace("办法", "规定"), "utf-8")
    add_files(workspace, [path], Given(published="2026-02-01"), now=NOW)
    versions = len(ids(workspace)["version"])
    other_readers(layouts, "read_document", read_document)
    report = run(workspace)
    assert len(ids(workspace)["version"]) == versions + 1
    assert (report.alerts, report.changed_rows > 0) == (0, True)


def test_a_changed_reader_in_the_source_is_found_without_raising_a_version(
    workspace: Workspace, tmp_path: Path
) -> None:
    """Another installation, one character of one reader changed: its command reads everything again."""
    shutil.copytree(ROOT / "kb", tmp_path / "other" / "kb")
    shutil.copy(ROOT / "regwatch.py", tmp_path / "other")
    reader = tmp_path / "other" / "kb" / "numerals.py"
    reader.write_text(reader.read_text("utf-8").replace('"万": 10**4', '"万": 10**3'), "utf-8")
    before = ids(workspace)
    other = {**os.environ, "PYTHONPATH": str(tmp_path / "other")}
    command = [sys.executable, "-c", "from regwatch import main; main()", "reread", "--json"]
    done = subprocess.run(
        [*command, "--workspace", str(workspace.root)],
        cwd=tmp_path / "other", env=other, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["documents"], answer["alerts"], answer["problems"]) == (4, 0, [])
    assert answer["to_review"] > 5
    assert ids(workspace) == before
