"""XLSX and XLS to Document: each sheet's used area as tables, parted at blank rows, merged cells resolved."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, ZipError

from kb.model import Document, Status
from kb.reading.layout import Cell, Grid, Paragraph, Part, build_document

READER = "spreadsheet"
READER_VERSION = "1"
MAX_CELLS = 2_000_000  # of one sheet's used area
MAX_UNPACKED = 500_000_000  # bytes


def read_spreadsheet(data: bytes) -> Document:
    """DAMAGED if it cannot be opened or is locked. Every sheet's name is a heading of level 1."""
    try:
        if data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(data)) as package:
                if sum(info.file_size for info in package.infolist()) > MAX_UNPACKED:
                    return _refused(Status.TOO_LARGE, f"more than {MAX_UNPACKED:,} bytes unpacked")
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            sheets = [workbook.get_sheet_by_name(name) for name in workbook.sheet_names]
            losses = tuple(f"sheet {sheet.name}: {why}" for sheet in sheets if (why := _too_much(sheet)))
            parts = [part for sheet in sheets if not _too_much(sheet) for part in _sheet(sheet, len(sheets) > 1)]
    except PasswordError:
        return _refused(Status.DAMAGED, "encrypted: open it and save it without a password")
    except (CalamineError, ZipError, zipfile.BadZipFile, OSError, ValueError) as error:
        return _refused(Status.DAMAGED, f"the workbook cannot be opened: {type(error).__name__}")
    if losses and not parts:
        return _refused(Status.TOO_LARGE, "; ".join(losses))
    return build_document(
        parts,
        format="xlsx",
        status=Status.PARTLY if losses else Status.READ,
        losses=losses,
        reader=READER,
        reader_version=READER_VERSION,
    )


def _too_much(sheet: CalamineSheet) -> str:
    """Why a sheet is not read; '' for nearly all."""
    rows, columns = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
    if rows * columns > MAX_CELLS:
        return f"{rows} × {columns} cells are too many to read"
    merged = sum(min(bottom + 1, rows) - top for (top, _), (bottom, _) in sheet.merged_cell_ranges or () if top < rows)
    return f"{merged} rows of merged cells are too many to read" if merged > MAX_CELLS else ""


def _sheet(sheet: CalamineSheet, named: bool) -> Iterator[Part]:
    values = sheet.to_python(skip_empty_area=False)
    rows = [[Cell(_words(value)) for value in row] for row in values]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [rows[top][left]] * len(row[left : right + 1])
    if named and any(cell.text for row in rows for cell in row):
        yield Paragraph(sheet.name, heading=1)
    rows = _trimmed(rows)
    block: list[list[Cell]] = []
    for row in [*rows, []]:
        if any(cell.text for cell in row):
            block.append(row)
        elif block:
            yield from _block(block)
            block = []


def _block(rows: list[list[Cell]]) -> Iterator[Part]:
    """A run of rows: lines that fill one place are text, also above a table; the rest is a table."""
    while rows and _filled(rows[0]) == 1:
        yield Paragraph(next(cell.text for cell in rows.pop(0) if cell.text))
    tail: list[Part] = []
    while rows and _filled(rows[-1]) == 1:
        last = rows.pop()
        if len(rows) and any(cell in rows[-1] for cell in last if cell.text):
            rows.append(last)
            break
        tail.insert(0, Paragraph(next(cell.text for cell in last if cell.text)))
    if rows:
        yield Grid(rows)
    yield from tail


def _filled(row: list[Cell]) -> int:
    return len({cell for cell in row if cell.text})


def _trimmed(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Without columns that are blank in every row."""
    used = [at for at in range(max(map(len, rows), default=0)) if any(at < len(row) and row[at].text for row in rows)]
    return [[row[at] for at in used if at < len(row)] for row in rows]


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return "" if value is None else str(value)


def _refused(status: Status, detail: str) -> Document:
    return Document("xlsx", status, detail, reader=READER, reader_version=READER_VERSION)
