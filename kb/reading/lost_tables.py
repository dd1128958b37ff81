"""Tables whose layout was lost before the text reached us: seen by their header, kept as lines, not guessed at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kb.items.table_words import header_words
from kb.reading.layout import LostTable, Part, clean
from kb.reading.lines import HEAD, Line, is_finished, join_lines
from kb.structure.numbering import Marker, read_marker, width

_HEADER_LINES = 3  # a header may itself be broken over so many lines
_OUTER = ("part", "chapter", "section", "article", "annex", "一、", "（一）")
# A row's number alone, before the row's words, or run into the end of the sentence before it.
_ROW = re.compile(r"(?:^|[。；])(\d{1,3})(?:$|\s+(?![万亿个台天年月日人小周%％])\D)")
_NARROW = 0.5  # of a full line of text: what is shorter and runs on can only be a cell


def paragraphs(lines: Sequence[Line], *, wide: int, wrapped: bool = True) -> Iterator[Part]:
    """Running text as paragraphs, what stood in a table as a LostTable. ``wide``: columns of a full line of text.

    A lost table ends where the outline clearly goes on: at 一、 or （一）, or at the next 2. with a full line after it.
    It goes on behind such a heading if cells follow it at once.
    """
    waiting: list[Line] = []
    lost: list[Line] = []
    header: tuple[str, ...] = ()
    arabic = 0
    for at, line in enumerate(lines):
        marker = read_marker(clean(line.text[:HEAD]))
        if lost and marker and _resumes(marker, arabic, lines[at + 1 : at + 2], wide):
            yield LostTable(header, tuple(line.text for line in lost), lost[0].page)
            lost = []
        elif not lost and (words := _header(lines, at) or (header if _is_cell(lines, at, wide) else ())):
            yield from join_lines(waiting, wrapped=wrapped)
            waiting, header = [], words
            lost = [line]
            continue
        if lost and not line.note:
            lost.append(line)
            continue
        if marker and marker.style in ("1.", *_OUTER):
            arabic = marker.value if marker.style == "1." else 0
        waiting.append(line)
    if lost:
        yield LostTable(header, tuple(line.text for line in lost), lost[0].page)
    yield from join_lines(waiting, wrapped=wrapped)


def count_rows(lines: Iterable[str]) -> int:
    """How many row numbers stand in order (1, 2, 3 …) among a lost table's lines."""
    seen = 0
    for line in lines:
        if any(int(number) == seen + 1 for number in _ROW.findall(line.strip())):
            seen += 1
    return seen


def describe_loss(tables: Sequence[LostTable]) -> str:
    rows = sum(count_rows(table.lines) for table in tables)
    seen = f"{rows} rows are numbered in order" if rows else "their rows cannot be counted"
    return f"table layout lost: {len(tables)} table{'s' * (len(tables) > 1)}, {seen}, 0 rows read"


def _header(lines: Sequence[Line], at: int) -> tuple[str, ...]:
    for end in range(at + 1, min(at + _HEADER_LINES, len(lines)) + 1):
        if words := header_words("".join(line.text[:HEAD] for line in lines[at:end])):
            return tuple(words)
    return ()


def _resumes(marker: Marker, arabic: int, following: Sequence[Line], wide: int) -> bool:
    """``arabic``: the number of the last 1. 2. 3. of the outline before the table."""
    if marker.style in _OUTER:
        return True
    if marker.style != "1." or marker.value != arabic + 1 or not arabic or re.search(r"[。；，：]", marker.rest):
        return False
    return any(width(line.text[:HEAD]) >= wide > 0 for line in following)


def _is_cell(lines: Sequence[Line], at: int, wide: int) -> bool:
    """Whether this line and the next, under a heading, are too short for running text and no sentence ends in them."""
    if at == 0 or not (above := read_marker(clean(lines[at - 1].text[:HEAD]))) or above.style not in _OUTER:
        return False
    here = lines[at : at + 2]
    return len(here) == 2 and all(
        width(line.text[:HEAD]) < wide * _NARROW
        and not is_finished(line.text)
        and not read_marker(clean(line.text[:HEAD]))
        for line in here
    )
