"""What was read waits for a person; what is decided is shown as decided, with the original, the role and the day."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from kb import queries
from kb.db import open_kb
from kb.errors import NotFound, ReviewError
from kb.recording.by_hand import Given
from kb.recording.record import add_files
from kb.reviewing.review import decide
from kb.reviewing.waiting import decided, waiting
from kb.searching.search import search
from kb.workspace import Workspace, ensure_workspace
from regwatch import main

GUIDE = Path(__file__).parents[1] / "crawlers" / "sample" / "annexes" / "guide-2025-draft.pdf"
NOW = "2026-02-10T00:00:00Z"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = ensure_workspace(tmp_path / "workspace")
    add_files(workspace, [GUIDE], Given(published="2025-06-13"), now=NOW)
    return workspace


@pytest.fixture
def db(workspace: Workspace) -> Iterator[Database]:
    with open_kb(workspace.kb_path) as db:
        yield db


def version_of(db: Database) -> str:
    return str(next(db.query("select id from version"))["id"])


def item_with(db: Database, words: str) -> dict[str, Any]:
    return next(item for item in queries.items(db, version_of(db)) if words in item["rule"])


def test_everything_that_was_read_waits_beside_its_source(db: Database) -> None:
    counts, rows = waiting(db, limit=100)
    assert counts == {"version": 1, "data_item": 12}
    assert [row["kind"] for row in rows] == ["version"] + ["data_item"] * 12
    for row in rows[1:]:
        assert row["reading"]["name"] in row["source"]["quotation"].replace(" ", "")
        assert row["source"]["page"] >= 2
        assert row["source"]["digest"]
    assert [len(waiting(db, limit=2)[1]), len(waiting(db, kind="version")[1]), waiting(db, of="other")[1]] == [2, 1, []]


def test_an_accepted_reading_is_reviewed_and_waits_no_more(db: Database) -> None:
    item = item_with(db, "万")
    assert decide(db, item["id"], "accept", by="legal", now=NOW, why="read") == "reviewed"
    shown = item_with(db, "万")
    assert (shown["status"], shown["rule"], shown["conditions"]) == ("reviewed", item["rule"], item["conditions"])
    assert [(d["decision"], d["by"], d["decided_at"], d["why"]) for d in shown["decisions"]] == [
        ("accept", "legal", NOW, "read")
    ]
    assert waiting(db)[0]["data_item"] == 11


def test_a_corrected_rule_shows_as_corrected_with_its_original_conditions_and_place_in_search(db: Database) -> None:
    item = item_with(db, "万")
    decide(db, item["id"], "correct", by="legal", now=NOW, values={"rule": "涉及77万人以上的。"})
    shown = item_with(db, "77万")
    assert shown["status"] == "corrected"
    assert shown["conditions"]["value"] == 770000
    assert shown["decisions"][0]["original"] == {"rule": item["rule"]}
    assert [hit["id"] for hit in search(db, "涉及77万人")] == [item["id"]]
    assert item["id"] not in [hit["id"] for hit in search(db, item["rule"].rstrip("。"))]


def test_what_a_corrected_item_is_about_follows_its_words(db: Database) -> None:
    item = item_with(db, "万")
    assert item["data_types"]
    for name, about in (("甲", []), ("车辆识别码", ["vehicle-identifier"])):
        decide(
            db, item["id"], "correct", by="legal", now=NOW, values={"name": name, "category": "乙", "rule": "全部。"}
        )
        found = [t["id"] for t in item_with(db, "全部。")["data_types"]]
        assert set(about) <= set(found)
        assert bool(found) == bool(about)


def test_conditions_are_corrected_by_themselves_and_checked(db: Database) -> None:
    item = item_with(db, "万")
    tree = {**json.loads(json.dumps(item["conditions"]))}
    leaf = {"measure": "persons", "comparator": ">=", "value": 5, "unit": "persons", "window": None, "role": "trigger",
            "qualifier": None, "quote": "5人以上"}  # fmt: skip
    decide(db, item["id"], "correct", by="legal", now=NOW, values={"conditions": json.dumps(leaf)})
    shown = item_with(db, "万")
    assert (shown["conditions"]["value"], shown["rule"]) == (5, item["rule"])
    assert json.loads(shown["decisions"][0]["original"]["conditions"]) == tree
    for bad in ("{", "[]", '{"what": 1}'):
        with pytest.raises(ReviewError, match="not a tree"):
            decide(db, item["id"], "correct", by="legal", now=NOW, values={"conditions": bad})


def test_a_rejected_fact_stays_and_says_so(db: Database) -> None:
    item = item_with(db, "万")
    assert decide(db, item["id"], "reject", by="legal", now=NOW) == "rejected"
    assert item_with(db, "万")["status"] == "rejected"
    assert decide(db, item["id"], "accept", by="legal", now=NOW) == "reviewed"


def test_dates_of_a_version_are_corrected_partial_ones_too_and_nonsense_is_refused(db: Database) -> None:
    id = version_of(db)
    decide(db, id, "correct", by="legal", now=NOW, values={"effective": "2026-07"})
    found = queries.version(db, id)
    assert (found["effective"], found["status"]) == ("2026-07", "corrected")
    assert found["decisions"][0]["original"] == {"effective": None}
    for values in ({"effective": "soon"}, {"colour": "red"}, {}):
        with pytest.raises(ReviewError):
            decide(db, id, "correct", by="legal", now=NOW, values=values)
    with pytest.raises(ReviewError, match="--by"):
        decide(db, id, "accept", by=" ", now=NOW)
    with pytest.raises(NotFound):
        decide(db, "nothing", "accept", by="legal", now=NOW)
    assert db.table("review_decision").count == 1


def test_a_decided_date_ends_the_dispute(db: Database) -> None:
    id = version_of(db)
    db.execute("update version set stage = 'final' where id = ?", [id])
    for at, date in enumerate(("2026-01-30", "2026-07-01")):
        db.table("claim").insert({"version": id, "fact": "effective", "ordinal": at, "value": date, "date": date,
                                  "source": f"{at}.example"})  # fmt: skip
    assert queries.version(db, id, in_force="2026-03-01")["in_force"] == "disputed"
    decide(db, id, "correct", by="legal", now=NOW, values={"effective": "2026-02-03"})
    assert queries.version(db, id, in_force="2026-03-01")["in_force"] == "true"


def test_decisions_are_kept_for_ever(db: Database) -> None:
    item = item_with(db, "万")
    for name in ("甲", "乙"):
        decide(db, item["id"], "correct", by="legal", now=NOW, values={"name": name})
    assert item_with(db, "万")["name"] == "乙"
    assert [(d["original"]["name"], d["value"]["name"]) for d in decided(db)] == [("甲", "乙"), (item["name"], "甲")]
    for statement in ("update review_decision set by = 'x'", "delete from review_decision"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(statement)


def test_the_command_line_lists_decides_and_refuses(workspace: Workspace) -> None:
    def call(*words: str) -> Any:
        return CliRunner().invoke(main, ["review", *words, "--workspace", str(workspace.root)])

    listed = json.loads(call("--json", "--kind", "data_item").stdout)
    first, second = [row["id"] for row in listed["rows"][:2]]
    assert listed["waiting"] == {"data_item": 12}
    assert "source" in call("--limit", "1").stdout
    done = call("accept", first, second, "--by", "legal", "--json")
    assert json.loads(done.stdout) == [{"id": first, "status": "reviewed"}, {"id": second, "status": "reviewed"}]
    assert call("correct", first, "--set", "name=示例名称", "--by", "legal").exit_code == 0
    assert [entry["decision"] for entry in json.loads(call("--decided", "--json").stdout)] == ["correct"] + [
        "accept"
    ] * 2
    assert call("accept", second, "nothing", "--by", "legal").exit_code == 1
    assert len(json.loads(call("list", "--decided", "--json").stdout)) == 3  # not even the first of the two
    assert call("accept", first).exit_code == 2
    assert call("correct", first, "--set", "name", "--by", "legal").exit_code == 2
