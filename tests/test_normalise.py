"""Folding removes what is never a change of the law, and nothing else."""

import pytest

from kb.normalise import fit_for_xml, fold, squeeze


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("１００万人以上", "100万人以上"),
        ("⽹络数据⻛险", "网络数据风险"),
        ("〔2026〕6号", "﹝2026﹞6号"),
        ("[2026]6号", "〔2026〕6号"),
        ("第 一\u3000条\n内容", "第一条内容"),
        ("㈠", "（一）"),
    ],
)
def test_forms_of_one_text_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("100万人", "10万人"), ("以上", "以下"), ("应当", "可以"), ("，", "。")])
def test_what_carries_meaning_stays_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_squeezing_keeps_blanks_only_where_people_expect_them() -> None:
    assert squeeze(" 数 据\n出\u3000境  safety  guide ") == "数据出境 safety guide"


def test_what_no_xml_file_can_hold_is_left_out() -> None:
    assert fit_for_xml("a\x00\x08\x1b\t\n示例\U00020000\ufffe\ud800") == "a\t\n示例\U00020000"
