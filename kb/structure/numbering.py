"""What a line begins with: 第四条, 第二章, 一、, （一）, 1., （1）, 1）, ①, a）.

Owns the forms of printed numbers and telling a number from a mere reference to one (依照…第十三条的规定);
knows nothing of the tree they make (kb.structure.provisions).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from kb.normalise import fold_glyphs
from kb.structure.numerals import CHINESE, read_ordinal

_N = rf"[{CHINESE}]+|\d+"
# Words after 第X条 (or （一）) that make it a reference to that provision instead of its beginning.
_REFERENCE = re.compile(
    r"的|之(?:规定|[前后外])|规定|[、，。；：,;:）)”》]|和|与|或|到|以及|及(?!时)|至(?!少)|中(?![华国央])|所(?![有称])|等(?!级)|修改|删去"
    r"|第[一二三四五六七八九十\d]+[条款项]"
)
_REFERENCE_AFTER_BLANK = re.compile(
    r"的|规定|[、，。；：,;:）)”》]|(?:和|与|或者?|至)第|第[一二三四五六七八九十\d]+[条款项]"
)
_LABELLED = re.compile(
    rf"第\s?(?P<n>{_N})\s?(?P<unit>分编|编|部分|章|节|条)(?P<bis>之[一二三四五六七八九十]+)?(?P<rest>.*)", re.S
)
_NUMBERED = tuple(
    (style, re.compile(pattern, re.S))
    for style, pattern in (
        ("一、", rf"(?P<printed>(?P<n>[{CHINESE}]+)、)(?P<rest>.*)"),
        ("（一）", rf"(?P<printed>[（(]\s?(?P<n>[{CHINESE}]+)\s?[）)])[、.．]?(?P<rest>.*)"),
        ("（一）", r"(?P<printed>(?P<n>[㈠-㈩]))(?P<rest>.*)"),
        ("（1）", r"(?P<printed>[（(]\s?(?P<n>\d{1,2})\s?[）)])[、.．]?(?P<rest>.*)"),
        ("（1）", r"(?P<printed>(?P<n>[⑴-⒇]))(?P<rest>.*)"),
        ("1.", r"(?P<printed>(?P<n>\d{1,2})\s?[.．、])(?!\d)(?P<rest>.*)"),
        ("1.", r"(?P<printed>(?P<n>[⒈-⒛]))(?P<rest>.*)"),
        ("1）", r"(?P<printed>(?P<n>\d{1,2})\s?[）)])(?P<rest>.*)"),
        ("①", r"(?P<printed>(?P<n>[①-⑳]))(?P<rest>.*)"),
        ("a）", r"(?P<printed>(?P<n>[a-z])\s?[）)])(?P<rest>.*)"),
    )
)
_UNITS = {"编": "part", "部分": "part", "分编": "subpart", "章": "chapter", "节": "section", "条": "article"}
_ANNEX = re.compile(rf"(?P<printed>(?:附件|附录|附表)\s?(?P<n>{_N}|[A-Z])?)(?:[\s（(](?P<rest>[^：:，。；]{{0,40}}))?$")
_NOTE = re.compile(r"(?P<printed>注\s?(?P<n>\d{1,2}))\s?[：:.、](?P<rest>.*)", re.S)


@dataclass(frozen=True)
class Marker:
    """A printed number at the head of a line. ``style`` is part, subpart, chapter, section, article, annex, note or the
    look of an outline number (一、 （一） 1. （1） 1） ① a）); ``rest`` are the words after it."""

    style: str
    number: str
    value: int
    rest: str
    bis: int = 0  # 第五条之一

    @property
    def labelled(self) -> bool:
        return self.style in _UNITS.values()


def clean_glyphs(text: str) -> str:
    """Radicals that PDF fonts leave behind (⼀ ⻛) to the characters meant, one for one; width is kept."""
    return text if text.isascii() else text.translate(_RADICALS)


_RADICALS = {code: fold_glyphs(chr(code)) for code in (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00))}


def read_marker(line: str) -> Marker | None:
    """The number that ``line`` begins with, or None: no number, or a reference to another provision.

    A contents entry (第一章 总则……3) is None too.
    """
    line = line.strip()
    if re.search(r"(?:\.{4,}|…{2,}|·{4,})\s*\d*$", line):
        return None
    found = _LABELLED.match(line)
    if found:
        rest = found["rest"]
        reference = _REFERENCE_AFTER_BLANK if rest[:1].isspace() else _REFERENCE
        if reference.match(rest.lstrip()) or (found["unit"] != "条" and re.search(r"[。；]$", rest)):
            return None
        printed = re.sub(r"\s", "", line[: found.start("rest")])
        bis = read_ordinal(found["bis"]) if found["bis"] else 0
        return Marker(_UNITS[found["unit"]], printed, read_ordinal(found["n"]) or 0, rest.strip(), bis or 0)
    for style, pattern in _NUMBERED:
        found = pattern.match(line)
        if found and not re.match(r"\s*[项款目、，。；）]|\s*至第?[（(]", found["rest"]):
            value = ord(found["n"]) - 96 if style == "a）" else _plain_value(found["n"])
            return Marker(style, re.sub(r"\s", "", found["printed"]), value, found["rest"].strip())
    for style, pattern in (("annex", _ANNEX), ("note", _NOTE)):
        found = pattern.match(line)
        if found:
            value = _plain_value(found["n"]) if found["n"] else 0
            return Marker(style, re.sub(r"\s", "", found["printed"]), value, (found["rest"] or "").strip("） )"))
    return None


def _plain_value(text: str) -> int:
    return ord(text) - 64 if text.isascii() and text.isalpha() else read_ordinal(text) or 0


def width(text: str) -> int:
    """Columns that a text takes on a page: two for a Chinese character, one for a Latin one."""
    return len(text) if text.isascii() else sum(map(_COLUMNS.__getitem__, text))


class _Columns(dict[str, int]):
    """Columns of a character, looked up once."""

    def __missing__(self, char: str) -> int:
        self[char] = columns = 2 if unicodedata.east_asian_width(char) in "WFA" else 1
        return columns


_COLUMNS = _Columns()
