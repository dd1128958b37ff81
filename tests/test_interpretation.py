"""A rule is read otherwise, or another goes before it, though its own text stands: one event, once, and whose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from alert_world import add_dataset, add_link

from kb.db import open_kb
from kb.reading import read_document
from kb.recording.by_hand import Given
from kb.recording.interpretation import is_interpretation
from kb.recording.record import add_files
from kb.structure.passages import read_passages
from kb.workspace import Workspace, ensure_workspace
from mappings.alerts.outbox import catch_up
from mappings.alerts.triage import decide, release
from mappings.db import open_company

NOW, LATER = "2026-02-05T00:00:00Z", "2026-03-05T00:00:00Z"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "texts"
RULE = """示例车载数据管理办法

第一条 为了演示，制定本办法。

第二条 向境外提供100万人以上个人信息的，应当申报示例评估。

第三条 车辆识别码应当去标识化后存储。
"""
ASKED = """示例车载数据管理办法政策问答（2026年2月）

1.问：《示例车载数据管理办法》第二条的人数怎么计算？
答：自当年1月1日起累计；同一人按一人计算。累计超过100万人的，应当就全部个人信息申报。

2.问：员工信息是否计入？
答：不计入。
"""
OTHER = """示例车载数据出境规定

第一条 为了演示，制定本规定。

第二条 本规定自2026年3月1日起施行。

