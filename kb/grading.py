"""How much a change matters: threshold, deadline, substantive, editorial or renumbered.

Owns the grades, from the numbers with their units (declared in measures.yml) and the words of the edits. A grade
follows what the law then asks, not how much text moved: 100万人 written as 一百万人 is editorial, 以上 made 以下 is a
threshold. The gravest edit grades the whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from kb.measures import DATE, find_quantities, lexicon
from kb.model import Edit, Grade
from kb.normalise import fold
from kb.numerals import read_number
from kb.redline import common_ends

_ORDER: tuple[Grade, ...] = ("threshold", "deadline", "substantive", "editorial", "renumbered")
# No deadline is counted in hundreds of hours: 2000小时以上的影像 is an amount.
_AMOUNT_OF_HOURS = 200
_PUNCTUATION = re.compile(r"[\W_]+")
_SAME_WORDS = {"其它": "其他", "帐": "账", "作出": "做出", "或者": "或", "的": "", "〇": "零"}
_CITED = re.compile(r"第([〇零一二三四五六七八九十百千\d]+)条")
_OTHER_LAW = re.compile(r"(?:》|(?<!本)(?:法|条例|办法|规定))(?:第[^，。；]{1,12}[条款项][、和]?)*$")


def grade_change(
    old: str, new: str, edits: Sequence[Edit], renumbered: Mapping[str, str] | None = None
) -> Grade | None:
    """The grade of a text that became another; None if no edit is left.

    ``renumbered`` maps old article numbers to new ones (第十条 → 第十二条): citations that only follow it change
    nothing.
    """
    if not edits:
        return None
    if renumbered and fold(follow_renumbering(old, renumbered)) == fold(new):
        return "renumbered"
    grades = [_grade_numbers(old, new), *(_grade_words(edit) for edit in edits)]
    return gravest([grade for grade in grades if grade])


def gravest(grades: Sequence[Grade]) -> Grade:
    """The first in the order threshold, deadline, substantive, editorial, renumbered."""
    return min(grades, key=_ORDER.index)


def grade_presence(text: str) -> Grade:
    """The grade of a provision that is new or gone: of the numbers it brings or takes away."""
    limits = {grade for grade, _, _, comparator in _amounts(text) if comparator != "=" or grade == "deadline"}
    return next((grade for grade in _ORDER if grade in limits), "substantive")


def follow_renumbering(text: str, renumbered: Mapping[str, str]) -> str:
    """The text with its citations of this law's own articles in their new numbers."""

    def follow(found: re.Match[str]) -> str:
        if _OTHER_LAW.search(text[max(found.start() - 60, 0) : found.start()]):
            return found[0]
        return renumbered.get(found[0], found[0])

    return _CITED.sub(follow, text)


def _grade_numbers(old: str, new: str) -> Grade | None:
    """Threshold or deadline if the two texts count differently; the same amount in other notation is no change."""
    begin, end = common_ends(old, new)
    before, after = _amounts(old[begin : len(old) - end]), _amounts(new[begin : len(new) - end])
    changed = {grade for grade, *_ in ((before - after) + (after - before))}
    return next((grade for grade in _ORDER if grade in changed), None)


def _amounts(text: str) -> Counter[tuple[Grade, str, float, str]]:
    found: Counter[tuple[Grade, str, float, str]] = Counter()
    for quantity in find_quantities(text):
        if quantity.unit == "things" and quantity.comparator == "=":
            continue  # 任选一种方式
        grade: Grade = lexicon().units[quantity.unit].grade
        if quantity.unit == "hours" and quantity.value >= _AMOUNT_OF_HOURS:
            grade = "threshold"
        found[grade, quantity.unit, quantity.value, quantity.comparator] += 1
    for date in DATE.finditer(text):
        digits = re.findall(r"[\d〇零一二三四五六七八九十]+", date[0])
        found["deadline", "date", 0.0, "-".join(str(read_number(part)) for part in digits)] += 1
    return found


def _grade_words(edit: Edit) -> Grade:
    old, new = _essence(edit.old), _essence(edit.new)
    if old == new:
        return "editorial"
    number = read_number(edit.old)
    if number is not None and number == read_number(edit.new):
        return "editorial"
    return "substantive"


def _essence(text: str) -> str:
    """Words without punctuation, and with usual variants made one."""
    text = _PUNCTUATION.sub("", fold(text))
    for variant, usual in _SAME_WORDS.items():
        text = text.replace(variant, usual)
    return text
