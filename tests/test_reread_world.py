"""Rereading in the world: killed, after an edit of the site, of what becomes readable, by another installation."""

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
from reread_world import LATER, NOW, ROOT, RULE, add, ids, make_workspace, misreading_myriads, reader_changer, rows, run

from kb.items import data_items
from kb.model import Document
from kb.reading import read_document
from kb.recording import layouts, publication
from kb.recording import reread_one as rereading
from kb.recording.by_hand import Given
from kb.recording.record import add_files
from kb.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_workspace(tmp_path, tmp_path_factory.getbasetemp())


@pytest.fixture
def other_readers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    return reader_changer(monkeypatch)


def test_a_reread_that_was_killed_goes_on_where_it_stood(
    workspace: Workspace, other_readers: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ids(workspace)
    other_readers(data_items, "read_rule", misreading_myriads)
    rewrite, calls = rereading.rewrite_text, iter(range(9))

    def killed_at_the_third(*args: Any, **options: Any) -> Any:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return rewrite(*args, **options)

    monkeypatch.setattr(rereading, "rewrite_text", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        run(workspace)
    monkeypatch.setattr(rereading, "rewrite_text", rewrite)
    assert 0 < run(workspace).documents < 4
    assert ids(workspace) == before
    assert run(workspace).documents == 0


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
    other_readers(layouts, "read_apart", lambda *_, **__: Document("text", "unsupported", "not yet"))
    path = workspace.root.parent / "new.txt"
    path.write_text(RULE.replace("车载", "机载").replace("办法", "规定"), "utf-8")
    add_files(workspace, [path], Given(published="2026-02-01"), now=NOW)
    versions = len(ids(workspace)["version"])
    other_readers(layouts, "read_apart", read_document)
    report = run(workspace)
    assert len(ids(workspace)["version"]) == versions + 1
    assert (report.alerts, report.changed_rows > 0) == (0, True)


def test_a_changed_reader_in_the_source_is_found_without_raising_a_version(
    workspace: Workspace, tmp_path: Path
) -> None:
    """Another installation, one character of one reader changed: its command reads everything again."""
    shutil.copytree(ROOT / "kb", tmp_path / "other" / "kb")
    shutil.copy(ROOT / "regwatch.py", tmp_path / "other")
    reader = tmp_path / "other" / "kb" / "structure" / "numerals.py"
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
