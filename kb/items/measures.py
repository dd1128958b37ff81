"""The declared lexicon of measures: which words mark which measure, unit, comparator, window or qualifier.

Owns reading measures.yml and looking words up in it; knows nothing of clauses and trees (kb.items.conditions).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from kb.declarations import Declaration, load_declaration
from kb.model import Comparator, Logic
from kb.structure.numerals import find_numerals


class Named(Declaration):
    name: str
    when: str = ""


class Unit(Declaration):
    grade: Literal["threshold", "deadline"]
    counters: list[str]
    measures: list[Named]


class Comparators(Declaration):
    before: dict[Comparator, list[str]]
    after: dict[Comparator, list[str]]


class Lexicon(Declaration):
    units: dict[str, Unit]
    comparators: Comparators
    windows: dict[str, str]
    qualifiers: dict[str, str]
    qualitative: dict[str, str]
    scopes: dict[str, str]
    logic: dict[Logic, str]
    exemption: str

    def measure(self, unit: str, context: str) -> str:
        """The measure that a unit stands for among these words."""
        return next(named.name for named in self.units[unit].measures if re.search(named.when, context))


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
    return re.compile(r"\s?(?:多|余)?(" + "|".join(map(re.escape, longest)) + ")"), units


@cache
def _comparators() -> tuple[dict[str, Comparator], dict[str, Comparator], re.Pattern[str], re.Pattern[str]]:
    words = lexicon().comparators
    before = {word: sign for sign, listed in words.before.items() for word in listed}
    after = {word: sign for sign, listed in words.after.items() for word in listed}
    leading, following = ("|".join(sorted(map(re.escape, words), key=len, reverse=True)) for words in (before, after))
    behind = re.compile(rf"\s?(?:[车次]辆?)?({following})(?![部容外地])")  # 50万台车辆以上; 3家内部机构 is no limit
    return before, after, re.compile(rf"(至少)[\u4e00-\u9fff]{{0,4}}$|({leading})\s*$"), behind


def find_quantities(text: str) -> list[Quantity]:
    """Every number that counts something, in order; dates (2025年1月1日) and ordinals (第三十条) are none.

    ``text`` keeps its length: full-width digits are fine.
    """
    pattern, units = _counters()
    dates = {at for match in DATE.finditer(text) for at in range(*match.span())}
    found = []
    for numeral in find_numerals(text):
        if text[numeral.start - 1 : numeral.start] == "第" or numeral.start in dates:
            continue
        counter = pattern.match(text, numeral.end)
        end = counter.end() if counter else numeral.end
        sign = _comparator(text, numeral.start, end)
        if counter:
            found.append(Quantity(numeral.start, end, numeral.end, numeral.value, units[counter[1]], sign))
        elif sign != "=":  # 注册用户5000万以上
            unit = "users" if "用户" in text[max(numeral.start - 6, 0) : numeral.start] else "things"
            found.append(Quantity(numeral.start, end, numeral.end, numeral.value, unit, sign))
    return found


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
        return after[behind[1]]
    ahead = leading.search(text[max(start - 6, 0) : start])
    return before[ahead[1] or ahead[2]] if ahead else "="
