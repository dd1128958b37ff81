"""Sheets: the three views, as text, HTML and DOCX; a mark is on the place that changed and on no other."""

import io
import re

import docx
import pytest
from law_texts import GUIDE, LAW, provisions

from kb.comparing.compare import compare_texts
from kb.comparing.marked import provision_row
from kb.comparing.sheet_docx import sheet_docx
from kb.comparing.sheet_html import sheet_html
from kb.comparing.sheet_text import sheet_text
from kb.comparing.sheets import VIEWS, make_sheet
from kb.model import Comparison

NEW = LAW.replace("100万人以上", "50万人以上").replace("第六条", "第六条 新增的<示例>条文。\n第七条")


def compare(old: str = LAW, new: str = NEW) -> Comparison:
    return compare_texts(provisions(old), provisions(new))


def test_the_second_of_two_equal_words_is_marked_where_it_changed() -> None:
    old = "第一条 甲应当在30日内报送，乙应当在30日内公布。\n第二条 示例。"
    (change, _) = compare(old, old.replace("30日内公布", "15日内公布")).provisions
    (text,) = provision_row(change).fields
    assert text.old == [("same", "甲应当在30日内报送，乙应当在"), ("number", "30"), ("same", "日内公布。")]
    assert text.new[1] == ("number", "15")


def test_two_columns_hold_both_texts_whole() -> None:
    for row in make_sheet(compare(), "对照版", "旧", "新").rows:
        for field in row.fields:
            assert "".join(words for _, words in field.old) or row.old_label is None or row.kind == "added"
    page = sheet_html(make_sheet(compare(), "对照版", "旧", "新"))
    assert '<b class="number"><del>100万</del></b>' in page
    assert '<b class="number"><ins>50万</ins></b>' in page
    assert "<details><summary>未变" in page
    assert "&lt;示例&gt;" in page
    assert "<script" not in page
    assert "@media print" in page


def test_the_terminal_shows_headlines_first_and_unchanged_rows_only_if_asked() -> None:
    sheet = make_sheet(compare(), "对照版", "旧", "新")
    text = sheet_text(sheet)
    assert text.startswith("更严 stricter: 第三条 100万人→50万人\n")
    assert "累计向境外提供[-100万-]{+50万+}人以上" in text  # with the words that say what the number is of
    assert "未变" not in text
    assert "未变" in sheet_text(sheet, everything=True)


def test_of_a_long_text_the_terminal_shows_what_stands_beside_a_change() -> None:
    long = f"第一条 {'甲' * 50}不得少于%d个月{'乙' * 50}。\n第二条 示例。"
    text = sheet_text(make_sheet(compare(long % 3, long % 6), "对照版", "旧", "新"))
    assert f"    …{'甲' * 8}不得少于[-3-]{{+6+}}个月{'乙' * 10}…" in text.splitlines()


def test_the_annotated_view_is_the_new_text_with_notes() -> None:
    text = sheet_text(make_sheet(compare(), "编注版", "旧", "新"))
    assert "累计向境外提供[-100万-]{+50万+}人以上" in text
    assert "【修改（数值）】" in text
    assert "【移动（条号），原第六条】" in text
    assert "【新增】" in text


@pytest.mark.parametrize("new", [NEW, GUIDE])
def test_the_clean_view_is_the_new_text_and_nothing_else(new: str) -> None:
    sheet = make_sheet(compare(LAW, new), "整理版", "旧", "新")
    words = "".join(re.sub(r"\s", "", f"{p.label}{''.join(w for _, w in p.runs)}") for p in sheet.paragraphs)
    units = [unit for unit in compare(LAW, new).provisions if unit.new]
    assert words == "".join(re.sub(r"\s", "", f"{u.new.number}{u.new.heading}{u.new.text}") for u in units if u.new)
    assert not any(p.note for p in sheet.paragraphs)
    assert sheet.headlines == ()


def test_the_docx_has_a_table_whose_head_repeats_and_whose_marks_are_set() -> None:
    document = docx.Document(io.BytesIO(sheet_docx(make_sheet(compare(), "对照版", "旧", "新"))))
    (table,) = document.tables
    assert [cell.text for cell in table.rows[0].cells] == ["", "旧", "新"]
    assert table.rows[0]._tr.trPr.xpath("w:tblHeader")
    row = next(row for row in table.rows if row.cells[0].text.startswith("修改"))
    gone = [run for p in row.cells[1].paragraphs for run in p.runs if run.font.strike]
    come = [run for p in row.cells[2].paragraphs for run in p.runs if run.font.underline]
    assert ([run.text for run in gone], [run.text for run in come]) == (["100万"], ["50万"])
    assert gone[0].font.highlight_color is not None
    assert row.cells[1].paragraphs[0].text == "第三条"


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_breaks_on_nothing_or_on_control_characters(view: str) -> None:
    for comparison in (compare_texts((), ()), compare("第一条 甲\x00乙\x07丙。", "第一条 甲\x00乙\x07丁\ud800。")):
        sheet = make_sheet(comparison, view, "a\x00", "b")
        assert sheet_docx(sheet)[:2] == b"PK"
        assert sheet_html(sheet).startswith("<!doctype html>")
        assert isinstance(sheet_text(sheet), str)
