"""Until when a consultation takes comments, as its notice states it, and which notice only moves that day.

A day without its year is the next such day. A period counts from publication; that a last day on a holiday is put off
(民法典 第二百零三条) is not counted: the earlier day is the safe one. A period of working days is not read, nor one
from a day that is not known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from kb.lineage.dates import DATE, read_date
from kb.lineage.effect import name_in
from kb.lineage.head import tidy
from kb.lineage.periods import period_end
from kb.lineage.titles import outside, read_title
from kb.model import Stage
from kb.structure.numerals import read_number

_NOTICE = 120  # lines in which a consultation without articles states its deadline
_SOUGHT = r"(?:征求|意见|公示|反馈)"
_MOVED = r"(?:延长|延期|顺延|推迟|延后|调整|变更|更改|改|延)"
_NEW_DAY = re.compile(rf"(?:{_SOUGHT}|截止)[^。]{{0,50}}?{_MOVED}(?:为|到|至)({DATE})")
_CLOSE = (
    re.compile(rf"截[止至](?:日期|时间|日)?(?:为|是|到|至|：|:)*({DATE})"),
    re.compile(rf"{_SOUGHT}[^。]{{0,30}}?(?:{DATE})(?:起)?(?:至|到|—|–|-|~)({DATE})"),
    re.compile(rf"(?:即日|之日)起?(?:至|到|—|–|-|~)({DATE})"),
    re.compile(rf"({DATE})(?:（[^（）]*）)?(?:前|之前|以前|止)[^。]{{0,60}}?(?:反馈|意见|提出|发送|寄)"),
)
_RANGE_IN_YEAR = re.compile(r"((?:19|20)\d\d)年\d{1,2}月\d{1,2}日起?(?:至|到|—|–|-|~)(\d{1,2}月\d{1,2}日)")
_DAY_ALONE = re.compile(
    r"(?<![年\d])(?P<this>[今本]年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日(?:（[^（）]*）)?"
    r"(?:前|之前|以前|止)[^。]{0,60}?(?:反馈|意见|提出|发送|寄)"
)
_PERIOD = re.compile(
    r"(?:发布|公布|公告|公示|刊登|印发|发文)之日起(?P<number>\d{1,3}|[一二三四五六七八九十]{1,3})"
    r"(?P<unit>个月|月|日|天|个自然日)(?!后|以后)"
)
_ENDS = re.compile(r"(?:终止|停止|中止|撤回|撤销)")
_WITHDRAWN = re.compile(r"(?:终止|停止|中止|撤回|撤销)《》的")
_PROLONGS = re.compile(rf"{_MOVED}.{{0,20}}(?:时间|期限|截止)|(?:时间|期限|截止).{{0,6}}{_MOVED}")


def read_closing(lines: Sequence[str], published: str | None, *, is_moved: bool = False) -> str | None:
    """The last day for comments, YYYY-MM-DD, in the lines of a notice; a date in the articles of a draft is none.

    ``is_moved``: the notice is about nothing else, so that the day to which it moves goes before the one that was.
    """
    articles = (at for at, line in enumerate(lines) if re.match(r"第[一1][条章节]", line))
    text = "".join(lines[: next(articles, _NOTICE)])
    for pattern in (_NEW_DAY, *_CLOSE) if is_moved else (*_CLOSE, _NEW_DAY):
        if found := pattern.search(text):
            return read_date(found[1])
    if found := _RANGE_IN_YEAR.search(text):
        return read_date(f"{found[1]}年{found[2]}")
    if published and len(published) == 10:
        return _counted(text, date.fromisoformat(published))
    return None


def moves_closing(title: str) -> bool:
    """Is this the title of a notice that only moves the last day for comments on a draft?

    >>> moves_closing("关于延长《某某办法（征求意见稿）》公开征求意见时间的公告")
    True
    """
    return read_title(title).action == "consult" and bool(_PROLONGS.search(outside(tidy(title))))


def ends_consultation(title: str) -> bool:
    """Is this the title of a notice that a draft is consulted on no more (关于终止《…》公开征求意见工作的公告), or is
    withdrawn (关于撤回《…（征求意见稿）》的公告)?"""
    words = outside(tidy(title))
    if _WITHDRAWN.search(words):
        return read_title(name_in(title)).stage in (Stage.DRAFT, Stage.SECOND_DRAFT, Stage.APPROVAL_DRAFT)
    return read_title(title).action == "consult" and bool(_ENDS.search(words))


def _counted(text: str, published: date) -> str | None:
    if found := _DAY_ALONE.search(text):
        years = (published.year,) if found["this"] else (published.year, published.year + 1)
        days = (_day(year, int(found["month"]), int(found["day"])) for year in years)
        return next((day.isoformat() for day in days if day and day >= published), None)
    for sentence in text.split("。"):
        if (found := _PERIOD.search(sentence)) and re.search(_SOUGHT, sentence):
            number = int(read_number(found["number"]) or 0)
            return period_end(published.isoformat(), number, found["unit"]) if number else None
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
