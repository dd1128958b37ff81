"""Pages of printed lines, from whatever format fixes text on pages, to what their place says of each line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kb.reading.furniture import strip_pages
from kb.reading.layout import LostTable, Paragraph, Part, clean
from kb.reading.lines import NOTE, Line
from kb.reading.marks import drop_marks
from kb.reading.pdf_lines import PrintedLine
from kb.structure.numbering import width

_NOTE_SIZE = 0.85  # of the body's size
_NARROWEST = 40  # columns of a full line, at least


@dataclass(frozen=True)
class PrintedPage:
    number: int
    lines: list[PrintedLine]


def strip_furniture(pages: Sequence[PrintedPage]) -> list[PrintedPage]:
    """The pages without their numbers and running heads."""
    dropped = strip_pages([[clean(line.text) for line in page.lines] for page in pages])
    return [
        replace(page, lines=[line for at, line in enumerate(page.lines) if at not in furniture])
        for page, furniture in zip(pages, dropped, strict=True)
    ]


def place_lines(pages: Sequence[PrintedPage]) -> list[Line]:
    """Every page's lines, in order: whether they are full, set in, apart from the one above, or notes."""
    printed = [line for page in pages for line in page.lines]
    if not printed:
        return []
    weight: Counter[float] = Counter()
    for line in printed:
        weight[line.size] += len(line.text)
    size = weight.most_common(1)[0][0]
    body = [line for line in printed if line.size == size]
    left = Counter(round(line.x0) for line in body).most_common(1)[0][0]
    right = max(line.x1 for line in body)
    pitch = _pitch(pages, size)
    found = []
    for page in pages:
        above: PrintedLine | None = None
        note = False
        for line in page.lines:
            small = line.size <= _NOTE_SIZE * size
            note = small and (note or bool(NOTE.match(line.text)))
            title_goes_on = above is not None and line.size == above.size > size and above.x1 > right - 2 * line.size
            found.append(
                Line(
                    line.text,
                    page.number,
                    full=line.x1 > right - 2 * line.size,
                    brim=line.x1 > right - line.size,
                    indented=line.x0 > left + 1.2 * line.size and not title_goes_on,
                    apart=above is not None and line.top - above.top > 1.6 * pitch,
                    size=line.size,
                    note=note,
                )
            )
            above = line
    return found


def full_width(lines: Iterable[Line]) -> int:
    """Columns from which on a line of these pages is a full one."""
    return max([width(line.text) - 8 for line in lines if line.full] + [_NARROWEST])


def without_marks(parts: Iterable[Part], lines: Iterable[Line]) -> Iterator[Part]:
    """The parts without the marks of the footnotes that stand among ``lines``."""
    notes = frozenset(
        number
        for line in lines
        if line.note and (match := NOTE.match(line.text))
        for number in match.groups()
        if number
    )
    for part in parts:
        if isinstance(part, Paragraph):
            yield replace(part, text=drop_marks(part.text, notes))
        elif isinstance(part, LostTable):
            yield replace(part, lines=tuple(drop_marks(line, notes) for line in part.lines))
        else:
            for cell in dict.fromkeys(cell for row in part.rows for cell in row):
                cell.text = drop_marks(cell.text, notes)
            yield part


def title_of(lines: Sequence[Line]) -> str:
    """The biggest words of the first page, with a bracket that follows them (（征求意见稿）)."""
    first = [line for line in lines if line.page == lines[0].page and not line.note] if lines else []
    if not first:
        return ""
    biggest = max(line.size for line in first)
    if biggest <= 1.15 * min(line.size for line in first):
        return ""
    title = clean("\n".join(line.text for line in first if line.size == biggest))
    at = next(at for at, line in enumerate(first) if line.size == biggest)
    after = next((line.text for line in first[at:] if line.size != biggest), "")
    return title + after if re.fullmatch(r"[（(].{2,12}[）)]", after) and not title.endswith(after) else title


def _pitch(pages: Sequence[PrintedPage], size: float) -> float:
    """The usual distance from line to line."""
    steps = Counter(
        round(below.top - above.top)
        for page in pages
        for above, below in pairwise(page.lines)
        if above.size == below.size == size
    )
    return float(steps.most_common(1)[0][0]) if steps else 2 * size
