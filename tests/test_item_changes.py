"""Data items: paired by name and likeness, never by number or place, each changed field marked."""

from dataclasses import replace

import pytest
from law_texts import provisions

from kb.comparing.compare import compare_texts, comparison_json
from kb.comparing.item_changes import compare_items
from kb.items.conditions import read_rule
from kb.model import DataItem, ItemChange


def item(
    name: str, rule: str = "涉及10万台以上车辆的。", category: str = "示例影像", description: str = ""
) -> DataItem:
    text = description or f"示例设备收集的{name}，包括其时间与地点"
    return DataItem(1, "1", "示例场景", "", category, name, text, rule, None, None, 0, 0)


OLD = [item("前向图片"), item("环视视频"), item("密钥", category="示例凭证"), item("证书", category="示例凭证")]


def changes(new: list[DataItem], old: list[DataItem] = OLD) -> list[ItemChange]:
    return [change for change in compare_items(old, new) if change.kind != "unchanged"]


def test_the_same_items_in_another_order_are_unchanged() -> None:
    assert changes(OLD[::-1]) == []


def test_added_and_removed_items_are_told_by_name() -> None:
    found = changes([*OLD[:3], item("充电桩位置", "涉及敏感区域的。", "示例充电", "充电设施所在的经纬度")])
    assert [(c.kind, (c.new or c.old).name) for c in found if c.new or c.old] == [
        ("added", "充电桩位置"),
        ("removed", "证书"),
    ]
    assert [c.grade for c in found] == ["substantive", "substantive"]


def test_a_changed_rule_is_marked_on_its_number_and_graded() -> None:
    (change,) = changes([item("前向图片", "涉及50万台以上车辆的。"), *OLD[1:]])
    assert (change.kind, change.grade) == ("modified", "threshold")
    assert [(name, [(e.old, e.new) for e in edits]) for name, edits in change.fields] == [("rule", [("10万", "50万")])]


def test_an_item_renamed_in_its_category_is_the_same_item() -> None:
    (change,) = changes([OLD[0], replace(OLD[1], name="环视影像视频"), *OLD[2:]])
    assert change.old
    assert (change.kind, change.old.name) == ("renamed", "环视视频")
    assert dict(change.fields).keys() == {"name"}


def test_an_item_moved_to_another_category_is_modified_there() -> None:
    (change,) = changes([*OLD[:3], replace(OLD[3], category="示例平台")])
    assert change.kind == "modified"
    assert dict(change.fields).keys() == {"category"}


def test_numbers_of_clauses_are_not_compared() -> None:
    old = [item("前向图片", "符合任一：1.涉及10万台以上车辆的；2.涉及敏感区域的。")]
    new = [item("前向图片", "符合任一：1.国家重大专项的；2.涉及10万台以上车辆的；3.涉及敏感区域的。")]
    (change,) = changes(new, old)
    assert [(e.old, e.new) for e in dict(change.fields)["rule"]] == [("", "国家重大专项的；")]
    assert change.grade == "substantive"


@pytest.mark.parametrize("category", ["示例影像", "别的类别"])
def test_items_of_one_name_pair_within_their_category_first(category: str) -> None:
    old = [
        item("清单", category="甲类", description="甲的清单"),
        item("清单", category=category, description="乙的清单"),
    ]
    assert changes(old[::-1], old) == []


def test_counts_of_items_are_in_the_summary_and_in_the_json() -> None:
    comparison = compare_texts(provisions(""), provisions(""), OLD, OLD[:3])
    assert {name: n for name, n in comparison.summary.items() if name.startswith("items_")} == {
        "items_unchanged": 3,
        "items_removed": 1,
        "items_substantive": 1,
    }
    (row,) = comparison_json(comparison)["data_items"]
    assert (row["kind"], row["old"], row["new"]) == ("removed", "证书", None)
    assert {"field": "rule", "from": "涉及10万台以上车辆的。", "to": ""} in row["changes"]


def test_an_item_cut_in_two_is_split_and_two_put_together_are_merged() -> None:
    one = item("前向图片、环视视频", description="示例前向设备收集的静态图片；示例环视设备收集的连续视频")
    parts = [
        item("前向图片", description="示例前向设备收集的静态图片"),
        item("环视视频", description="示例环视设备收集的连续视频"),
    ]
    assert [(c.kind, c.old and c.old.name, c.new and c.new.name) for c in changes(parts, [one])] == [
        ("split", "前向图片、环视视频", "前向图片"),
        ("split", "前向图片、环视视频", "环视视频"),
    ]
    assert [(c.kind, c.old and c.old.name) for c in changes([one], parts)] == [
        ("merged", "前向图片"),
        ("merged", "环视视频"),
    ]


def test_what_of_an_item_changed_is_named_and_its_conditions_are_numbers() -> None:
    def ruled(text: str, **columns: str) -> DataItem:
        return replace(item("前向图片", text), conditions=read_rule(text), **columns)

    old, new = ruled("涉及10万台以上车辆的。"), ruled("涉及50万台以上车辆的。", category="别的类别")
    (row,) = comparison_json(compare_texts((), (), [old], [new]))["data_items"]
    assert row["aspects"] == ["moved", "rule", "condition"]
    (condition,) = row["conditions"]
    assert (condition["unit"], condition["from_number"], condition["to_number"]) == ("vehicles", 100000, 500000)
    (change,) = [change for change in row["changes"] if change["field"] == "rule"]
    assert (change["from_number"], change["to_number"], change["unit"]) == (100000, 500000, "vehicles")
