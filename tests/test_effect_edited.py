"""A rule's own page comes to name another day of effect: its version takes it, and all that it is about is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kb.db import open_kb
from kb.recording.by_hand import Given
from kb.recording.record import add_files
from kb.workspace import Workspace, ensure_workspace

NAME = "示例车载影像管理办法"
FINAL, NOTICE = "https://www.cac.gov.cn/2026-06/01/c_9.htm", "https://www.cac.gov.cn/2026-07/01/c_7.htm"
ARTICLES = ("第一条 为了演示，制定本办法。", "第二条 车外影像的存储期限不少于一年。")
LAST = "第三条 本办法自2026年8月1日起施行。"
OUT, LATE, LATEST = "2026-06-01T01:00:00Z", "2026-07-01T01:00:00Z", "2026-07-02T01:00:00Z"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return ensure_workspace(tmp_path / "workspace")


def show(workspace: Workspace, title: str, *lines: str, url: str = FINAL, day: str = "2026-06-01", now: str) -> None:
    path, body = workspace.root.parent / "page.html", "".join(f"<p>{line}</p>" for line in lines)
    path.write_text(f"<html><head><title>{title}</title></head><body><h1 class='title'>{title}</h1>"
                    f"<span id='pubtime'>{day}</span><div id='BodyLabel'>{body}</div></body></html>",
                    "utf-8")  # fmt: skip
    add_files(workspace, [path], Given(url=url, agency="cac", published=day), now=now)


def state(workspace: Workspace, words: str, now: str, *, last: str = LAST, day: str = "2026-06-01") -> None:
    show(workspace, NAME, words, NAME, *ARTICLES, last, day=day, now=now)


def ask(workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    with open_kb(workspace.kb_path) as db:
        return list(db.query(sql))


def told(workspace: Workspace) -> list[tuple[str, str, set[str]]]:
    """(kind of event, what became of what, what it is about)"""
    changes = ask(workspace, "select event.kind, change.id, edits from change join event on event.id = event "
                             "order by occurred_at")  # fmt: skip
    return [(row["kind"], " ".join(f"{edit['from']}→{edit['to']}" for edit in json.loads(row["edits"])),
             {about["target"] for about in ask(workspace, f"{ABOUT} '{row['id']}'")}) for row in changes]  # fmt: skip


ABOUT = "select target from change_target where change ="


def effect_of(workspace: Workspace) -> str:
    (row,) = ask(workspace, "select effective from version")
    return str(row["effective"])


def test_in_its_article(workspace: Workspace) -> None:
    for now, day in ((OUT, "8月1日"), (LATE, "7月15日"), (LATEST, "7月15日")):
        state(workspace, "现予公布。", now, last=LAST.replace("8月1日", day))
    assert effect_of(workspace) == "2026-07-15"
    assert [(kind, about) for kind, _, about in told(workspace)] == [("edit", {"exterior-imagery"})]


def test_above_the_text(workspace: Workspace) -> None:
    for now, day in ((OUT, "8月1日"), (LATE, "9月1日"), (LATEST, "9月1日")):
        words = f"现将《{NAME}》印发给你们，自2026年{day}起施行。"
        state(workspace, words, now, last="第三条 本办法由示例部门解释。")
    assert effect_of(workspace) == "2026-09-01"
    assert told(workspace) == [("effect", "2026-08-01→2026-09-01", {"exterior-imagery"})]


def test_an_edit_of_other_words_does_not_undo_what_a_notice_moved(workspace: Workspace) -> None:
    state(workspace, "现予公布。", OUT)
    words = f"《{NAME}》推迟至2027年1月1日起施行。"
    show(workspace, f"关于推迟施行《{NAME}》的通知", words, url=NOTICE, day="2026-07-01", now=LATE)
    show(workspace, NAME, "现予公布。", NAME, ARTICLES[0], ARTICLES[1].replace("一年", "二年"), LAST, now=LATEST)
    assert effect_of(workspace) == "2027-01-01"
    assert [kind for kind, *_ in told(workspace)] == ["effect", "edit"]


def test_a_rule_in_force_from_its_issue_that_is_listed_under_another_day_is_not_moved(workspace: Workspace) -> None:
    for now, day in ((OUT, "2026-06-01"), (LATE, "2026-06-20")):
        state(workspace, "现予公布，自公布之日起施行。", now, last="第三条 本办法由示例部门解释。", day=day)
    assert told(workspace) == []
