"""One rule, consulted on more than once, and a last day for comments that is moved: versions, dates, one event each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from consultation_world import ARTICLES, FIRST, LAST, LATER, NAME, NOW, SECOND, add, ask, first, notice

from crawlers.items import Listed, Row
from crawlers.ledger import Ledger
from crawlers.pipelines import record_item
from kb.db import open_kb
from kb.evidence.archive import Archive
from kb.lineage.facts import read_facts
from kb.model import Stage
from kb.reading import read_document
from kb.recording.publication import with_wrapper
from kb.recording.record import record_pending
from kb.reviewing.review import decide
from kb.workspace import Workspace, ensure_workspace
from mappings.alerts.outbox import catch_up
from mappings.db import open_company


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = ensure_workspace(tmp_path / "workspace")
    first(found)
    return found


@pytest.mark.parametrize(("title", "lead"), [
    (f"关于再次公开征求《{NAME}（征求意见稿）》意见的公告", "现公开征求意见。"),
    (f"关于《{NAME}（征求意见稿）》再次公开征求意见的通知", "现公开征求意见。"),
    (f"关于再次对《{NAME}（征求意见稿）》公开征求意见的公告", "现公开征求意见。"),
    (f"关于第二次征求《{NAME}（征求意见稿）》意见的通知", "现公开征求意见。"),
    (f"关于重新公开征求《{NAME}（征求意见稿）》意见的通知", "现公开征求意见。"),
    (f"关于《{NAME}（二次征求意见稿）》公开征求意见的通知", "现公开征求意见。"),
    (f"公开征求对《{NAME}（征求意见稿）》的意见", f"我们修改了《{NAME}（征求意见稿）》，现再次向社会公开征求意见。"),
])  # fmt: skip
def test_a_second_consultation_is_a_version_of_its_own_with_what_it_changed(
    workspace: Workspace, title: str, lead: str
) -> None:
    articles = [line.replace("百分之80", "百分之70") for line in ARTICLES]
    add(workspace, notice(title, lead, articles), LATER, SECOND, "2026-07-04")
    versions = ask(workspace, "select work, stage from version order by published")
    assert [one["stage"] for one in versions] == ["draft", "second_draft"]
    assert len({one["work"] for one in versions}) == 1
    (change,) = ask(workspace, "select change.*, event.kind as of from change join event on event.id = event")
    assert (change["of"], change["new_label"], change["grade"]) == ("new_version", "第四条", "threshold")


def test_an_edit_on_the_page_of_a_second_draft_is_an_edit_of_that(workspace: Workspace) -> None:
    title, lead = f"关于再次公开征求《{NAME}（征求意见稿）》意见的公告", "现再次公开征求意见。"
    articles = [line.replace("百分之80", "百分之70") for line in ARTICLES]
    add(workspace, notice(title, lead, articles), LATER, SECOND, "2026-07-04")
    add(workspace, notice(title, lead, [line.replace("一年", "三年") for line in articles]), LAST, SECOND, "2026-07-04")
    (edit,) = ask(workspace, "select event.id, stage from event join version on version.id = new_version "
                             "where kind = 'edit'")  # fmt: skip
    assert edit["stage"] == "second_draft"
    (change,) = ask(workspace, f"select * from change where event = '{edit['id']}'")
    assert (change["new_label"], change["grade"]) == ("第三条", "deadline")


@pytest.mark.parametrize(("old", "new"), [("百分之80", "百分之70"), ("指定专人", "指定两人")])
def test_a_draft_put_out_anew_months_later_is_another_version_however_little_it_changed(
    workspace: Workspace, old: str, new: str
) -> None:
    title, lead = f"关于《{NAME}（征求意见稿）》公开征求意见的通知", "现公开征求意见。"
    add(workspace, notice(title, lead, [line.replace(old, new) for line in ARTICLES]), LATER, SECOND, "2026-07-04")
    assert len(ask(workspace, "select id from version")) == 2
    assert len(ask(workspace, "select id from change")) == 1


def test_a_draft_put_out_anew_in_the_same_words_is_no_version(workspace: Workspace) -> None:
    title, lead = f"关于《{NAME}（征求意见稿）》公开征求意见的通知", "现公开征求意见。"
    words = notice(title, lead, [line.replace("，", ",") for line in ARTICLES]).replace("8月3日", "3月6日")
    add(workspace, words, LATER, SECOND, "2026-07-04")
    assert len(ask(workspace, "select id from version")) == 1
    assert ask(workspace, "select id from event") == []


def test_a_draft_adopted_word_for_word_is_in_force_and_its_copies_on_the_way_are_not(workspace: Workspace) -> None:
    """The same words under the same name: what tells a final from a copy is that the consultation was over."""
    first(workspace)
    final = notice(NAME, f"《{NAME}》已经审议通过，现予公布。", name=NAME).replace(
        "请于2026年8月3日前将意见反馈示例处。", ""
    )
    copy = SECOND.replace("07/04/c_2", "02/20/c_3")
    add(workspace, final.replace("现予公布", "现转发"), NOW, copy, "2026-02-20")
    assert ask(workspace, "select stage from version") == [{"stage": "draft"}]
    for url in (SECOND, SECOND.replace("c_2", "c_4")):
        add(workspace, final, LATER, url, "2026-07-04")
    assert ask(workspace, "select stage, work = (select id from work) as here from version order by stage") == [
        {"stage": "draft", "here": 1}, {"stage": "final", "here": 1}]  # fmt: skip
    (change,) = ask(workspace, "select event.kind as of, change.* from change join event on event.id = event")
    assert (change["of"], change["old_label"], change["grade"]) == ("new_version", "阶段", "substantive")
    assert json.loads(change["edits"]) == [{"from": "征求意见稿 2026-02-04", "to": "正式文本 2026-07-04"}]
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        catch_up(kb, company, workspace.config, now=LATER)
        (alert,) = company.query("select owner, body from alert")
    assert alert["owner"] == "team"
    assert "征求意见稿 2026-02-04" in alert["body"]
    assert "正式文本 2026-07-04" in alert["body"]


@pytest.mark.parametrize(("marker", "stage"), [("（征求意见稿）", Stage.SECOND_DRAFT), ("", Stage.SECOND_DRAFT),
                                               ("（报批稿）", Stage.APPROVAL_DRAFT)])  # fmt: skip
def test_an_annex_is_a_draft_of_the_consultation_that_its_page_says(marker: str, stage: Stage) -> None:
    page = notice(f"关于再次公开征求《{NAME}（征求意见稿）》意见的公告", "现再次公开征求意见。", [], "附件：见下。")
    annex = read_document("\n".join([NAME + marker, *ARTICLES]).encode(), name="annex.txt")
    wrapper = read_facts(read_document(page.encode(), name="page.html"))
    assert with_wrapper(read_facts(annex), wrapper).stage is stage


def test_a_last_day_for_comments_moved_on_the_page_moves_the_version_and_is_one_deadline_change(
    workspace: Workspace,
) -> None:
    page = (workspace.root.parent / "page.html").read_text("utf-8")
    for day in (LATER, LAST):  # the second time it is the same page, captured again
        add(workspace, page.replace("3月6日", "3月21日"), day, FIRST, "2026-02-04")
    assert ask(workspace, "select comments_close from publication") == [{"comments_close": "2026-03-21"}]
    assert ask(workspace, "select comments_close from version") == [{"comments_close": "2026-03-21"}]
    assert len(ask(workspace, "select id from text")) == 1
    (event,) = ask(workspace, "select * from event")
    assert (event["kind"], event["origin"]) == ("edit", "edit")
    (change,) = ask(workspace, "select * from change")
    assert change["grade"] == "deadline"
    assert json.loads(change["edits"]) == [{"from": "2026-03-06", "to": "2026-03-21"}]


def test_a_last_day_put_off_taken_back_and_put_off_again_is_three_changes(workspace: Workspace) -> None:
    page = (workspace.root.parent / "page.html").read_text("utf-8")
    days = ["3月21日", "3月6日", "3月21日"]
    for number, day in enumerate(days):
        add(workspace, page.replace("3月6日", day), f"2026-02-2{number}T00:00:00Z", FIRST, "2026-02-04")
    found = ask(workspace, "select edits from change join event on event.id = event order by occurred_at")
    assert [json.loads(one["edits"])[0]["to"] for one in found] == ["2026-03-21", "2026-03-06", "2026-03-21"]
    assert ask(workspace, "select comments_close from version") == [{"comments_close": "2026-03-21"}]


def test_the_team_is_told_both_days(workspace: Workspace) -> None:
    page = (workspace.root.parent / "page.html").read_text("utf-8")
    add(workspace, page.replace("3月6日", "3月21日"), LATER, FIRST, "2026-02-04")
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        catch_up(kb, company, workspace.config, now=LATER)
        (told,) = company.query("select owner, body from alert")
    assert told["owner"] == "team"
    assert "2026-03-06" in told["body"]
    assert "2026-03-21" in told["body"]


def test_a_last_day_that_a_person_decided_stays(workspace: Workspace) -> None:
    with open_kb(workspace.kb_path) as db:
        (version,) = [row["id"] for row in db.query("select id from version")]
        decide(db, version, "correct", by="legal", now=NOW, values={"comments_close": "2026-03-07"})
    page = (workspace.root.parent / "page.html").read_text("utf-8")
    add(workspace, page.replace("3月6日", "3月21日"), LATER, FIRST, "2026-02-04")
    assert ask(workspace, "select comments_close from version") == [{"comments_close": "2026-03-07"}]
    assert ask(workspace, "select grade from change") == [{"grade": "deadline"}]


def test_a_last_day_moved_in_the_list_alone_moves_the_version_too(tmp_path: Path) -> None:
    workspace = ensure_workspace(tmp_path / "workspace")
    title = f"关于《{NAME}（征求意见稿）》公开征求意见的通知"
    words = notice(title, "现公开征求意见。").replace("请于2026年8月3日前将意见反馈示例处。", "请反馈示例处。")
    add(workspace, words, NOW, FIRST, "2026-02-04")
    with open_kb(workspace.kb_path) as db:
        (id,) = [row["id"] for row in db.query("select id from publication")]
    for now, closes in ((NOW, "2026-03-06"), (LATER, "2026-03-21"), (LAST, "2026-03-21")):
        with open_kb(workspace.kb_path) as db:
            row = Row(FIRST, FIRST, title, "2026-02-04", closes)
            ledger = Ledger(db, Archive(workspace.archive_path), now)
            record_item(ledger, "cac", "cac-consultations", Listed(id, row, True))
            if now == NOW:
                db.table("publication").update(id, {"state": "pending"})
        record_pending(workspace, now=now)
    assert ask(workspace, "select comments_close from publication") == [{"comments_close": "2026-03-21"}]
    assert ask(workspace, "select comments_close from version") == [{"comments_close": "2026-03-21"}]
    assert ask(workspace, "select grade from change") == [{"grade": "deadline"}]
