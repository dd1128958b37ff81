"""Working days in China (工作日), which are not days (日): weekends, holidays and the working days made up for them.

The calendar is that of the chinese-calendar package, which ends with the last year whose holidays have been announced.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from mappings.exposure.sentences import Sentence


@dataclass(frozen=True)
class Day:
    """A day, or why there is none: the count leaves the years whose holidays are known."""

    date: str | None
    why: str = ""


def shift(start: str, working_days: int) -> Day:
    """The day that many working days after ``start`` (before it, if negative), the start itself not counted."""
    from chinese_calendar import is_workday

    day, step = date.fromisoformat(start), 1 if working_days > 0 else -1
    left = abs(working_days)
    while left:
        day += timedelta(days=step)
        try:
            left -= is_workday(day)
        except NotImplementedError:
            key = "no_holidays_after" if step > 0 else "no_holidays_before"
            why = Sentence(key, n=abs(working_days), start=start, year=day.year, last=last_year())
            return Day(None, why)
    return Day(day.isoformat())


def last_year() -> int:
    from chinese_calendar import holidays

    return int(max(holidays).year)
