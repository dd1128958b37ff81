"""Conditions: rule texts as trees, every form in own words, and the rules of the draft guide where it is here."""

import re

import pytest
from law_texts import SHARED, shared_provisions

from kb.items.conditions import clause_marks, condition_from_json, condition_json, read_rule
from kb.model import Condition

GUIDELINE = SHARED / "facts" / "auto_guideline.md"


def rule(text: str) -> Condition:
    condition = read_rule(text)
    assert condition
    return condition


def numbers(condition: Condition) -> tuple[object, ...]:
    return condition.measure, condition.comparator, condition.value, condition.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("涉及示例车辆10万台以上的", ("vehicles", ">=", 100_000, "vehicles")),
        ("处理两千辆以下示例车辆的", ("vehicles", "<=", 2000, "vehicles")),
        ("提供一百万人以上示例信息的", ("persons", ">=", 1_000_000, "persons")),
        ("涉及主体超过 10 万人的", ("persons", ">", 100_000, "persons")),
        ("不满１０万人示例信息的", ("persons", "<", 100_000, "persons")),
        ("少于五百人的", ("persons", "<", 500, "persons")),
        ("提供1万人以上敏感个人信息的", ("sensitive_persons", ">=", 10_000, "persons")),
        ("人脸边界框最小边长为32像素以上的", ("face_pixels", ">=", 32, "pixels")),
        ("车辆号牌最小边长大于16像素的", ("plate_pixels", ">", 16, "pixels")),
        ("里程5000万公里以上的", ("kilometres", ">=", 50_000_000, "kilometres")),
        ("时长不低于2000小时的", ("hours", ">=", 2000, "hours")),
        ("1000万张以上示例图片的", ("pictures", ">=", 10_000_000, "pictures")),
        ("100万个以上示例影像的", ("videos", ">=", 1_000_000, "videos")),
        ("覆盖至少单个完整路口", ("intersections", ">=", 1, "intersections")),
        ("时间跨度大于1个月", ("months", ">", 1, "months")),
        ("留存时间不少于3年", ("years", ">=", 3, "years")),
        ("至少保存3年", ("years", ">=", 3, "years")),
        ("在十个工作日内报送", ("working_days", "<=", 10, "working_days")),
        ("在10日内报送", ("days", "<=", 10, "days")),
        ("不超过30天", ("days", "<=", 30, "days")),
        ("增幅不超过20%的", ("percent", "<=", 20, "percent")),
        ("注册用户5000万以上的", ("users", ">=", 50_000_000, "users")),
    ],
)
def test_one_number_is_one_leaf(text: str, expected: tuple[object, ...]) -> None:
    assert numbers(rule(text)) == expected


@pytest.mark.parametrize("words", ["不含敏感个人信息", "不包括敏感个人信息", "敏感个人信息除外"])
def test_what_is_excluded_is_not_what_is_counted(words: str) -> None:
    leaf = rule(f"累计出境80万人以上个人信息（{words}）的")
    assert (leaf.measure, leaf.qualifier) == ("persons", "excluding_sensitive")


def test_working_days_and_days_are_different_units() -> None:
    assert rule("5个工作日内").unit != rule("5日内").unit


def test_a_band_is_two_leaves_that_must_both_hold() -> None:
    band = rule("自当年1月1日起累计向境外提供10万人以上、不满100万人示例信息（不含敏感个人信息）的")
    assert band.logic == "all"
    assert [numbers(leaf) for leaf in band.of] == [
        ("persons", ">=", 100_000, "persons"),
        ("persons", "<", 1_000_000, "persons"),
    ]
    assert {(leaf.window, leaf.qualifier) for leaf in band.of} == {("since_1_january", "excluding_sensitive")}


def test_numbers_joined_by_or_are_alternatives() -> None:
    either = rule("涉及示例环境中5000万公里以上或2000小时以上的示例图片或示例影像的")
    assert either.logic == "any"
    assert [leaf.measure for leaf in either.of] == ["kilometres", "hours"]


