"""Pieces of a table that page breaks cut apart, back to one grid.

What goes on over a break is read from the rules first (a cell no rule closes), from the text where the rules say
nothing: a row without its number, a repeated header, a sentence or an enumeration that has not ended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from kb.reading.layout import Cell, Grid, clean, header_depth
from kb.reading.pdf_tables import Piece

_SHIFT = 6.0  # points that a column may differ in width from page to page
_CLAUSE = re.compile(r"(?:^|[：；。:;\n])\s*(\d{1,2})\s?[.．、](?!\d)")
_NAME = 30  # characters that a name has at most
_SENTENCE = re.compile(r"[；：。]")
_ENDED = re.compile(r"[。；;]$")


def goes_on(piece: Piece, following: Piece) -> bool:
    """Whether ``following``, first on its page, is the rest of ``piece``, last on the page before."""
    if following.page != piece.page + 1 or len(piece.columns) != len(following.columns):
        return False
    shift = following.columns[0] - piece.columns[0]
    if any(abs(a + shift - b) > _SHIFT for a, b in zip(piece.columns, following.columns, strict=True)):
        return False
    if piece.open_below or following.open_above or _repeats_header(piece, following):
        return True
    return not header_depth(following.rows) or _number(following.rows[0]) is not None


def join_pieces(pieces: Sequence[Piece]) -> Grid:
    """One grid of pieces that go on from page to page; each row keeps the page it begins on."""
    grid = Grid([list(row) for row in pieces[0].rows], [pieces[0].page] * len(pieces[0].rows))
    never_blank = _filled_columns(pieces)
    for piece, following in pairwise(pieces):
        rows = following.rows[_repeats_header(pieces[0], following) :]
        if not rows:
            continue
        joined = _continued(grid.rows[-1], rows, pieces, piece, following, never_blank)
        grid.doubts += _doubts(grid.rows[-1], rows[0], joined, following.page)
        before = grid.rows[-1]
        for row in rows:
            row = [joined.get(cell, cell) for cell in row]
            if any(cell is not other for cell, other in zip(row, before, strict=True)):
                grid.rows.append(row)
                grid.pages.append(following.page)
            before = row
        following.open_below = {joined.get(cell, cell) for cell in following.open_below}
    return grid


def _continued(
    last: Sequence[Cell],
    rows: Sequence[Sequence[Cell]],
    pieces: Sequence[Piece],
    piece: Piece,
    following: Piece,
    never_blank: set[int],
) -> dict[Cell, Cell]:
    """Cells of the first row after a break → the cells before the break that they are the rest of."""
    first = rows[0]
    new_row = _begins_row(last, first)
    below = [cell in piece.open_below for cell in last]
    above = [cell in following.open_above for cell in first]
    # The rules tell which cell goes on where they leave some open and close others.
    told = next((sides for sides in (below, above) if any(sides) and not all(sides)), None)
    joined: dict[Cell, Cell] = {}
    for column, (before, cell) in enumerate(zip(last, first, strict=True)):
        if cell in joined:
            continue
        if not new_row:
            rest = True
        elif told:
            rest = told[column]
        elif not cell.text:
            # A tool that closes cells at the break prints a merged cell's words before it only.
            rest = column in never_blank or [row[column] for row in rows].count(cell) > 1
        else:
            rest = _unfinished(before, cell, column, pieces)
        if rest:
            before.text = f"{before.text}\n{cell.text}".strip("\n")
            joined[cell] = before
    return joined


def _doubts(last: Sequence[Cell], first: Sequence[Cell], joined: dict[Cell, Cell], page: int) -> Iterator[str]:
    """Names that were kept apart at a page break although a word seems to go over it (驾驶自动|化算法)."""
    for before, cell in dict.fromkeys(zip(last, first, strict=True)):
        if cell not in joined and _is_torn(clean(before.text), clean(cell.text)):
            yield f"page {page}: {clean(before.text)} and {clean(cell.text)} may be one cell that the page break cut"


def _is_torn(above: str, below: str) -> bool:
    words = re.match(r"[\u4e00-\u9fff]{2}", above[-1:] + below[:1])
    if not words or len(above) < 2 or len(above) > _NAME or len(below) > _NAME or _SENTENCE.search(above + below):
        return False
    import rjieba

    at = 0
    for word in rjieba.cut(above + below):
        if at < len(above) < at + len(word):
            return True
        at += len(word)
    return False


def _begins_row(last: Sequence[Cell], first: Sequence[Cell]) -> bool:
    """Whether the first row after a break has a number of its own, or all its words where no row is numbered."""
    if _number(last) is not None:
        return _number(first) is not None
    return all(cell.text for cell in first)


def _number(row: Sequence[Cell]) -> int | None:
    """The row's number: that of its first cell that is nothing but a number."""
    return next((int(text) for cell in row if (text := clean(cell.text)).isdecimal() and len(text) < 5), None)


def _unfinished(above: Cell, cell: Cell, column: int, pieces: Sequence[Piece]) -> bool:
    """Whether ``cell`` is plainly the rest of ``above``: its enumeration counts on, or its last sentence is open.

    Where nothing is enumerated, the lack of a full stop tells something only in a column whose other cells have one.
    """
    text, rest = clean(above.text), clean(cell.text)
    numbers, opening = _CLAUSE.findall(text), _CLAUSE.match(rest)
    if numbers and opening and int(opening[1]) == int(numbers[-1]) + 1:
        return True
    if _ENDED.search(text):
        return False
    if numbers or text.endswith(("：", ":")):
        return True
    others = {row[column] for piece in pieces for row in piece.rows[1:]} - {above, cell}
    ends = [bool(_ENDED.search(clean(other.text))) for other in others if other.text]
    return sum(ends) >= 0.5 * len(ends) if ends else bool(_SENTENCE.search(text))


def _repeats_header(piece: Piece, following: Piece) -> int:
    """How many rows at the top of ``following`` repeat those of the table's first piece."""
    depth = max(1, header_depth(piece.rows))
    same = [[clean(cell.text) for cell in row] for row in piece.rows[:depth]] == [
        [clean(cell.text) for cell in row] for row in following.rows[:depth]
    ]
    return depth if same else 0


def _filled_columns(pieces: Sequence[Piece]) -> set[int]:
    """Columns that have words in every cell, but for those at the top of a page."""
    blank: set[int] = set()
    for piece in pieces:
        rows = piece.rows if piece is pieces[0] else piece.rows[_repeats_header(pieces[0], piece) :]
        top = rows[0] if rows and piece is not pieces[0] else []
        blank |= {column for row in rows for column, cell in enumerate(row) if not cell.text and cell not in top}
    return set(range(len(pieces[0].columns) - 1)) - blank
