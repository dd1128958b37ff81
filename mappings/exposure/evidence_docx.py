"""The evidence pack as DOCX: A4 across, one table after the other, columns as wide as their words need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kb.normalise import fit_for_xml
from mappings.exposure.evidence import Sheet, widths
from mappings.exposure.report import NOTICE

_FONT, _LATIN = "宋体", "Times New Roman"
_ACROSS = 26.7  # centimetres between the margins


def write_docx(path: Path, packs: Sequence[tuple[str, list[Sheet]]], day: str, mark: str | None) -> None:
    """Raises OSError when the file cannot be written."""
    from docx import Document

    document = Document()
    _page(document)
    document.sections[0].footer.paragraphs[0].text = f"{mark}. {NOTICE}" if mark else NOTICE
    document.add_heading(f"出境数据证据包 Evidence pack, {day}", 1)
    if mark:
        document.add_paragraph(mark).runs[0].bold = True
    document.add_paragraph(NOTICE)
    for place, (transfer, sheets) in enumerate(packs):
        document.add_heading(fit_for_xml(transfer), 1).paragraph_format.page_break_before = place > 0
        for sheet in sheets:
            document.add_heading(sheet.title, 2)
            if sheet.rows:
                _table(document, sheet)
            else:
                document.add_paragraph("(none) 无")
    document.save(str(path))


def _page(document: Any) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.5)
    for name, size in (("Normal", 9), ("Heading 1", 15), ("Heading 2", 11)):
        style = document.styles[name]
        style.font.name, style.font.size = _LATIN, Pt(size)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONT)
    document.styles["Normal"].paragraph_format.space_after = Pt(0)


def _table(document: Any, sheet: Sheet) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    table = document.add_table(rows=0, cols=len(sheet.head), style="Table Grid")
    table.autofit = False
    across = [Cm(_ACROSS * share) for share in widths(sheet)]
    for column, width in zip(table.columns, across, strict=True):  # the grid, which LibreOffice goes by
        column.width = width
    named = any(sheet.head)
    for n, row in enumerate(([sheet.head] if named else []) + list(sheet.rows)):
        line = table.add_row()
        about = line._tr.get_or_add_trPr()
        if sum(len(str(value)) for value in row) < 800:
            about.append(OxmlElement("w:cantSplit"))
        if named and n == 0:
            about.append(OxmlElement("w:tblHeader"))
        for place, (cell, value, width) in enumerate(zip(line.cells, row, across, strict=True)):
            cell.width = width
            run = cell.paragraphs[0].add_run(fit_for_xml(str("" if value is None else value)))
            run.bold = (named and n == 0) or (not named and place == 0) or str(row[0]).startswith(("decided", "决定"))
