"""Printed lines back to paragraphs, for PDF, OFD and text that was taken out of them.

A line break inside a sentence is the printer's, not the law's. What tells the two apart: where the line ends on the
page, how its text ends, and whether the next one opens a numbered unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.reading.layout import Paragraph, clean
from kb.structure.numbering import Marker, read_marker

NOTE = re.compile(r"^(?:注\s*(\d{1,2})\s*[：:.．、]?|[［\[](\d{1,2})[］\]]|([①-⑳]))")
_TERMINAL = re.compile(r"[。；：！？;:!?][”’」』）)》]*$")
_OPEN = re.compile(r"[（(《〈“‘【〔、，,]$")
_CLOSING = re.compile(r"^[，。、；：？！）》〉”’】〕,;)]")
_BRACKETS = ("（）", "()", "《》", "“”", "〔〕")
_BRACKETED = re.compile(r"^（[^（）]*）$")  # （2021年8月20日…通过） stands alone under a title
_UNIT = re.compile(r"^(?:年|月|日|条|万|亿|个|人|号|次|元|％|%)")
HEAD = 200  # characters of a line that are looked at to see what it is: a file may be one line of megabytes
_CONVENTION = 4  # numbered paragraphs, at least, show how paragraphs are set
_TAIL = 80  # characters of a paragraph that are looked at to see how it ends


@dataclass(frozen=True)
class Line:
    """One printed line. ``full``: it reaches the right margin or nearly so, as the first line of a paragraph that is
    set in does; ``brim``: it leaves no place for another character. ``apart``: space above it. ``size``: points or 0.
    """

    text: str
    page: int | None = None
    full: bool = False
    brim: bool = False
    indented: bool = False
    apart: bool = False
    size: float = 0.0
    note: bool = False


def join_lines(lines: Sequence[Line], *, wrapped: bool = True) -> Iterator[Paragraph]:
    """Paragraphs of these lines. ``wrapped`` says that lines were broken to a page's width: without it a line is a
    paragraph, unless it is plainly a splinter (a bare number before 年, a comma at its start).

    A footnote that a page break put inside a sentence follows the paragraph it interrupts.
    """
    joiner = _Joiner(wrapped, _sets_in(lines))
    notes: list[Paragraph] = []
    for at, line in enumerate(lines):
        if line.note:
            if notes and not NOTE.match(line.text):
                notes[-1] = Paragraph(f"{notes[-1].text}\n{line.text}", notes[-1].page)
            else:
                notes.append(Paragraph(line.text, line.page))
            continue
        if not joiner.lines:
            yield from notes
            notes = []
        following = next((other.text for other in lines[at + 1 : at + 9] if not other.note), "")
        done = joiner.take(line, following, cut=bool(notes))
        if done:
            yield done
            yield from notes
            notes = []
    if last := joiner.paragraph:
        yield last
    yield from notes


def _sets_in(lines: Sequence[Line]) -> bool:
    """Whether the text sets in the first line of a paragraph, so that a line at the margin goes on with one."""
    opening = [line.indented for line in lines if not line.note and read_marker(clean(line.text[:HEAD]))]
    return len(opening) >= _CONVENTION and sum(opening) >= 0.8 * len(opening)


def is_finished(text: str) -> bool:
    """Whether a sentence or a clause ends where this text ends."""
    return bool(_TERMINAL.search(text.rstrip()))


class _Joiner:
    def __init__(self, wrapped: bool, sets_in: bool) -> None:
        self.wrapped = wrapped
        self.sets_in = sets_in
        self.lines: list[Line] = []
        self.counts: dict[str, int] = {}  # the last number of each style of numbering
        self.comma = False

    @property
    def paragraph(self) -> Paragraph | None:
        return Paragraph("\n".join(line.text for line in self.lines), self.lines[0].page) if self.lines else None

    def take(self, line: Line, following: str, *, cut: bool) -> Paragraph | None:
        """Add a line; the paragraph before it, if the line opens a new one. ``cut``: a note stands between."""
        text = clean(line.text[:HEAD])
        marker = read_marker(text)
        done = None
        if self.lines and self._begins(line, text, marker, following, cut):
            done = self.paragraph
            self.lines, self.comma = [], False
        if not self.lines and marker:
            self.counts[marker.style] = marker.value
        self.lines.append(line)
        self.comma = self.comma or "，" in line.text
        return done

    def _begins(self, line: Line, text: str, marker: Marker | None, following: str, cut: bool) -> bool:
        last = self.lines[-1]
        tail = "".join(before.text[-_TAIL:] for before in self.lines[-3:])[-_TAIL:].rstrip()
        ended = is_finished(tail)
        if _CLOSING.match(text):
            return False
        opens = ended and (marker or text[:1] in ("“", "‘") or not last.full)
        if self.wrapped and not opens and _inside_bracket(tail, text):
            return False
        if last.size and line.size and abs(last.size - line.size) > 0.15 * last.size:
            return True
        if marker:
            in_order = marker.value in (1, self.counts.get(marker.style, 0) + 1)
            return ended or in_order or line.indented or not (last.full and self.wrapped)
        if cut and self.comma and not ended:
            return False
        if line.indented or _BRACKETED.match(tail):
            return True
        if not line.apart and _is_splinter(tail, text, following):
            return False
        if not self.wrapped:
            return True
        if last.full and self.sets_in and not line.apart:
            return False
        if last.full:
            return ended and (line.apart or not (last.brim or tail.endswith(("；", ";"))))
        return not (_OPEN.search(tail) or (self.comma and not ended))


def _inside_bracket(tail: str, text: str) -> bool:
    """Whether ``text`` closes a bracket or a quotation that ``tail`` left open."""
    return any(tail.count(pair[0]) > tail.count(pair[1]) and pair[1] in text for pair in _BRACKETS)


def _is_splinter(tail: str, text: str, following: str) -> bool:
    """A number and its unit, torn apart: 2021 | 年 | 8 | 月."""
    if tail[-1:].isdigit() and _UNIT.match(text):
        return True
    return text.isdigit() and bool(_UNIT.match(following)) and not is_finished(tail)
