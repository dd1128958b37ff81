"""The history that a text bears under its title: （…会议通过 …第二次修订）, （…国务院令第1号公布 …起施行）.

Who adopted it, when it was adopted or amended last, and whether it was amended.

Owns the form of that bracket; which version and stage follow from it is decided in facts.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.agencies import agencies_in
from kb.lineage.dates import find_dates

_HISTORY = re.compile(r"（((?:19|20)\d\d年\d{1,2}月\d{1,2}日(?:[^（）]|（[^（）]*）)*)）")
_ADOPTED = re.compile(r"通过|公布|发布")
_AMENDED = re.compile(r"修订|修正")
_ADOPTER = re.compile(
    r"(?:第[一二三四五六七八九十]+届)?(全国人民代表大会|[\u4e00-\u9fff]{2,7}?(?=第.{1,4}届人民代表大会)|.*?国务院|[\u4e00-\u9fff、]{2,80}?(?=令))"
)
_LINES = 60  # of the head


@dataclass(frozen=True)
class Adoption:
    """``last`` is the day of the last adoption or amendment; ``agencies`` are those that adopted the law first."""

    last: str
    agencies: tuple[str, ...]
    amended: bool


def read_adoption(front: Sequence[str]) -> Adoption | None:
    """The history in the head of a text; None if it bears none."""
    for found in _HISTORY.finditer("".join(front[:_LINES])):
        history = found[1]
        dates = list(find_dates(history))
        ends = [date.start for date in dates[1:]] + [len(history)]
        events = [(date.value, history[date.end : end]) for date, end in zip(dates, ends, strict=True)]
        told = [(value, words) for value, words in events if _ADOPTED.search(words) or _AMENDED.search(words)]
        if told and _ADOPTED.search(told[0][1]) and (adopter := _ADOPTER.match(told[0][1])):
            whole = f"{adopter[1]}人民代表大会" if "届人民代表大会" in told[0][1] else adopter[1]
            return Adoption(told[-1][0], agencies_in(whole), any(_AMENDED.search(words) for _, words in told[1:]))
    return None
