"""PDF: paragraphs whole, page furniture gone, footnote marks out of numbers, tables whole over page breaks."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from sample_tables import SampleTable, print_pdf

from kb.model import Document, Status
from kb.reading.layout import Cell, row_spans
from kb.reading.pdf import read_pdf
from kb.reading.pdf_tables import Piece
from kb.reading.table_pieces import join_pieces

SHARED = Path(__file__).resolve().parents[2] / "shared"
GUIDE = SHARED / "texts" / "auto_data_export_guide_2025_draft.rebuilt.pdf"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the official texts are not here")


@pytest.fixture(scope="module")
def guide() -> Document:
    return read_pdf(GUIDE.read_bytes())


@needs_shared
def test_footnote_marks_leave_the_numbers_and_their_notes_stay(guide: Document) -> None:
    texts = [block.text for block in guide.blocks]
    assert any("100 万人以上个人信息" in text for text in texts)
    assert any("不满100 万人" in text for text in texts)
    assert sum(text.startswith("注") for text in texts) == 4


@needs_shared
def test_a_sentence_that_a_note_interrupts_is_whole(guide: Document) -> None:
    at = next(at for at, block in enumerate(guide.blocks) if block.text.startswith("（6）自由贸易"))
    assert guide.blocks[at].text.endswith("数据的；")
    assert guide.blocks[at + 1].text.startswith("注4")


@needs_shared
def test_tables_stand_between_the_blocks_they_stand_between(guide: Document) -> None:
    assert [len(table.rows) for table in guide.tables] == [3, 9, 3, 9, 1, 6, 9, 4, 5]
    second = guide.tables[1]
    assert "产品测试" in guide.blocks[second.after - 2].text
    assert guide.blocks[second.after].text == "（二）生产制造场景"
    assert second.pages == (4, 4, 4, 5, 5, 5, 5, 5, 5)
    assert len(row_spans(guide, second)) == len(second.rows)
    assert guide.title == "汽车数据出境安全指引（2025版）（征求意见稿）"
    assert guide.status is Status.READ
    assert guide.losses == ()


def test_page_numbers_and_running_heads_are_no_text() -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    print_pdf(["注册字体"])
    for page in range(1, 5):
        canvas.setFont("STSong-Light", 10)
        canvas.drawString(60, 800, "示例公报")
        canvas.drawString(60, 700, f"第{'一二三四'[page - 1]}条 示例。")
        canvas.drawString(280, 40, f"— {page} —")
        canvas.showPage()
    canvas.save()
    document = read_pdf(out.getvalue())
    assert document.body == "第一条 示例。\n第二条 示例。\n第三条 示例。\n第四条 示例。"
    assert [block.page for block in document.blocks] == [1, 2, 3, 4]


def test_an_exponent_is_no_footnote_mark() -> None:
    out = io.BytesIO()
    print_pdf(["注册字体"])
    canvas = Canvas(out)
    canvas.setFont("STSong-Light", 15)
    canvas.drawString(60, 700, "面积50m")
    canvas.drawString(60 + canvas.stringWidth("面积50m", "STSong-Light", 15) + 9, 700, "以上1")
    x = 60 + canvas.stringWidth("面积50m", "STSong-Light", 15)
    canvas.setFont("STSong-Light", 8)
    canvas.drawString(x, 706, "2")
    canvas.drawString(x + 48, 706, "2")
    canvas.setFont("STSong-Light", 9)
    canvas.drawString(60, 650, "注2：示例。")
    canvas.save()
    assert read_pdf(out.getvalue()).blocks[0].text == "面积50m2以上1"


def test_a_table_without_rules_is_lost_not_guessed() -> None:
    rows = [
        "（一）示例场景",
        "序号 数据类别 数据项 数据项说明 判定规则",
        "1 示例类 示例项 示例说明 示例规则",
        "（二）其他",
    ]
    document = read_pdf(print_pdf(rows))
    assert not document.layout
    assert document.status is Status.PARTLY
    assert "1 table" in document.losses[0]
    assert document.tables[0].rows == ()
    assert [block.text for block in document.blocks] == ["（一）示例场景", "（二）其他"]


def test_a_blank_cell_at_a_page_break_stays_blank_if_its_column_has_blanks() -> None:
    rows = [[str(number), f"示例项{number}", "" if number % 2 else "备注"] for number in range(1, 20)]
    table = SampleTable(("序号", "数据项", "备注"), (4, 8, 8), rows)
    (read,) = read_pdf(print_pdf([table], lines=10, closed=True)).tables
    assert [list(row) for row in read.rows] == rows


def _scan(pages: int, text_on: int | None = None) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    for page in range(1, pages + 1):
        if page == text_on:
            canvas.drawString(60, 700, "sample text")
        else:
            canvas.drawImage(ImageReader(Image.new("RGB", (60, 60), "grey")), 50, 50, 400, 400)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_pictures_of_pages_are_said_to_be_pictures() -> None:
    assert read_pdf(_scan(2)).status is Status.SCANNED
    mixed = read_pdf(_scan(3, text_on=2))
    assert mixed.status is Status.PARTLY
    assert "1, 3" in mixed.losses[0]


def test_a_locked_a_cut_and_a_blank_pdf_say_so_in_one_line() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, encrypt="secret")
    canvas.drawString(60, 700, "sample")
    canvas.save()
    locked = read_pdf(out.getvalue())
    assert (locked.status, "encrypted" in locked.detail) == (Status.DAMAGED, True)
    whole = print_pdf(["第一条 示例。"])
    cut = read_pdf(whole[: len(whole) // 2])
    assert (cut.status, "cut off" in cut.detail) == (Status.DAMAGED, True)
    blank = io.BytesIO()
    canvas = Canvas(blank)
    canvas.showPage()
    canvas.save()
    assert read_pdf(blank.getvalue()).status is Status.EMPTY


@needs_shared
def test_pages_whose_content_is_damaged_are_named() -> None:
    data = GUIDE.read_bytes()
    at = data.index(b"stream", 20_000) + 40
    document = read_pdf(data[:at] + b"\x00" * 900 + data[at + 900 :])
    assert document.status is Status.PARTLY
    assert "damaged" in document.losses[0]


def _piece(page: int, *rows: tuple[str, ...]) -> Piece:
    cells = [[Cell(text) for text in row] for row in rows]
    return Piece(cells, [0.0, 100.0, 200.0, 300.0], (0.0, 0.0, 300.0, 100.0), page)


def test_a_name_that_a_page_break_seems_to_cut_with_every_cell_ruled_shut_is_told() -> None:
    header = ("序号", "数据类别", "数据项")
    cut = join_pieces([_piece(1, header, ("1", "驾驶自动", "甲")), _piece(2, ("2", "化算法数据", "乙"))])
    assert cut.doubts == ["page 2: 驾驶自动 and 化算法数据 may be one cell that the page break cut"]
    whole = join_pieces([_piece(1, header, ("1", "物料清单", "甲")), _piece(2, ("2", "研发设计文档", "乙"))])
    assert whole.doubts == []
