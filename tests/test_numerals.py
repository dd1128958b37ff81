"""Numerals: Chinese, Arabic and mixed, alone and in running text."""

import pytest

from kb.structure.numerals import find_numerals, narrow, read_number, read_ordinal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一百万", 1_000_000),
        ("100万", 1_000_000),
        ("10 万", 100_000),
        ("五十", 50),
        ("两千", 2000),
        ("十", 10),
        ("１０", 10),
        ("5000万", 50_000_000),
        ("1.5万", 15_000),
        ("一百零五", 105),
        ("一百五", 150),
        ("一万二", 12_000),
        ("二十一", 21),
        ("三千万", 30_000_000),
        ("一亿三千万", 130_000_000),
        ("1,000万", 10_000_000),
        ("二〇二五", 2025),
        ("3.5", 3.5),
        ("〇", 0),
        ("5百万", 5_000_000),
    ],
)
def test_numbers_are_read_in_every_notation(text: str, value: float) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize("text", ["", "万人", "三五", "abc", "第三条", "10人"])
def test_what_is_not_one_numeral_is_no_number(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("第十三条", 13), ("（三）", 3), ("⑵", 2), ("㈠", 1), ("4.", 4), ("第一百二十条", 120), ("附件", None)],
)
def test_ordinals_are_read_from_their_printed_form(text: str, value: int | None) -> None:
    assert read_ordinal(text) == value


def found(text: str) -> list[str]:
    return [text[n.start : n.end] for n in find_numerals(text)]


def test_numbers_with_their_magnitude_are_found_in_running_text() -> None:
    assert found("累计10万人以上、不满 100 万人，处五十万元以下罚款") == ["10万", "100 万", "五十万"]
    assert found("自2025年1月1日起，在十个工作日内") == ["2025", "1", "1", "十"]


def test_an_ordinal_is_found_without_its_prefix() -> None:
    assert found("依照第三十八条第一款第二项") == ["三十八", "一", "二"]


def test_words_that_hold_a_numeral_are_no_numbers() -> None:
    assert found("统一标识，一旦发生，任何一方，第三方，有下列情形之一的，同一机构") == []


def test_narrowing_keeps_every_offset() -> None:
    text = "（１００万人）⼀、①"
    assert len(narrow(text)) == len(text)
    assert narrow(text) == "(100万人)一、①"
