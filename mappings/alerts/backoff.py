"""When a failed message is tried again, when it is given up, and when nothing is sent at all. Pure.

Clocks jump: a time that cannot be right never makes a message wait for a year, nor gives it up after a minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

from kb.clock import FORMAT

FIRST = timedelta(minutes=1)  # doubled with each attempt
LONGEST = timedelta(hours=8)
GIVE_UP = timedelta(days=2)
DAY = timedelta(days=1)  # the longest Retry-After that is kept, and the longest gap that counts as waiting
CHINA = timezone(timedelta(hours=8))


def next_attempt(attempts: int, now: str, retry_after: int | None = None) -> str:
    """After ``attempts`` failures; ``retry_after`` are seconds that the receiver asked for."""
    asked = timedelta(seconds=max(0, min(retry_after or 0, int(DAY.total_seconds()))))
    wait: timedelta = min(FIRST * (1 << min(max(attempts, 1) - 1, 12)), LONGEST)
    return (_time(now) + max(wait, asked)).strftime(FORMAT)


def is_due(next_attempt_at: str | None, now: str) -> bool:
    """Also when the next attempt is further off than any wait can be: the clock was set back since."""
    return next_attempt_at is None or next_attempt_at <= now or _time(next_attempt_at) > _time(now) + DAY


def is_exhausted(attempted_at: Sequence[str]) -> bool:
    """Whether these attempts, in their order, went on for two days. A leap of the clock counts as one day at most."""
    times = [_time(at) for at in attempted_at]
    waited = sum((min(max(b - a, timedelta()), DAY) for a, b in pairwise(times)), timedelta())
    return waited >= GIVE_UP


def is_quiet(hours: str | None, now: str) -> bool:
    """Whether ``now`` lies in quiet hours as 22:00-07:00, Beijing time; the first minute is in, the last is out."""
    if not hours:
        return False
    begins, _, ends = hours.partition("-")
    clock = _time(now).astimezone(CHINA).strftime("%H:%M")
    return begins <= clock < ends if begins <= ends else clock >= begins or clock < ends


def later(now: str, seconds: float) -> str:
    return (_time(now) + timedelta(seconds=seconds)).strftime(FORMAT)


def _time(value: str) -> datetime:
    return datetime.strptime(value, FORMAT).replace(tzinfo=UTC)
