"""DOCX: everything in reading order, with the numbers that Word makes and none of what was deleted."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from kb.model import Document, Status
from kb.reading.word import read_word
from kb.reading.word_numbers import write_number


def save(document: docx.document.Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def read(document: docx.document.Document) -> Document:
    return read_word(save(document))


def test_paragraphs_and_tables_stand_in_their_order() -> None:
    document = docx.Document()
    document.add_heading("示例指引", 0)
    document.add_heading("示例场景", 2)
    document.add_table(rows=2, cols=2).cell(1, 0).text = "格"
    document.add_paragraph("表后")
    read_back = read(document)
    assert read_back.title == "示例指引"
    assert [(block.text, block.heading) for block in read_back.blocks] == [
        ("示例指引", None),
        ("示例场景", 2),
        ("表后", None),
    ]
    assert read_back.tables[0].after == 2


def test_cells_merged_over_rows_and_columns_are_resolved() -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    for at, text in enumerate(("甲", "乙", "丙")):
        table.cell(0, at).text = text
    table.cell(1, 0).merge(table.cell(2, 0)).text = "竖"
    table.cell(1, 1).merge(table.cell(1, 2)).text = "横"
    table.cell(2, 1).text, table.cell(2, 2).text = "左", "右"
    (read_back,) = read(document).tables
    assert read_back.header == ("甲", "乙", "丙")
    assert read_back.rows == (("竖", "横", "横"), ("竖", "左", "右"))


def test_a_frame_of_one_cell_is_text() -> None:
    document = docx.Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "第一条 示例。"
    cell.add_paragraph("第二条 示例。")
    read_back = read(document)
    assert not read_back.tables
    assert [block.text for block in read_back.blocks] == ["第一条 示例。", "第二条 示例。"]


def test_inserted_words_are_read_and_deleted_ones_are_not() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("应当在")
    for tag, text_tag, words in (("w:ins", "w:t", "十五"), ("w:del", "w:delText", "三十")):
        change = OxmlElement(tag)
        change.append(parse_xml(f"<w:r {nsdecls('w')}><{text_tag}>{words}</{text_tag}></w:r>"))
        paragraph._p.append(change)
    paragraph.add_run("日内办理。")
    assert read(document).body == "应当在十五日内办理。"


def test_a_raised_mark_leaves_the_number_and_an_exponent_stays() -> None:
    document = docx.Document()
    for before, after in (("满100万人以上", "个人信息"), ("面积50m", "以上")):
        paragraph = document.add_paragraph(before)
        paragraph.add_run("2").font.superscript = True
        paragraph.add_run(after)
    assert read(document).body == "满100万人以上个人信息\n面积50m2以上"


NUMBERING = """<w:abstractNum {ns} w:abstractNumId="90">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="第%1条"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
</w:abstractNum>"""


def with_numbers(numbering: str = NUMBERING) -> docx.document.Document:
    document = docx.Document()
    element = document.part.numbering_part.element
    element.insert(0, parse_xml(numbering.format(ns=nsdecls("w"))))
    element.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    return document


def add_numbered(place: Any, level: int, text: str) -> None:
    """``place`` is a document or one of its cells."""
    number = place.add_paragraph(text)._p.get_or_add_pPr()._add_numPr()
    number._add_ilvl().set(qn("w:val"), str(level))
    number._add_numId().set(qn("w:val"), "90")


def test_numbers_that_word_makes_are_part_of_the_text() -> None:
    document = with_numbers()
    for level, text in ((0, "示例总则。"), (0, "下列示例："), (1, "甲；"), (1, "乙。"), (0, "示例附则。"), (1, "丙。")):
        add_numbered(document, level, text)
    assert read(document).body.split("\n") == [
        "第一条 示例总则。", "第二条 下列示例：", "（一）甲；", "（二）乙。", "第三条 示例附则。", "（一）丙。",
    ]  # fmt: skip


def test_numbers_within_a_frame_are_counted_once() -> None:
    document = with_numbers()
    frame = document.add_table(rows=1, cols=1).cell(0, 0)
    for text in ("示例总则。", "示例附则。"):
        add_numbered(frame, 0, text)
    assert read(document).body.split("\n") == ["第一条 示例总则。", "第二条 示例附则。"]


def test_a_number_that_begins_at_a_milliard_costs_nothing() -> None:
    started = NUMBERING.replace('w:start w:val="1"', 'w:start w:val="2000000000"')
    endless = started.replace("chineseCounting", "upperRoman").replace("第%1条", "第%1条" * 30_000)
    document = with_numbers(endless)
    add_numbered(document, 0, "示例。")
    assert len(read(document).body) < 1000


@pytest.mark.parametrize(("number", "style", "written"), [
    (10, "chineseCounting", "十"), (21, "chineseCounting", "二十一"), (105, "chineseCountingThousand", "一百零五"),
    (3, "decimal", "3"), (3, "decimalEnclosedCircle", "③"), (4, "lowerRoman", "iv"), (2, "lowerLetter", "b"),
    (1, "bullet", ""),
])  # fmt: skip
def test_numbers_are_written_as_word_writes_them(number: int, style: str, written: str) -> None:
    assert write_number(number, style) == written


def test_a_file_cut_off_is_damaged() -> None:
    data = save(docx.Document())
    assert read_word(data[: len(data) // 2]).status is Status.DAMAGED


@pytest.mark.parametrize("span", ["999999999", "9" * 5000])
def test_a_cell_that_claims_a_milliard_columns_is_read_and_costs_nothing(span: str) -> None:
    document, out = docx.Document(), io.BytesIO()
    cells = document.add_table(rows=1, cols=2).rows[0].cells
    cells[0].text, cells[1].text = "示例甲", "示例乙"
    cells[0]._tc.get_or_add_tcPr().get_or_add_gridSpan().set(qn("w:val"), span)
    document.save(out)
    read = read_word(out.getvalue())
    assert "示例甲" in read.body
    assert "示例乙" in read.body
    assert len(read.body) < 1000


BOX = f"<w:p {nsdecls('w')}><w:txbxContent>" + "{}" + "</w:txbxContent></w:p>"


@pytest.mark.parametrize("deep", [1, 2, 60])
def test_a_text_box_is_read_once_however_deep_it_lies(deep: int) -> None:
    words = f"<w:p {nsdecls('w')}><w:r><w:t>示例。</w:t></w:r></w:p>"
    for _ in range(deep):
        words = BOX.format(words)
    document = docx.Document()
    document.element.body.insert(0, parse_xml(words))
    assert read(document).body == "示例。"


def test_a_table_that_claims_more_cells_than_any_has_is_read_as_running_text() -> None:
    document = docx.Document()
    table = document.add_table(rows=120, cols=50)
    for row in table._tbl.tr_lst:
        for cell in row.tc_lst:
            cell.get_or_add_tcPr().get_or_add_gridSpan().set(qn("w:val"), "63")
    table._tbl.tr_lst[0].tc_lst[0].p_lst[0].add_r().text = "示例。"
    read_back = read(document)
    assert (read_back.tables, read_back.body) == ((), "示例。")