def test_a_list_takes_its_logic_from_its_head() -> None:
    clauses = "1.涉及示例车辆10万台以上的；2.被列入国家重大专项的；3.涉及示例影像1.5万个以上的。"
    for head, logic in (("符合以下任意一项条件的：", "any"), ("同时符合以下条件的：", "all")):
        tree = rule(head + clauses)
        assert (tree.logic, tree.quote) == (logic, head.rstrip("："))
        assert [leaf.measure for leaf in tree.of] == ["vehicles", "national_programme", "videos"]
        assert tree.of[2].value == 15_000


@pytest.mark.parametrize(
    "marks", [("（一）", "（二）"), ("（1）", "（2）"), ("①", "②"), ("1）", "2）"), ("1、", "2、")]
)
def test_clauses_are_split_at_every_style_of_number(marks: tuple[str, str]) -> None:
    tree = rule(f"有下列情形之一的：{marks[0]}提供重要数据；{marks[1]}不满10万人的。")
    assert [(leaf.measure, leaf.quote) for leaf in tree.of] == [
        ("important_data", "提供重要数据"),
        ("persons", "不满10万人的"),
    ]


def test_after_fusion_qualifies_the_whole_tree() -> None:
    tree = rule("与车外示例影像、雷达数据融合关联后，符合以下任意一项条件的：1.甲事项的；2.涉及10万台以上车辆的。")
    assert tree.qualifier == "fused_with_imagery_or_radar"
    assert [leaf.measure for leaf in tree.of] == ["other", "vehicles"]


def test_a_named_condition_beside_a_number_is_kept() -> None:
    tree = rule("涉及反映示例地区经济运行情况的数据，且累计时间大于等于30天")
    assert tree.logic == "all"
    assert [numbers(leaf) for leaf in tree.of] == [("regional_economy", None, None, None), ("days", ">=", 30, "days")]
    assert tree.of[1].window == "cumulative"


def test_an_unknown_part_beside_a_number_is_kept_too() -> None:
    tree = rule("涉及示例车辆20万台以上，且包含尚无名称的示例事项的。")
    assert (tree.logic, [leaf.measure for leaf in tree.of]) == ("all", ["vehicles", "other"])
    assert tree.of[1].quote == "包含尚无名称的示例事项的"


def test_whom_a_rule_speaks_to_is_a_leaf_of_role_scope() -> None:
    tree = rule("关键信息基础设施运营者以外的处理者累计提供10万人以上、不满100万人示例信息或者不满1万人敏感个人信息的")
    scope, either = tree.of
    assert (scope.measure, scope.role) == ("not_critical_infrastructure", "scope")
    assert either.logic == "any"
    assert either.of[0].logic == "all"
    assert numbers(either.of[1]) == ("sensitive_persons", "<", 10_000, "persons")


def test_what_is_exempt_has_role_exemption() -> None:
    tree = rule("有下列情形之一的，免予申报：（1）紧急情况下确需提供的；（2）不满10万人的。")
    assert {leaf.role for leaf in tree.of} == {"exemption"}


def test_unknown_words_are_kept_as_other() -> None:
    leaf = rule("涉及尚无名称的示例事项的。")
    assert (leaf.measure, leaf.quote, leaf.value) == ("other", "涉及尚无名称的示例事项的", None)


def test_no_rule_is_no_condition() -> None:
    assert read_rule("") is None
    assert read_rule(" \n　") is None


def test_json_holds_everything_and_comes_back() -> None:
    for text in ("不满10万人的", "有下列情形之一的，免予申报：1.紧急情况下提供的；2.10万人以上、不满100万人的。"):
        condition = rule(text)
        assert condition_from_json(condition_json(condition)) == condition
    assert list(condition_json(rule("不满10万人的"))) == [
        "measure", "comparator", "value", "unit", "window", "role", "qualifier", "quote",
    ]  # fmt: skip


def test_marks_of_clauses_are_where_they_are_printed() -> None:
    text = "符合任一：1.甲；2.乙1.5倍；3.丙。"
    assert [text[a:b] for a, b in clause_marks(text)] == ["1.", "2.", "3."]


