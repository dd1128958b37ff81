"""Working days in China (工作日), which are not days (日): weekends, holidays and the working days made up for them.

The calendar is that of the chinese-calendar package, which ends with the last year whose holidays have been announced.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


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
            why = f"the holidays of {day.year} are not in the calendar (2004–{last_year()}): count by hand"
            return Day(None, f"{abs(working_days)} working days {'after' if step > 0 else 'before'} {start}: {why}")
    return Day(day.isoformat())


def last_year() -> int:
    from chinese_calendar import holidays

    return int(max(holidays).year)
