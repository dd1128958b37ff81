"""How much a change matters: threshold, deadline, substantive, editorial or renumbered.

Owns the grades, from the numbers with their units (declared in measures.yml) and the words of the edits. A grade
follows what the law then asks, not how much text moved: 100万人 written as 一百万人 is editorial, 以上 made 以下 is a
threshold. The gravest edit grades the whole. What is new or gone as a whole is substantive, whatever numbers it holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kb.items.amounts import changed_amounts, find_amounts, fold_twins, read_digits
from kb.model import Edit, Grade
from kb.normalise import fold
from kb.structure.numerals import read_number

_ORDER: tuple[Grade, ...] = ("threshold", "deadline", "substantive", "editorial", "renumbered")
_PUNCTUATION = re.compile(r"[\W_]+")
_SAME_WORDS = {"其它": "其他", "帐": "账", "作出": "做出", "或者": "或", "的": "", "〇": "零"}
_CITED = re.compile(r"第([〇零一二三四五六七八九十百千\d]+)条")
_OTHER_LAW = re.compile(r"(?:》|(?<!本)(?:(?<!本办)法|条例|办法|规定))(?:第[^，。；第]{1,12}[条款项][、和]?)*$")


def grade_change(
    old: str, new: str, edits: Sequence[Edit], renumbered: Mapping[str, str] | None = None
) -> Grade | None:
    """The grade of a text that became another; None if no edit is left. Of a long text, the sentences that changed do.

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


def follow_renumbering(text: str, renumbered: Mapping[str, str]) -> str:
    """The text with its citations of this law's own articles in their new numbers."""

    def follow(found: re.Match[str]) -> str:
        if _OTHER_LAW.search(text[max(found.start() - 60, 0) : found.start()]):
            return found[0]
        return renumbered.get(found[0], found[0])

    return _CITED.sub(follow, text)


def _grade_numbers(old: str, new: str) -> Grade | None:
    """Threshold or deadline if the two texts count differently; the same amount in other notation is no change."""
    gone, come = changed_amounts(old, new)
    changed = {amount.grade for amount in (*gone, *come)}
    return next((grade for grade in _ORDER if grade in changed), None)


def _grade_words(edit: Edit) -> Grade:
    if _essence(edit.old) == _essence(edit.new):
        return "editorial"
    number = read_number(read_digits(edit.old))
    if number is not None and number == read_number(read_digits(edit.new)):
        return "editorial"
    if (amount := _amount(edit.old)) and amount == _amount(edit.new):  # 百分之五 written as 5%
        return "editorial"
    return "substantive"


def _amount(words: str) -> tuple[object, ...] | None:
    """What the words count, where they are one amount and nothing else."""
    found = list(find_amounts(words))
    return found[0].key if len(found) == 1 and (found[0].start, found[0].end) == (0, len(words)) else None


def _essence(text: str) -> str:
    """Words without punctuation, and with usual variants made one."""
    text = _PUNCTUATION.sub("", fold_twins(text))
    for variant, usual in _SAME_WORDS.items():
        text = text.replace(variant, usual)
    return text
