"""Workbooks: sheets in order, titles above tables, merged cells resolved, numbers as people write them."""

from __future__ import annotations

import datetime
import io

import openpyxl

from kb.model import Document, Status
from kb.reading.spreadsheet import read_spreadsheet


def save(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(book: openpyxl.Workbook) -> Document:
    return read_spreadsheet(save(book))


def test_titles_tables_and_remarks_are_told_apart() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [("示例目录",), (), ("序号", "数据项"), (1, "甲"), (2, "乙"), (), ("备注：示例",)]:
        sheet.append(row)
    document = read(book)
    assert [block.text for block in document.blocks] == ["示例目录", "备注：示例"]
    assert document.tables[0].header == ("序号", "数据项")
    assert document.tables[0].rows == (("1", "甲"), ("2", "乙"))
    assert document.body == "示例目录\n序号\t数据项\n1\t甲\n2\t乙\n备注：示例"


def test_several_sheets_are_headed_by_their_names() -> None:
    book = openpyxl.Workbook()
    book.active.title = "研发"
    book.active.append(("数据项", "规则"))
    book.active.append(("甲", "规则"))
    book.create_sheet("制造").append(("文字",))
    document = read(book)
    assert [(block.text, block.heading) for block in document.blocks] == [("研发", 1), ("制造", 1), ("文字", None)]


def test_numbers_dates_and_merged_cells_read_as_they_look() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(("数", "日", "类"))
    sheet.append((1.5, datetime.date(2026, 2, 3), "同"))
    sheet.append((20.0, None, None))
    sheet.merge_cells("C2:C3")
    assert read(book).tables[0].rows == (("1.5", "2026-02-03", "同"), ("20", "", "同"))


def test_a_file_cut_off_is_damaged() -> None:
    assert read_spreadsheet(save(openpyxl.Workbook())[:2000]).status is Status.DAMAGED


def test_a_sheet_of_too_many_cells_is_listed_and_the_others_are_read() -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["C1000000"] = "甲", "乙"
    assert read(book).status is Status.TOO_LARGE
    book.create_sheet("制造").append(("文字",))
    document = read(book)
    assert (document.status, document.body) == (Status.PARTLY, "制造\n文字")
    assert document.losses == ("sheet Sheet: 1000000 × 3 cells are too many to read",)


def test_an_empty_workbook_is_empty() -> None:
    assert read(openpyxl.Workbook()).status is Status.EMPTY