def leaves(condition: Condition) -> list[Condition]:
    return [leaf for part in condition.of for leaf in leaves(part)] if condition.logic else [condition]


def guide_rules() -> dict[str, str]:
    heads = {
        "任一": "符合以下任意一项条件的：",
        "同时(全部)": "同时符合以下条件的：",
        "与车外实景影像、雷达数据融合关联后，任一": "与车外实景影像、雷达数据融合关联后，符合以下任意一项条件的：",
        "单项": "",
    }
    found = re.findall(r"^- \*\*(R\d+)\*\* \((.+?)\): (.+)$", GUIDELINE.read_text("utf-8"), re.M)
    return {name: heads[logic] + body.replace(" | ", "") for name, logic, body in found}


@pytest.mark.skipif(not GUIDELINE.exists(), reason="the facts of the draft guide are not here")
def test_every_rule_of_the_draft_guide_is_read_completely() -> None:
    rules = {name: rule(text) for name, text in guide_rules().items()}
    assert len(rules) == 18
    found = {
        (leaf.measure, leaf.comparator, leaf.value) for tree in rules.values() for leaf in leaves(tree) if leaf.value
    }
    assert found == {
        ("vehicles", ">=", 100_000), ("vehicles", ">=", 500_000), ("vehicles", ">=", 1_000_000), ("days", ">=", 30),
        ("months", ">", 1), ("intersections", ">=", 1), ("face_pixels", ">=", 32), ("plate_pixels", ">=", 16),
        ("kilometres", ">=", 50_000_000), ("hours", ">=", 2000), ("pictures", ">=", 10_000_000),
        ("videos", ">=", 1_000_000), ("persons", ">=", 1_000_000),
    }  # fmt: skip
    assert not [leaf.quote for tree in rules.values() for leaf in leaves(tree) if leaf.measure == "other"]
    logic = {name: (tree.logic, len(tree.of)) for name, tree in rules.items() if tree.of}
    assert logic == {
        "R2": ("any", 7), "R3": ("any", 2), "R4": ("any", 3), "R5": ("any", 10), "R6": ("any", 5), "R7": ("any", 8),
        "R8": ("all", 3), "R13": ("any", 4), "R14": ("any", 3), "R15": ("any", 2),
    }  # fmt: skip
    assert rules["R6"].qualifier == "fused_with_imagery_or_radar"
    assert rules["R15"].of[1].logic == "all"
    assert {rules[name].window for name in ("R9", "R18")} == {"since_1_january"}


@pytest.mark.skipif(not GUIDELINE.exists(), reason="the text of the draft guide is not here")
def test_routes_and_exemptions_of_the_draft_guide_are_read_completely() -> None:
    found = shared_provisions("auto_data_export_guide_2025_draft.extracted.md")
    routes = {}
    for route in ("point_1", "point_2", "point_3"):
        eid = f"sec_1__subsec_3__{route}"
        parts = [p.number + p.text for p in found if p.parent == eid]
        routes[route] = rule(next(p.text for p in found if p.eid == eid) + "".join(parts))
    assert [len(tree.of) for tree in routes.values()] == [5, 2, 9]
    assert [leaf.measure for leaf in routes["point_1"].of] == [
        "important_data", "persons", "sensitive_persons", "critical_infrastructure", "other_cases",
    ]  # fmt: skip
    assert [numbers(leaf)[1:3] for leaf in routes["point_2"].of[0].of] == [(">=", 100_000), ("<", 1_000_000)]
    assert {leaf.role for leaf in leaves(routes["point_3"])} == {"exemption", "scope"}
    assert [leaf.measure for leaf in leaves(routes["point_3"])] == [
        "overseas_origin", "contract", "human_resources", "emergency", "not_critical_infrastructure", "persons",
        "free_trade_zone", "vulnerability_report", "security_incident_report", "recall_upgrade",
    ]  # fmt: skip
