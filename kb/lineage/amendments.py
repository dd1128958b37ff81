"""Which instruments a collective decision amends (关于修改部分规章的决定), each with the points that do.

Pure. Only names that an amending word governs: what a text is based on, or what a new wording cites, is not amended.
What the same decision ends is ``repeals``; which work a name is, ``resolve``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_NAME = r"《((?:[^《》]|《[^《》]*》)+)》(?:\s*（[^（）]*（?[^（）]*）?[^（）]*）)?"
_AMENDS = re.compile(r"修[改订正]|删[去除]|增加|改为|调整为|更正")
_AHEAD = re.compile(r"(?:将|把|对|在|就|修[改订正]|删[去除])\s*$")
_BEHIND = re.compile(r"的?(?:第[^。；《]{1,40}[章节条款项]|作出?|进行|予以|附[件表])")
_OPENS = re.compile(r"(?:修[改订正]|作[^。；《]{0,12})[^。《]{0,12}[：:]$")
_POINT = re.compile(r"^\s*(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}条|附件)")
_NUMBERING = re.compile(r"^\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[)）]|\d+\s*[.．、])?\s*")
_OVER = re.compile(r"^\s*(?:本决定|本公告|此外|相关)")


@dataclass(frozen=True)
class Amended:
    """``name`` as printed, without 《》; the words that amend it, all its lines; the place of the first."""

    name: str
    quote: str
    start: int
    end: int


def read_amendments(body: str) -> list[Amended]:
    """Every instrument that the text amends, in order; one that two points amend is there twice."""
    found: list[Amended] = []
    listing = is_open = False
    for line in re.finditer(r"[^\n]+", body):
        words = _NUMBERING.sub("", line[0], count=1)
        named = [Amended(name, line[0].strip(), line.start(), line.end()) for name in _named(words, listing=listing)]
        if named:
            found += named
            is_open = True
        elif _POINT.match(line[0]) or _OVER.match(line[0]):
            is_open = False
        elif is_open:
            found[-1] = replace(found[-1], quote=f"{found[-1].quote}\n{line[0].strip()}")
        if not named and _OPENS.search(words):
            listing = True
        elif _POINT.match(line[0]) and not named:
            listing = False
    return found


def _named(words: str, *, listing: bool) -> Iterator[str]:
    plain = re.sub(r"“[^”]*”?", lambda quoted: "＿" * len(quoted[0]), words)  # a new wording cites, and amends nothing
    for cited in re.finditer(_NAME, plain):
        sentence = re.split(r"[。；]", plain[cited.end() :], maxsplit=1)[0]
        ahead, behind = _AHEAD.search(plain[: cited.start()]), _BEHIND.match(sentence)
        if (cited.start() == 0 and listing) or (
            (ahead or behind) and _AMENDS.search((ahead[0] if ahead else "") + sentence)
        ):
            yield cited[1]
