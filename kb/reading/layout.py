"""From paragraphs and grids in reading order to a Document: one line each, with offsets.

Every reader ends here, so that ``body``, ``blocks`` and ``tables`` agree with each other whatever the file was.
A merged cell is one ``Cell`` object in several places of its grid: every place of a row has its text, the body has it
once, where it begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.model import Block, Document, Status, Table
from kb.normalise import drop_unseen, plain_glyphs

_CJK = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u2018-\u201d]"
_WRAP = re.compile(rf"(?<={_CJK})[^\S\n]*\n\s*|[^\S\n]*\n\s*(?={_CJK}|[.,;:)%])")
# Marks that turn what follows from right to left; none of our texts is written so.
_TURNS = re.compile("[\u061c\u200f\u202b\u202e\u2067\u2068]")
TURNED = "marks of direction turn words: they show in another order than they stand in the file and are read"
HEADER_CELL = 24  # characters: what is longer is content, not a column's name


@dataclass(frozen=True)
class Paragraph:
    text: str
    page: int | None = None
    heading: int | None = None


@dataclass(eq=False)
class Cell:
    text: str = ""
    header: bool = False  # marked as header by the file itself


@dataclass(eq=False)
class Grid:
    """A table under construction. ``rows`` may be ragged; ``pages`` names the page of each row, if known.

    ``doubts`` are sentences on cells that may have been put together, or left apart, wrongly.
    """

    rows: list[list[Cell]] = field(default_factory=list)
    pages: list[int | None] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class LostTable:
    """A table of which only its header and the loose lines of its cells reached us."""

    header: tuple[str, ...]
    lines: tuple[str, ...]
    page: int | None = None


Part = Paragraph | Grid | LostTable


def build_document(parts: Iterable[Part], **fields: Any) -> Document:
    """A Document of these parts; ``fields`` are passed on. Without any text its status is EMPTY.

    Words that show otherwise than they are read are a loss: PARTLY.
    """
    parts = list(parts)
    if any(_TURNS.search(words) for part in parts for words in _words(part)):
        fields["losses"] = (*fields.get("losses", ()), TURNED)
        fields["status"] = Status.PARTLY if fields["status"] is Status.READ else fields["status"]
    lines: list[str] = []
    blocks: list[Block] = []
    tables: list[Table] = []
    at = 0

    def write(text: str) -> tuple[int, int]:
        nonlocal at
        start = at
        lines.append(text)
        at += len(text) + 1
        return start, start + len(text)

    def write_block(paragraph: Paragraph) -> None:
        if text := clean(paragraph.text):
            start, end = write(text)
            blocks.append(Block(text, start, end, paragraph.page, paragraph.heading))

    for part in parts:
        if isinstance(part, Paragraph):
            write_block(part)
            continue
        if isinstance(part, LostTable):
            spans = [write(text) for line in part.lines if (text := clean(line))]
            tables.append(Table(part.header, (), spans[0][0], spans[-1][1], len(blocks)))
            continue
        rows, pages = _rectangle(part)
        while rows and len(rows[0]) > 1 and len(set(rows[0])) == 1:  # a title over the whole width
            write_block(Paragraph(rows.pop(0)[0].text, pages.pop(0)))
        if not rows:
            continue
        depth = header_depth(rows)
        header = _header(rows[:depth])
        printed: set[Cell] = {cell for row in rows[:depth] for cell in row}
        spans = [write("\t".join(header))] if depth else []
        for row in rows[depth:]:
            spans.append(write("\t".join("" if cell in printed else clean(cell.text) for cell in _once(row))))
            printed.update(row)
        tables.append(
            Table(
                header=header,
                rows=tuple(tuple(clean(cell.text) for cell in row) for row in rows[depth:]),
                start=spans[0][0],
                end=spans[-1][1],
                after=len(blocks),
                pages=tuple(pages[depth:]),
            )
        )
    body = "\n".join(lines)
    if not body:
        fields |= {"status": Status.EMPTY, "detail": fields.get("detail") or "no text in it"}
    return Document(body=body, blocks=tuple(blocks), tables=tuple(tables), **fields)


def _words(part: Part) -> Iterator[str]:
    if isinstance(part, Paragraph):
        yield part.text
    elif isinstance(part, LostTable):
        yield from part.lines
    else:
        yield from (cell.text for row in part.rows for cell in row)


def row_spans(document: Document, table: Table) -> list[tuple[int, int]]:
    """Offsets of each of the table's rows in ``document.body``."""
    spans = []
    at = table.start
    for line in document.body[table.start : table.end].split("\n"):
        spans.append((at, at + len(line)))
        at += len(line) + 1
    return spans[1:] if table.header else spans


def clean(text: str) -> str:
    """One line in the usual characters. A line break beside a Chinese character joins, a blank that was typed stays
    (it parts two agencies, or a title and a name); full-width punctuation stays."""
    text = _WRAP.sub("", drop_unseen(plain_glyphs(text)).strip())
    return " ".join(text.split())


def header_depth(rows: Sequence[Sequence[Cell]]) -> int:
    """How many of the first rows name columns: those marked so, or the first if it reads like names."""
    marked = 0
    while marked < len(rows) and all(cell.header for cell in rows[marked]):
        marked += 1
    if marked:
        return marked if marked < len(rows) else 1
    if len(rows) < 2:
        return 0
    names = [clean(cell.text) for cell in rows[0]]
    if not all(0 < len(name) <= HEADER_CELL and name[-1] not in "。；;" and not name.isdigit() for name in names):
        return 0
    depth = 1
    # a name that reaches into the next row makes that row part of the header, if another cell divides there
    while depth < len(rows) - 1 and set(rows[depth]) & set(rows[0]) and len(set(rows[0])) < len(rows[0]):
        depth += 1
    return depth


def _header(rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    columns = zip(*rows, strict=True)
    return tuple("/".join(clean(cell.text) for cell in dict.fromkeys(column) if cell.text) for column in columns)


def _once(row: Sequence[Cell]) -> list[Cell]:
    """The row with a cell that covers several columns written in the first of them only."""
    first: dict[Cell, int] = {}
    return [cell if first.setdefault(cell, column) == column else Cell() for column, cell in enumerate(row)]


def _rectangle(grid: Grid) -> tuple[list[list[Cell]], list[int | None]]:
    """Rows of equal length without those that are blank all over."""
    width = max((len(row) for row in grid.rows), default=0)
    pages = grid.pages or [None] * len(grid.rows)
    kept = [
        (row + [Cell() for _ in range(width - len(row))], page)
        for row, page in zip(grid.rows, pages, strict=True)
        if any(clean(cell.text) for cell in row)
    ]
    return [row for row, _ in kept], [page for _, page in kept]
