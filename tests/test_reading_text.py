"""Text that was taken out of a PDF gets its paragraphs back, and says what it lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.model import Document, Status
from kb.reading.text import read_text

TEXTS = Path(__file__).resolve().parents[2] / "shared" / "texts"
needs_shared = pytest.mark.skipif(not TEXTS.is_dir(), reason="the official texts are not here")


def texts_of(document: Document) -> list[str]:
    return [block.text for block in document.blocks]


def read(name: str) -> Document:
    return read_text((TEXTS / name).read_bytes(), markdown=name.endswith(".md"))


def test_lines_broken_by_a_page_are_joined_and_paragraphs_parted() -> None:
    text = """- 1 -
示例管理办法
（征求意见稿）
第一条 为了规范示例数据处理活动，保障示例数据安全，促进示例数据
依法合理有效利用，制定本办法。
第二条 在境内开展示例数据处理活动及其安全监管，应当遵守本办法和
第三条、第四条的规定，累计 100 万人以上的，依照前款规定
执行。
- 2 -
有下列情形之一的，免予申报：
（一）在境外收集和产生的示例数据传输至境内处理后向境外提供，处理
过程中没有引入境内数据的；
（二）紧急情况下为保护自然人的生命健康和财产安全，确需向境外提供
示例信息的。
"""
    document = read_text(text.encode())
    assert texts_of(document) == [
        "示例管理办法",
        "（征求意见稿）",
        "第一条 为了规范示例数据处理活动，保障示例数据安全，促进示例数据依法合理有效利用，制定本办法。",
        "第二条 在境内开展示例数据处理活动及其安全监管，应当遵守本办法和第三条、第四条的规定，累计 100 万人以上的，"
        "依照前款规定执行。",
        "有下列情形之一的，免予申报：",
        "（一）在境外收集和产生的示例数据传输至境内处理后向境外提供，处理过程中没有引入境内数据的；",
        "（二）紧急情况下为保护自然人的生命健康和财产安全，确需向境外提供示例信息的。",
    ]
    assert document.title == "示例管理办法（征求意见稿）"
    assert [block.page for block in document.blocks] == [1, 1, 1, 1, 2, 2, 2]
    assert all(document.body[block.start : block.end] == block.text for block in document.blocks)


def test_a_text_whose_lines_are_paragraphs_stays_as_it_is() -> None:
    lines = [
        f"第{number}条 示例数据处理者应当按照规定开展示例活动，并向示例部门报告有关情况。"
        for number in "一二三四五六七"
    ]
    assert texts_of(read_text("\n".join(lines).encode("gb18030"))) == lines


def test_a_reference_that_falls_to_the_start_of_a_line_opens_no_paragraph() -> None:
    lines = [
        "示例企业应当在每年示例月份以前，按照规定的格式填写示例附表中的栏目",
        "（四）示例数据出境情况，连同说明材料一并报送所在地的示例主管部门，由",
    ]
    lines += [
        "其在规定的期限内完成核对，需要补充说明的，应当一次告知企业补充的内容",
        "和时限，企业逾期没有补充的，视为放弃申报，示例主管部门应当说明理由并",
    ]
    lines += ["予以退回。"]
    assert texts_of(read_text("\n".join(lines * 2).encode())) == ["".join(lines)] * 2


def test_numbers_torn_over_lines_are_whole_again() -> None:
    assert texts_of(read_text("示例办法已于\n2021\n年\n8\n月\n20\n日通过，现予公布。".encode())) == [
        "示例办法已于2021年8月20日通过，现予公布。"
    ]


def test_front_matter_and_the_importers_own_words_are_not_law() -> None:
    front = "---\n法规名称: 示例办法\n页数: 2\n---\n"
    text = "# 示例办法\n\n## 说明\n\n自动提取。\n\n## 正文\n\n第一条 示例。\n"
    document = read_text((front + text).encode(), markdown=True)
    assert document.body == "第一条 示例。"
    assert document.title == "示例办法"
    assert document.meta["页数"] == "2"
    assert document.meta["说明"] == "自动提取。"


def test_markdown_tables_and_headings_are_read() -> None:
    document = read_text("# 示例\n\n|数据项|判定规则|\n|---|---|\n|甲|乙\\|丙|\n\n之后\n".encode(), markdown=True)
    assert document.tables[0].rows == (("甲", "乙|丙"),)
    assert [(block.text, block.heading) for block in document.blocks] == [("示例", 1), ("之后", None)]


def test_radicals_become_characters_and_full_width_punctuation_stays() -> None:
    assert read_text("⽹络数据，⻛险（⼀）：１００".encode()).body == "网络数据，风险（一）：１００"


@needs_shared
def test_the_extracted_guide_loses_its_tables_and_nothing_else() -> None:
    document = read("auto_data_export_guide_2025_draft.extracted.md")
    assert document.status is Status.PARTLY
    assert not document.layout
    assert document.losses == ("table layout lost: 9 tables, 49 rows are numbered in order, 0 rows read",)
    assert len(document.tables) == 9
    texts = texts_of(document)
    assert "（二）生产制造场景" in texts
    assert not any(text.startswith("- ") for text in texts)
    assert any("不满100 万人" in text for text in texts), "a footnote mark stands in the number"
    assert document.blocks[-1].page == 29


@needs_shared
@pytest.mark.parametrize(("name", "articles"), [
    ("automotive_data_provisions_2021.txt", 19), ("cross_border_flow_provisions_2024.txt", 14),
    ("network_data_risk_assessment_draft_2025.md", 25), ("network_data_security_regulations_2024.md", 64),
    ("pair_certification/draft.txt", 20), ("pair_certification/final.txt", 19),
])  # fmt: skip
def test_every_article_of_an_official_text_begins_a_block(name: str, articles: int) -> None:
    heads = [text.split(" ")[0] for text in texts_of(read(name)) if text.startswith("第") and "条 " in text[:8]]
    assert len(heads) == len(set(heads)) == articles


@needs_shared
def test_no_sentence_of_the_regulations_is_left_broken() -> None:
    texts = texts_of(read("network_data_security_regulations_2024.md"))
    law = texts[texts.index("第一章 总 则") :]
    broken = [text for text in law if len(text) > 40 and not text.endswith(("。", "；", "：", ")"))]
    assert broken == []


@needs_shared
def test_article_numbers_that_stand_apart_are_a_loss() -> None:
    document = read("pipl_2021.md")
    assert document.status is Status.PARTLY
    assert "74 article numbers" in document.losses[0]
    assert any("第三十次会议于2021年8月20日通过" in text for text in texts_of(document))
    assert not any(text.startswith(("【法宝引证码】", "下载日期")) for text in texts_of(document))
