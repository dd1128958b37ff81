"""The numbers that Word makes itself (第一条, （一）, 1.): not in the text of a paragraph, but part of the law."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "零一二三四五六七八九"
_CHINESE = ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
            "taiwaneseCountingThousand", "ideographDigital", "japaneseDigitalTenThousand")  # fmt: skip
_LONGEST_STYLE_CHAIN = 20
_MOST = 32_767  # Word counts no further; a file may begin at a milliard
_LONGEST_PATTERN = 255


@dataclass(frozen=True)
class _Level:
    start: int
    style: str
    pattern: str  # "第%1条", "（%2）"


class Numbering:
    """Counts the numbered paragraphs of one document, in the order they are asked for; each once, however often."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        self._lists: dict[str, str] = {}
        self._levels: dict[str, dict[int, _Level]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._styles: dict[str, Any] = {}
        self._labels: dict[Any, str] = {}
        if numbering is not None:
            for abstract in numbering.iter(f"{_W}abstractNum"):
                levels = {int(_value(level, "ilvl")): _level(level) for level in abstract.iter(f"{_W}lvl")}
                self._levels[_value(abstract, "abstractNumId")] = levels
            for entry in numbering.iter(f"{_W}num"):
                self._lists[_value(entry, "numId")] = _child(entry, "abstractNumId")
        if styles is not None:
            self._styles = {_value(style, "styleId"): style for style in styles.iter(f"{_W}style")}

    def label(self, paragraph: Any) -> str:
        """The number printed before ``paragraph`` (a w:p element), '' if it has none."""
        if paragraph not in self._labels:
            self._labels[paragraph] = self._count(paragraph)
        return self._labels[paragraph]

    def _count(self, paragraph: Any) -> str:
        number, level = self._place(paragraph)
        abstract = self._lists.get(number, "")
        shape = self._levels.get(abstract, {}).get(level)
        if shape is None:
            return ""
        counts = self._counts[abstract]
        counts[level] = counts.get(level, shape.start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        return re.sub(r"%(\d)", lambda found: self._written(abstract, int(found[1]) - 1), shape.pattern)

    def _written(self, abstract: str, level: int) -> str:
        shape = self._levels[abstract].get(level)
        return write_number(self._counts[abstract].get(level, shape.start), shape.style) if shape else ""

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """List and level of a paragraph: its own, or that of its style or of what the style is based on."""
        properties = paragraph.find(f"{_W}pPr")
        style = _child(properties, "pStyle")
        number, level = "", ""
        for _ in range(_LONGEST_STYLE_CHAIN):
            found = properties.find(f"{_W}numPr") if properties is not None else None
            number = number or _child(found, "numId")
            level = level or _child(found, "ilvl")
            declared = self._styles.get(style)
            if number or declared is None:
                break
            properties, style = declared.find(f"{_W}pPr"), _child(declared, "basedOn")
        return number, int(level or 0)


def write_number(number: int, style: str) -> str:
    """A number in one of Word's styles (w:numFmt); '' for bullets and styles we do not know."""
    if style in ("decimal", "decimalZero"):
        return f"{number:02d}" if style == "decimalZero" else str(number)
    if style in _CHINESE:
        return _chinese(number)
    if style == "decimalFullWidth":
        return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
    if style.startswith("decimalEnclosedCircle") and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if style in ("lowerLetter", "upperLetter") and 1 <= number <= 26:
        return chr((97 if style == "lowerLetter" else 65) + number - 1)
    if style in ("lowerRoman", "upperRoman") and number <= _MOST:
        roman = _roman(number)
        return roman if style == "upperRoman" else roman.lower()
    return ""


def _chinese(number: int) -> str:
    """1–9999 as in 第一百零五条."""
    text = ""
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            text += _DIGITS[digit] + unit
        elif text and not text.endswith("零"):
            text += "零"
    text = text.rstrip("零")
    return text.removeprefix("一") if text.startswith("一十") else text


def _roman(number: int) -> str:
    signs = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    text = ""
    for value, sign in signs:
        while number >= value:
            text, number = text + sign, number - value
    return text


def _level(level: Any) -> _Level:
    return _Level(
        int(_child(level, "start") or 1), _child(level, "numFmt"), _child(level, "lvlText")[:_LONGEST_PATTERN]
    )


def _child(element: Any | None, name: str) -> str:
    found = element.find(f"{_W}{name}") if element is not None else None
    return _value(found, "val") if found is not None else ""


def _value(element: Any, name: str) -> str:
    return str(element.get(f"{_W}{name}") or "")
