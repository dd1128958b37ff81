"""Conditions in the many ways that rules phrase them: comparators, numbers, ranges, windows, units, negations."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.items.conditions import read_rule
from kb.model import Condition


def leaves(condition: Condition | None) -> list[Condition]:
    assert condition
    return [leaf for part in condition.of for leaf in leaves(part)] if condition.logic else [condition]


@pytest.mark.parametrize(("rule", "expected"), [
    ("未达到10万人的", [("persons", "<", 100_000, None)]),
    ("10万人（含）以上100万人以下", [("persons", ">=", 100_000, None), ("persons", "<=", 1_000_000, None)]),
    ("10万人（不含）以上", [("persons", ">", 100_000, None)]),
    ("10万～100万人", [("persons", ">=", 100_000, None), ("persons", "<=", 1_000_000, None)]),
    ("10-100万人", [("persons", ">=", 100_000, None), ("persons", "<=", 1_000_000, None)]),
    ("人数大于等于10万小于100万", [("persons", ">=", 100_000, None), ("persons", "<", 1_000_000, None)]),
    ("含有50万以上用户的注册信息", [("users", ">=", 500_000, None)]),
    ("涉及某类信息主体500万以上", [("persons", ">=", 5_000_000, None)]),
    ("10万辆（台）以上", [("vehicles", ">=", 100_000, None)]),
    ("覆盖10个省份以上", [("things", ">=", 10, None)]),
    ("超过百分之五十的", [("percent", ">", 50, None)]),
    ("千分之五以下", [("percent", "<=", 0.5, None)]),
    ("位置精度优于10米的", [("metres", "<", 10, None)]),
    ("影像分辨率不优于0.5米", [("metres", ">=", 0.5, None)]),
    ("面积大于25平方公里", [("square_kilometres", ">", 25, None)]),
    ("面积50平方千米以上", [("square_kilometres", ">=", 50, None)]),
    ("自上年1月1日起累计提供10万人以上", [("persons", ">=", 100_000, "since_1_january_last_year")]),
    ("每日采集图片1万张以上", [("pictures", ">=", 10_000, "each_day")]),
    ("连续3个月及以上", [("months", ">=", 3, "consecutive")]),
    ("连续记录20天以上", [("days", ">=", 20, "consecutive")]),
    ("能够反映示例的连续变化，且累计时间在20日以上的", [("days", ">=", 20, "cumulative")]),
    ("超过1000万人的，每两年至少审计一次", [("persons", ">", 10_000_000, None), ("times", ">=", 1, "each_2_years")]),
    ("非敏感个人信息10万人以下", [("persons", "<=", 100_000, None)]),
    ("示例车辆1万辆以上（含1万辆）", [("vehicles", ">=", 10_000, None)]),
    ("10万人以上（不含10万人）", [("persons", ">", 100_000, None)]),
    ("精度优于0.5米（含0.5米）", [("metres", "<=", 0.5, None)]),
    ("示例车辆数≥1万辆", [("vehicles", ">=", 10_000, None)]),
    ("时长＞24小时", [("hours", ">", 24, None)]),
    ("10万≤人数<100万", [("persons", ">=", 100_000, None), ("persons", "<", 1_000_000, None)]),
    ("示例数据达到10PB以上", [("petabytes", ">=", 10, None)]),
    ("示例像素不低于200万", [("pixels", ">=", 2_000_000, None)]),
    ("处上一年度营业额百分之五以下罚款", [("percent", "<=", 5, None)]),
])  # fmt: skip
def test_a_phrase_is_read_with_its_number_and_comparator(
    rule: str, expected: list[tuple[str, str, float, str | None]]
) -> None:
    found = [leaf for leaf in leaves(read_rule(rule)) if leaf.value is not None]
    assert [(leaf.measure, leaf.comparator, leaf.value, leaf.window) for leaf in found] == expected


@pytest.mark.parametrize(
    "rule", ["比例尺大于1:5000的", "于每日17:00前报送", "在第1-2版中列出", "不涉及敏感个人信息", "上一年度的情况"]
)
def test_what_is_no_threshold_keeps_its_words_and_gets_no_number_or_name(rule: str) -> None:
    assert [(leaf.measure, leaf.value, leaf.quote) for leaf in leaves(read_rule(rule))] == [("other", None, rule)]


DIGITS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    """1 to 9999 as a text writes it: 二千零五十."""
    words, gap = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            words += ("零" if gap and words else "") + DIGITS[digit] + name
        gap = not digit
    return words


WAYS = {
    "arabic": str,
    "blanks": lambda number: f" {number} ",
    "full width": lambda number: str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "commas": lambda number: f"{number:,}",
    "chinese": in_chinese,
}
COMPARED = {
    "{}以上": ">=", "{}及以上": ">=", "{}（含）以上": ">=", "不少于{}": ">=", "不低于{}": ">=", "至少{}": ">=",
    "达到{}": ">=", "大于等于{}": ">=", "{}以下": "<=", "{}以内": "<=",
    "不超过{}": "<=", "不多于{}": "<=", "{}（不含）以下": "<",
    "超过{}": ">", "多于{}": ">", "大于{}": ">", "不满{}": "<", "不足{}": "<", "少于{}": "<", "未达到{}": "<",
}  # fmt: skip
COUNTED = {"人": "persons", "台": "vehicles", "辆": "vehicles", "个工作日": "working_days", "日": "days",
           "像素": "pixels", "公里": "kilometres", "小时": "hours", "张": "pictures", "个月": "months"}  # fmt: skip


@given(
    st.integers(2, 9999), st.sampled_from(sorted(WAYS)), st.sampled_from(["", "万", "亿"]),
    st.sampled_from(sorted(COMPARED)), st.sampled_from(sorted(COUNTED)),
)  # fmt: skip
def test_every_form_of_number_comparator_and_counter_is_read(
    number: int, way: str, myriads: str, compared: str, counted: str
) -> None:
    printed = f"涉及数量{compared.format(WAYS[way](number) + myriads + counted)}的"
    (leaf,) = leaves(read_rule(printed))
    value = number * {"": 1, "万": 10**4, "亿": 10**8}[myriads]
    assert (leaf.measure, leaf.comparator, leaf.value) == (COUNTED[counted], COMPARED[compared], value), printed


@given(
    st.text(
        "一二两百万亿0123456789人台日以上下不满超过，；或者且（）()1.2.的自当年月起累计敏感个人信息%至-~ ", max_size=60
    )
)
def test_no_rule_raises_and_none_loses_its_words(rule: str) -> None:
    read = read_rule(rule)
    if read is None:
        assert not rule.strip()
    else:
        assert all(leaf.measure for leaf in leaves(read))


def test_at_one_time_counts_nothing() -> None:
    assert [leaf.value for leaf in leaves(read_rule("应当一次性告知需要补充的示例材料"))] == [None]
