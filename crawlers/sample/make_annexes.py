"""`python -m crawlers.sample.make_annexes` sets the declared texts that pages link as PDF (needs the dev extras).

The PDFs are committed, so that serving the sample needs no typesetter; a test holds them equal to their declarations.
Set as agencies set theirs: repeated table headers, cells merged over rows, rows and rules cut by the foot of a page.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from crawlers.sample.annex import HEADER, Annex, Row, load_annex, merge_runs
from crawlers.sample.exchange import ANNEXES
from crawlers.sample.timeline import load_timeline

FONT = "STSong-Light"  # a font every PDF reader supplies: not embedded, the files stay small
LEFT, TOP, BOTTOM = 72.0, 770.0, 80.0
WIDTH = A4[0] - 2 * LEFT
COLUMNS = (32.0, 68.0, 86.0, 126.0, WIDTH - 312.0)
MERGED = (1, 4)  # 数据类别 and 判定规则
CELL, PITCH, PAD = 9.0, 13.0, 8.0
SIZES = {"label": 14.0, "title": 18.0, "subtitle": 16.0, "chapter": 14.0, "section": 12.0, "text": 12.0}
NO_LINE_START = "，。；：、）》”！？"
WORD = re.compile(r"[0-9A-Za-z]+|[^0-9A-Za-z]")  # a number is never cut by the end of a line


@dataclass
class OpenCell:
    """A merged cell being set: the lines still to print, its last row, and where it begins on this page."""

    lines: list[str]
    last: int
    top: float


@dataclass
class Sheet:
    """A canvas with a pen height and page numbers."""

    canvas: Any
    y: float = TOP
    number: int = 1
    open: dict[int, OpenCell] = field(default_factory=dict)

    def turn(self) -> None:
        self.finish()
        self.number, self.y = self.number + 1, TOP

    def finish(self) -> None:
        self.canvas.setFont(FONT, 10)
        self.canvas.drawCentredString(A4[0] / 2, 48, f"- {self.number} -")
        self.canvas.showPage()

    def write_line(self, kind: str, text: str) -> None:
        size = SIZES[kind]
        indent = 0.0 if kind in ("label", "title", "subtitle") else 2 * size
        for place, line in enumerate(wrap(text, size, WIDTH, indent)):
            if self.y - size * 1.7 < BOTTOM:
                self.turn()
            self.y -= size * 1.7
            self.canvas.setFont(FONT, size)
            if kind in ("title", "subtitle"):
                self.canvas.drawCentredString(A4[0] / 2, self.y, line)
            else:
                self.canvas.drawString(LEFT + (indent if place == 0 else 0), self.y, line)

    def draw_cell(self, column: int, top: float, bottom: float, lines: Sequence[str]) -> None:
        x, width = LEFT + sum(COLUMNS[:column]), COLUMNS[column]
        self.canvas.rect(x, bottom, width, top - bottom)
        self.canvas.setFont(FONT, CELL)
        for place, line in enumerate(lines):
            self.canvas.drawString(x + 4, top - PAD / 2 - CELL - place * PITCH, line)

    def draw_header(self) -> None:
        bottom = self.y - PITCH - PAD
        for column, text in enumerate(HEADER):
            self.draw_cell(column, self.y, bottom, [text])
        self.y = bottom

    def cut_page(self) -> None:
        """End the page inside a table: merged cells print what fits and go on overleaf, under the header again."""
        for column, cell in self.open.items():
            if cell.top > self.y:
                fits = int((cell.top - self.y - PAD / 2) // PITCH)
                self.draw_cell(column, cell.top, self.y, cell.lines[:fits])
                cell.lines = cell.lines[fits:]
        self.turn()
        self.draw_header()
        for cell in self.open.values():
            cell.top = self.y

    def write_table(self, rows: Sequence[Row]) -> None:
        cells = {1: [row.category for row in rows], 4: [row.rule for row in rows]}
        starts = {
            (column, first): (last, fill(text, column))
            for column in MERGED
            for first, last, text in merge_runs(cells[column])
        }
        self.y -= 8
        if self.y - BOTTOM < 5 * PITCH:
            self.turn()
        self.draw_header()
        for place, row in enumerate(rows):
            own = {0: [str(place + 1)], 2: fill(row.item, 2), 3: fill(row.about, 3)}
            for column in MERGED:
                if found := starts.get((column, place)):
                    self.open[column] = OpenCell(list(found[1]), found[0], self.y)
            self.write_row(place, own)
        self.y -= 6

    def write_row(self, place: int, own: dict[int, list[str]]) -> None:
        least = PAD + PITCH * max(map(len, own.values()))
        ending = {column: cell for column, cell in self.open.items() if cell.last == place}
        needs = [PAD + PITCH * len(cell.lines) - (cell.top - self.y) for cell in ending.values()]
        height = max([least, *needs])
        room = self.y - BOTTOM
        if height > room:
            if room >= least:  # its own words fit: the row is cut, only its merged cells go on
                for column, lines in own.items():
                    self.draw_cell(column, self.y, BOTTOM, lines)
                self.y, own = BOTTOM, {column: [] for column in own}
            self.cut_page()
            return self.write_row(place, own)
        for column, lines in own.items():
            self.draw_cell(column, self.y, self.y - height, lines)
        self.y -= height
        for column, cell in ending.items():
            self.draw_cell(column, cell.top, self.y, cell.lines)
            del self.open[column]


def fill(text: str, column: int) -> list[str]:
    return [line for part in text.splitlines() for line in wrap(part, CELL, COLUMNS[column] - 8)]


def wrap(text: str, size: float, width: float, indent: float = 0.0) -> list[str]:
    """Lines of at most ``width`` points; the first is ``indent`` shorter. Closing marks never begin a line."""
    lines, line, left = [], "", width - indent
    for word in WORD.findall(text):
        if pdfmetrics.stringWidth(line + word, FONT, size) > left and line and word not in NO_LINE_START:
            lines.append(line)
            line, left = "", width
        line += word
    return [*lines, line]


def set_annex(annex: Annex) -> bytes:
    """The PDF of a declared document; the same bytes for the same declaration."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    target = io.BytesIO()
    # Uncompressed, because two builds of zlib need not compress alike.
    canvas = Canvas(target, pagesize=A4, invariant=1, pageCompression=0)
    canvas.setTitle(annex.title)
    sheet = Sheet(canvas)
    for part in annex.lines():
        if isinstance(part, list):
            sheet.write_table(part)
        else:
            sheet.write_line(*part)
    sheet.finish()
    canvas.save()
    return target.getvalue()


def linked_annexes() -> dict[str, bytes]:
    """Every PDF that a page of the timeline links, by file name, as its declaration sets it."""
    names = {name for page in load_timeline().pages for attachment in page.attachments for name in attachment.files}
    return {name: set_annex(load_annex(name.removesuffix(".pdf"))) for name in sorted(names)}


def main() -> None:
    for name, data in linked_annexes().items():
        (ANNEXES / name).write_bytes(data)


if __name__ == "__main__":
    main()
