"""Conditions in three values: what includes and excludes its number, what stays unknown and why."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.items.conditions import read_rule
from kb.model import Condition
from kb.packs import load_packs
from mappings.exposure.evaluate import Fact, all_of, any_of, compare, evaluate

SHARED = Path(__file__).resolve().parents[2] / "shared"


def exact(number: float) -> Fact:
    return Fact(low=number, high=number)


@pytest.mark.parametrize(
    ("rule", "value", "met"),
    [
        ("涉及在境内运行的10万台以上车辆收集的", 99_999, False),
        ("涉及在境内运行的10万台以上车辆收集的", 100_000, True),
        ("涉及超过10万台车辆的", 100_000, False),
        ("涉及超过10万台车辆的", 100_001, True),
        ("涉及不满10万台车辆的", 99_999, True),
        ("涉及不满10万台车辆的", 100_000, False),
        ("涉及不少于10万台车辆的", 100_000, True),
    ],
)
def test_the_words_of_a_rule_include_or_exclude_their_number(rule: str, value: float, met: bool) -> None:
    condition = read_rule(rule)
    assert condition
    assert evaluate(condition, {"vehicles": exact(value)}, "item").met is met


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.sampled_from([">=", ">", "<", "<=", "="]))
def test_a_range_is_decided_only_when_every_number_in_it_is(low: int, width: int, value: int, sign: str) -> None:
    truths = {compare(n, n, sign, value) for n in range(low, low + width + 1)}  # type: ignore[arg-type]
    expected = truths.pop() if len(truths) == 1 else None
    assert compare(low, low + width, sign, value) is expected  # type: ignore[arg-type]


@given(st.lists(st.sampled_from([True, False, None]), max_size=5))
def test_any_and_all_are_unknown_exactly_when_the_unknown_could_turn_them(values: list[bool | None]) -> None:
    for combine, plain in ((any_of, any), (all_of, all)):
        filled = itertools.product(*[[v] if v is not None else [True, False] for v in values])
        outcomes = {plain(case) for case in filled}
        assert combine(tuple(values)) is (outcomes.pop() if len(outcomes) == 1 else None)


def test_what_nobody_answered_is_unknown_and_named() -> None:
    verdict = evaluate(Condition("", measure="award"), {})
    assert (verdict.met, list(verdict.missing())) == (None, ["award"])
    assert "not answered" in verdict.because


def test_a_measure_without_a_key_is_unknown_and_says_so() -> None:
    verdict = evaluate(
        Condition("营业收入超过1亿元的", measure="yuan", comparator=">", value=1e8), {"yuan": exact(2e8)}
    )
    assert verdict.met is None
    assert "no key for the measure yuan" in verdict.because


def test_a_threshold_that_the_pack_forgot_is_unknown_and_says_so() -> None:
    verdict = evaluate(Condition("", measure="persons"), {"persons": exact(5)})
    assert verdict.met is None
    assert "states no threshold" in verdict.because
    assert list(verdict.missing()) == []  # no answer could help


def test_a_met_alternative_decides_although_the_others_are_unknown() -> None:
    condition = read_rule(
        "符合以下任意一项条件的：1.被列入国家重点研发计划的；2.车外真实人脸边界框最小边长为32像素以上的。"
    )
    assert condition
    verdict = evaluate(condition, {"face_pixels": exact(32)}, "item")
    assert verdict.met is True
    assert "face_pixels 32 is ≥ 32" in verdict.because
    assert evaluate(condition, {"face_pixels": exact(31)}, "item").met is None


def test_a_qualifier_of_a_whole_rule_has_to_be_so_as_well() -> None:
    (rule,) = {r.condition for p in load_packs() for r in p.items if r.name == "运行数据集"}
    facts = {"vehicles": exact(200_000), "fused_with_imagery_or_radar": Fact(truth=False)}
    assert evaluate(rule, facts, "item").met is False
    facts["fused_with_imagery_or_radar"] = Fact(truth=True)
    assert evaluate(rule, facts, "item").met is True
    read = read_rule(
        "与车外实景影像、雷达数据融合关联后，符合以下任意一项条件的：1.涉及在境内运行的10万台以上车辆收集的；2.获得省部级奖励的。"
    )
    assert read
    assert evaluate(read, facts, "item").met is True
    facts["fused_with_imagery_or_radar"] = Fact(truth=False)
    assert evaluate(read, facts, "item").met is False


def test_functions_are_compared_with_the_words_of_the_rule() -> None:
    rule = Condition("涉及车辆启动行驶、紧急制动功能", measure="driving_functions")
    assert evaluate(rule, {"ota_functions": Fact(words=frozenset({"紧急制动"}))}, "item").met is True
    assert evaluate(rule, {"ota_functions": Fact(words=frozenset({"电池温度控制"}))}, "item").met is False
    assert evaluate(rule, {"ota_functions": Fact(words=frozenset())}, "item").met is False
    assert evaluate(rule, {}, "item").met is None


@pytest.mark.skipif(not SHARED.is_dir(), reason="the official texts are not here")
def test_the_reviewed_pack_and_the_draft_as_read_give_the_same_verdicts() -> None:
    from kb.items.data_items import read_data_items
    from kb.reading import read_document
    from kb.structure.provisions import read_provisions

    path = SHARED / "texts" / "auto_data_export_guide_2025_draft.rebuilt.pdf"
    document = read_document(path.read_bytes(), name=path.name)
    read = {item.name: item.conditions for item in read_data_items(document, read_provisions(document)).items}
    (pack,) = (pack for pack in load_packs() if pack.id == "auto-guide-draft-2025")
    assert set(read) == {rule.name for rule in pack.items}
    worlds = [
        {key: exact(number) for key in NUMBERS} | {key: Fact(truth=truth) for key in TRUTHS}
        | {"ota_functions": Fact(words=frozenset({"巡航控制"} if truth else {"空调"}))}
        for number in (0, 1, 2, 15, 16, 29, 30, 32, 1999, 2000, 99_999, 1e5, 499_999, 5e5, 999_999, 1e6, 1e7, 5e7)
        for truth in (True, False)
    ]  # fmt: skip
    for rule in pack.items:
        condition = read[rule.name]
        assert condition
        for world in [*worlds, {}]:
            assert evaluate(condition, world, "item").met is evaluate(rule.condition, world, "item").met, rule.name


NUMBERS = ("vehicles", "platform_vehicles", "days", "months", "face_pixels", "plate_pixels", "kilometres", "hours",
           "pictures", "videos", "intersections", "identifiable_persons", "item_persons")  # fmt: skip
TRUTHS = ("fused_with_imagery_or_radar", "regional_economy", "national_programme", "award", "technology_catalogue",
          "ota_upgrade_in_china", "remote_control", "online_upgrade_service", "upgrade_content", "sensitive_area",
          "sensitive_geography", "law_enforcement", "competitiveness", "vehicles_in_china")  # fmt: skip
