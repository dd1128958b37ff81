"""Legal dates as a month; the same as iCalendar is plugins/feeds.py."""

from __future__ import annotations

from calendar import Calendar
from datetime import date
from typing import Any

from kb import queries
from pages.registry import Page
from pages.visit import Row, Visit


async def calendar(visit: Visit) -> Row:
    """``month`` as 2026-07; the month of today without it."""
    first = _month(visit.args.get("month")) or date.fromisoformat(visit.today).replace(day=1)
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    start, end = weeks[0][0].isoformat(), weeks[-1][-1].isoformat()
    dates = await visit.kept_kb(f"dates {start}", lambda db: queries.dates_between(db, start, end, visit.today))
    ahead = await visit.kept_kb("deadlines", lambda db: queries.deadlines(db, visit.today))
    partial = [row for row in dates if row["date"] == f"{first:%Y-%m}"]
    of_day: dict[str, list[Row]] = {}
    for row in dates:
        of_day.setdefault(row["date"], []).append(row)
    before, after = _shift(first, -1), _shift(first, 1)
    return {
        "month": f"{first:%Y-%m}", "today": visit.today, "partial": partial,
        "count": sum(row["date"].startswith(f"{first:%Y-%m}-") for row in dates),
        "next": next((row["date"] for row in ahead if row["date"] > f"{first:%Y-%m}-32"), None),
        "weeks": [[_day(day, first.month, of_day) for day in week] for week in weeks],
        "before": f"{before:%Y-%m}" if before else None, "after": f"{after:%Y-%m}" if after else None,
    }  # fmt: skip


def _day(day: date, month: int, of_day: dict[str, list[Row]]) -> dict[str, Any]:
    return {"date": day.isoformat(), "number": day.day, "inside": day.month == month,
            "dates": of_day.get(day.isoformat(), [])}  # fmt: skip


def _month(value: str | None) -> date | None:
    try:
        return date.fromisoformat(f"{value}-01") if value and 1990 <= int(value[:4]) <= 2100 else None
    except ValueError:
        return None


def _shift(first: date, months: int) -> date | None:
    index = first.year * 12 + first.month - 1 + months
    return _month(f"{index // 12:04}-{index % 12 + 1:02}")


PAGES = (Page("/calendar", "calendar.html", calendar),)
