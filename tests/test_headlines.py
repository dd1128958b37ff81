"""Headlines: what got stricter, looser, new; a direction is said only where the words leave no doubt."""

import pytest
from law_texts import GUIDE, LAW, provisions

from kb.comparing.compare import compare_texts
from kb.comparing.headlines import headlines
from kb.model import Comparison, DataItem

DUTY = "示例处理者符合下列条件之一的，应当申报示例评估："


def law(*articles: str) -> str:
    return "\n".join(f"第{'一二三四五六七八九'[at]}条 {text}" for at, text in enumerate(articles))


def compare(old: str, new: str) -> Comparison:
    return compare_texts(provisions(old), provisions(new))


def topics(old: str, new: str) -> list[str]:
    """Which lines a change of the second article gives."""
    first = "为了规范示例数据处理活动，制定本规定。"
    return [line.split(" ")[0] for line in headlines(compare(law(first, old), law(first, new)))]


def test_words_that_a_number_gave_way_to_are_no_number() -> None:
    old, new = (f"{who}应当在每年十二月十五日前报送示例情况。" for who in ("涉及10万人的示例者", "示例处理者"))
    (line,) = headlines(compare(law("为了示例。", old), law("为了示例。", new)))
    assert line.endswith("第二条 10万人→∅")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"{DUTY}（一）涉及100万人以上的；（二）其他。", f"{DUTY}（一）涉及50万人以上的；（二）其他。"),
        ("不满10万人的，免予申报示例评估。", "不满5万人的，免予申报示例评估。"),
        ("示例处理者应当在15日内报送材料。", "示例处理者应当在10日内报送材料。"),
        ("示例处理者应当在15日内向示例部门报送材料。", "示例处理者应当在10日内向示例部门报送材料。"),
        ("日志保存不少于3年。", "日志保存不少于5年。"),
        ("违反规定的，处五万元以下罚款。", "违反规定的，处十万元以下罚款。"),
        ("示例处理者可以进行示例评估并公开。", "示例处理者应当进行示例评估并公开。"),
    ],
)
def test_what_binds_more_is_stricter_and_its_reverse_looser(old: str, new: str) -> None:
    assert topics(old, new) == ["更严"]
    assert topics(new, old) == ["更宽"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("示例部门应当在30日内完成审核。", "示例部门应当在15日内完成审核。"),  # binds the authority
        (f"{DUTY}10万人以上、不满100万人的。", f"{DUTY}20万人以上、不满100万人的。"),  # a band
        ("示例名单每年公布100人以上。", "示例名单每年公布50人以上。"),  # whose duty, for what?
        ("本规定自2025年1月1日起施行。", "本规定自2026年1月1日起施行。"),
    ],
)
def test_what_is_not_certain_is_a_changed_number(old: str, new: str) -> None:
    assert topics(old, new) == ["其他数字"]


def test_an_outline_unit_is_read_with_the_list_it_stands_in() -> None:
    new = GUIDE.replace("不满10万人", "不满5万人").replace("100万人以上", "200万人以上")
    assert headlines(compare(GUIDE, new)) == [
        "更严 stricter: 一、（二）2.（1） 10万人→5万人",
        "更宽 looser: 一、（二）1.（2） 100万人→200万人",
    ]


def test_new_provisions_are_told_with_their_numbers_and_never_more_than_five_lines() -> None:
    new = LAW.replace("第六条", "第六条 示例处理者每年培训不少于8小时。\n第七条").replace("100万人", "50万人")
    new = new.replace("10万台", "20万台").replace("十五日", "二十日").replace("60个工作日", "90个工作日")
    lines = headlines(compare(LAW, new))
    assert len(lines) <= 5
    assert "新增 new: 第六条（8小时）" in lines
    assert headlines(compare(LAW, LAW)) == []


def test_a_rule_of_a_data_item_is_a_trigger() -> None:
    def item(rule: str) -> DataItem:
        return DataItem(1, "1", "示例场景", "", "示例影像", "前向图片", "示例设备收集的图片", rule, None, None, 0, 0)

    old, new = item("涉及10万台以上车辆的。"), item("涉及5万台以上车辆的。")
    assert headlines(compare_texts((), (), [old], [new])) == ["更严 stricter: “前向图片” 10万台→5万台"]
