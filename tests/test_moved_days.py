"""A notice of its own moves the last day for comments or the day of effect: the version takes it, told once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kb.db import open_kb
from kb.evidence.archive import Archive
from kb.lineage.effect import moves_effect, stays_effect
from kb.news import deadlines
from kb.queries import event, versions_in_force
from kb.recording.by_hand import Given
from kb.recording.record import add_files
from kb.reviewing.review import decide
from kb.workspace import Workspace, ensure_workspace
from mappings.alerts.outbox import catch_up
from mappings.db import open_company

NAME = "示例车载影像管理办法"
DRAFT, NOTICE = "https://www.cac.gov.cn/2026-03/02/c_1.htm", "https://www.cac.gov.cn/2026-03/25/c_2.htm"
OUT, MOVED, LATER = "2026-03-02T01:00:00Z", "2026-03-25T01:00:00Z", "2026-03-26T01:00:00Z"
ARTICLES = ("第一条 为了演示，制定本办法。", "第二条 存储期限不少于一年。", "第三条 本办法由示例部门负责解释。")
TITLE = f"关于延长《{NAME}（征求意见稿）》公开征求意见时间的公告"
WORDS = f"《{NAME}（征求意见稿）》原定于2026年4月1日前反馈意见，现将意见反馈截止日期延长至2026年5月6日。"


def page(title: str, *lines: str) -> str:
    body = "".join(f"<p>{line}</p>" for line in lines)
    return (f"<html><head><title>{title}</title></head><body><h1 class='title'>{title}</h1>"
            f"<span id='pubtime'>2026-03-02</span><div id='BodyLabel'>{body}</div></body></html>")  # fmt: skip


def add(workspace: Workspace, words: str, url: str, published: str, now: str) -> list[str]:
    path = workspace.root.parent / "page.html"
    path.write_text(words, "utf-8")
    return add_files(workspace, [path], Given(url=url, agency="cac", published=published), now=now)[1]


def put_off(workspace: Workspace, *lines: str, title: str = TITLE, now: str = MOVED) -> list[str]:
    return add(workspace, page(title, *(lines or (WORDS,))), NOTICE, "2026-03-25", now)


def ask(workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    with open_kb(workspace.kb_path) as db:
        return list(db.query(sql))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = ensure_workspace(tmp_path / "workspace")
    title = f"关于《{NAME}（征求意见稿）》公开征求意见的通知"
    add(
        found, page(title, "请于2026年4月1日前反馈意见。", f"{NAME}（征求意见稿）", *ARTICLES), DRAFT, "2026-03-02", OUT
    )
    return found


def test_the_draft_takes_the_new_day_and_one_deadline_change_names_both(workspace: Workspace) -> None:
    assert put_off(workspace) == []
    put_off(workspace, now=LATER)
    assert ask(workspace, "select comments_close, stage from version") == [
        {"comments_close": "2026-05-06", "stage": "draft"}]  # fmt: skip
    (event,) = ask(workspace, "select event.kind, event.origin, url from event "
                              "join publication on publication.id = publication")  # fmt: skip
    assert event == {"kind": "extension", "origin": "publication", "url": NOTICE}
    (change,) = ask(workspace, "select grade, edits from change")
    assert change["grade"] == "deadline"
    assert json.loads(change["edits"]) == [{"from": "2026-04-01", "to": "2026-05-06"}]


def test_the_team_is_told_once(workspace: Workspace) -> None:
    put_off(workspace)
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        for now in (MOVED, LATER):
            catch_up(kb, company, workspace.config, now=now)
        (alert,) = company.query("select owner, body from alert")
    assert alert["owner"] == "team"
    assert "2026-04-01" in alert["body"]
    assert "2026-05-06" in alert["body"]


def test_a_day_put_off_twice_is_told_twice(workspace: Workspace) -> None:
    put_off(workspace)
    put_off(workspace, WORDS.replace("5月6日", "5月20日"), now=LATER)
    assert ask(workspace, "select comments_close from version") == [{"comments_close": "2026-05-20"}]
    assert len(ask(workspace, "select id from event")) == 2


def test_the_calendar_has_the_new_day_alone(workspace: Workspace) -> None:
    put_off(workspace)
    with open_kb(workspace.kb_path) as db:
        found = [row["date"] for row in deadlines(db, "2026-03-26") if row["kind"] == "comments_close"]
    assert found == ["2026-05-06"]


def test_points_of_such_a_notice_are_no_draft(workspace: Workspace) -> None:
    put_off(workspace, "一、为了更广泛听取意见。", f"二、{WORDS}", "三、反馈方式不变。")
    assert ask(workspace, "select id from discrepancy") == []
    assert ask(workspace, "select kind from event") == [{"kind": "extension"}]


def test_a_day_that_a_person_decided_stays(workspace: Workspace) -> None:
    with open_kb(workspace.kb_path) as db:
        (version,) = [row["id"] for row in db.query("select id from version")]
        decide(db, version, "correct", by="legal", now=OUT, values={"comments_close": "2026-04-07"})
    put_off(workspace)
    assert ask(workspace, "select comments_close from version") == [{"comments_close": "2026-04-07"}]
    assert len(ask(workspace, "select id from event")) == 1


def test_a_new_day_that_was_not_read_or_a_draft_that_is_not_known_is_asked_of_a_person(workspace: Workspace) -> None:
    (asked,) = put_off(workspace, "征求意见的时间予以延长，具体时间另行公布。")
    assert "review correct" in asked
    other = TITLE.replace("车载影像", "停车场影像")
    (asked,) = add(workspace, page(other, WORDS), NOTICE.replace("c_2", "c_3"), "2026-03-25", MOVED)
    assert "not recorded" in asked
    assert ask(workspace, "select id from event") == []


@pytest.mark.parametrize("title", [
    f"关于终止《{NAME}（征求意见稿）》公开征求意见工作的公告", f"关于撤回《{NAME}（征求意见稿）》的公告",
])  # fmt: skip
def test_a_consultation_that_is_ended_is_told_with_the_words_of_the_notice(workspace: Workspace, title: str) -> None:
    for now in (MOVED, LATER):
        assert put_off(workspace, "经研究，决定终止有关征求意见工作。", title=title, now=now) == []
    (event,) = ask(workspace, "select event.kind, quote from change join event on event.id = event")
    assert event["kind"] == "withdrawal"
    assert "决定终止" in event["quote"]
    assert ask(workspace, "select comments_close from version") == [{"comments_close": "2026-04-01"}]


# ── the day of effect ───────────────────────────────────────────────────────────────────────────────────────────────

FINAL = "https://www.cac.gov.cn/2026-06/01/c_9.htm"
IN_FORCE = (
    "第一条 为了演示，制定本办法。",
    "第二条 车外影像的存储期限不少于一年。",
    "第三条 本办法自2026年8月1日起施行。",
)
LATE, LATEST = "2026-07-01T01:00:00Z", "2026-07-02T01:00:00Z"


@pytest.fixture
def adopted(workspace: Workspace) -> Workspace:
    lead = f"《{NAME}》已经审议通过，现予公布。"
    add(workspace, page(NAME, lead, NAME, *IN_FORCE), FINAL, "2026-06-01", "2026-06-01T01:00:00Z")
    return workspace


def announce(workspace: Workspace, title: str, *lines: str, now: str = LATE) -> list[str]:
    return add(workspace, page(title, *lines), NOTICE.replace("c_2", "c_7"), now[:10], now)


def effect_of(workspace: Workspace) -> str:
    (row,) = ask(workspace, "select effective from version where stage = 'final'")
    return str(row["effective"])


@pytest.mark.parametrize(("title", "words"), [
    (f"关于调整《{NAME}》施行日期的公告", f"现将《{NAME}》的施行日期由2026年8月1日调整为2027年1月1日。"),
    (f"关于推迟施行《{NAME}》的通知", f"《{NAME}》推迟至2027年1月1日起施行。"),
    (f"关于《{NAME}》延期实施的公告", f"经研究，《{NAME}》自2027年1月1日起施行。"),
    (f"关于《{NAME}》施行日期的公告", f"《{NAME}》自2027年1月1日起施行。"),
    (f"关于《{NAME}》实施日期调整的公告", f"《{NAME}》原定2026年8月1日实施，现改为2027年1月1日起实施。"),
])  # fmt: skip
def test_a_rule_takes_effect_on_its_new_day_and_all_that_it_is_about_is_told(
    adopted: Workspace, title: str, words: str
) -> None:
    assert announce(adopted, title, words) == []
    assert effect_of(adopted) == "2027-01-01"
    (event,) = ask(adopted, "select id, title from event where kind = 'effect'")
    (change,) = ask(adopted, f"select * from change where event = '{event['id']}'")
    assert (change["grade"], json.loads(change["edits"])) == (
        "deadline", [{"from": "2026-08-01", "to": "2027-01-01"}])  # fmt: skip
    targets = ask(adopted, f"select target from change_target where change = '{change['id']}'")
    assert "exterior-imagery" in [row["target"] for row in targets]


def test_the_change_leads_to_the_bytes_of_the_notice(adopted: Workspace) -> None:
    words = f"《{NAME}》推迟至2027年1月1日起施行。"
    announce(adopted, f"关于推迟施行《{NAME}》的通知", words)
    announce(adopted, f"关于推迟施行《{NAME}》的通知", words, "联系人：示例处。", now=LATEST)
    with open_kb(adopted.kb_path) as db:
        (id,) = [row["id"] for row in db.query("select id from event where kind = 'effect'")]
        (change,) = event(db, id)["changes"]
    data = Archive(adopted.archive_path).load(change["digest"]).decode()
    assert words in data
    assert "联系人" not in data


def test_a_rule_put_off_is_not_in_force_before_its_new_day(adopted: Workspace) -> None:
    announce(adopted, f"关于推迟施行《{NAME}》的通知", f"《{NAME}》推迟至2027年1月1日起施行。")
    with open_kb(adopted.kb_path) as db:
        states = [versions_in_force(db, day) for day in ("2026-09-01", "2027-01-02")]
    assert [bool(state) for state in states] == [False, True]


def test_the_same_notice_again_is_no_second_change(adopted: Workspace) -> None:
    for now in (LATE, LATEST):
        announce(adopted, f"关于推迟施行《{NAME}》的通知", f"《{NAME}》推迟至2027年1月1日起施行。", now=now)
    assert len(ask(adopted, "select id from event where kind = 'effect'")) == 1


@pytest.mark.parametrize("title", [f"关于暂缓执行《{NAME}》的公告", f"关于推迟施行《{NAME}》有关条款的公告"])
def test_what_stays_a_rule_or_a_part_is_told_with_its_words_and_moves_no_day(adopted: Workspace, title: str) -> None:
    words = f"《{NAME}》第二条自2027年1月1日起施行。"
    assert stays_effect(title)
    assert not moves_effect(title)
    (asked,) = announce(adopted, title, words)
    assert "review correct" in asked
    announce(adopted, title, words, now=LATEST)
    assert effect_of(adopted) == "2026-08-01"
    (change,) = ask(adopted, "select quote from change join event on event.id = event where event.kind = 'effect'")
    assert words in change["quote"]


def test_two_new_days_are_none(adopted: Workspace) -> None:
    (asked,) = announce(adopted, f"关于调整《{NAME}》施行日期的公告", f"《{NAME}》甲类自2027年1月1日起施行，"
                        "乙类自2027年7月1日起施行。")  # fmt: skip
    assert "was not read" in asked
    assert effect_of(adopted) == "2026-08-01"


OTHERS = ("关于延长《{}》有效期的通知", "关于贯彻实施《{}》的通知", "关于印发《{}》的通知", "{}推迟施行", "《{}》解读")


@pytest.mark.parametrize("title", [title.format(NAME) for title in OTHERS])
def test_other_notices_move_no_effect(title: str) -> None:
    assert not moves_effect(title)
    assert not stays_effect(title)


@pytest.mark.parametrize("title", [f"关于延长《{NAME}》有效期的公告", f"关于《{NAME}》继续有效的通知"])
def test_a_rule_that_was_to_end_and_goes_on_is_told_to_all_that_it_is_about(adopted: Workspace, title: str) -> None:
    for now in (LATE, LATEST):
        assert announce(adopted, title, f"《{NAME}》有效期延长至2030年8月1日。", now=now) == []
    (change,) = ask(adopted, "select change.id, quote from change join event on event.id = event "
                             "where event.kind = 'effect'")  # fmt: skip
    assert "2030年8月1日" in change["quote"]
    targets = ask(adopted, f"select target from change_target where change = '{change['id']}'")
    assert [row["target"] for row in targets] == ["exterior-imagery"]
    assert effect_of(adopted) == "2026-08-01"


def test_what_stays_one_article_is_told_to_those_of_that_article(workspace: Workspace) -> None:
    name = "示例桩群看护规定"
    lines = (*IN_FORCE[:2], "第三条 示例平台处理5万人以上位置轨迹的，应当登记。", "第四条 本规定自2026年8月1日起施行。")
    add(workspace, page(name, f"《{name}》现予公布。", name, *lines), FINAL, "2026-06-01", "2026-06-01T01:00:00Z")
    announce(workspace, f"关于暂停实施《{name}》第三条的公告", f"经研究，暂停实施《{name}》第三条。")
    targets = ask(workspace, "select target from change_target join change on change.id = change "
                             "join event on event.id = event where event.kind = 'effect'")  # fmt: skip
    assert [row["target"] for row in targets] == ["location-trajectory"]
