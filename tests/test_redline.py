"""Redline: the changed words and nothing else, numbers by themselves."""

import random
import re

import pytest
from law_texts import GUIDE, LAW, SHARED, provisions, shared_provisions

from kb.comparing.redline import mark_edits, redline
from kb.structure.units import read_units

NUMBERS = re.compile(
    r"\d+(?:\.\d+)?(?:\s?[万亿])?|(?<=第)[一二三四五六七八九十百]+(?=[条款项])|[一二三四五六七八九十百]{2,}[万亿]?"
)


def edits(old: str, new: str) -> list[tuple[str, str]]:
    return [(edit.old, edit.new) for edit in mark_edits(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("累计提供100万人以上信息", "累计提供50万人以上信息", [("100万", "50万")]),
        ("涉及 10 万台以上", "涉及 20 万台以上", [("10 万", "20 万")]),
        ("涉及１００万台", "涉及２００万台", [("１００万", "２００万")]),
        ("在十个工作日内删除", "在五个工作日内删除", [("十", "五")]),
        ("收到之日起三十日内", "收到之日起十五日内", [("三十", "十五")]),
        ("违反第三十八条的", "违反第三十九条的", [("三十八", "三十九")]),
        ("自2025年1月1日起", "自2026年1月1日起", [("2025", "2026")]),
        ("处一万元罚款", "处十万元罚款", [("一万", "十万")]),
        ("十日内", "二十日内", [("十", "二十")]),
        ("百分之五", "百分之六", [("五", "六")]),
        ("不低于2.5倍", "不低于3.5倍", [("2.5", "3.5")]),
        ("10万人以上、不满100万人", "20万人以上、不满200万人", [("10万", "20万"), ("100万", "200万")]),
        ("自2025年1月起", "自2026年2月起", [("2025", "2026"), ("1", "2")]),
        ("示例信息应当备案。", "信息应当备案。\n乙应当公告。", [("示例", ""), ("", "乙应当公告。")]),
        ("应当及时报告", "可以及时报告", [("应当", "可以")]),
        ("应当暂停提供", "应当停止提供", [("暂停", "停止")]),
        ("甲报告。乙备案。", "甲报告。丙公告。乙备案。", [("", "丙公告。")]),
    ],
)
def test_a_change_is_marked_on_whole_words_and_exact_numbers(
    old: str, new: str, expected: list[tuple[str, str]]
) -> None:
    assert edits(old, new) == expected
    assert edits(new, old) == [(b, a) for a, b in expected]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("提供100万人以上（示例）", "提供１００ 万人以上(示例)"),
        ("依据〔2025〕1号", "依据[2025]1号"),
        ("⽹络⻛险", "网络风险"),
        ("甲；\n乙。", "甲；乙。"),
        ("", ""),
    ],
)
def test_width_blanks_brackets_and_radicals_are_never_marked(old: str, new: str) -> None:
    assert edits(old, new) == []


def test_skipped_spans_do_not_count() -> None:
    old, new = "（一）甲；\n（二）乙。", "（一）丙；\n（二）甲；\n（三）乙。"
    spans = [[found.span() for found in re.finditer("（.）", text)] for text in (old, new)]
    assert [(e.old, e.new) for e in mark_edits(old, new, *spans)] == [("", "丙；")]


def test_runs_cover_both_texts_without_a_gap() -> None:
    old, new = "示例处理者应当在十日内报告。", "示例处理者可以在 五日内 书面报告部门。"
    runs = redline(old, new)
    assert "".join(old[slice(*run.old)] for run in runs) == old
    assert "".join(new[slice(*run.new)] for run in runs) == new
    assert any(run.equal for run in runs)


def test_a_long_text_with_one_changed_number_is_marked_there_and_fast() -> None:
    old = "示例处理者应当在三十日内报送材料，并保存五年。" * 20_000
    at = old.index("三十", 200_000)
    assert edits(old, old[:at] + "四十" + old[at + 2 :]) == [("三十", "四十")]


def changed_numbers(texts: list[str], count: int) -> list[tuple[str, str, tuple[str, str]]]:
    """One character of one number of a text changed: old text, new text, and the number before and after."""
    rng = random.Random(7)
    places = [(text, found) for text in texts for found in NUMBERS.finditer(text)]
    cases = []
    for text, found in rng.sample(places, min(count, len(places))):
        at = rng.choice([i for i in range(*found.span()) if text[i] in "0123456789一二三四五六七八九"] or [-1])
        if at < 0:
            continue
        digits = "123456789" if text[at].isdigit() else "一二三四五六七八九"
        new = text[:at] + rng.choice([d for d in digits if d != text[at]]) + text[at + 1 :]
        cases.append((text, new, (found[0], new[slice(*found.span())])))
    return cases


def test_one_changed_digit_marks_exactly_its_number() -> None:
    texts = [unit.provision.text for text in (LAW, GUIDE) for unit in read_units(provisions(text))]
    cases = changed_numbers(texts, 100)
    assert len(cases) > 10
    assert [edits(old, new) for old, new, _ in cases] == [[number] for *_, number in cases]


@pytest.mark.skipif(not SHARED.exists(), reason="official texts are not here")
def test_one_changed_digit_in_official_texts_marks_exactly_its_number() -> None:
    names = [
        "automotive_data_provisions_2021.txt",
        "cross_border_flow_provisions_2024.txt",
        "pair_certification/final.txt",
    ]
    names += ["network_data_security_regulations_2024.md", "network_data_risk_assessment_draft_2025.md"]
    names += ["export_assessment_filing_guide_v3_2025.md", "auto_data_export_guide_2025_draft.extracted.md"]
    texts = [unit.provision.text for name in names for unit in read_units(shared_provisions(name))]
    cases = changed_numbers(texts, 500)
    wrong = [(number, edits(old, new)) for old, new, number in cases if edits(old, new) != [number]]
    assert len(cases) > 170
    assert wrong == []
