"""Data items and provisions point to the vocabulary, by declared words only."""

import csv
from pathlib import Path

import pytest

from kb.items.conditions import read_rule
from kb.model import DataItem
from kb.vocabulary import load_data_types, scope_types, targets_of_text, types_of_item

FACTS = Path(__file__).resolve().parents[2] / "shared" / "facts"


def item(category: str, name: str, rule: str = "") -> DataItem:
    return DataItem(1, "1", "", "", category, name, "", rule, read_rule(rule) if rule else None, None, 0, 0)


def test_an_item_that_no_word_claims_has_no_type() -> None:
    assert types_of_item(item("财务数据", "月度报表")) == ()


def test_a_condition_on_faces_makes_a_relation_by_condition() -> None:
    found = {
        t.id: t.relation
        for t in types_of_item(item("测试场景数据", "示例场景", "车外真实人脸边界框最小边长为40像素以上的。"))
    }
    assert found == {"test-scenario": "exact", "face-or-plate": "by_condition"}


def test_a_provision_names_types_or_falls_back_to_one_scope() -> None:
    assert [t.id for t in targets_of_text("示例：车辆识别码应当去标识化")] == ["vehicle-identifier"]
    assert [(t.id, t.kind) for t in targets_of_text("累计提供一百万人个人信息")] == [("personal-information", "scope")]
    assert [t.id for t in targets_of_text("数据出境活动结束后")] == ["every-export"]
    assert targets_of_text("本办法自公布之日起施行") == ()


def test_the_scope_of_personal_information_is_the_personal_types() -> None:
    assert "cabin-recording" in scope_types("personal-information")
    assert "rd-design" not in scope_types("personal-information")
    assert scope_types("every-export") == set(load_data_types())


@pytest.mark.skipif(not FACTS.exists(), reason="needs ../shared")
def test_the_items_of_the_2025_draft_have_their_reviewed_types() -> None:
    with (FACTS / "item_types.csv").open(encoding="utf-8") as file:
        reviewed = {(row["item_id"], row["data_type"], row["relation"]) for row in csv.DictReader(file)}
    with (FACTS / "auto_guideline_2025_draft_items.csv").open(encoding="utf-8") as file:
        found = {
            (row["item_id"], target.id, target.relation)
            for row in csv.DictReader(file)
            for target in types_of_item(item(row["category_zh"], row["item_zh"], row["rule_zh"].replace(" | ", "")))
        }
    assert found == reviewed
    with (FACTS / "data_types.csv").open(encoding="utf-8") as file:
        assert {row["id"] for row in csv.DictReader(file)} == set(load_data_types())
