"""The lines of a document that can hold law: glyphs cleaned, page furniture and lost tables left out, numbers seen.

Among them stand the rows of tables, but for those of data items, which are read by kb.items.

Owns what is running text and what is not; knows nothing of the tree of provisions. Page furniture are page numbers,
print stamps and addresses; a lost table is one whose cells reached us as loose lines (its loss is reported by the
reader, here it only must not be taken for text).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import merge

from kb.items.table_words import is_item_table
from kb.model import Block, Document, Table
from kb.normalise import squeeze
from kb.reading.layout import row_spans
from kb.structure.clauses import read_clauses
from kb.structure.numbering import Marker, clean_glyphs, read_marker, width

_FURNITURE = re.compile(
    r"[-—–\s]*(?:第\s*)?\d{1,3}(?:\s*/\s*\d{1,3})?(?:\s*页)?[-—–\s]*$|https?://\S+(?:\s+第?\s*\d+\s*/\s*\d+\s*页?)?$"
    r"|.*\d{4}/\d{1,2}/\d{1,2}\s+\d{1,2}:\d{2}$|【打印】.*"
)
_BARE_NUMBER = re.compile(r"\d{1,3}$")
_COUNTED = re.compile(r"[年月日天时条款项个人次名件台辆元万亿%％张份期批/]")
_TABLE_HEAD = re.compile(r"(?:序号|编号)[^，。；：]{4,60}$")
_COLUMNS = re.compile(r"名称|类别|数据项|说明|规则|要求|内容|备注|描述|场景|示例|材料|事项|子类|特征")
_ANNEX_LIST = re.compile(r"附(?:件|表|录)?\s*[:：]\s*1\s*[.．、]")
_WIDE = 40  # columns: lines of a column in a table are narrower than those of running text


@dataclass(frozen=True)
class Line:
    """``after_full``: the line before fills the width of a hard-wrapped page, so its full stop may be a chance.
    ``wide``: columns of such a page, 0 if lines are whole paragraphs."""

    text: str
    start: int
    end: int
    page: int | None
    heading: int | None
    marker: Marker | None = None
    after_full: bool = False
    wide: int = 0
    row: bool = False  # of a table, its cells parted by blanks

    def opens(self, before: str) -> bool:
        """True if a new paragraph begins with this line when ``before`` is the text so far."""
        return finished(before) and not (self.after_full and before.endswith(("；", ";")))

    @property
    def titles(self) -> bool:
        """True if the words after the number are a heading and not the beginning of a sentence."""
        if self.row:
            return False
        rest = self.marker.rest if self.marker else self.text
        if self.heading is not None and rest and not finished(rest):
            return True
        if not rest or re.search(r"[，。；：？！,;?!]", rest):
            return False
        return width(self.text) <= (self.wide * 0.72 if self.wide else 80)


def finished(text: str) -> bool:
    """True if a sentence or clause ends here, so that what follows begins a new paragraph."""
    return bool(re.search(r"[。；：！？;:!?][”’」』]?$", text.rstrip()))


def join(before: str, after: str) -> str:
    """Two lines of one sentence made one: a blank only between Latin words."""
    if before[-1:].isascii() and before[-1:].isalnum() and after[:1].isascii() and after[:1].isalnum():
        return f"{before} {after}"
    return before + after


def read_lines(document: Document) -> Iterator[Line]:
    rows = (row for table in document.tables if not is_item_table(table) for row in _rows(document, table))
    return merge(_text_lines(document), rows, key=lambda line: line.start)


def _rows(document: Document, table: Table) -> Iterator[Line]:
    """The rows with their header, for that may hold the unit of what is counted below it."""
    spans = row_spans(document, replace(table, header=()))
    pages = table.pages or (None,)
    for (start, end), page in zip(spans, (*pages[:1] * (len(spans) - len(pages)), *pages), strict=True):
        cells = (squeeze(clean_glyphs(cell)) for cell in document.body[start:end].split("\t"))
        if text := "  ".join(filter(None, cells)):
            yield Line(text, start, end, page, None, row=True)


def _text_lines(document: Document) -> Iterator[Line]:
    lines = [line for block in _blocks(document) if (line := _line(block)) is not None]
    lines = list(_without_furniture(lines))
    lines = list(_without_lost_tables(lines))
    clauses = read_clauses([line.text for line in lines])
    wrapped, spaced = _wrapped(lines), _spaced(lines)
    last: dict[str, int] = {}
    listed = 0  # entries of 附件：1.… 2.… so far: names of annexes, not provisions
    before: Line | None = None
    for at, line in enumerate(lines):
        marker = _clause_or(line.marker, clauses, at) if clauses else line.marker
        if marker and listed and marker.style == "1." and marker.value == listed + 1:
            listed, marker = listed + 1, None
        else:
            listed = 1 if _ANNEX_LIST.match(line.text) else 0
        if marker and before and at not in clauses and _is_reference(line, marker, before, last, spaced):
            marker = None
        if marker:
            last[marker.style] = marker.value
        wide = max(width(near.text) for near in lines[max(at - 2, 0) : at + 5]) if wrapped else 0
        full = bool(wide and before and width(before.text) >= wide - 4)
        before = replace(line, marker=marker, after_full=full, wide=wide)
        yield before


def _clause_or(marker: Marker | None, clauses: Mapping[int, Marker], at: int) -> Marker | None:
    """In a standard only clauses, annexes, notes and lists of letters and half brackets open a unit."""
    return clauses.get(at) or (marker if marker and marker.style in ("annex", "note", "a）", "1）") else None)


def _is_reference(line: Line, marker: Marker, before: Line, last: dict[str, int], spaced: bool) -> bool:
    """True for a wrapped sentence that happens to break before 第十三条 or （二）."""
    if marker.style in ("annex", "note") or finished(before.text) or len(before.text) <= 10 or before.titles:
        return False
    glued = spaced and marker.style == "article" and marker.rest and not re.match(r".{2,8}条\s", line.text)
    return bool(glued) or marker.value not in (1, last.get(marker.style, 0) + 1)


def _blocks(document: Document) -> Sequence[Block]:
    if document.blocks or not document.body:
        return document.blocks
    blocks, at = [], 0
    for text in document.body.split("\n"):
        blocks.append(Block(text, at, at + len(text)))
        at += len(text) + 1
    return blocks


def _line(block: Block) -> Line | None:
    text = squeeze(clean_glyphs(block.text))
    return Line(text, block.start, block.end, block.page, block.heading, read_marker(text)) if text else None


def _without_furniture(lines: Sequence[Line]) -> Iterator[Line]:
    for at, line in enumerate(lines):
        if _FURNITURE.match(line.text):
            after = lines[at + 1].text if at + 1 < len(lines) else ""
            if not (_BARE_NUMBER.match(line.text) and _COUNTED.match(after)):
                continue
        yield line


def _without_lost_tables(lines: Sequence[Line]) -> Iterator[Line]:
    """Drop the cells of a table that lost its layout: from its head until the outline clearly goes on."""
    last: dict[str, int] = {}
    inside = False
    for at, line in enumerate(lines):
        marker = line.marker
        if inside:
            after = lines[at + 1].text if at + 1 < len(lines) else ""
            inside = not (marker and _resumes(marker, last, line.text, after))
        elif not marker and _TABLE_HEAD.fullmatch(line.text) and len(_COLUMNS.findall(line.text)) > 1:
            inside = True
        if not inside:
            if marker:
                last[marker.style] = marker.value
            yield line


def _resumes(marker: Marker, last: dict[str, int], text: str, after: str) -> bool:
    if marker.labelled or marker.style in ("一、", "annex"):
        return True
    if marker.style == "note":
        return False
    expected = marker.value == last.get(marker.style, 0) + 1
    fresh = marker.value == 1 and marker.style != "1."
    return (expected or fresh) and (marker.style == "（一）" or width(after) >= _WIDE or width(text) >= _WIDE)


def _wrapped(lines: Sequence[Line]) -> bool:
    """True if sentences are cut into lines of a page, as text drawn from a PDF is."""
    long = [line for line in lines if len(line.text) > 15]
    return sum(not finished(line.text) for line in long) * 3 > len(long) > 5


def _spaced(lines: Sequence[Line]) -> bool:
    articles = [line for line in lines if line.marker and line.marker.style == "article" and line.marker.rest]
    return sum(bool(re.match(r".{2,8}条\s", line.text)) for line in articles) * 2 > len(articles)
