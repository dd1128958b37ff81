"""The numbers of a text as data: what was counted before an edit and what is counted after it.

Owns reading amounts with their units out of running text for comparing; units are declared in measures.yml, grades
are kb.comparing.grading's. A misread letter in a number (1O0 for 100) is read as the digit it stands for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kb.items.measures import DATE, find_quantities, lexicon
from kb.model import Edit, Grade, Run, Span
from kb.normalise import fold
from kb.structure.numerals import find_numerals, read_number

# No deadline is counted in hundreds of hours: 2000小时以上的影像 is an amount.
_AMOUNT_OF_HOURS = 200
_AROUND = 14  # characters beside an edit that say what its number counts
# Letters and strokes that scanners read for digits and characters; one for one, and only where digits stand.
_ZERO = re.compile(r"(?<=\d)[OoΟо○]|[OoΟо○](?=\d)")
_ONE = re.compile(r"(?<=\d)[lI|ｌ]|(?<![A-Za-z])[lI|ｌ](?=\d)")
_CITED = frozenset("条款项章节")
_TWINS = str.maketrans("囗曰〇○", "口日零零")


@dataclass(frozen=True)
class Amount:
    """A number that counts: ``text[start:end]`` with its counter; ``value`` in units of one, or a date as printed."""

    start: int
    end: int
    value: float
    unit: str
    comparator: str
    grade: Grade
    date: str = ""

    @property
    def key(self) -> tuple[Grade, str, float, str, str]:
        return self.grade, self.unit, self.value, self.comparator, self.date


def read_digits(text: str) -> str:
    """The text with letters that stand among digits as the digits they were; as long as the text."""
    return _ONE.sub("1", _ZERO.sub("0", text))


def fold_twins(text: str) -> str:
    """The folded text with characters made one that scanners confuse (囗 and 口, O and 0); for equality only."""
    return read_digits(fold(text)).translate(_TWINS)


def find_amounts(text: str) -> Iterator[Amount]:
    """Thresholds, periods and dates in a text; what merely counts things (任选一种方式) is none."""
    text = read_digits(text)
    for quantity in find_quantities(text):
        if quantity.unit == "things" and quantity.comparator == "=":
            continue
        grade: Grade = lexicon().units[quantity.unit].grade
        if quantity.unit == "hours" and quantity.value >= _AMOUNT_OF_HOURS:
            grade = "threshold"
        yield Amount(quantity.start, quantity.end, quantity.value, quantity.unit, quantity.comparator, grade)
    for date in DATE.finditer(text):
        digits = re.findall(r"[\d〇零一二三四五六七八九十]+", date[0])
        printed = "-".join(str(read_number(part)) for part in digits)
        if printed:  # 每年 alone is no date
            yield Amount(*date.span(), 0.0, "date", "=", "deadline", printed)


def changed_amounts(old: str, new: str) -> tuple[list[Amount], list[Amount]]:
    """What is counted in one of two texts only: (gone, new), each in order."""
    before, after = list(find_amounts(old)), list(find_amounts(new))
    return _left(before, after), _left(after, before)


def _left(these: list[Amount], others: list[Amount]) -> list[Amount]:
    common = Counter(amount.key for amount in others)
    left = []
    for amount in these:
        if common[amount.key]:
            common[amount.key] -= 1
        else:
            left.append(amount)
    return left


def edit_of(old: str, new: str, run: Run) -> Edit:
    """The edit of a changed run, with its numbers as numbers."""
    before, after = _numbers_at(old, run.old), _numbers_at(new, run.new)
    words = old[slice(*run.old)], new[slice(*run.new)]
    if max(len(before), len(after)) != 1:
        return Edit(*words)
    (old_number, old_unit), (new_number, new_unit) = (*before, (None, None))[0], (*after, (None, None))[0]
    return Edit(*words, old_number, new_number, old_unit, new_unit)


def _numbers_at(text: str, span: Span) -> list[tuple[float, str | None]]:
    """The numbers that touch a stretch of text, each with what it counts."""
    if span[0] == span[1]:
        return []
    start = max(span[0] - _AROUND, 0)
    part = read_digits(text[start : span[1] + _AROUND])
    first, last = span[0] - start, span[1] - start
    units = {q.start: q.unit for q in find_quantities(part) if q.start < last and q.end > first}
    dates = {at for date in DATE.finditer(part) for at in range(*date.span())}
    found: list[tuple[float, str | None]] = []
    for numeral in find_numerals(part):
        if numeral.start in units or (numeral.start < last and numeral.end > first):
            cited = part[numeral.start - 1 : numeral.start] == "第" and part[numeral.end : numeral.end + 1] in _CITED
            other = "date" if numeral.start in dates else "citation" if cited else None
            found.append((numeral.value, units.get(numeral.start, other)))
    return found
