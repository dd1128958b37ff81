"""An agency gives its page another title in place: the team is told once, and the text stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawlers.ledger import significance
from kb.db import open_kb
from kb.recording.by_hand import Given
from kb.recording.record import add_files
from kb.workspace import Workspace, ensure_workspace
from mappings.alerts.outbox import catch_up
from mappings.db import open_company

DAYS = tuple(f"2026-03-{day:02}T00:00:00Z" for day in range(5, 12))
NAME, URL = "示例车载影像管理办法", "https://www.cac.gov.cn/2026-03/04/c_1.htm"
NOTICE, ANNOUNCEMENT = f"关于印发《{NAME}》的通知", f"关于印发《{NAME}》的公告"
ARTICLES = (NAME, "第一条 为了演示，制定本办法。", "第二条 存储期限不少于一年。", "第三条 本办法自2026年5月1日起施行。")


def page(
    title: str, articles: tuple[str, ...] = ARTICLES, pubtime: str = "<span id='pubtime'>2026-03-04</span>"
) -> str:
    body = "".join(f"<p>{line}</p>" for line in articles)
    return (f"<html><head><title>{title}_示例网</title></head><body><h1 class='title'>{title}</h1>{pubtime}"
            f"<div id='BodyLabel'>{body}</div></body></html>")  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return ensure_workspace(tmp_path / "workspace")


def show(workspace: Workspace, *pages: str) -> None:
    """One page a day, under one address."""
    path = workspace.root.parent / "page.html"
    for words, now in zip(pages, DAYS, strict=False):
        path.write_text(words, "utf-8")
        add_files(workspace, [path], Given(url=URL, agency="cac", published="2026-03-04"), now=now)


def ask(workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    with open_kb(workspace.kb_path) as db:
        return list(db.query(sql))


def edits(workspace: Workspace) -> list[list[dict[str, str]]]:
    sql = "select edits from change join event on event.id = event order by occurred_at, change.ordinal"
    return [json.loads(row["edits"]) for row in ask(workspace, sql)]


def told(workspace: Workspace) -> list[dict[str, Any]]:
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        catch_up(kb, company, workspace.config, now=DAYS[-1])
        return list(company.query("select owner, body from alert"))


def test_a_new_title_is_one_change_of_the_title_and_the_text_stays(workspace: Workspace) -> None:
    show(workspace, page(NOTICE), page(ANNOUNCEMENT), page(ANNOUNCEMENT))
    assert edits(workspace) == [[{"from": NOTICE, "to": ANNOUNCEMENT}]]
    assert len(ask(workspace, "select id from text")) == 1
    assert len(ask(workspace, "select id from version")) == 1


def test_the_team_is_told_both_titles_and_no_owner(workspace: Workspace) -> None:
    show(workspace, page(NOTICE), page(ANNOUNCEMENT))
    (alert,) = told(workspace)
    assert alert["owner"] == "team"
    assert NOTICE in alert["body"]
    assert ANNOUNCEMENT in alert["body"]


def test_a_title_changed_with_a_number_is_told_beside_the_edit_of_the_text(workspace: Workspace) -> None:
    longer = tuple(line.replace("一年", "三年") for line in ARTICLES)
    show(workspace, page(NOTICE), page(ANNOUNCEMENT, longer))
    assert sorted(edits(workspace), key=str) == [
        [{"from": "一", "to": "三"}], [{"from": NOTICE, "to": ANNOUNCEMENT}]]  # fmt: skip


def test_a_title_that_goes_back_and_forth_is_told_each_time(workspace: Workspace) -> None:
    show(workspace, *(page(title) for title in (NOTICE, ANNOUNCEMENT, NOTICE, ANNOUNCEMENT)))
    assert [one["to"] for (one,) in edits(workspace)] == [ANNOUNCEMENT, NOTICE, ANNOUNCEMENT]


@pytest.mark.parametrize("again", [
    page("关于印发《 示例车载影像管理办法 》的通知"),  # blanks
    page(NOTICE).replace("_示例网", "_示例新网"),  # the site's own name
    page(NOTICE[:12] + "…"),  # cut to fit
])  # fmt: skip
def test_blanks_the_name_of_the_site_and_a_cut_are_no_new_title(workspace: Workspace, again: str) -> None:
    show(workspace, page(NOTICE), again)
    assert edits(workspace) == []


def test_a_page_of_no_known_shape_or_built_otherwise_has_no_title_to_compare(workspace: Workspace) -> None:
    show(workspace, page(NOTICE, pubtime=""), page(ANNOUNCEMENT, pubtime=""), page(NOTICE))
    assert edits(workspace) == []


def test_a_title_makes_two_captures_of_a_page_different() -> None:
    was, now, stamped = page(NOTICE), page(ANNOUNCEMENT), page(NOTICE) + "<!-- 2026 -->"
    assert significance("page", was.encode()) != significance("page", now.encode())
    assert significance("page", was.encode()) == significance("page", stamped.encode())
