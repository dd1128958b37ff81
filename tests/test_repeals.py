"""A text that ends others: each named instrument is ended from its day, or waits for a person."""

from pathlib import Path
from typing import Any

import pytest

from kb.db import open_kb
from kb.law.in_force import states_known
from kb.law.standing import standing_on
from kb.lineage.repeals import read_repeals
from kb.queries import version as version_of
from kb.recording.by_hand import Given
from kb.recording.record import add_files
from kb.reviewing.review import decide
from kb.workspace import Workspace, ensure_workspace

NOW = "2026-06-01T00:00:00Z"
LAW = """{title}
（2010年3月1日工业和信息化部令第{number}号公布　自2010年5月1日起施行）
第一条　为了演示{title}，制定本办法。
第二条　{title}所称示例车辆的识别码应当去标识化后存储，存储期限不少于一年。
第三条　本办法自2010年5月1日起施行。
"""
LAWS = {"车载示例终端管理办法": 12, "示例数据上报规定": 99, "示例牌照暂行办法": 7, "示例联网管理办法": 3}
DECISION = """关于废止和修改部分规章的决定
（2026年5月10日工业和信息化部令第70号公布　自2026年7月1日起施行）
为了演示，对规章进行了清理，决定：
一、对下列3部规章予以废止：
（一）《车载示例终端管理办法》（2010年3月1日工业和信息化部令第12号公布）。
（二）《示例数据上报规定》（2012年5月1日工业和信息化部令第20号公布）。
（三）《示例牌照暂行办法》。
二、对下列规章的部分条款予以修改：
（一）将《示例联网管理办法》第三条修改为：“示例车辆应当登记。”
本决定自2026年7月1日起施行。
"""


@pytest.mark.parametrize(("words", "named"), [
    ("2012年发布的《甲办法》（令第3号）同时废止。", [("甲办法", ("第3号",), None)]),
    ("《甲法》、《乙法》和《丙法》同时废止。", [("甲法", (), None), ("乙法", (), None), ("丙法", (), None)]),
    ("依据《甲条例》制定的《乙细则》自2026年3月1日起废止。", [("乙细则", (), "2026-03-01")]),
    ("根据《甲法》，决定废止《乙办法》等3部规章。", [("乙办法", (), None)]),
    ("决定废止以下文件：\n1. 《甲》（示发〔2010〕3号）\n2.示例局关于示例的通知（示发〔1998〕5号）\n"
     "修改以下文件：\n1.《丙》",
     [("甲", ("〔2010〕3号",), None), ("示例局关于示例的通知", ("〔1998〕5号",), None)]),
    ("附件1\n废止的规范性文件目录\n1\t《甲规范》\t示发〔2019〕5号\n附件2\n继续有效的规范性文件目录\n1\t《乙规范》\t示发〔2020〕6号",
     [("甲规范", ("〔2019〕5号",), None)]),
    ("《甲办法》第三条同时废止。废止《乙办法》第五条。", []), ("示例局拟废止《甲办法》。", []),
    ("《甲办法》与本规定不一致的，适用本规定。", []), ("关于废止《甲办法》的决定", []),
])  # fmt: skip
def test_only_what_the_word_governs_is_ended(words: str, named: list[tuple[str, tuple[str, ...], str | None]]) -> None:
    assert [(one.name, one.numbers, one.since) for one in read_repeals(words)] == named


def add(workspace: Workspace, name: str, words: str) -> tuple[dict[str, Any], list[str]]:
    path = workspace.root.parent / f"{name}.txt"
    path.write_text(words, encoding="utf-8")
    found, asks = add_files(workspace, [path], Given(), now=NOW)
    return found[0], asks


@pytest.mark.parametrize("order", ["laws first", "decision first"])
def test_each_work_that_a_decision_names_ends_on_its_day_by_its_provision(tmp_path: Path, order: str) -> None:
    workspace = ensure_workspace(tmp_path / "w")
    texts = {title: LAW.format(title=title, number=number) for title, number in LAWS.items()}
    decision = {"decision": DECISION}
    added, asks = {}, []
    for name, words in ({**texts, **decision} if order == "laws first" else {**decision, **texts}).items():
        added[name], asked = add(workspace, name, words)
        asks += asked
    with open_kb(workspace.kb_path) as db:
        ends = {row["title"]: row["repealed"] for row in db.query("select title, repealed from version")}
        gone = added["车载示例终端管理办法"]
        versions = list(db.query("select * from version where work = ?", [gone["work"]]))
        days = [states_known(db, versions, day) for day in ("2026-06-30", "2026-07-01")]
        standing = standing_on(db, version_of(db, gone["version"]), "2026-07-02")
        told = {row["work"] for row in db.query("select work from event where kind = 'repeal'")}
        (waits,) = db.query("select * from review")
        assert {title for title, day in ends.items() if day} == {"车载示例终端管理办法", "示例牌照暂行办法"}
        assert set(ends.values()) == {"2026-07-01", None}
        assert days == [["true"], ["false"]]
        assert standing["validity"] == "repealed"
        assert standing["ended_by"]["provision"].endswith("#sec_1__subsec_1")
        assert "第12号" in standing["ended_by"]["quote"]
        assert told == {gone["work"], added["示例牌照暂行办法"]["work"]}
        # Its number is another: a person decides.
        assert (waits["target"], waits["field"], waits["new"]) == (
            added["示例数据上报规定"]["version"], "repealed", "2026-07-01")  # fmt: skip
        assert any("its number is another" in ask for ask in asks)
        decide(db, waits["id"], "accept", by="legal", now=NOW)
        (ended,) = db.query("select repealed from version where id = ?", [waits["target"]])
        assert ended["repealed"] == "2026-07-01"


def test_a_draft_ends_nothing(tmp_path: Path) -> None:
    workspace = ensure_workspace(tmp_path / "w")
    add(workspace, "law", LAW.format(title="示例牌照暂行办法", number=7))
    head = "的决定\n（2026年5月10日工业和信息化部令第70号公布　自2026年7月1日起施行）"
    assert head in DECISION
    add(workspace, "draft", DECISION.replace(head, "的决定（征求意见稿）"))
    with open_kb(workspace.kb_path) as db:
        assert not list(db.query("select 1 from version where repealed is not null"))
        assert not list(db.query("select 1 from review"))
