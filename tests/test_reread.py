"""Better readers change rows: ids, events and decisions stay, nobody is alerted, what counts goes to review."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from reread_world import LATER, NOW, dump, ids, make_workspace, misreading_myriads, reader_changer, rows, run
from site_client import signed_in, site

from kb import queries
from kb.db import open_kb
from kb.items import data_items
from kb.model import Document
from kb.recording import layouts, publication
from kb.recording.stale import RereadReport
from kb.reviewing.cli import review
from kb.reviewing.review import decide
from kb.reviewing.waiting import waiting
from kb.searching.search import search
from kb.workspace import Workspace
from mappings.alerts.outbox import catch_up
from mappings.db import open_company


@pytest.fixture
def workspace(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_workspace(tmp_path, tmp_path_factory.getbasetemp())


@pytest.fixture
def other_readers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    return reader_changer(monkeypatch)


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
    other_readers(data_items, "read_rule", misreading_myriads)
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
    other_readers(data_items, "read_rule", misreading_myriads)
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
    other_readers(data_items, "read_rule", misreading_myriads)
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


async def test_what_reads_differently_is_shown_line_by_line_not_as_json(
    workspace: Workspace, other_readers: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    other_readers(data_items, "read_rule", misreading_myriads)
    run(workspace)
    told = CliRunner().invoke(review, ["--kind", "correction", "--workspace", str(workspace.root)]).stdout
    was = {line[8:].strip() for line in told.splitlines() if line.startswith("      - ")}
    reads = {line[8:].strip() for line in told.splitlines() if line.startswith("      + ")}
    assert was
    assert reads
    assert not was & reads
    assert '{"' not in told
    with site(workspace, monkeypatch) as datasette:
        who = signed_in(datasette, "reviewer")
        page = (await datasette.client.get("/facts?kind=correction&lang=en", headers=who)).text
    tree = page.partition('<pre class="tree"')[2].partition("</pre>")[0]
    assert "<del>" in tree
    assert "<ins>" in tree
    assert "measure" not in tree


def test_a_corrected_date_goes_to_review_and_a_decided_one_stays(
    workspace: Workspace, other_readers: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    (version,) = rows(workspace, "select * from version where effective = '2025-03-01'")
    read = publication.read_facts

    def later(document: Document, published: str | None = None) -> Any:
        facts = read(document, published)
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
    other_readers(layouts, "read_apart", lambda *_, **__: Document("pdf", "damaged", "gave up"))
    monkeypatch.setattr(layouts, "readers", lambda _: "another reader of the format")
    assert run(workspace).to_review > 0
    assert ids(workspace) == before
