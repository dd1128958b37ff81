"""From when a version applies, and to what: the whole of it, parts, old cases, and its end.

Owns the forms in which Chinese rules say so: 本办法自…起施行; 其中第X条自…起施行; 对于新申请…，自本文件实施之日起第13个
月开始执行; 施行前已经…的，应当自…之日起6个月内…; 有效期至…, 有效期N年. What a text does not say is not worked out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kb.lineage.dates import DATE, read_date
from kb.lineage.periods import months_later
from kb.normalise import fold
from kb.structure.numerals import read_number

Kind = Literal["whole", "part", "transition", "expiry"]
_LONGEST = 200_000  # characters; rules say it at their end
_NAME = r"(?:办法|规定|条例|法|指引|指南|细则|规则|通知|意见|决定|清单|公告|标准|文件|目录|预案|方案|规范|要求)"
_BEGINS = r"起(?:正式)?(?:施行|实施|生效|执行)"
_NUM = r"[一二三四五六七八九十两\d]+"
_OF_A_PART = rf"(?:的|中|中的)?第{_NUM}[编章节条款项]"
_WHOLE = re.compile(
    rf"(?:本{_NAME}(?!{_OF_A_PART})[^。；]{{0,12}}?|其[他余][^。；，]{{0,8}}?)自([^。；，]{{0,24}}?){_BEGINS}"
)
_PART = re.compile(
    rf"(?:其中[，,]?|但[，,]?)?((?:第{_NUM}[编章节条款项](?:[、和至]|第)?)+(?:的规定)?)自({DATE}){_BEGINS}"
)
_VEHICLES = re.compile(
    rf"对于?([^。；，]{{2,40}}?)，(?:本{_NAME})?自本{_NAME}(?:实施|施行|发布)之日起(?:第({_NUM})个月)?(?:开始)?(?:实施|执行|施行)"
)
_TRANSITION = re.compile(
    rf"(本{_NAME}(?:施行|实施|发布|公布|生效)(?:之日)?前[^。；]{{2,60}}?(?:的)?)，[^。；]{{0,20}}?自[^。；，]{{0,14}}?之日起({_NUM})个?(月|年)内"
)
_FULL_WIDTH = str.maketrans(",;", "，；")
_UNTIL = re.compile(rf"有效期(?:限)?(?:至|到)({DATE})")
_FOR = re.compile(rf"有效期(?:限)?(?:为|暂定)?({_NUM})(年|个月)")


@dataclass(frozen=True)
class Application:
    """``date`` is None where it hangs on a day that is not known; ``quote`` are the words that say it, folded."""

    date: str | None
    scope: str
    kind: Kind
    quote: str


def read_application(body: str, effective: str | None) -> tuple[Application, ...]:
    """Every statement of application in the order of the text; ``effective`` is the day of the whole, if it is known.

    One plain statement about the whole text is no news and gives an empty answer.
    """
    text = fold(body[-_LONGEST:]).translate(_FULL_WIDTH)
    found: list[tuple[int, Application]] = []
    for match in _WHOLE.finditer(text):
        found.append(
            (match.start(), Application(read_date(match[1]) or effective, "the whole text", "whole", match[0]))
        )
    for match in _PART.finditer(text):
        found.append((match.start(), Application(read_date(match[2]), match[1], "part", match[0])))
    for match in _VEHICLES.finditer(text):
        months = read_number(match[2]) if match[2] else 1  # from the 13th month on: twelve months later
        date = months_later(effective, int(months or 1) - 1)
        found.append((match.start(), Application(date, match[1], "part", match[0])))
    for match in _TRANSITION.finditer(text):
        months = int(read_number(match[2]) or 0) * (12 if match[3] == "年" else 1)
        found.append((match.start(), Application(months_later(effective, months), match[1], "transition", match[0])))
    for match in _UNTIL.finditer(text):
        found.append((match.start(), Application(read_date(match[1]), "the whole text", "expiry", match[0])))
    for match in _FOR.finditer(text):
        if _speaks_of_itself(text, match.start()):
            months = int(read_number(match[1]) or 0) * (12 if match[2] == "年" else 1)
            found.append(
                (match.start(), Application(months_later(effective, months), "the whole text", "expiry", match[0]))
            )
    statements = tuple(dict.fromkeys(application for _, application in sorted(found, key=lambda pair: pair[0])))
    return statements if any(statement.kind != "whole" for statement in statements) else ()


def _speaks_of_itself(text: str, at: int) -> bool:
    """Is the duration said of the text (自发布之日起施行，有效期5年), not of a certificate or result it regulates?"""
    sentence = re.split(r"[。；]", text[:at])[-1]
    return bool(re.search(rf"本{_NAME}|{_BEGINS}", sentence))
