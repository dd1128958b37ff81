"""The evidence pack for counsel as a file: DOCX to read and mark, XLSX to sort and filter. Layout only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kb.errors import WorkspaceError
from mappings.exposure.assess import Exposure
from mappings.exposure.desk import Desk
from mappings.exposure.evidence import Sheet, gather
from mappings.exposure.report import NOTICE, mark_of

_SHEET_NAME = 31  # the longest name of a sheet that spreadsheets open


def write_pack(path: Path, exposures: Sequence[Exposure], desk: Desk, what_if: str | None) -> None:
    """One file for all of them. Raises WorkspaceError for another kind of file, or one that cannot be written."""
    packs = [(e.transfer.id, gather(e, desk, what_if)) for e in exposures]
    write = {".docx": _docx, ".xlsx": _xlsx}.get(path.suffix.lower())
    if write is None:
        raise WorkspaceError(f"{path}: an evidence pack is a .docx or an .xlsx file")
    try:
        write(path, packs, desk.day, mark_of(what_if))
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be written: {error.strerror}") from error


def _docx(path: Path, packs: Sequence[tuple[str, list[Sheet]]], day: str, mark: str | None) -> None:
    from docx import Document
    from docx.enum.section import WD_ORIENT

    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    section.footer.paragraphs[0].text = f"{mark}. {NOTICE}" if mark else NOTICE
    document.add_heading(f"出境数据证据包 Evidence pack, {day}", 0)
    if mark:
        document.add_paragraph(mark).runs[0].bold = True
    document.add_paragraph(NOTICE)
    for transfer, sheets in packs:
        document.add_heading(_clean(transfer), 1)
        for sheet in sheets:
            document.add_heading(sheet.title, 2)
            if not sheet.rows:
                document.add_paragraph("(none) 无")
                continue
            table = document.add_table(rows=0, cols=len(sheet.head), style="Table Grid")
            for row in ([sheet.head] if any(sheet.head) else []) + list(sheet.rows):
                cells = table.add_row().cells
                for cell, value in zip(cells, row, strict=True):
                    cell.text = _clean(value)
    document.save(str(path))


def _xlsx(path: Path, packs: Sequence[tuple[str, list[Sheet]]], day: str, mark: str | None) -> None:
    """One sheet for each kind of table, all transfers one under the other, the transfer in the first column."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    for place, title in enumerate([sheet.title for sheet in packs[0][1]] if packs else []):
        page = book.create_sheet(title[:_SHEET_NAME])
        _write(page, [mark or f"law in force on {day}", NOTICE])
        _write(page, ["transfer", *packs[0][1][place].head])
        for cell in page[2]:
            cell.font = Font(bold=True)
        for transfer, sheets in packs:
            for row in sheets[place].rows:
                _write(page, [transfer, *row])
        page.freeze_panes = "B3"
    if not packs:
        _write(book.create_sheet("none"), ["no transfer was selected", NOTICE])
    book.save(str(path))


def _write(page: Any, row: Sequence[Any]) -> None:
    """Words stay words: what begins with = + - or @ is no formula."""
    page.append([value if isinstance(value, int) else _clean(value) for value in row])
    for cell in page[page.max_row]:
        if isinstance(cell.value, str):
            cell.data_type = "s"


def _clean(value: Any) -> str:
    """Text without the control characters that neither format can hold."""
    return "".join(c for c in str("" if value is None else value) if c >= " " or c in "\t\n")
