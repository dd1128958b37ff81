"""Chinese and mixed numbers: 一百万, 100万, 10 万, 五十, 两千, １０, 1.5万, 第十三条.

Owns reading a numeral and finding numerals in running text; knows nothing of units (conditions, grading).
A lone Chinese digit is a number only where the words around it say so: 三日 and 第三方 hold one, 统一 and 一旦 do not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.normalise import fold_glyphs

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0, "俩": 2}
_TENS = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_LONGEST = 40  # characters; beyond, it is a serial number or noise
CHINESE = "零〇一二三四五六七八九十百千两万亿"

_ARABIC = r"\d+(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MIXED = rf"(?:{_ARABIC})(?:\s?[百千]?[万亿]+|\s?[百千](?=[余多]?[个人台辆张次元公米名家条份件户]))?"
# A counted thing or a unit of time: what may follow a lone Chinese digit that is meant as a number.
_COUNTED = r"个|[日天年月周时分秒人名次倍元条款项章节编目台辆张份期批家件户级类种米度位万亿%％]|公里|小时|像素|工作日"
_HAN = (
    rf"第[{CHINESE}]+(?=[条款项章节编目类级次批届期版号季])|[{CHINESE}]{{2,}}|(?<=分之)[{CHINESE}]"
    rf"|[{CHINESE}](?=(?:多|余)?(?:{_COUNTED}))"
)
NUMERAL = re.compile(rf"{_MIXED}|{_HAN}")
# Words that merely begin or end with a numeral.
_WORDS = re.compile(
    r"百分之|万一|千万(?=不|要)|千(?=[米瓦克伏赫帕])|一一|一切|一致|一并|统一|[上下前后]一(?=[年月季周次级])|第三[方人者]|第三国|之[一二三](?![条款项十百])|同一|任一|单一|唯一|一般"
)


_WIDE = (*range(0x2E80, 0x2FE0), 0x3000, *range(0xF900, 0xFB00), *range(0xFF00, 0xFFF0))
_NARROW = {code: folded for code in _WIDE if len(folded := fold_glyphs(chr(code))) == 1}


@dataclass(frozen=True)
class Numeral:
    """A number in a text: ``text[start:end]`` without 第; ``value`` in units of one."""

    start: int
    end: int
    value: float


def narrow(text: str) -> str:
    """Full-width digits and punctuation to half width and radicals to characters, one for one: offsets stay."""
    return text.translate(_NARROW)


def read_number(text: str) -> int | float | None:
    """The value of a text that is one numeral and nothing else; None if it is not.

    >>> read_number("一百万"), read_number("10 万"), read_number("两千"), read_number("1.5万")
    (1000000, 100000, 2000, 15000)
    """
    if len(text) > _LONGEST:
        return None
    text = re.sub(r"[\s,，]", "", fold_glyphs(text))
    mixed = re.fullmatch(r"(\d+(?:\.\d+)?)([百千万亿]*)", text)
    if mixed:
        value = float(mixed[1])
        for char in mixed[2]:
            value *= _TENS.get(char) or _MYRIADS[char]
        return int(value) if value == int(value) else value
    return _read_chinese(text)


def _read_chinese(text: str) -> int | None:
    if not text or any(char not in _DIGITS and char not in _TENS and char not in _MYRIADS for char in text):
        return None
    if all(char in _DIGITS for char in text):  # 二〇二五
        spelled = len(text) != 2 or _DIGITS[text[1]] == 0 or _DIGITS[text[0]] == 0  # 三五 is no number
        return int("".join(str(_DIGITS[char]) for char in text)) if spelled else None
    total = section = digit = previous_myriad = 0
    last = 1
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _TENS:
            last = _TENS[char]
            section += (digit or (1 if not section or last == 10 else 0)) * last
            digit = 0
        else:
            last = _MYRIADS[char]
            part = section + digit or 1
            total = total + part * last if total and previous_myriad > last else (total + section + digit or 1) * last
            previous_myriad, section, digit = last, 0, 0
    if digit and last >= 100 and text[-2] in "百千万亿":  # 一百五 is 150, 一万二 is 12000
        digit *= last // 10
    return total + section + digit


def read_ordinal(text: str) -> int | None:
    """The number in a printed ordinal: 第十三条 → 13, （三） → 3, ⑵ → 2, ㈠ → 1, 4. → 4."""
    found = re.search(rf"\d+|[{CHINESE}]+", fold_glyphs(text))
    value = read_number(found[0]) if found else None
    return int(value) if value is not None else None


def find_numerals(text: str) -> list[Numeral]:
    """Every number in a text, in order. Offsets are those of ``text``, which may hold full-width digits."""
    plain = narrow(text)
    held = {at for match in _WORDS.finditer(plain) for at in range(*match.span())}
    found = []
    for match in NUMERAL.finditer(plain):
        start, end = match.span()
        start += plain[start] == "第"
        if start in held and end - 1 in held:
            continue
        value = read_number(plain[start:end])
        if value is not None:
            found.append(Numeral(start, end, value))
    return found
