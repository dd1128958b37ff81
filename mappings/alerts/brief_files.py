"""A brief as DOCX, XLSX or HTML, Chinese or English; quotations stay as published."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from kb.normalise import fit_for_xml
from kb.rows import Row
from mappings.alerts.brief import COLUMNS, Brief
from mappings.alerts.brief_view import Part, event_parts, flat_part, other_parts
from mappings.alerts.words import Language, Speech, render

SHEET = (28, 12, 20, 12, 22, 10, 34, 34, 18, 24, 34, 16, 18, 26, 22, 30, 12, 20)  # widths, as COLUMNS
PAPER = (4.4, 9.2, 8.0, 3.6, 5.6, 4.2, 3.2)  # centimetres of the columns of a change


def brief_file(brief: Brief, format: str, language: Language) -> bytes:
    """``format``: docx and html for people, a table for each rule that changed; xlsx for filters."""
    say = Speech(language)
    title = say("brief", "heading", since=brief.since, until=brief.until)
    if format == "xlsx":
        return _xlsx([flat_part(brief, say), *other_parts(brief, say)])
    parts = [*event_parts(brief, say), *other_parts(brief, say)]
    if format == "docx":
        return _docx(title, parts, say)
    view = {"language": language, "title": title, "parts": parts, "empty": say("brief", "empty"),
            "closing": say("brief", "closing")}  # fmt: skip
    return render("brief.html", view).encode()


def _xlsx(parts: Sequence[Part]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill

    book = Workbook()
    book.remove(book.active)
    for part in parts:
        sheet = book.create_sheet(part.heading.split("（")[0].split(" (")[0][:31])
        for number, line in enumerate([part.head, *part.lines], 1):
            for place, words in enumerate(line, 1):
                cell = sheet.cell(number, place, fit_for_xml(words))
                cell.data_type = "s"  # a quotation that begins with = is words, not a formula
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                if number == 1:
                    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE6F0")
        sheet.freeze_panes = "B2" if len(part.head) == len(COLUMNS) else "A2"
        if part.lines:
            sheet.auto_filter.ref = sheet.dimensions
        widths = SHEET if len(part.head) == len(COLUMNS) else (24, 24, 46, 14, 60)
        for place, width in enumerate(widths[: len(part.head)], 1):
            sheet.column_dimensions[sheet.cell(1, place).column_letter].width = width
    return _saved(book)


def _docx(title: str, parts: Sequence[Part], say: Speech) -> bytes:
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(42), Cm(29.7)  # A3, lying
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.8)
    normal = document.styles["Normal"]
    normal.font.size, normal.font.name = Pt(10), "Arial"
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "Noto Sans CJK SC")
    document.add_heading(fit_for_xml(title), 0)
    for part in parts:
        document.add_heading(fit_for_xml(part.heading), part.level)
        for words in part.about:
            document.add_paragraph(fit_for_xml(words)).paragraph_format.space_after = Pt(2)
        if not part.lines:
            if part.head:
                document.add_paragraph(say("brief", "empty"))
            continue
        table = document.add_table(rows=1, cols=len(part.head), style="Table Grid")
        table.autofit = False
        _fill(table.rows[0].cells, part.head, bold=True)
        _repeat_head(table.rows[0])
        for line in part.lines:
            _fill(table.add_row().cells, line)
        widths = (PAPER if len(part.head) == len(PAPER) else (6, 6, 14, 4, 8))[: len(part.head)]
        for column, width in zip(table.columns, widths, strict=True):  # the grid, which LibreOffice goes by
            column.width = Cm(width)
        for row in table.rows:
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = Cm(width)
    document.add_paragraph(say("brief", "closing"))
    return _saved(document)


def _repeat_head(row: Any) -> None:
    """On every page that the table goes on to."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _fill(cells: Sequence[Any], words: Sequence[str], *, bold: bool = False) -> None:
    for cell, word in zip(cells, words, strict=True):
        cell.text = fit_for_xml(word)
        if bold:
            for run in cell.paragraphs[0].runs:
                run.bold = True


def _saved(thing: Any) -> bytes:
    buffer = BytesIO()
    thing.save(buffer)
    return buffer.getvalue()


def brief_json(brief: Brief) -> dict[str, Any]:
    def plain(listed: Sequence[Row]) -> list[Row]:
        return [dict(row) for row in listed]

    return {"since": brief.since, "until": brief.until, "changes": plain(brief.changes),
            "sources": plain(brief.sources), "deadlines": plain(brief.deadlines)}  # fmt: skip
