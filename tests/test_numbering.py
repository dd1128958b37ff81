"""Markers: the number a line begins with, told from a reference to one."""

import pytest

from kb.structure.numbering import clean_glyphs, read_marker


@pytest.mark.parametrize(
    ("line", "style", "number", "value"),
    [
        ("第四条 示例", "article", "第四条", 4),
        ("第四条", "article", "第四条", 4),
        ("第四条示例数据", "article", "第四条", 4),
        ("第五条　中华示例", "article", "第五条", 5),
        ("第五条中华示例", "article", "第五条", 5),
        ("第一百二十条 示例", "article", "第一百二十条", 120),
        ("第 ３ 条 示例", "article", "第３条", 3),
        ("第二章　总　　则", "chapter", "第二章", 2),
        ("第一节 示例", "section", "第一节", 1),
        ("第三部分 示例", "part", "第三部分", 3),
        ("一、总则", "一、", "一、", 1),
        ("（十二）示例", "（一）", "（十二）", 12),
        ("㈡示例", "（一）", "㈡", 2),
        ("3．示例", "1.", "3．", 3),
        ("（2）示例", "（1）", "（2）", 2),
        ("2）示例", "1）", "2）", 2),
        ("③示例", "①", "③", 3),
        ("c）示例", "a）", "c）", 3),
        ("附件 2", "annex", "附件2", 2),
        ("附件", "annex", "附件", 0),
        ("注 4：示例", "note", "注4", 4),
    ],
)
def test_every_printed_form_is_known(line: str, style: str, number: str, value: int) -> None:
    marker = read_marker(line)
    assert marker
    assert (marker.style, marker.number, marker.value) == (style, number, value)


@pytest.mark.parametrize(
    "line",
    [
        "第十三条的规定",
        "第十三条 第二款规定的",
        "第三条、第四条规定情形的",
        "第三条和第四条",
        "第二章规定的情形。",
        "（一）项规定的",
        "（二）至（四）项",
        "1.5万人",
        "2025.1.1",
        "第一章 总则…………3",
        "附件：1.示例",
        "附件模板编制报告",
        "示例",
        "",
    ],
)
def test_a_reference_is_no_beginning(line: str) -> None:
    assert read_marker(line) is None


def test_an_inserted_article_keeps_its_second_number() -> None:
    marker = read_marker("第五条之一 示例")
    assert marker
    assert (marker.number, marker.value, marker.bis) == ("第五条之一", 5, 1)


def test_radicals_of_pdf_fonts_become_characters_and_width_stays() -> None:
    assert clean_glyphs("第⼀条　⻛险（示例）") == "第一条　风险（示例）"
