"""An agency marks a rule as over on the rule's own page: its owners hear once, and it ends or a person is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kb.db import open_kb
from kb.lineage.ended_marks import read_mark
from kb.recording.by_hand import Given
from kb.recording.record import add_files
from kb.workspace import Workspace, ensure_workspace

DAYS = tuple(f"2026-03-{day:02}T00:00:00Z" for day in range(5, 9))
NAME, URL = "示例车载影像办法", "https://www.cac.gov.cn/2026-03/04/c_1.htm"
NOTICE = f"关于印发《{NAME}》的通知"
LINES = (
    NAME,
    "第一条 为了演示，制定本办法。",
    "第二条 车外影像的存储期限不少于一年。",
    "第三条 本办法自2026年5月1日起施行。",
)
NOTE = "【编者注：本文件已于2026年3月1日废止】"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return ensure_workspace(tmp_path / "workspace")


def show(workspace: Workspace, *pages: tuple[str, tuple[str, ...]], published: str = "2026-03-04") -> list[str]:
    """One page a day, under one address: its title and lines."""
    path, asks = workspace.root.parent / "page.html", list[str]()
    for (title, lines), now in zip(pages, DAYS, strict=False):
        body = "".join(f"<p>{line}</p>" for line in lines)
        path.write_text(f"<html><head><title>{title}</title></head><body><h1 class='title'>{title}</h1>"
                        f"<span id='pubtime'>{published}</span><div id='BodyLabel'>{body}</div></body></html>",
                        "utf-8")  # fmt: skip
        asks += add_files(workspace, [path], Given(url=URL, agency="cac", published=published), now=now)[1]
    return asks


def ask(workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    with open_kb(workspace.kb_path) as db:
        return list(db.query(sql))


@pytest.mark.parametrize(("marked", "day"), [
    ((NOTICE, (NOTE, *LINES)), "2026-03-01"), ((f"{NOTICE}（已废止）", LINES), None),
    ((f"【已失效】{NOTICE}", LINES), None), ((NOTICE, (*LINES, "（本办法现已停止执行）")), None),
])  # fmt: skip
def test_a_mark_is_a_repeal_of_all_that_the_rule_is_about(
    workspace: Workspace, marked: tuple[str, tuple[str, ...]], day: str | None
) -> None:
    asks = show(workspace, (NOTICE, LINES), marked, marked)
    assert ask(workspace, "select kind, origin from event") == [{"kind": "repeal", "origin": "edit"}]
    assert ask(workspace, "select target from change_target") == [{"target": "exterior-imagery"}]
    assert ask(workspace, "select repealed from version") == [{"repealed": day}]
    assert len(asks) == (day is None)


def test_a_page_that_bore_its_mark_from_the_start_is_history(workspace: Workspace) -> None:
    show(workspace, (NOTICE, (NOTE, *LINES)), published="2020-03-04")
    assert ask(workspace, "select kind, origin from event") == [{"kind": "repeal", "origin": "backfill"}]
    assert ask(workspace, "select repealed from version") == [{"repealed": "2026-03-01"}]


@pytest.mark.parametrize(("title", "line"), [
    (NOTICE, "第九条 《示例旧办法》同时废止。"), (NOTICE, "本办法施行后，已有规定与本办法不一致的同时废止。"),
    (NOTICE, "本文件尚未废止。"), (NOTICE, "本办法第三条已于2026年3月1日废止。"),
    (NOTICE, "本办法自公布之日起施行，《示例旧办法》已废止。"),
    (NOTICE, "本通知自2025年1月1日起施行至2027年12月31日失效。"),
    (NOTICE, "本办法自2025年1月1日起有效期五年期满自动失效。"), ("关于废止《示例办法》的决定", "现予废止。"),
    ("某某办法（部分失效）", "无"),
])  # fmt: skip
def test_what_ends_others_or_a_part_is_no_mark(title: str, line: str) -> None:
    assert read_mark(title, [line]) == ""
