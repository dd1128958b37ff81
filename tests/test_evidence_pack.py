"""How the evidence pack is laid out: columns by their words, heads that repeat, what decided first."""

from pathlib import Path

import pytest

from kb.errors import WorkspaceError
from mappings.exposure.evidence import Sheet, widths
from mappings.exposure.evidence_pack import write_sheets

LONG = "promoted to the route by 第八条第一款, " * 12
SHEET = Sheet(
    "条件 Conditions", ("role", "because", "met"), (("decided (band)", LONG, "yes 是"), ("gate", "=1+1", "no 否"))
)
MARK = "what-if: as if a@b were law"


def written(path: Path) -> Path:
    write_sheets(path, [("t", [SHEET]), ("u", [SHEET])], "2026-02-03", MARK)
    return path


def test_a_column_is_as_wide_as_its_words_and_together_they_fill_the_page() -> None:
    role, because, met = widths(SHEET)
    assert role + because + met == pytest.approx(1)
    assert because > 2 * role > met
    assert met > 0.1  # wide enough for "unknown 未知"


def test_the_document_lies_across_and_repeats_the_head_of_each_table(tmp_path: Path) -> None:
    from docx import Document

    document = Document(str(written(tmp_path / "e.docx")))
    section = document.sections[0]
    assert section.page_width > section.page_height
    assert MARK in section.footer.paragraphs[0].text
    for table in document.tables:
        head, decided, gate = table.rows
        assert "tblHeader" in head._tr.xml
        assert "tblHeader" not in decided._tr.xml
        assert decided.cells[0].paragraphs[0].runs[0].bold
        assert not gate.cells[0].paragraphs[0].runs[0].bold
        across = sum(column.width for column in table.columns)
        assert across <= section.page_width - section.left_margin - section.right_margin


def test_a_sheet_fits_its_page_and_no_row_hides_its_words(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    (page,) = load_workbook(written(tmp_path / "e.xlsx"))
    assert page["A1"].value == MARK
    assert (page.freeze_panes, page.print_title_rows, page.page_setup.orientation) == ("B3", "$2:$2", "landscape")
    assert page.row_dimensions[3].height > 3 * page.row_dimensions[4].height
    assert page["C4"].data_type == "s"  # words that look like a formula stay words


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot be written"):
        written(tmp_path / "no-such-folder" / "e.docx")
