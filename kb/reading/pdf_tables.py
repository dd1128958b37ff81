"""Ruled tables of one PDF page: the rules give the cells, the cells the grid, also where a page break left it open.

Joining the pieces of a table over pages is table_pieces' business.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pdfplumber.page import Page
from pdfplumber.table import TableFinder, merge_edges
from pdfplumber.utils.geometry import filter_edges

from kb.normalise import squeeze
from kb.reading.layout import Cell
from kb.reading.pdf_lines import Char, read_lines

_NEAR = 3.0  # points: pdfplumber's own tolerance for rules that should meet
_TORN = re.compile(r"(?<=\d)\n(?=\d)")
Box = tuple[float, float, float, float]  # x0, top, x1, bottom
Edge = dict[str, Any]


@dataclass(eq=False)
class Piece:
    """The part of a table that stands on one page. ``open_below``/``open_above``: cells no rule closes there."""

    rows: list[list[Cell]]
    columns: list[float]  # x of the rules, left to right
    box: Box
    page: int
    open_below: set[Cell] = field(default_factory=set)
    open_above: set[Cell] = field(default_factory=set)


def read_pieces(page: Page, chars: Sequence[Char]) -> list[Piece]:
    """The page's tables of at least two columns, from top to bottom."""
    edges = filter_edges(merge_edges(page.edges, _NEAR, _NEAR, _NEAR, _NEAR), min_length=_NEAR)
    if not edges:
        return []
    below, above = _missing_rules(edges, "bottom"), _missing_rules(edges, "top")
    found = TableFinder(page, {"explicit_horizontal_lines": [*below, *above]}).tables
    pieces = [_piece(page.page_number, table.cells, chars, below, above) for table in found]
    return sorted((piece for piece in pieces if piece), key=lambda piece: piece.box[1])


def _missing_rules(edges: Sequence[Edge], end: str) -> list[Edge]:
    """Horizontal rules that a page break left out: between vertical ones that end together with nothing drawn there."""
    across = [edge for edge in edges if edge["orientation"] == "h"]
    groups: list[list[Edge]] = []
    for edge in sorted((edge for edge in edges if edge["orientation"] == "v"), key=lambda edge: edge[end]):
        if groups and edge[end] - groups[-1][0][end] <= _NEAR:
            groups[-1].append(edge)
        else:
            groups.append([edge])
    missing = []
    for group in groups:
        y = group[0][end]
        near = [(rule["x0"] - _NEAR, rule["x1"] + _NEAR) for rule in across if abs(rule["top"] - y) <= _NEAR]
        for x0, x1 in pairwise(sorted(edge["x0"] for edge in group)):
            if not any(left <= x0 and x1 <= right for left, right in near):
                missing.append(_rule(x0, x1, y))
    return missing


def _rule(x0: float, x1: float, y: float) -> Edge:
    return {"object_type": "line", "orientation": "h", "x0": x0, "x1": x1, "top": y, "bottom": y,
            "width": x1 - x0, "height": 0}  # fmt: skip


def _piece(
    page: int, boxes: Sequence[Box], chars: Sequence[Char], below: Iterable[Edge], above: Iterable[Edge]
) -> Piece | None:
    xs = _positions(value for box in boxes for value in (box[0], box[2]))
    ys = _positions(value for box in boxes for value in (box[1], box[3]))
    if len(xs) < 3:  # one column: a frame, not a table
        return None
    grid: list[list[Cell | None]] = [[None] * (len(xs) - 1) for _ in ys[1:]]
    piece = Piece([], xs, (xs[0], ys[0], xs[-1], ys[-1]), page)
    for box in sorted(boxes, key=lambda box: (box[1], box[0])):
        cell = Cell(_text(box, chars))
        for row in range(_nearest(ys, box[1]), _nearest(ys, box[3])):
            for column in range(_nearest(xs, box[0]), _nearest(xs, box[2])):
                grid[row][column] = cell
        if any(_drawn_at(edge, box, box[3]) for edge in below):
            piece.open_below.add(cell)
        if any(_drawn_at(edge, box, box[1]) for edge in above):
            piece.open_above.add(cell)
    piece.rows = [
        [cell or Cell() for cell in row]
        for before, row in zip([[], *grid[:-1]], grid, strict=True)
        if any(cell is not None and cell not in before for cell in row)
    ]
    return piece


def _drawn_at(edge: Edge, box: Box, y: float) -> bool:
    """Whether the missing rule is this cell's; a cell over several columns misses one for each."""
    return abs(edge["top"] - y) <= _NEAR and bool(box[0] - _NEAR <= edge["x0"] and edge["x1"] <= box[2] + _NEAR)


def _text(box: Box, chars: Sequence[Char]) -> str:
    x0, top, x1, bottom = box
    inside = [
        char
        for char in chars
        if x0 <= (char["x0"] + char["x1"]) / 2 <= x1 and top <= (char["top"] + char["bottom"]) / 2 <= bottom
    ]
    # Narrow cells are justified with blanks between characters: none of them was meant. Numbers break anywhere.
    return _TORN.sub("", "\n".join(squeeze(line.text) for line in read_lines(inside)))


def _positions(values: Iterable[float]) -> list[float]:
    """Distinct positions in order; those nearer than the tolerance are one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _nearest(positions: Sequence[float], value: float) -> int:
    return min(range(len(positions)), key=functools.partial(_distance, positions, value))


def _distance(positions: Sequence[float], value: float, at: int) -> float:
    return abs(positions[at] - value)
