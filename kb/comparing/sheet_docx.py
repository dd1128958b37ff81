"""A sheet as DOCX for print: A4 across, one table of three columns whose head repeats on every page."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from kb.comparing.sheets import GRADES, KINDS, Sheet
from kb.normalise import fit_for_xml

_FONT, _LATIN = "宋体", "Times New Roman"
_WIDTHS = (1.8, 12.4, 12.4)  # centimetres
_GONE, _NEW = (0xB0, 0x20, 0x20), (0x10, 0x60, 0x30)


def sheet_docx(sheet: Sheet, everything: bool = False) -> bytes:
    """The bytes of the document. What is gone is red and struck, what is new green and underlined, numbers yellow."""
    from docx import Document

    document = Document()
    _page(document, across=bool(sheet.rows))
    document.add_heading(fit_for_xml(sheet.title), 1)
    for line in (*sheet.headlines, *filter(None, [sheet.counts])):
        document.add_paragraph(fit_for_xml(line))
    if sheet.rows:
        _table(document, sheet, everything)
    for paragraph in sheet.paragraphs:
        document.add_paragraph().add_run(fit_for_xml(paragraph.label)).bold = True
        _runs(document.add_paragraph(), paragraph.runs)
        if paragraph.note:
            document.add_paragraph().add_run(f"【{fit_for_xml(paragraph.note)}】").italic = True
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _page(document: Any, across: bool) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    section = document.sections[0]
    sides = Cm(21), Cm(29.7)
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = sides[::-1] if across else sides
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.5)
    for name in ("Normal", "Heading 1"):
        style = document.styles[name]
        style.font.name = _LATIN
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONT)
    document.styles["Normal"].font.size = Pt(10.5)
    document.styles["Normal"].paragraph_format.space_after = Pt(3)


def _table(document: Any, sheet: Sheet, everything: bool) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    table = document.add_table(rows=1, cols=3, style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, _WIDTHS, strict=True):  # the grid, which LibreOffice goes by
        column.width = Cm(width)
    head = table.rows[0]
    for cell, words in zip(head.cells, ("", sheet.old, sheet.new), strict=True):
        cell.paragraphs[0].add_run(fit_for_xml(words)).bold = True
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in sheet.rows:
        if row.kind == "unchanged" and not everything:
            continue
        line = table.add_row()
        line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit")) if _short(row) else None
        line.cells[0].text = f"{KINDS[row.kind]}\n{GRADES.get(row.grade or '', '')}".strip()
        for cell, label, kind in ((line.cells[1], row.old_label, "old"), (line.cells[2], row.new_label, "new")):
            if label is None:
                continue
            cell.paragraphs[0].add_run(fit_for_xml(label)).bold = True
            for field in row.fields:
                parts = field.old if kind == "old" else field.new
                _runs(cell.add_paragraph(), ((part if part == "same" else f"{kind} {part}", w) for part, w in parts))
    for row in table.rows:
        for cell, width in zip(row.cells, _WIDTHS, strict=True):
            cell.width = Cm(width)


def _short(row: Any) -> bool:
    return sum(len(words) for field in row.fields for side in (field.old, field.new) for _, words in side) < 800


def _runs(paragraph: Any, runs: Iterable[tuple[str, str]]) -> None:
    from docx.enum.text import WD_COLOR_INDEX
    from docx.shared import RGBColor

    for kind, words in runs:
        run = paragraph.add_run(fit_for_xml(words))
        if kind.startswith("old"):
            run.font.strike, run.font.color.rgb = True, RGBColor(*_GONE)
        elif kind.startswith("new"):
            run.font.underline, run.font.color.rgb = True, RGBColor(*_NEW)
        if kind.endswith("number"):
            run.font.bold, run.font.highlight_color = True, WD_COLOR_INDEX.YELLOW
