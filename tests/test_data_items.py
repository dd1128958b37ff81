"""Data items are exact where the layout is there, and listed as lost where it is not."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import docx
import openpyxl
import pytest
from sample_tables import SampleTable, print_pdf

from kb.items.data_items import read_data_items
from kb.model import Document
from kb.reading import read_document
from kb.structure.provisions import read_provisions

SHARED = Path(__file__).resolve().parents[2] / "shared"
GUIDE = SHARED / "texts" / "auto_data_export_guide_2025_draft.rebuilt.pdf"
EXTRACTED = SHARED / "texts" / "auto_data_export_guide_2025_draft.extracted.md"
ITEMS = SHARED / "facts" / "auto_guideline_2025_draft_items.csv"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the official texts are not here")

ANY = "符合下列条件之一的：1.涉及示例区域的；2.示例车辆在5万台以上的；3.连续记录20天以上，并且能够还原示例路线的。"
FAR = "示例里程在3000公里以上的。"
MEANING = "示例释义，用来说明这个名称所指的数据在哪里产生、由谁保管"
THIRD = SampleTable(
    ("判定标准", "数据大类", "数据名称", "释义", "编号"),
    (12, 6, 7, 10, 4),
    [
        [
            {1: ANY, 9: FAR}.get(number),
            {1: "示例影像", 5: "示例位置数据", 11: "示例日志"}.get(number),
            f"示例名称{'甲乙丙丁戊己庚辛壬癸子丑'[number - 1]}",
            MEANING[: 10 + number],
            str(number),
        ]
        for number in range(1, 13)
    ],
)


def plain(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def guide() -> Document:
    return read_document(GUIDE.read_bytes())


@needs_shared
def test_all_49_items_of_the_guide_are_read_with_every_field(guide: Document) -> None:
    with ITEMS.open(encoding="utf-8-sig", newline="") as file:
        wanted = list(csv.DictReader(file))
    reading = read_data_items(guide)
    assert len(reading.items) == len(wanted) == 49
    assert not reading.losses
    for item, want in zip(reading.items, wanted, strict=True):
        assert (item.scenario, item.subscenario) == (want["scenario_zh"], want["subscenario_zh"])
        assert (item.number, plain(item.category)) == (want["no_in_table"], plain(want["category_zh"]))
        assert (plain(item.name), plain(item.description)) == (plain(want["item_zh"]), plain(want["description_zh"]))
        clauses = [plain(clause) for clause in want["rule_zh"].split("|")]
        lead = item.rule.removesuffix("".join(clauses))
        assert lead != item.rule, f"{item.name}: {item.rule}"
        assert lead == "" or lead.endswith("：")


@needs_shared
def test_an_item_knows_its_row_its_page_and_the_unit_it_stands_in(guide: Document) -> None:
    items = read_data_items(guide, read_provisions(guide)).items
    for item in items:
        row = guide.body[item.start : item.end]
        assert row.startswith(f"{item.number}\t")
        assert item.name in row
    assert [item.page for item in items] == sorted(item.page or 0 for item in items)
    provisions = {provision.eid: provision for provision in read_provisions(guide)}
    held = [provisions[item.provision or ""] for item in items]
    assert [unit.heading for unit in held] == [item.subscenario or item.scenario for item in items]


@needs_shared
def test_without_the_layout_no_item_is_guessed_and_each_lost_table_is_named() -> None:
    document = read_document(EXTRACTED.read_bytes(), name=EXTRACTED.name)
    reading = read_data_items(document)
    assert reading.items == ()
    assert len(reading.losses) == 9
    assert "49 rows" in document.losses[0]


@needs_shared
def test_the_negative_list_without_its_layout_gives_no_item() -> None:
    document = read_document((SHARED / "texts" / "sh_ftz_negative_list_2024.md").read_bytes(), name="list.md")
    assert read_data_items(document).items == ()
    assert not document.layout


@pytest.mark.parametrize("closed", [True, False], ids=["ruled at the break", "open at the break"])
@pytest.mark.parametrize("repeat", [True, False], ids=["header repeated", "header once"])
@pytest.mark.parametrize("lines", [9, 12, 17, 28])
def test_another_layout_is_read_wherever_pages_cut_it(lines: int, repeat: bool, closed: bool) -> None:
    parts = ["一、示例清单", "（一）示例行驶场景", "下列数据按照本清单管理。", THIRD, "（二）示例结尾", "到此为止。"]
    document = read_document(print_pdf(parts, lines=lines, closed=closed, repeat=repeat))
    read = read_data_items(document)
    assert [[item.rule, item.category, item.name, item.description, item.number] for item in read.items] == (
        THIRD.resolved()
    )
    assert {item.scenario for item in read.items} == {"示例行驶场景"}
    assert not read.losses


def test_a_rule_states_its_conditions() -> None:
    document = read_document(print_pdf([THIRD]))
    rule = read_data_items(document).items[-1].conditions
    assert rule is not None
    assert (rule.value, rule.unit) == (3000, "kilometres")


HTML = """<h2>（二）示例服务场景</h2><p>1. 示例环节</p><table>
<tr><th rowspan=2>序号<th colspan=2>数据<th rowspan=2>判定规则</tr>
<tr><th>数据类别<th>数据项</tr>
<tr><td>1<td rowspan=2>示例类<td>示例项甲<td rowspan=2>涉及示例区域的；<br>并且超过30天的。</tr>
<tr><td>2<td>示例项乙</tr>
<tr><td colspan=4>二、其他示例数据</tr>
<tr><td>3<td>示例类二<td>示例项丙<td>示例规则。</tr></table>"""


def test_a_page_with_spanned_cells_and_a_header_over_two_rows_gives_items() -> None:
    items = read_data_items(read_document(HTML.encode(), name="page.html")).items
    assert [(item.number, item.category, item.name) for item in items] == [
        ("1", "示例类", "示例项甲"),
        ("2", "示例类", "示例项乙"),
        ("3", "示例类二", "示例项丙"),
    ]
    assert [item.rule for item in items] == ["涉及示例区域的；并且超过30天的。"] * 2 + ["示例规则。"]
    assert [(item.scenario, item.subscenario) for item in items] == [("示例服务场景", "示例环节")] * 3


def test_a_word_table_with_merged_cells_gives_items() -> None:
    document = docx.Document()
    document.add_paragraph("一、示例目录")
    document.add_paragraph("（一）示例研发场景")
    table = document.add_table(rows=3, cols=4)
    for row, words in zip(
        table.rows, [("编号", "类别", "数据名称", "识别规则"), ("1", "", "甲", ""), ("2", "", "乙", "")], strict=True
    ):
        for cell, text in zip(row.cells, words, strict=True):
            cell.text = text
    table.cell(1, 1).merge(table.cell(2, 1)).text = "示例类"
    table.cell(1, 3).merge(table.cell(2, 3)).text = "1万辆以上的。"
    items = read_data_items(_read_saved(document)).items
    assert [(i.scenario, i.number, i.category, i.name, i.rule) for i in items] == [
        ("示例研发场景", "1", "示例类", "甲", "1万辆以上的。"),
        ("示例研发场景", "2", "示例类", "乙", "1万辆以上的。"),
    ]


def test_a_workbook_with_a_title_row_and_merged_cells_gives_items() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(("示例数据目录",))
    sheet.append(("序号", "场景名称", "数据子类", "数据基本特征与描述"))
    for row in [(1, "示例场景", "甲", "甲的描述"), (2, None, "乙", "乙的描述"), (None, None, "丙", "丙的描述")]:
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("B3:B4")
    read = read_data_items(_read_saved(book))
    assert [(i.number, i.scenario, i.name, i.description) for i in read.items] == [
        ("1", "示例场景", "甲", "甲的描述"),
        ("2", "示例场景", "乙", "乙的描述"),
        ("", "", "丙", "丙的描述"),
    ]


@pytest.mark.parametrize("header", [("序号", "名称", "说明"), ("序号", "材料名称", "要求"), ("数据项", "备注", "序号")])
def test_a_table_of_something_else_is_no_list_of_data(header: tuple[str, ...]) -> None:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}' for cell in row)}" for row in (header, ("1", "甲", "乙")))
    assert read_data_items(read_document(f"<html><table>{rows}</table>".encode())).items == ()


def test_a_row_that_cannot_be_read_is_listed_and_the_others_are_read() -> None:
    rows = [
        ("序号", "数据项", "判定规则"),
        ("1", "甲", "规则。"),
        ("2", "", "没有名称的规则。"),
        ("X-9?", "丙", "规则。"),
    ]
    html = "".join(f"<tr>{''.join(f'<td>{cell}' for cell in row)}" for row in rows)
    read = read_data_items(read_document(f"<html><table>{html}</table>".encode()))
    assert [item.name for item in read.items] == ["甲"]
    assert len(read.losses) == 2
    assert "没有名称" in read.losses[0]


def _read_saved(file: object) -> Document:
    out = io.BytesIO()
    file.save(out)  # type: ignore[attr-defined]
    return read_document(out.getvalue())
