"""Which notice moves the day on which a rule takes effect, and to which day; which stays its effect or prolongs it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.lineage.dates import DATE, read_date
from kb.lineage.head import tidy
from kb.lineage.titles import outside

_FORCE = r"(?:施行|实施|执行|生效)"
_LATER = r"(?:延期|推迟|延迟|延后|顺延|提前)"
_CHANGED = r"(?:调整|变更|更改)"
_STAYED = r"(?:暂缓|暂停|停止|中止)"
_MOVES = re.compile(
    rf"{_LATER}(?:《》)?{_FORCE}|(?:{_LATER}|{_CHANGED})《》.{{0,4}}{_FORCE}(?:日期|时间|日)"
    rf"|{_FORCE}(?:日期|时间|日).{{0,4}}(?:{_LATER}|{_CHANGED})|《》.{{0,4}}{_FORCE}(?:日期|时间)的"
)
_STAYS = re.compile(rf"{_STAYED}(?:《》)?{_FORCE}")
_PROLONGS = re.compile(
    r"(?:延长|延续|顺延)《》.{0,8}(?:有效期|(?:执行|实施|施行)期限)|继续(?:执行|施行|实施)《》"
    r"|《》.{0,6}(?:继续(?:有效|执行|施行|实施)|有效期限?.{0,4}(?:延长|延续|顺延|调整))"
)
_PART = re.compile(r"《》[^《》]{0,6}(?:第[^章]{1,8}[条款项]|部分|有关|相关|条款|事项)|部分条款|有关条款")
_NAME = re.compile(r"《(.{4,120})》")
_DAY = (
    re.compile(rf"{_FORCE}(?:日期|时间|日)?[^。；]{{0,50}}?(?:{_LATER}|{_CHANGED}|改|延)(?:为|到|至|自)({DATE})"),
    re.compile(rf"(?:{_LATER}|{_CHANGED}|改)(?:为|到|至|自)?({DATE})起?(?:正式)?{_FORCE}"),
    re.compile(rf"自({DATE})起(?:正式)?{_FORCE}"),
)


def moves_effect(title: str) -> bool:
    """Does a notice of this title move the day of effect of a whole rule?

    >>> moves_effect("关于推迟施行《某某办法》的公告"), moves_effect("关于推迟施行《某某办法》有关条款的公告")
    (True, False)
    """
    words = outside(tidy(title))
    return "《》" in words and bool(_MOVES.search(words)) and not _PART.search(words)


def stays_effect(title: str) -> bool:
    """Does it stay the effect of a rule, or move that of a part of it? What follows from that is for a person."""
    words = outside(tidy(title))
    is_part = bool(_PART.search(words)) and bool(_MOVES.search(words))
    return "《》" in words and (is_part or bool(_STAYS.search(words)))


def prolongs_validity(title: str) -> bool:
    """Does it keep a rule alive that was to end?

    >>> prolongs_validity("关于延长《某某办法》有效期的公告"), prolongs_validity("关于推迟施行《某某办法》的公告")
    (True, False)
    """
    return bool(_PROLONGS.search(outside(tidy(title))))


def name_in(title: str) -> str:
    """The name in 《…》 that a notice is about; '' where it has none."""
    found = _NAME.search(tidy(title))
    return found[1] if found else ""


def read_new_effect(lines: Sequence[str]) -> str | None:
    """The day to which the notice moves it, YYYY-MM-DD; None where it states none, or two."""
    text = "".join(lines)
    for pattern in _DAY:
        days = {read_date(found) for found in pattern.findall(text)}
        if days:
            return days.pop() if len(days) == 1 else None
    return None
