"""A small workspace whose readers change, for the tests of rereading."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kb.db import open_kb
from kb.items import conditions
from kb.recording.by_hand import Given
from kb.recording.record import add_files
from kb.recording.reread import reread
from kb.recording.stale import RereadReport
from kb.workspace import Workspace, ensure_workspace

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


def make_workspace(tmp_path: Path, session: Path) -> Workspace:
    """A draft, its final with an event between them, and a rule at a URL that was edited in place.

    Made once in the folder of the session, for laying out PDFs takes seconds, and copied.
    """
    template = session / "reread-template"
    if not template.exists():
        _fill(ensure_workspace(template / "workspace"))
    shutil.copytree(template / "workspace", tmp_path / "workspace")
    return ensure_workspace(tmp_path / "workspace")


def _fill(workspace: Workspace) -> None:
    for name, published in (("guide-2025-draft.pdf", "2025-06-13"), ("guide-2026.pdf", "2026-02-03")):
        add_files(workspace, [ANNEXES / name], Given(published=published), now=NOW)
    for day, words in enumerate((RULE, RULE.replace("三十日", "十日")), 1):
        add(workspace, words, f"2026-02-0{day}T00:00:00Z")


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


def reader_changer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change what a reader does, and with it the digest by which readers are known."""
    count = iter(range(9))

    def change(module: Any = None, name: str = "", function: Any = None) -> None:
        digest = f"other readers {next(count)}"
        for place in ("kb.recording.readers", "kb.recording.rewrite"):
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


def rows(workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    with open_kb(workspace.kb_path) as db:
        return list(db.query(sql))
