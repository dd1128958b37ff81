"""A decision on several rules, on a part of one, or on an error in one: each rule hears of its own, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crawlers.source import find_sources, follows
from kb.db import open_kb
from kb.lineage.amendments import read_amendments
from kb.recording.by_hand import Given
from kb.recording.record import add_files
from kb.workspace import Workspace, ensure_workspace

NOW = "2026-06-01T00:00:00Z"
NAMES = ("车载示例影像办法", "示例桩群规定", "示例渡口调度细则")
LAW = """{name}
第一条 为了规范{name}的写法，编写本规则。
第二条 示例平台处理5万人以上位置轨迹的，应当指定示例负责人。
第三条 车外影像在试验场以外的保存期限不得超过三十日。
第四条 本规则自2026年1月1日起施行。
"""
MANY = """关于修改部分规章的决定
根据《示例法》，决定对部分规章的部分条款予以修改：
一、对《车载示例影像办法》（2012年令第3号公布）作如下修改：
（一）将第三条中的“三十日”修改为“六十日”。
（二）删去第四条。
二、将《示例桩群规定》第二条修改为：“依照《示例渡口调度细则》，处理8万人以上位置轨迹的，应当指定示例负责人。”
本决定自2026年7月1日起施行。
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = ensure_workspace(tmp_path / "workspace")
    for name in NAMES:
        add(found, LAW.format(name=name))
    return found


def add(workspace: Workspace, words: str) -> list[str]:
    path = workspace.root.parent / f"{words.partition(chr(10))[0]}.txt"
    path.write_text(words, "utf-8")
    return add_files(workspace, [path], Given(agency="cac", published="2026-05-20"), now=NOW)[1]


def told(workspace: Workspace) -> list[tuple[str, str, set[str]]]:
    """(kind of event, title of the rule, what its changes are about)"""
    sql = "select event.id, event.kind, work.title from event join work on work.id = event.work order by work.title"
    with open_kb(workspace.kb_path) as db:
        return [(row["kind"], row["title"], {about["target"] for about in db.query(ABOUT, [row["id"]])})
                for row in list(db.query(sql))]  # fmt: skip


