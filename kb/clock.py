"""The only place that looks at the clock. Everything else is handed a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from kb.errors import RegwatchError

FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def utc_now(simulated: str | None = None) -> str:
    """Observed time as ``2026-02-03T08:00:00Z``. ``simulated`` is a date, or a whole time, of ``--now``.

    Raises ValueError for anything else, and for the years at either end of a calendar.
    """
    if simulated is None:
        return datetime.now(UTC).strftime(FORMAT)
    whole = f"{simulated}T00:00:00Z" if len(simulated) == 10 else simulated
    moment = datetime.strptime(whole, FORMAT)
    if not 1900 <= moment.year <= 9000:  # days before and after it are counted
        raise ValueError(f"{simulated} is no day of this work")
    return moment.strftime(FORMAT)


def read_day(value: str) -> str:
    """A date that a person gave, as ``2026-03-31``. Raises RegwatchError for anything else."""
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise RegwatchError(f"{value!r} is not a date: write it as 2026-03-31") from error


def days_between(earlier: str, later: str) -> int:
    """Whole days from one date or observed time to another; both begin with ``YYYY-MM-DD``."""
    return (date.fromisoformat(later[:10]) - date.fromisoformat(earlier[:10])).days


def legal_day(observed: str) -> str:
    """The calendar day in China (UTC+8, no summer time) at an observed time: the day that legal dates count from."""
    moment = datetime.strptime(observed, FORMAT).replace(tzinfo=UTC)
    return moment.astimezone(timezone(timedelta(hours=8))).date().isoformat()
