"""The home page and the pages of a work say that the law in force has not been read, and how to add it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from site_client import site
from site_rows import seeded_workspace

from kb.recording.by_hand import Given
from kb.recording.record import add_files

GUIDE = "auto-data-export-guide"
ADD = f"regwatch add FILE --work {GUIDE} --url https://www.miit.gov.cn/cms_files/"
DRAFT = "汽车数据出境安全指引（2025版）（征求意见稿）\n\n一、示例\n\n二、示例\n\n三、示例\n"


async def test_pages_say_which_law_was_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = seeded_workspace(tmp_path / "w")
    with site(workspace, monkeypatch) as ds:
        assert ADD in (await ds.client.get("/")).text, "also where nothing of the work is recorded"
    (tmp_path / "draft.txt").write_text(DRAFT, "utf-8")
    add_files(workspace, [tmp_path / "draft.txt"], Given(published="2025-06-13"), now="2026-02-10T00:00:00Z")
    with site(workspace, monkeypatch) as ds:
        home = json.loads((await ds.client.get("/.json")).text)
        assert next(v["id"] for v in home["untexted"] if v["declared"]) == f"{GUIDE}@final-2026"
        for path in ("/", f"/work/{GUIDE}", f"/version/{GUIDE}@draft-2025"):
            page = (await ds.client.get(path)).text
            assert ADD in page, path
            assert "has not been read" in page or "text not read yet" in page
        page = (await ds.client.get(f"/version/{GUIDE}@draft-2025", headers={"accept-language": "zh"})).text
        assert "已被取代" in page
        assert "指南（规范性文件）" in page
