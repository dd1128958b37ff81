"""Saved searches: kept by name in company.db, run again, and only what is new."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.db import open_kb
from kb.errors import NotFound
from kb.searching.search import index_rows
from kb.workspace import Workspace, ensure_workspace
from mappings.db import open_company
from mappings.saved_searches import drop_search, new_hits, save_search, saved_search, saved_searches
from regwatch import main


def add_version(workspace: Workspace, id: str, words: str, first_seen: str) -> None:
    with open_kb(workspace.kb_path) as db, db.atomic():
        db.table("work").insert({"id": "w", "title": "示例", "title_key": "示例", "status": "extracted"}, ignore=True)
        db.table("version").insert({"id": id, "work": "w", "stage": "draft", "title": "示例", "status": "extracted",
                                    "agencies": '["miit"]', "first_seen": first_seen})  # fmt: skip
        db.table("text").insert({"id": f"{id}~t", "version": id, "body": "", "digest": "", "observed_from": "x"})
        db.table("provision").insert({"id": f"{id}~t#a", "text": f"{id}~t", "version": id, "eid": "a",
                                      "kind": "article", "number": "第一条", "heading": "", "body": words})  # fmt: skip
        index_rows(db, [("provision", f"{id}~t#a", id, words)])


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = ensure_workspace(tmp_path / "w")
    add_version(made, "w@draft-1", "位置轨迹应当脱敏。", "2025-06-01T00:00:00Z")
    return made


def call(workspace: Workspace, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--workspace", str(workspace.root)])


def test_a_search_is_kept_with_its_filters_and_replaced_by_its_name(workspace: Workspace) -> None:
    with open_company(workspace.company_path) as db:
        save_search(db, "tracks", "轨迹", {"stage": "draft", "agency": None}, now="2025-06-02T00:00:00Z")
        save_search(db, "tracks", "轨迹 脱敏", {"agency": "miit"}, now="2025-06-03T00:00:00Z")
        (kept,) = saved_searches(db)
        assert (kept["words"], kept["filters"]) == ("轨迹 脱敏", {"agency": "miit"})
        drop_search(db, "tracks")
        with pytest.raises(NotFound, match="tracks"):
            saved_search(db, "tracks")


def test_only_what_came_after_a_moment_is_new_and_its_key_stays(workspace: Workspace) -> None:
    add_version(workspace, "w@draft-2", "行驶轨迹不得出境。", "2025-07-01T00:00:00Z")
    with open_company(workspace.company_path) as company, open_kb(workspace.kb_path) as kb:
        kept = save_search(company, "tracks", "轨迹", {}, now="2025-06-02T00:00:00Z")
        assert {hit["version"] for hit in new_hits(kb, kept, None)} == {"w@draft-1", "w@draft-2"}
        (new,) = new_hits(kb, kept, "2025-06-15T00:00:00Z")
        assert new["version"] == "w@draft-2"
        assert new["key"] == new_hits(kb, kept, "2025-06-15T00:00:00Z")[0]["key"]


def test_on_the_command_line_a_second_look_shows_only_what_is_new(workspace: Workspace) -> None:
    assert call(workspace, "saved", "add", "tracks", "trajectory", "--stage", "draft").exit_code == 0
    first = json.loads(call(workspace, "saved", "run", "tracks", "--new", "--now", "2025-06-10", "--json").stdout)
    assert [hit["version"] for hit in first] == ["w@draft-1"]
    add_version(workspace, "w@draft-2", "行驶轨迹不得出境。", "2025-07-01T00:00:00Z")
    second = json.loads(call(workspace, "saved", "run", "tracks", "--new", "--now", "2025-07-10", "--json").stdout)
    assert [hit["version"] for hit in second] == ["w@draft-2"]
    assert len(json.loads(call(workspace, "saved", "run", "tracks", "--json").stdout)) == 2
    assert "stage=draft" in call(workspace, "saved", "list").stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("saved", "run", "nobody"), 1),
        (("saved", "drop", "nobody"), 1),
        (("saved", "add", "empty", "，。"), 1),
        (("saved", "add", "", "轨迹"), 2),
        (("saved", "add", "x", "轨迹", "--since", "soon"), 2),
        (("saved", "add", "x", "轨迹", "--type", "no-such-type"), 2),
    ],
)
def test_wrong_names_and_words_are_told_in_one_line(workspace: Workspace, words: tuple[str, ...], code: int) -> None:
    result = call(workspace, *words)
    assert (result.exit_code, result.stdout) == (code, "")
    assert "Traceback" not in result.stderr
