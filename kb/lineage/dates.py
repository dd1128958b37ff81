"""Legal dates as Chinese documents print them → ``2021-08-16``, or partial: ``2021-08``.

Owns the forms of a date (2021年8月16日, 2021 年 8 月 16 日 over lines, 二〇二五年六月十三日, 2026-02-03, 2026.02.03);
what a date means in its document is read in facts.py. Years before 1949 are no legal dates of this law.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kb.normalise import fold_glyphs
from kb.structure.numerals import read_number

_HAN = "零〇○Oo一二三四五六七八九十"
_B = r"\s*"  # extraction sets every number of a date on a line of its own
DATE = (
    rf"(?:(?<!\d)(?:\d{_B}){{4}}|[{_HAN}]{{4}}){_B}年{_B}(?:\d{{1,2}}|[{_HAN}]{{1,3}}){_B}月(?:{_B}(?:\d{{1,2}}|[{_HAN}]{{1,3}}){_B}[日号])?"
    r"|(?<!\d)(?:19|20)\d\d(?:-\d{1,2}-|/\d{1,2}/|[.]\d{1,2}[.])\d{1,2}(?!\d)"
)
_DATE = re.compile(DATE)
_CHINESE = re.compile(rf"(?P<y>[\d\s]+|[{_HAN}]+)年\s*(?P<m>\d+|[{_HAN}]+)\s*月(?:\s*(?P<d>\d+|[{_HAN}]+)\s*[日号])?")


@dataclass(frozen=True)
class FoundDate:
    """A date in a text: ``text[start:end]``; ``value`` is YYYY-MM-DD or YYYY-MM."""

    start: int
    end: int
    value: str


def read_date(text: str) -> str | None:
    """The first date in a text, or None. A day that no calendar has (2021年2月30日) is no date."""
    return next((found.value for found in find_dates(text)), None)


def find_dates(text: str) -> Iterator[FoundDate]:
    """Every date in a text, in order; offsets are those of the text after ``fold_glyphs``."""
    for match in _DATE.finditer(fold_glyphs(text)):
        if value := _value(match[0]):
            yield FoundDate(match.start(), match.end(), value)


def _value(words: str) -> str | None:
    chinese = _CHINESE.fullmatch(words.strip())
    year, month, day = (chinese["y"], chinese["m"], chinese["d"]) if chinese else re.split(r"[-./]", words.strip())
    numbers = [_number(part) for part in (year, month, day) if part]
    if None in numbers or not 1949 <= (numbers[0] or 0) <= 2100:
        return None
    try:
        whole = date(numbers[0] or 0, numbers[1] or 0, numbers[2] or 0 if len(numbers) == 3 else 1)
    except ValueError:
        return None
    return whole.isoformat() if len(numbers) == 3 else whole.strftime("%Y-%m")


def _number(text: str) -> int | None:
    value = read_number(re.sub(r"[○Oo]", "〇", text))
    return None if value is None else int(value)
