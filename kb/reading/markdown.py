"""The marks of Markdown: headings, pipe tables, and the emphasis, escapes, quotes and bullets that are no words.

Turns marked lines into plain ones and grids; what plain lines make is kb/reading/text.py's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.reading.furniture import is_page_mark
from kb.reading.layout import Cell, Grid, Paragraph

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_RULER = re.compile(r"^\s*\|?(?:\s*:?-{3,}:?\s*\|)+(?:\s*:?-{3,}:?\s*)?$")
_RULE = re.compile(r"^\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
_PREFIX = re.compile(r"^\s*(?:>\s?)+|^\s*[-*+]\s+(?=\S)")
_STRONG = re.compile(r"(\*{1,3}|_{2,3}|~~)(?=\S)((?:(?!\1).)+)(?<=\S)\1")  # to the next such mark and no further
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)")
_TAG = re.compile(r"</?(?:b|strong|i|em|u|span|font|center|p|div|sup|sub)\b[^<>]*>|&(?:nbsp|emsp|ensp);", re.I)
_MARKED = re.compile(r"^(?:#{1,6}\s+\S|(?:[-*+]\s+)?\*\*(?:第.{1,8}[编章节条]|[一二三四五六七八九十]+、|（.{1,3}）))")
_FEWEST = 3  # lines so marked are no chance


def is_marked(lines: Sequence[str]) -> bool:
    """Whether a text that nothing says to be Markdown is."""
    return sum(bool(_MARKED.match(line)) for line in lines) >= _FEWEST


def read_marks(lines: Sequence[str]) -> Iterator[Paragraph | Grid | list[str]]:
    """Headings, grids, and between them the plain lines that stand together."""
    waiting: list[str] = []
    at = 0
    while at < len(lines):
        heading = _HEADING.match(lines[at])
        table = "|" in lines[at] and at + 1 < len(lines) and _RULER.match(lines[at + 1])
        if not heading and not table:
            waiting.append(lines[at] if is_page_mark(lines[at]) else "" if _RULE.match(lines[at]) else plain(lines[at]))
            at += 1
            continue
        yield waiting
        waiting = []
        if heading:
            yield Paragraph(plain(heading[2]), heading=len(heading[1]))
            at += 1
        else:
            end = next((end for end in range(at + 2, len(lines)) if "|" not in lines[end]), len(lines))
            rows = [lines[at], *lines[at + 2 : end]]
            yield Grid([_pipe_row(line, header=not place) for place, line in enumerate(rows)])
            at = end
    yield waiting


def plain(line: str) -> str:
    """The words of a line without marks of emphasis, links, quotes and bullets."""
    line = _LINK.sub(r"\1", _TAG.sub("", _PREFIX.sub("", line)))
    return _ESCAPE.sub(r"\1", _STRONG.sub(r"\2", _STRONG.sub(r"\2", line)))


def _pipe_row(line: str, *, header: bool) -> list[Cell]:
    cells = re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))
    return [Cell(plain(re.sub(r"<br\s*/?>", "\n", cell.replace("\\|", "|")).strip()), header) for cell in cells]
