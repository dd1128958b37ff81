"""The declared lexicon of measures: which words mark which measure, unit, comparator, window or qualifier.

Owns reading measures.yml and looking words up in it; knows nothing of clauses and trees (kb.items.conditions).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from kb.declarations import Declaration, load_declaration
from kb.model import Comparator, Logic
from kb.structure.numerals import find_numerals, read_number

Pattern = re.Pattern[str]


class Named(Declaration):
    name: str
    when: Pattern = re.compile("")


class Unit(Declaration):
    grade: Literal["threshold", "deadline"]
    counters: list[str]
    measures: list[Named]


class Comparators(Declaration):
    before: dict[Comparator, list[str]]
    after: dict[Comparator, list[str]]


class Fineness(Declaration):
    words: str
    before: dict[Comparator, list[str]]


class Lexicon(Declaration):
    units: dict[str, Unit]
    comparators: Comparators
    fineness: Fineness
    counted_before: dict[str, Pattern]
    nouns: str
    counted: dict[str, Pattern]
    windows: dict[str, Pattern]
    qualifiers: dict[str, Pattern]
    qualitative: dict[str, Pattern]
    negation: Pattern
    scopes: dict[str, Pattern]
    logic: dict[Logic, Pattern]
    exemption: Pattern

    def measure(self, unit: str, context: str) -> str:
        """The measure that a unit stands for among these words."""
        return next(named.name for named in self.units[unit].measures if named.when.search(context))


@dataclass(frozen=True)
class Quantity:
    """A number with its unit in a text: ``text[start:end]`` are number and counter, ``value`` is in units of one.

    ``comparator`` is ``=`` where no word says otherwise.
    """

    start: int
    end: int
    number_end: int
    value: float
    unit: str
    comparator: Comparator

    @property
    def key(self) -> tuple[float, str, str]:
        return self.value, self.unit, self.comparator


@cache
def lexicon() -> Lexicon:
    return load_declaration(Path(__file__).with_name("measures.yml"), Lexicon)


@cache
def _counters() -> tuple[re.Pattern[str], dict[str, str]]:
    units = {counter: name for name, unit in lexicon().units.items() for counter in unit.counters}
    longest = sorted(units, key=len, reverse=True)
    counter = "|".join(map(re.escape, longest))
    return re.compile(rf"\s?(?:多|余)?({counter})(?!(?<=次)性)"), units  # 一次性 counts nothing


@cache
def _comparators() -> tuple[dict[str, Comparator], dict[str, Comparator], re.Pattern[str], re.Pattern[str]]:
    words = lexicon().comparators
    before = {word: sign for sign, listed in words.before.items() for word in listed}
    after = {word: sign for sign, listed in words.after.items() for word in listed}
    leading, following = ("|".join(sorted(map(re.escape, words), key=len, reverse=True)) for words in (before, after))
    behind = re.compile(  # 50万台车辆以上, 10万人（含）以上; 3家内部机构 is no limit
        rf"\s?(?:{lexicon().nouns})?(?:\((?P<not>不)?[^()]{{1,3}}\))?(?P<sign>{following})(?![部容外地])"
        r"(?:\((?P<not2>不)?含本数\))?"
    )
    return before, after, re.compile(rf"(至少)[\u4e00-\u9fff]{{0,4}}$|({leading})\s*$"), behind


@cache
def _fineness() -> tuple[re.Pattern[str], dict[str, Comparator]]:
    fine = lexicon().fineness
    before = {word: sign for sign, listed in fine.before.items() for word in listed}
    leading = "|".join(sorted(map(re.escape, before), key=len, reverse=True))
    return re.compile(rf"(?:{fine.words})[^,;。]{{0,6}}?({leading})$"), before


def find_quantities(text: str) -> list[Quantity]:
    """Every number that counts something, in order; dates (2025年1月1日), ordinals (第三十条) and scales (1:5000) are
    none. ``text`` keeps its length: full-width digits are fine.
    """
    pattern, units = _counters()
    apart = {at for form in (DATE, _SCALE) for match in form.finditer(text) for at in range(*match.span())}
    found: list[Quantity] = []
    for numeral in find_numerals(text):
        if text[numeral.start - 1 : numeral.start] == "第" or numeral.start in apart:
            continue
        value, start = numeral.value, numeral.start
        fraction = _FRACTIONS.get(text[max(start - 3, 0) : start])
        counter = None if fraction else pattern.match(text, numeral.end)
        start -= 3 if fraction else 0
        end = counter.end() if counter else numeral.end
        sign = _comparator(text, start, end)
        unit = "percent" if fraction else units[counter[1]] if counter else _counted(text, start, end)
        if unit == "things" and not counter and found and start - found[-1].end <= _NEAR:
            unit = found[-1].unit  # 人数大于等于10万小于100万
        if found and value == found[-1].value and (bounds := _BOUND.search(text[found[-1].end : start])):
            signs = _STRICT if bounds["not"] else _INCLUSIVE  # 1万辆以上（含1万辆）: the bound again, no second number
            found[-1] = replace(found[-1], comparator=signs.get(found[-1].comparator, found[-1].comparator))
        elif fraction or counter or sign != "=":
            found.append(Quantity(start, end, numeral.end, value * (fraction or 1), unit, sign))
    return list(_with_ranges(text, found))


_NEAR = 4  # characters from one number of a range to the next
_FRACTIONS = {"百分之": 1.0, "千分之": 0.1, "万分之": 0.01}  # in percent
_BOUND = re.compile(r"^[^,，;；。(（]{0,6}[(（](?P<not>不)?包?含$")
_SCALE = re.compile(r"(?<!\d)\d+\s?[:：]\s?\d+(?:\.\d+)?\s?[万千]?")
_RANGE = re.compile(r"(?P<n>\d+(?:\.\d+)?|[一二三四五六七八九十百千]+)\s?(?P<m>[万亿])?\s?(?:[-~—～–]+|至|到)\s?$")


def _counted(text: str, start: int, end: int) -> str:
    """What a number without a counter counts: by the word before it (注册用户5000万以上) or behind its comparator."""
    before = text[max(start - 8, 0) : start]
    if named := next((unit for unit, words in lexicon().counted_before.items() if words.search(before)), None):
        return named
    behind = _comparators()[3].match(text, end)
    after = text[behind.end() :] if behind else text[end:]
    return next((unit for unit, words in lexicon().counted.items() if words.match(after)), "things")


def _with_ranges(text: str, found: Sequence[Quantity]) -> Iterator[Quantity]:
    """1万至10万人 and 10-100万人 say a least and a most: two quantities, the first in the unit of the second."""
    for at, quantity in enumerate(found):
        before = found[at - 1] if at else None
        between = before and text[before.end : quantity.start]
        if before and between and quantity.unit == before.unit and _JOINS.fullmatch(between):
            yield replace(quantity, comparator="<=" if quantity.comparator == "=" else quantity.comparator)
            continue
        following = found[at + 1] if at + 1 < len(found) else None
        joined = following and following.unit == quantity.unit
        if joined and following and _JOINS.fullmatch(text[quantity.end : following.start]):
            yield replace(quantity, comparator=">=")
            continue
        lower = _RANGE.search(text, max(quantity.start - 14, 0), quantity.start)
        if lower and quantity.comparator in ("=", "<=") and (value := read_number(lower["n"])) is not None:
            myriads = lower["m"] or next(
                (char for char in text[quantity.start : quantity.number_end] if char in "万亿"), ""
            )
            value = read_number(f"{value}{myriads}") or value
            if value < quantity.value:
                yield replace(quantity, start=lower.start(), value=float(value), comparator=">=")
                yield replace(quantity, comparator="<=")
                continue
        yield quantity


_JOINS = re.compile(r"\s?(?:[-~—～–]+|至|到)\s?")


# A day of the calendar: 2025年1月1日, 当年1月1日, 每年十二月十五日, 2025年12月.
DATE = re.compile(
    r"(?:(?:\d{4}|[〇零一二三四五六七八九]{4})\s?年|[当每本次]年)\s?(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s?月"
    r"(?:\s?(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s?日)?)?|(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s?月\s?"
    r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s?日"
)


def _comparator(text: str, start: int, end: int) -> Comparator:
    before, after, leading, following = _comparators()
    behind = following.match(text, end)
    if behind:
        sign = after[behind["sign"]]
        strict = behind["not"] or behind["not2"]
        return _STRICT.get(sign, sign) if strict else sign
    words = text[max(start - 14, 0) : start]
    finer, fine = _fineness()
    if found := finer.search(words):
        return fine[found[1]]
    ahead = leading.search(words[-6:])
    return before[ahead[1] or ahead[2]] if ahead else "="


_STRICT: dict[Comparator, Comparator] = {">=": ">", "<=": "<"}  # 10万人（不含）以上
_INCLUSIVE: dict[Comparator, Comparator] = {strict: sign for sign, strict in _STRICT.items()}