第三条 2025年公布的《示例车载数据管理办法》等规定与本规定不一致的，适用本规定。
"""
PAGE = "https://www.cac.gov.cn/2026-02/04/c_1.htm"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = ensure_workspace(tmp_path / "workspace")
    add(found, "rule.txt", RULE, published="2025-02-03")
    return found


def add(workspace: Workspace, name: str, words: str, now: str = NOW, **given: Any) -> list[dict[str, Any]]:
    path = workspace.root.parent / name
    path.write_text(words, "utf-8")
    return add_files(workspace, [path], Given(**given), now=now)[0]


def ask(workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    with open_kb(workspace.kb_path) as db:
        return list(db.query(sql))


def events(workspace: Workspace) -> list[tuple[str, str]]:
    sql = "select kind, origin from event where kind in ('interpretation', 'override', 'repeal') order by occurred_at"
    return [(row["kind"], row["origin"]) for row in ask(workspace, sql)]


def answered(workspace: Workspace, words: str = ASKED, now: str = NOW) -> None:
    add(workspace, "asked.txt", words, now, url=PAGE, agency="cac", published="2026-02-04",
        title="示例车载数据管理办法政策问答（2026年2月）")  # fmt: skip


def test_an_answer_that_changes_how_persons_are_counted_is_an_event_though_no_text_changed(
    workspace: Workspace,
) -> None:
    answered(workspace)
    assert events(workspace) == [("interpretation", "publication")]
    (event,) = ask(workspace, "select * from event where kind = 'interpretation'")
    (rule,) = ask(workspace, "select * from work")
    assert (event["work"], event["new_version"]) == (rule["id"], None)
    assert json.loads(event["summary"])["about"] == [{"id": rule["id"], "title": rule["title"]}]
    counted, staff = ask(workspace, f"select * from change where event = '{event['id']}' order by ordinal")
    assert (counted["subject"], counted["kind"], counted["grade"]) == ("passage", "added", "threshold")
    assert counted["quote"].startswith("自当年1月1日起累计")
    assert staff["grade"] == "substantive"
    targets = ask(workspace, f"select target from change_target where change = '{counted['id']}'")
    assert targets == [{"target": "personal-information"}]


def test_a_rule_adopted_under_another_kind_of_name_than_its_draft_is_found_by_the_name_it_has_now(
    workspace: Workspace,
) -> None:
    """征求意见 as 办法, adopted as 规定: what explains the 规定 is about that work."""
    draft, final = (RULE.replace("示例车载数据管理办法", name).replace("车辆识别码", "声纹")
                    for name in ("示例声纹采集办法（征求意见稿）", "示例声纹采集规定"))  # fmt: skip
    add(workspace, "draft.txt", draft, published="2025-06-03")
    add(workspace, "final.txt", final.replace("100万", "50万"), published="2026-02-03")
    add(workspace, "asked.txt", "一、怎样累计？\n答：自当年1月1日起累计。", url=PAGE, agency="cac",
        published="2026-02-04", title="《示例声纹采集规定》政策问答")  # fmt: skip
    (event,) = ask(workspace, "select * from event where kind = 'interpretation'")
    assert ask(workspace, f"select stage from version where work = '{event['work']}' order by stage") == [
        {"stage": "draft"}, {"stage": "final"}]  # fmt: skip


def test_it_is_one_event_however_often_it_is_captured_and_an_edit_is_one_more_with_what_is_new(
    workspace: Workspace,
) -> None:
    answered(workspace)
    answered(workspace)
    answered(workspace, ASKED + "\n", LATER)
    assert events(workspace) == [("interpretation", "publication")]
    answered(workspace, ASKED.replace("不计入。", "计入。"), LATER)
    assert events(workspace) == [("interpretation", "publication"), ("interpretation", "edit")]
    changed = ask(workspace, "select kind, quote from change where event = (select id from event where origin = 'edit' "
                             "and kind = 'interpretation') order by ordinal")  # fmt: skip
    assert changed == [{"kind": "added", "quote": "计入。"}, {"kind": "removed", "quote": "不计入。"}]


def test_an_answer_that_is_taken_back_is_told_each_time_and_once(workspace: Workspace) -> None:
    other = ASKED.replace("不计入。", "计入。")
    for day, words in enumerate([ASKED, other, ASKED, ASKED, other, other], 1):
        answered(workspace, words, f"2026-03-0{day}T00:00:00Z")
    said = ask(workspace, "select occurred_at, quote from change join event on event.id = event "
                          "where change.kind = 'added' and origin = 'edit' order by occurred_at")  # fmt: skip
    assert [(one["occurred_at"][8:10], one["quote"]) for one in said] == [
        ("02", "计入。"), ("03", "不计入。"), ("05", "计入。")]  # fmt: skip


def test_answers_that_come_before_their_rule_are_told_when_it_comes_and_once(tmp_path: Path) -> None:
    workspace = ensure_workspace(tmp_path / "w")
    words = "一、怎样累计？\n答：自当年1月1日起累计。"
    for path, title in (
        (PAGE, "《示例车载数据管理办法》政策问答"),
        (PAGE.replace("c_1", "c_2"), "《另一示例办法》解读"),
    ):
        add(workspace, f"{title}.txt", words, url=path, agency="cac", published="2026-02-04", title=title)
    assert events(workspace) == []
    for _ in range(2):
        add(workspace, "rule.txt", RULE, LATER, published="2026-02-06")
        assert events(workspace) == [("interpretation", "publication")]


def test_old_answers_that_a_new_source_brings_alert_nobody(workspace: Workspace) -> None:
    add(workspace, "asked.txt", ASKED, "2027-02-05T00:00:00Z", url=PAGE, published="2026-02-04",
        title="示例车载数据管理办法政策问答")  # fmt: skip
    assert events(workspace) == [("interpretation", "backfill")]


@pytest.mark.parametrize(("title", "own"), [
    ("数据出境示例政策法规问答（2026年1月）", True), ("《示例办法》答记者问", True), ("《示例办法》政策解读", True),
    ("专家解读｜示例办法的三个要点", False), ("一图读懂《示例办法》", False), ("示例办法", False),
])  # fmt: skip
def test_only_the_agencys_own_word_is_an_event(title: str, own: bool) -> None:
    assert is_interpretation(title) is own


@pytest.mark.parametrize(("words", "labels"), [
    ("一、问：甲？答：乙。\n二、问：丙？\n答：丁。", ["一、问：甲？", "二、问：丙？"]),
    ("Q1：甲？\nA1：乙。\nQ2：丙？\nA2：丁。", ["Q1：甲？", "Q2：丙？"]),
    ("甲怎么办？\n答：乙。", ["甲怎么办？"]),
    ("一、背景\n说明。\n二、调整\n说明。", ["一、背景", "二、调整"]),
    ("只有一段话。", [""]),
])  # fmt: skip
def test_passages_are_read_in_the_forms_that_agencies_use(words: str, labels: list[str]) -> None:
    found = read_passages(read_document(words.encode(), name="a.txt"))
    assert [passage.label for passage in found] == labels
    assert all(passage.text for passage in found)


def test_a_rule_that_goes_before_another_is_an_event_of_the_other(workspace: Workspace) -> None:
    add(workspace, "other.txt", OTHER, published="2026-02-03")
    add(workspace, "other.txt", OTHER, published="2026-02-03")
    assert events(workspace) == [("override", "publication")]
    (event,) = ask(workspace, "select * from event where kind = 'override'")
    (rule,) = ask(workspace, "select * from work where title like '%管理办法'")
    assert event["work"] == rule["id"]
    (change,) = ask(workspace, f"select * from change where event = '{event['id']}'")
    assert (change["kind"], change["new_label"]) == ("overrides", "第三条")
    assert ask(workspace, f"select id from provision where id = '{change['new']}'")


def test_ending_another_rule_is_told_as_that_and_repeating_it_is_no_news(workspace: Workspace) -> None:
    ends = OTHER.replace("等规定与本规定不一致的，适用本规定", "同时废止")
    add(workspace, "other.txt", ends, published="2026-02-03")
    add(workspace, "again.txt", ends.replace("出境规定", "出境规定（2028年修订）").replace("演示", "再次演示"),
        "2028-02-05T00:00:00Z", published="2028-02-03")  # fmt: skip
    assert events(workspace) == [("repeal", "publication")]
    assert ask(workspace, "select kind from change where kind in ('repeals', 'overrides')") == [{"kind": "repeals"}]


@pytest.mark.parametrize(
    "title", ["关于更正《示例车载数据管理办法》有关内容的公告", "关于《示例车载数据管理办法》的更正公告"]
)
def test_a_notice_that_corrects_an_article_is_about_what_that_article_is_about(
    workspace: Workspace, title: str
) -> None:
    words = f"{title}\n\n经核对，现对有关内容更正如下：\n\n第三条中的“去标识化”更正为“匿名化”。\n"
    add(workspace, "fix.txt", words, published="2026-02-03")
    assert ask(workspace, "select kind from event") == [{"kind": "amendment"}]
    found = ask(workspace, "select quote, target from change left join change_target on change = change.id")
    assert found == [{"quote": "第三条中的“去标识化”更正为“匿名化”。", "target": "vehicle-identifier"}]


def test_a_repeal_is_about_all_that_the_rule_was_about(workspace: Workspace) -> None:
    """No word of the rule changes, and its title names no data: those whose data it was about have to know."""
    add(workspace, "ends.txt", "关于废止《示例车载数据管理办法》的决定\n\n经研究，决定废止《示例车载数据管理办法》。\n",
        published="2026-02-03")  # fmt: skip
    (change,) = ask(workspace, "select id, kind from change where kind = 'repeals'")
    targets = ask(workspace, f"select target from change_target where change = '{change['id']}' order by target")
    assert [row["target"] for row in targets] == ["personal-information", "vehicle-identifier"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared")
def test_the_provisions_of_2024_go_before_the_measures_of_assessment_and_contract(tmp_path: Path) -> None:
    workspace = ensure_workspace(tmp_path / "w")
    text = (SHARED / "cross_border_flow_provisions_2024.txt").read_text("utf-8")
    add(workspace, "flow.txt", text, "2024-03-25T00:00:00Z", published="2024-03-22")
    found = ask(workspace, "select event.work, new_label from event join change on event = event.id "
                           "where event.kind = 'override' order by event.work")  # fmt: skip
    assert found == [{"work": "export-assessment-measures", "new_label": "第十三条"},
                     {"work": "pi-standard-contract-measures", "new_label": "第十三条"}]  # fmt: skip


def test_owners_are_told_of_an_answer_once_an_analyst_released_it(workspace: Workspace) -> None:
    answered(workspace)
    config = workspace.config
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        company.table("owner").insert({"id": "a@example.invalid", "name": "甲组", "email": "a@example.invalid",
                                       "language": "both"})  # fmt: skip
        add_dataset(company, "crm", "crm.persons", "a@example.invalid", "sent", ["name"])
        add_link(company, "crm", "name", "personal-identity")
        assert catch_up(kb, company, config, now=NOW).held == 1
        assert [row["owner"] for row in company.query("select owner from alert")] == ["team"]
        (event,) = [row["id"] for row in kb.query("select id from event")]
        decide(kb, company, event, "applicable", by="legal", now=NOW, instruction="重新计数", due="2026-03-31")
        release(kb, company, config, event, by="legal", now=NOW)
        for _ in range(2):
            catch_up(kb, company, config, now=NOW)
        (alert,) = company.query("select * from alert where owner = 'a@example.invalid'")
    assert alert["nature"] == "action"
    assert "解释了《示例车载数据管理办法》" in alert["body"]
    assert "says how 《示例车载数据管理办法》 is to be read" in alert["body"]
    assert "自当年1月1日起累计" in alert["body"]
    assert PAGE in alert["body"]
