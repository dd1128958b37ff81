"""Which business scenario a table stands under: the headings that enclose it, read from the blocks before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kb.model import Block

_CN = "一二三四五六七八九十百零〇"
# Styles of numbered headings from the outside in; a heading closes those of its own and of deeper levels.
_STYLES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"第[{_CN}\d]+[编章](?:\s|$|(?=\S))",
        rf"第[{_CN}\d]+节(?:\s|$|(?=\S))",
        rf"[{_CN}]+、",
        rf"[（(][{_CN}]+[）)]",
        r"\d{1,2}(?:\.\d{1,2})*[.．、](?!\d)|\d{1,2}(?:\.\d{1,2})+(?=\s)",
        r"[（(]\d{1,2}[）)]",
        r"\d{1,2}[）)]",
    )
)
# A heading that names an instrument is the text's own title, and no scenario.
_TITLE = re.compile(
    r"(?:法|条例|规定|办法|细则|指引|指南|清单|目录|通知|公告|意见|标准|规范)(?:[（(][^（）()]*[）)])*$"
)
_ANNEX = re.compile(r"附(?:件|录|表)\s*[一二三四五六七八九十\d]{0,3}\s*[:：]?")
_PART = 2  # the levels up to 一、
_LONGEST = 40  # characters of a heading
_SENTENCE = re.compile(r"[。；：，！？;:]")
_OUTERMOST = 10  # levels of headings that a file marks itself (h1, 标题 1) stand outside numbered ones


@dataclass(frozen=True)
class _Heading:
    level: int
    text: str  # without its number


def scenarios_at(blocks: Sequence[Block], places: Iterable[int]) -> Iterator[tuple[str, str]]:
    """(scenario, subscenario) at each of these places between blocks, which rise; in one walk.

    A chapter or 一、 that has a heading under it names a part of the document, not a scenario (二、重要数据
    → （一）研发设计场景 → 1. 产品研发 gives the last two).
    """
    path: list[_Heading] = []
    begun = 0
    for place in places:
        for block in blocks[begun:place]:
            if _ANNEX.fullmatch(block.text.strip()):
                path = []  # no scenario reaches into an annex
            elif heading := _heading(block):
                while path and path[-1].level >= heading.level:
                    path.pop()
                path.append(heading)
        begun = max(begun, place)
        named = [heading for heading in path if heading.text]
        while len(named) > 1 and named[0].level <= _PART:
            named.pop(0)
        names = [heading.text for heading in named] + ["", ""]
        yield names[0], names[1]


def without_number(text: str) -> str:
    """A heading's words: （一）研发设计场景 → 研发设计场景."""
    number = next((found for style in _STYLES if (found := style.match(text))), None)
    return text[number.end() :].strip() if number else text


def _heading(block: Block) -> _Heading | None:
    """The heading that a block is. A numbered sentence closes headings of its level, too, and names nothing."""
    text = block.text.strip()
    for level, style in enumerate(_STYLES):
        if number := style.match(text):
            rest = text[number.end() :].strip()
            return _Heading(level, "" if len(rest) > _LONGEST or _SENTENCE.search(rest) else rest)
    if block.heading is not None and len(text) <= _LONGEST and not _TITLE.search(text):
        return _Heading(block.heading - _OUTERMOST, text)
    return None
