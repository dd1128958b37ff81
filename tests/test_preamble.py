"""Preambles: compared for a person where both texts have one, and never a provision of kb.db."""

from pathlib import Path

from law_texts import GUIDE, LAW, provisions

from kb.comparing.chosen import compare_readings, compare_sides, load_side
from kb.structure.preamble import read_preamble


def test_a_preamble_is_the_sentences_before_the_first_number() -> None:
    found = read_preamble(LAW, provisions(LAW))
    assert found
    assert found.text == "《示例规定》已经2025年3月1日示例会议审议通过，现予公布。"
    assert read_preamble(LAW[LAW.index("第一条 ") :], provisions(LAW[LAW.index("第一条 ") :])) is None
    assert read_preamble("甲。\n乙。", provisions("甲。\n乙。")) is None


def test_a_changed_preamble_is_told_where_both_texts_have_one(tmp_path: Path) -> None:
    why = "为引导示例活动，规范示例处理者开展示例数据出境，制定本指引。"
    old = GUIDE.replace("为引导示例活动，制定本指引。", why)
    texts = {"old": old, "new": old.replace("规范示例处理者", "便利示例处理者"), "bare": old.replace(why, "")}
    texts["order"] = old.replace(why, "《示例指引》已经2025年3月1日示例会议审议通过，现予公布。")
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text, "utf-8")
    sides = {name: str(tmp_path / f"{name}.txt") for name in texts}
    (change,) = [c for c in compare_sides(None, sides["old"], sides["new"])[0].provisions if c.kind != "unchanged"]
    assert change.new
    assert (change.new.number, [(e.old, e.new) for e in change.edits]) == ("序言", [("规范", "便利")])
    assert compare_sides(None, sides["old"], sides["bare"])[0].summary["removed"] == 0
    assert compare_sides(None, sides["old"], sides["order"])[0].summary["added"] == 0
    recorded = compare_readings(load_side(None, sides["old"]), load_side(None, sides["new"]))
    assert recorded.summary["modified"] == 0
