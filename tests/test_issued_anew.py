"""What an agency puts up anew, perhaps in the same words: a version, a copy, an excerpt, a later day."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from consultation_world import ARTICLES, LAST, LATER, NAME, NOW, SECOND, add, ask, first, notice

from kb.recording.by_hand import Given
from kb.recording.record import add_files
from kb.workspace import Workspace, ensure_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = ensure_workspace(tmp_path / "workspace")
    first(found)
    return found


THIRD = "https://www.cac.gov.cn/2026-03/18/c_3.htm"
AGAIN = f"关于再次公开征求《{NAME}（征求意见稿）》意见的公告"


def consult(workspace: Workspace, day: str, url: str, agency: str = "cac", title: str = "", **replaced: str) -> None:
    articles = ARTICLES
    for old, new in replaced.items():
        articles = [line.replace(old, new) for line in articles]
    page = notice(title or f"关于《{NAME}（征求意见稿）》公开征求意见的通知", "现公开征求意见。", articles)
    path = workspace.root.parent / "page.html"
    path.write_text(page, "utf-8")
    add_files(workspace, [path], Given(url=url, agency=agency, published=day), now=f"{day}T10:00:00Z")


def told(workspace: Workspace) -> list[tuple[str, str]]:
    sql = "select new_label, grade from change join event on event.id = event order by occurred_at, ordinal"
    return [(one["new_label"], one["grade"]) for one in ask(workspace, sql)]


def test_a_draft_that_its_agency_puts_out_anew_weeks_later_with_another_number_is_another_version(
    workspace: Workspace,
) -> None:
    consult(workspace, "2026-02-24", THIRD, 一年="三年")
    assert len(ask(workspace, "select id from version")) == 2
    assert told(workspace) == [("第三条", "deadline")]


def test_a_third_consultation_within_weeks_is_compared_with_the_second_and_one_that_goes_back_is_told(
    workspace: Workspace,
) -> None:
    consult(workspace, "2026-03-01", SECOND, title=AGAIN, 一年="三年")
    consult(workspace, "2026-03-18", THIRD, title=AGAIN.replace("再次", "第三次"))
    assert len(ask(workspace, "select id from version")) == 3
    assert told(workspace) == [("第三条", "deadline"), ("第三条", "deadline")]
    last = 'select "change".edits from "change" join event on event.id = event order by occurred_at desc limit 1'
    assert json.loads(ask(workspace, last)[0]["edits"])[0] == {"from": "三", "to": "一"}


def test_another_agencys_copy_that_differs_makes_no_version_and_a_person_is_asked(workspace: Workspace) -> None:
    words = notice(f"关于《{NAME}（征求意见稿）》公开征求意见的通知", "现公开征求意见。",
                   [line.replace("一年", "三年") for line in ARTICLES]).replace("8月3日", "3月6日")  # fmt: skip
    path = workspace.root.parent / "page.html"
    path.write_text(words, "utf-8")
    given = Given(url="https://www.miit.gov.cn/art_1.html", agency="miit", published="2026-02-10")
    asked = [add_files(workspace, [path], given, now=now)[1] for now in (NOW, LATER)]
    assert ["第三条: 一 / 三" in "".join(problems) for problems in asked] == [True, False]
    assert len(ask(workspace, "select id from version")) == 1
    assert told(workspace) == []


def test_an_excerpt_that_the_agency_puts_up_is_no_version(workspace: Workspace) -> None:
    page = notice(f"关于《{NAME}（征求意见稿）》公开征求意见的通知", "现公开征求意见。", ARTICLES[:4])
    add(workspace, page.replace("8月3日", "3月6日"), "2026-02-20T00:00:00Z", THIRD, "2026-02-20")
    assert len(ask(workspace, "select id from version")) == 1
    assert told(workspace) == []


@pytest.mark.parametrize("day", ["2026-08-20", "2026-12-20"])
def test_a_rule_that_was_repealed_and_is_enacted_anew_is_another_version_though_in_the_same_words(
    workspace: Workspace, day: str
) -> None:
    final = notice(NAME, f"现公布《{NAME}》。", name=NAME).replace("请于2026年8月3日前将意见反馈示例处。", "")
    add(workspace, final, LATER, SECOND, "2026-07-04")
    repeal = f"关于废止《{NAME}》的决定"
    add(workspace, notice(repeal, "", [f"经研究，决定废止《{NAME}》。", "本决定自公布之日起施行。"], repeal),
        LAST, SECOND.replace("c_2", "c_5"), "2026-07-15")  # fmt: skip
    add(workspace, final, f"{day}T00:00:00Z", SECOND.replace("c_2", "c_6"), day)
    found = ask(workspace, "select stage, published from version order by published")
    assert [one["stage"] for one in found] == ["draft", "final", "repealed", "final"]
    assert found[-1]["published"] == day
    last = ask(workspace, "select edits from change join event on event.id = event order by occurred_at desc limit 1")
    assert json.loads(last[0]["edits"]) == [{"from": "正式文本 2026-07-04", "to": f"正式文本 {day}"}]


def test_a_draft_put_up_again_in_the_same_words_with_a_later_day_moves_that_of_its_version(
    workspace: Workspace,
) -> None:
    page = (workspace.root.parent / "page.html").read_text("utf-8")
    for url, agency, day in ((THIRD, "cac", "3月21日"), (SECOND, "miit", "3月21日"), (SECOND + "l", "nda", "3月10日")):
        path = workspace.root.parent / "again.html"
        path.write_text(page.replace("3月6日", day), "utf-8")
        add_files(workspace, [path], Given(url=url, agency=agency, published="2026-02-20"), now="2026-02-20T00:00:00Z")
    assert ask(workspace, "select comments_close from version") == [{"comments_close": "2026-03-21"}]
    (change,) = ask(workspace, "select grade, edits from change")
    assert json.loads(change["edits"]) == [{"from": "2026-03-06", "to": "2026-03-21"}]
