"""A decision that amends a law, and the law as amended, are two texts: neither is compared with the other."""

from pathlib import Path
from typing import Any

import pytest

from kb.db import open_kb
from kb.law.in_force import states_known
from kb.recording.by_hand import Given
from kb.recording.record import add_files
from kb.workspace import Workspace, ensure_workspace

NPC = "届全国人民代表大会常务委员会第二次会议"
LAW = f"""示例车载数据法
（2019年11月7日第十三{NPC}通过）
第一条　为了演示，制定本法。
第二条　示例车辆的识别码应当去标识化后存储，存储期限不少于一年。
第三条　本法自2020年6月1日起施行。
"""
DECISION = f"""全国人民代表大会常务委员会关于修改《示例车载数据法》的决定
（2025年10月28日第十四{NPC}通过）
第十四{NPC}决定对《示例车载数据法》作如下修改：
一、将第二条中的“一年”修改为“三年”。
二、增加一条，作为第三条：“示例车辆应当登记。”
三、第三条改为第四条。
本决定自2026年1月1日起施行。
"""
AMENDED = f"""示例车载数据法
（2019年11月7日第十三{NPC}通过　根据2025年10月28日第十四{NPC}《关于修改〈示例车载数据法〉的决定》修正）
第一条　为了演示，制定本法。
第二条　示例车辆的识别码应当去标识化后存储，存储期限不少于三年。
第三条　示例车辆应当登记。
第四条　本法自2020年6月1日起施行。
"""


def add(workspace: Workspace, name: str, words: str) -> dict[str, Any]:
    path = workspace.root.parent / f"{name}.txt"
    path.write_text(words, encoding="utf-8")
    return add_files(workspace, [path], Given(), now="2026-02-05T00:00:00Z")[0][0]


@pytest.mark.parametrize("order", ["decision first", "text first"])
def test_a_decision_removes_no_article_and_the_amended_text_is_no_copy_of_it(tmp_path: Path, order: str) -> None:
    workspace = ensure_workspace(tmp_path / "workspace")
    law = add(workspace, "law", LAW)
    steps = [("decision", DECISION), ("amended", AMENDED)]
    added = {name: add(workspace, name, words) for name, words in (steps if order == "decision first" else steps[::-1])}
    assert {row["work"] for row in added.values()} == {law["work"]}
    assert [added[name]["placed"] for name in ("decision", "amended")] == ["new_version"] * 2
    with open_kb(workspace.kb_path) as db:
        (event,) = db.query("select * from event where kind = 'new_version'")
        sql = "select change.* from change where event = ?"
        changes = {(row["kind"], row["new_label"], row["grade"]) for row in db.query(sql, [event["id"]])}
        (told,) = db.query("select * from event where kind = 'amendment'")
        points = [(row["kind"], row["new_label"]) for row in db.query(sql, [told["id"]])]
    assert (event["old_version"], event["new_version"]) == (law["version"], added["amended"]["version"])
    assert ("modified", "第二条", "deadline") in changes
    assert not any(kind == "removed" for kind, *_ in changes)
    assert points == [("amends", "一、"), ("amends", "二、"), ("amends", "三、")]


def test_an_amended_law_is_not_law_before_it_was_amended(tmp_path: Path) -> None:
    workspace = ensure_workspace(tmp_path / "workspace")
    law, amended = add(workspace, "law", LAW), add(workspace, "amended", AMENDED)
    assert (law["effective"], amended["effective"], amended["signed"]) == ("2020-06-01", None, "2025-10-28")
    with open_kb(workspace.kb_path) as db:
        versions = list(db.query("select * from version order by stage desc"))
        assert states_known(db, versions, "2021-01-01") == ["true", None]


def test_a_repeal_of_one_sentence_ends_the_law_on_its_day_and_is_told(tmp_path: Path) -> None:
    workspace = ensure_workspace(tmp_path / "workspace")
    law = add(workspace, "law", LAW)
    title = "全国人民代表大会常务委员会关于废止《示例车载数据法》的决定"
    said = "第十四届全国人民代表大会常务委员会决定废止《示例车载数据法》。\n本决定自2026年10月1日起施行。"
    repeal = add(workspace, "repeal", f"{title}\n（2026年9月10日第十四{NPC}通过）\n{said}\n")
    assert (repeal["work"], repeal["stage"], repeal["effective"]) == (law["work"], "repealed", "2026-10-01")
    with open_kb(workspace.kb_path) as db:
        (told,) = db.query("select change.* from change join event on event.id = event where event.kind = 'repeal'")
        versions = list(db.query("select * from version order by stage"))
        days = {day: states_known(db, versions, day) for day in ("2026-09-20", "2026-10-01")}
    assert told["kind"] == "repeals"
    assert days == {"2026-09-20": ["true", "false"], "2026-10-01": ["false", "false"]}


def test_a_draft_decision_keeps_its_marker_and_its_decision_is_compared_with_it(tmp_path: Path) -> None:
    workspace = ensure_workspace(tmp_path / "workspace")
    draft = DECISION.replace("的决定\n（2025年", "的决定\n（征求意见稿）\n（2025年").replace("“三年”", "“二年”")
    draft = draft.replace(f"（2025年10月28日第十四{NPC}通过）\n", "")
    added = add(workspace, "draft", draft)
    assert (added["stage"], added["title"].endswith("的决定（征求意见稿）")) == ("draft", True)
    add(workspace, "decision", DECISION)
    with open_kb(workspace.kb_path) as db:
        assert [row["kind"] for row in db.query("select kind from event order by kind")] == ["amendment", "new_version"]


def test_a_decision_is_not_compared_with_an_earlier_one(tmp_path: Path) -> None:
    """A second amendment and a repeal are matters of their own: nothing of the first decision was removed."""
    workspace = ensure_workspace(tmp_path / "workspace")
    law = add(workspace, "law", LAW)
    add(workspace, "decision", DECISION)
    later = DECISION.replace("2025年10月28日", "2026年9月1日").replace("“三年”", "“五年”").replace("“一年”", "“三年”")
    title = "全国人民代表大会常务委员会关于废止《示例车载数据法》的决定"
    repeal = f"{title}\n（2027年1月5日第十四{NPC}通过）\n决定废止《示例车载数据法》。\n"
    placed = [add(workspace, name, words) for name, words in (("later", later), ("repeal", repeal))]
    assert [row["work"] for row in placed] == [law["work"]] * 2
    with open_kb(workspace.kb_path) as db:
        told = [row["kind"] for row in db.query("select kind from event order by rowid")]
        followed = list(db.query("select predecessor from version where predecessor is not null"))
    assert (told, followed) == (["amendment", "amendment", "repeal"], [])