def rows(workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    with open_kb(workspace.kb_path) as db:
        return list(db.query(sql))


ABOUT = "select target from change_target join change on change.id = change where event = ?"


def ended(workspace: Workspace) -> set[str]:
    with open_kb(workspace.kb_path) as db:
        return {row["title"] for row in db.query("select title from version where repealed is not null")}


def test_each_rule_that_a_decision_amends_is_told_by_its_own_points(workspace: Workspace) -> None:
    add(workspace, MANY)
    assert told(workspace) == [
        ("amendment", "示例桩群规定", {"location-trajectory"}), ("amendment", "车载示例影像办法", {"exterior-imagery"}),
    ]  # fmt: skip
    with open_kb(workspace.kb_path) as db:
        (quote,) = {row["quote"] for row in db.query("select quote from change where quote like '%六十日%'")}
    assert "删去第四条" in quote
    assert ended(workspace) == set()


def test_the_next_decision_of_the_same_title_is_another_matter(workspace: Workspace) -> None:
    add(workspace, MANY)
    words = MANY.splitlines()[0] + "\n为了示例，决定：\n一、将《示例桩群规定》第二条中的“5万”修改为“9万”。\n"
    path = workspace.root.parent / "next.txt"
    path.write_text(words, "utf-8")
    assert add_files(workspace, [path], Given(agency="cac", published="2026-05-28"), now=NOW)[1] == []
    assert [(kind, title) for kind, title, _ in told(workspace)] == [
        ("amendment", "示例桩群规定"), ("amendment", "示例桩群规定"), ("amendment", "车载示例影像办法"),
    ]  # fmt: skip
    ended = MANY.replace("修改部分", "废止部分").replace("予以修改", "予以废止")
    assert add(workspace, ended) == []  # near in name to the other, and no version of it


def test_an_instrument_is_amended_only_where_a_word_says_so() -> None:
    assert [one.name for one in read_amendments(MANY)] == ["车载示例影像办法", "示例桩群规定"]
    assert read_amendments("根据《甲法》第三条，制定本办法。违反《乙法》规定的，依照其处理。") == []
    listed = "对下列规章予以修改：\n（一）《甲办法》（2012年令第20号公布）\n将第五条中的“十”改为“五”。"
    (one,) = read_amendments(listed)
    assert (one.name, "第五条" in one.quote) == ("甲办法", True)


@pytest.mark.parametrize(("title", "words"), [
    ("关于废止《车载示例影像办法》第三条的决定", "经研究，决定废止《车载示例影像办法》第三条。"),
    ("关于废止《车载示例影像办法》部分条款的公告", "现决定废止《车载示例影像办法》第三条。"),
    ("关于修改《车载示例影像办法》第三条的决定", "将第三条中的“三十日”修改为“六十日”。"),
    ("关于对《车载示例影像办法》部分内容进行更正的公告", "第三条中的“三十日”应为“六十日”，现予更正。"),
    ("《车载示例影像办法》勘误表", "一、第三条中“三十日”应为“六十日”。"),
    ("关于《车载示例影像办法》的勘误说明", "第三条中“三十日”应为“六十日”，特此说明。"),
    ("更正：《车载示例影像办法》第三条", "《车载示例影像办法》第三条“三十日”更正为“六十日”。"),
    ("关于《车载示例影像办法》部分条款失效的公告", "《车载示例影像办法》第三条自即日起失效。"),
    ("关于《车载示例影像办法》的补充通知", "一、车外影像的保存期限，自形成之日起计算。"),
])  # fmt: skip
def test_a_part_of_a_rule_goes_or_is_corrected_and_the_rule_stands(
    workspace: Workspace, title: str, words: str
) -> None:
    assert add(workspace, f"{title}\n{words}\n") == []
    assert told(workspace) == [("amendment", "车载示例影像办法", {"exterior-imagery"})]
    assert ended(workspace) == set()


@pytest.mark.parametrize(("title", "words"), [
    ("关于《车载示例影像办法》失效的公告", "《车载示例影像办法》自即日起失效。"),
    ("关于宣布失效《车载示例影像办法》的公告", "现宣布《车载示例影像办法》失效。"),
    ("关于撤销《车载示例影像办法》的决定", "决定撤销《车载示例影像办法》。"),
    ("关于对《车载示例影像办法》予以废止的决定", "决定对《车载示例影像办法》予以废止。"),
])  # fmt: skip
def test_a_rule_ends_in_any_wording(workspace: Workspace, title: str, words: str) -> None:
    assert add(workspace, f"{title}\n{words}\n") == []
    assert told(workspace) == [("repeal", "车载示例影像办法", {"exterior-imagery", "location-trajectory"})]


def test_a_decision_that_followed_its_draft_is_about_the_articles_that_it_names(workspace: Workspace) -> None:
    title = "关于修改《车载示例影像办法》的决定"
    add(workspace, f"{title}（征求意见稿）\n一、将第三条中的“三十日”修改为“五十日”。\n")
    add(workspace, f"{title}\n一、将第三条中的“三十日”修改为“四十日”。\n")
    sql = "select target from change_target join change on change.id = change join event on event.id = event"
    assert rows(workspace, f"{sql} where event.kind = 'new_version'") == [{"target": "exterior-imagery"}]


def test_a_notice_that_passes_a_rule_on_is_no_copy_of_it(workspace: Workspace) -> None:
    path = workspace.root.parent / "page.html"
    lines = ("现将《车载示例影像办法》转发给你们。", "一、高度重视。", "二、加强学习。", "三、认真执行。")
    title, body = "关于转发《车载示例影像办法》的通知", "".join(f"<p>{line}</p>" for line in lines)
    path.write_text(f"<html><head><title>{title}</title></head><body><h1 class='title'>{title}</h1>"
                    f"<div id='BodyLabel'>{body}</div></body></html>", "utf-8")  # fmt: skip
    given = Given(url="https://www.cac.gov.cn/2026-05/21/c_9.htm", agency="nda", published="2026-05-21")
    assert add_files(workspace, [path], given, now=NOW)[1] == []
    assert rows(workspace, "select id from discrepancy") == []


def test_a_list_of_ended_rules_is_about_all_that_each_of_them_was_about(workspace: Workspace) -> None:
    add(
        workspace,
        "关于废止部分规范性文件的公告\n经研究，决定废止下列文件：\n一、《车载示例影像办法》\n二、《示例桩群规定》\n",
    )
    both = {"exterior-imagery", "location-trajectory"}
    assert told(workspace) == [("repeal", "示例桩群规定", both), ("repeal", "车载示例影像办法", both)]
    assert ended(workspace) == {"示例桩群规定", "车载示例影像办法"}


@pytest.mark.parametrize(("title", "followed"), [
    ("国家示例部门关于废止部分规范性文件的公告", True), ("关于修改和废止部分行政法规的决定", True),
    ("关于废止《某办法》等3部规章的决定", True), ("关于对一批规章予以废止的决定", True),
    ("关于规章清理结果的公告", True), ("关于公布继续有效、废止和失效的规范性文件目录的公告", True),
    ("关于废止《水泵办法》的决定", False), ("关于修改《水泵办法》的决定", False),
    ("关于公布部分文件的通知", False), ("水泵能效公告（第3批）", False),
])  # fmt: skip
def test_what_ends_or_amends_rules_that_its_title_does_not_name_is_followed(title: str, *, followed: bool) -> None:
    [source] = find_sources(["cac-regulations"])
    assert follows(source, title, ("汽车数据",)) == followed


def test_what_became_of_comments_is_no_copy_of_the_draft(workspace: Workspace) -> None:
    add(workspace, LAW.format(name="示例骑行道办法（征求意见稿）"))
    report = (
        "关于《示例骑行道办法（征求意见稿）》公开征求意见情况的反馈\n共收到意见38条。\n一、总体情况。收到意见38条。\n"
        "二、采纳情况。把第二条的5万人改为8万人。\n三、未采纳情况。其余未予采纳。\n"
    )
    assert add(workspace, report) == []
    with open_kb(workspace.kb_path) as db:
        assert db.table("discrepancy").count == 0
        assert db.table("event").count == 0


def test_two_drafts_under_one_title_that_names_none_are_two(workspace: Workspace) -> None:
    for name in ("示例雪橇租借办法", "示例热气球飞行办法"):
        path = workspace.root.parent / f"{name}.html"
        body = LAW.format(name=f"{name}（征求意见稿）").splitlines()
        lines = "".join(f"<p>{line}</p>" for line in (f"现就《{name}（征求意见稿）》公开征求意见。", *body))
        title = "关于公开征求意见的通知"
        path.write_text(f"<html><head><title>{title}</title></head><body><h1 class='title'>{title}</h1>"
                        f"<div id='BodyLabel'>{lines}</div></body></html>", "utf-8")  # fmt: skip
        url = f"https://www.cac.gov.cn/2026-05/20/c_{len(name)}.htm"
        add_files(workspace, [path], Given(url=url, agency="cac", published="2026-05-20"), now=NOW)
    drafts = rows(workspace, "select title from version where stage = 'draft' order by title")
    assert [row["title"] for row in drafts] == ["示例热气球飞行办法（征求意见稿）", "示例雪橇租借办法（征求意见稿）"]
