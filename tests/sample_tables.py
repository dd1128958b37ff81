"""Makes PDF files with ruled tables, of the tests' own 示例 content, cut by pages as printers cut them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

SIZE, LEAD, LEFT, TOP = 10, 14, 60, 780
pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))


@dataclass(frozen=True)
class SampleTable:
    """``rows``: None is a cell merged with the one above it. ``widths``: characters of each column."""

    header: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[str | None]]

    def resolved(self) -> list[list[str]]:
        full: list[list[str]] = []
        for row in self.rows:
            full.append([full[-1][at] if cell is None else cell for at, cell in enumerate(row)])
        return full


@dataclass
class _Band:
    """One printed line of the table: the row it belongs to and the words of each column in it."""

    row: int
    words: list[str]


def print_pdf(
    parts: Sequence[str | SampleTable],
    *,
    lines: int = 30,
    closed: bool = False,
    repeat: bool = True,
    numbered: bool = True,
) -> bytes:
    """A PDF of paragraphs and tables, ``lines`` printed lines a page.

    ``closed``: a rule is drawn where a page cuts a table; ``repeat``: its header is printed again on the next page.
    """
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=True)
    page, at = 1, 0

    def turn() -> None:
        nonlocal page, at
        canvas.setFont("STSong-Light", 9)
        if numbered:
            canvas.drawCentredString(297, 40, f"- {page} -")
        canvas.showPage()
        page, at = page + 1, 0

    for part in parts:
        if isinstance(part, str):
            for line in _wrap(part, 46):
                if at >= lines:
                    turn()
                canvas.setFont("STSong-Light", SIZE)
                canvas.drawString(LEFT, TOP - at * LEAD, line)
                at += 1
            continue
        at += 1
        rest = _bands(part)
        header = _header(part)
        first = True
        while rest:
            if at + len(header) >= lines:
                turn()
            head = header if first or repeat else []
            room = max(lines - at - len(head), 1)
            piece, rest_after = rest[:room], rest[room:]
            _draw(canvas, part, head, piece, at, first, rest_after, closed)
            at += len(head) + len(piece)
            rest, first = rest_after, False
            if rest:
                turn()
    turn()
    canvas.save()
    return out.getvalue()


def _wrap(text: str, width: int) -> list[str]:
    return [text[start : start + width] for start in range(0, len(text), width)] or [""]


def _header(table: SampleTable) -> list[_Band]:
    return [_Band(-1, list(table.header))]


def _bands(table: SampleTable) -> list[_Band]:
    """Every printed line: a merged cell's words run down over its rows, the last of which grows if they need room."""
    wrapped = [[None if cell is None else _wrap(cell, width) for cell, width in zip(row, table.widths, strict=True)]
               for row in table.rows]  # fmt: skip
    heights = [
        max(len(cell) for at, cell in enumerate(row) if cell is not None and not _merges(table, number, at))
        for number, row in enumerate(wrapped)
    ]
    for column in range(len(table.widths)):
        for first, last in _groups(table, column):
            need = len(wrapped[first][column] or [])
            heights[last] += max(0, need - sum(heights[first : last + 1]))
    bands = [_Band(row, [""] * len(table.widths)) for row, height in enumerate(heights) for _ in range(height)]
    for column in range(len(table.widths)):
        for first, last in _groups(table, column):
            own = [band for band in bands if first <= band.row <= last]
            for band, words in zip(own, wrapped[first][column] or [], strict=False):
                band.words[column] = words
    return bands


def _groups(table: SampleTable, column: int) -> list[tuple[int, int]]:
    starts = [at for at, row in enumerate(table.rows) if row[column] is not None]
    return [(start, end - 1) for start, end in zip(starts, [*starts[1:], len(table.rows)], strict=True)]


def _merges(table: SampleTable, row: int, column: int) -> bool:
    return row + 1 < len(table.rows) and table.rows[row + 1][column] is None


def _draw(
    canvas: Canvas, table: SampleTable, head: list[_Band], piece: list[_Band], at: int, first: bool,
    rest: list[_Band], closed: bool,
) -> None:  # fmt: skip
    xs = [LEFT]
    for width in table.widths:
        xs.append(xs[-1] + width * SIZE + 8)
    top = TOP + LEAD - 3 - at * LEAD
    bands = head + piece
    canvas.setFont("STSong-Light", SIZE)
    for place, band in enumerate(bands):
        for column, words in enumerate(band.words):
            canvas.drawString(xs[column] + 4, top - (place + 1) * LEAD + 4, words)
    for x in xs:
        canvas.line(x, top, x, top - len(bands) * LEAD)
    if head or first or closed:
        canvas.line(xs[0], top, xs[-1], top)
    if head:
        canvas.line(xs[0], top - LEAD, xs[-1], top - LEAD)
    for place, band in enumerate(piece, len(head) + 1):
        below = (piece + rest)[place - len(head)] if place - len(head) < len(piece + rest) else None
        last_here = place == len(bands)
        for column in range(len(table.widths)):
            ends = below is None or (below.row != band.row and table.rows[below.row][column] is not None)
            if ends or (last_here and closed):
                canvas.line(xs[column], top - place * LEAD, xs[column + 1], top - place * LEAD)
