"""Grades follow the unit of the number and the weight of the words."""

import pytest

from kb.comparing.grading import follow_renumbering, grade_change
from kb.comparing.redline import mark_edits


def grade(old: str, new: str, renumbered: dict[str, str] | None = None) -> str | None:
    return grade_change(old, new, mark_edits(old, new), renumbered)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("100万人以上", "50万人以上"),
        ("一百万人", "五十万人"),
        ("32像素以上", "16像素以上"),
        ("10万台以上", "20万台以上"),
        ("不满10万人", "10万人以上"),
        ("5000万公里以上", "500万公里以上"),
        ("2000小时以上的影像", "3000小时以上的影像"),
        ("处五万元以下罚款", "处十万元以下罚款"),
        ("不超过20%", "不超过30%"),
        ("比例不低于百分之80", "比例不低于百分之70"),
        ("比例不低于百分之八十", "比例不低于百分之七十"),
        ("比例不低于80％", "比例不低于70％"),
        ("误差不大于千分之3", "误差不大于千分之5"),
        ("提高80个百分点", "提高70个百分点"),
        ("不满十四周岁", "不满十六周岁"),
    ],
)
def test_a_changed_amount_is_a_threshold(old: str, new: str) -> None:
    assert grade(f"涉及{old}的", f"涉及{new}的") == "threshold"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("三十日内", "十五日内"),
        ("10个工作日", "5个工作日"),
        ("10个工作日", "10日"),
        ("不少于3年", "不少于5年"),
        ("6个月前", "3个月前"),
        ("24小时内", "12小时内"),
        ("自2025年1月1日起施行", "自2025年7月1日起施行"),
        ("每年十二月十五日前", "每年十二月十日前"),
        ("自年月日起施行", "自2026年1月1日起施行"),
    ],
)
def test_a_changed_period_or_date_is_a_deadline(old: str, new: str) -> None:
    assert grade(f"应当{old}报送", f"应当{new}报送") == "deadline"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("应当报告", "可以报告"),
        ("向境外提供", "不得向境外提供"),
        ("依照第三条", "依照第四条"),
        ("示例部门", "其他部门"),
    ],
)
def test_changed_words_are_substantive(old: str, new: str) -> None:
    assert grade(old, new) == "substantive"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("甲、乙，丙。", "甲、乙、丙；"),
        ("100万人以上", "一百万人以上"),
        ("其它情形", "其他情形"),
        ("开立帐户", "开立账户"),
    ],
)
def test_other_notation_of_the_same_is_editorial(old: str, new: str) -> None:
    assert grade(old, new) == "editorial"


def test_no_edit_has_no_grade() -> None:
    assert grade("甲", "甲") is None


def test_the_gravest_change_grades_the_whole() -> None:
    assert grade("应当在10日内报送100万人的材料", "可以在5日内报送50万人的材料") == "threshold"


def test_citations_that_follow_the_new_numbers_are_renumbered() -> None:
    renumbered = {"第三条": "第四条", "第五条": "第六条"}
    assert grade("依照第三条、第五条处理", "依照第四条、第六条处理", renumbered) == "renumbered"
    assert grade("依照第三条处理", "依照第五条处理", renumbered) == "substantive"
    assert grade("依照第三条在10日内处理", "依照第四条在5日内处理", renumbered) == "deadline"


def test_citations_of_other_laws_do_not_follow() -> None:
    renumbered = {"第三条": "第四条"}
    assert follow_renumbering("依照《示例法》第三条", renumbered) == "依照《示例法》第三条"
    assert follow_renumbering("依照本法第三条", renumbered) == "依照本法第四条"
    assert follow_renumbering("符合本办法第三条规定的", renumbered) == "符合本办法第四条规定的"
    assert follow_renumbering("符合示例办法第三条规定的", renumbered) == "符合示例办法第三条规定的"


@pytest.mark.parametrize(
    ("old", "new"), [("涉及1O0万人", "涉及100万人"), ("涉及l0万台", "涉及10万台"), ("进囗货物", "进口货物")]
)
def test_what_a_scanner_misread_is_editorial(old: str, new: str) -> None:
    assert grade(old, new) == "editorial"


def test_a_misread_digit_does_not_hide_a_changed_number() -> None:
    assert grade("涉及1O0万人以上", "涉及500万人以上") == "threshold"


@pytest.mark.parametrize(("old", "new"), [("百分之五", "5%"), ("百分之80", "百分之八十"), ("80％", "百分之80")])
def test_a_share_in_other_notation_is_the_same(old: str, new: str) -> None:
    assert grade(f"比例不低于{old}的", f"比例不低于{new}的") == "editorial"
