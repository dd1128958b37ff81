"""Periods that count from a legal day, YYYY-MM-DD.

The day itself is not counted (民法典 第二百零一条); a period of months ends on the like day of its last month, or on
the last day of that month (第二百零二条).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def months_later(day: str | None, months: int) -> str | None:
    """The like day ``months`` later; None without a whole day."""
    if day is None or len(day) != 10:
        return None
    year, month = divmod(int(day[:4]) * 12 + int(day[5:7]) - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return f"{year:04}-{month + 1:02}-{min(int(day[8:]), last):02}"


def days_later(day: str | None, days: int) -> str | None:
    """The last day of a period of ``days``; None without a whole day."""
    if day is None or len(day) != 10:
        return None
    return (date.fromisoformat(day) + timedelta(days)).isoformat()


def period_end(day: str | None, number: int, unit: str) -> str | None:
    """The last day of a period in 日, 天 or 月, as printed (个月, 个自然日)."""
    return months_later(day, number) if "月" in unit else days_later(day, number)
