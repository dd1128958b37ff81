"""The evidence pack for counsel as a file: DOCX to read and mark (evidence_docx), XLSX to sort and filter."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any

from kb.errors import WorkspaceError
from kb.normalise import fit_for_xml
from kb.whole_file import whole_file
from mappings.exposure.assess import Exposure
from mappings.exposure.desk import Desk
from mappings.exposure.evidence import Sheet, gather, width_of, widths
from mappings.exposure.evidence_docx import write_docx
from mappings.exposure.report import NOTICE, mark_of
from mappings.exposure.sentences import Language, in_language

_ACROSS = 180  # characters, as wide as a landscape page holds when it is fitted to its width
_LINE = 14  # points
_SHEET_NAME = 31  # the longest name of a sheet that spreadsheets open


def write_pack(
    path: Path, exposures: Sequence[Exposure], desk: Desk, what_if: str | None, language: Language = "en"
) -> None:
    """One file for all of them. Raises WorkspaceError for another kind of file, or one that cannot be written."""
    packs = [(e.transfer.id, gather(e, desk, what_if, language)) for e in exposures]
    write_sheets(path, packs, desk.day, in_language(mark_of(what_if), language))


def write_sheets(path: Path, packs: Sequence[tuple[str, list[Sheet]]], day: str, mark: str | None) -> None:
    """The sheets of each transfer, all transfers with the same ones. Raises as ``write_pack``."""
    write = {".docx": write_docx, ".xlsx": _xlsx}.get(path.suffix.lower())
    if write is None:
        raise WorkspaceError(f"{path}: an evidence pack is a .docx or an .xlsx file")
    try:
        with whole_file(path) as beside:
            write(beside, packs, day, mark)
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be written: {error.strerror}") from error


def _xlsx(path: Path, packs: Sequence[tuple[str, list[Sheet]]], day: str, mark: str | None) -> None:
    """One sheet for each kind of table, all transfers one under the other, the transfer in the first column."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    for place, title in enumerate([sheet.title for sheet in packs[0][1]] if packs else []):
        page = book.create_sheet(title[:_SHEET_NAME])
        _write(page, [mark or f"{day} 有效的规定 law in force on {day}", NOTICE])
        _write(page, ["transfer", *packs[0][1][place].head])
        for cell in page[2]:
            cell.font = Font(bold=True)
        for transfer, sheets in packs:
            for row in sheets[place].rows:
                _write(page, [transfer, *row])
        _lay_out(page, title, ("transfer", *packs[0][1][place].head))
    if not packs:
        _write(book.create_sheet("none"), ["no transfer was selected", NOTICE])
    book.save(str(path))


def _lay_out(page: Any, title: str, head: tuple[str, ...]) -> None:
    """Columns as wide as their words need, rows as high, fitted to the width of a landscape page."""
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    page.freeze_panes = "B3"
    page.auto_filter.ref = f"A2:{get_column_letter(page.max_column)}{page.max_row}"
    page.print_title_rows = "2:2"
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    rows = tuple(page.iter_rows(min_row=3, max_col=len(head), values_only=True))
    letters = [_ACROSS * share for share in widths(Sheet(title, head, rows))]
    for n, width in enumerate(letters, 1):
        page.column_dimensions[get_column_letter(n)].width = width
    for line in page.iter_rows(min_row=2):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        lines = max(ceil(width_of(str(c.value or "")) * 1.15 / w) for c, w in zip(line, letters, strict=False))
        page.row_dimensions[line[0].row].height = _LINE * max(1, lines)


def _write(page: Any, row: Sequence[Any]) -> None:
    """Words stay words: what begins with = + - or @ is no formula."""
    words = ("" if value is None else value for value in row)
    page.append([value if isinstance(value, int) else fit_for_xml(str(value)) for value in words])
    for cell in page[page.max_row]:
        if isinstance(cell.value, str):
            cell.data_type = "s"
