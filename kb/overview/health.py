"""How each source was, day by day: from its runs to days of each state, the share it answered, and its outages.

Reads only; days are calendar days in China. The state of a day is that of its last run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from kb.clock import days_between, legal_day
from kb.rows import Row, rows

ANSWERED = ("healthy", "stale")  # the list was read as declared; a stale one had nothing new for long
NOT_ASKED = "not_asked"
_RUNS = "select source, started, outcome from source_run order by source, started, rowid"


def health_between(db: Database, since: str, until: str) -> dict[str, Row]:
    """Each source ever asked by ``until``, from ``since`` or its first run on, both days included.

    ``days``: how many of each state and ``not_asked``; ``uptime``: the share of the days asked on which the source
    answered, None if it was never asked; ``longest_outage``: ``since``, ``until``, ``days``, from the day on which it
    failed to answer to the last before it answered again, or None; ``outages``: how many; ``spans``: the days in order.
    """
    found = {}
    for source, runs in groupby(rows(db, _RUNS), key=lambda row: str(row["source"])):
        states = {legal_day(run["started"]): str(run["outcome"]) for run in runs}
        first = max(since, min(states))
        if first <= until:
            found[source] = summarise(states, first, until)
    return found


def summarise(states: Mapping[str, str], first: str, last: str) -> Row:
    """The same for the states of one source by day."""
    length = days_between(first, last) + 1
    days = [(date.fromisoformat(first) + timedelta(number)).isoformat() for number in range(length)]
    spans = [
        {"state": state, "since": run[0], "until": run[-1], "days": len(run)}
        for state, run in ((state, list(run)) for state, run in groupby(days, key=lambda d: states.get(d, NOT_ASKED)))
    ]
    counted = Counter(states.get(day, NOT_ASKED) for day in days)
    asked = length - counted[NOT_ASKED]
    outages = _outages(spans)
    return {
        "since": first, "until": last, "days": dict(counted.most_common()),
        "uptime": round(sum(counted[state] for state in ANSWERED) / asked, 4) if asked else None,
        "outages": len(outages), "longest_outage": max(outages, key=lambda outage: outage["days"], default=None),
        "spans": spans,
    }  # fmt: skip


def _outages(spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Days not asked say nothing: they begin no outage and end none."""
    found: list[dict[str, Any]] = []
    begun = False
    for span in spans:
        if span["state"] in ANSWERED:
            begun = False
        elif begun:
            found[-1] |= {"until": span["until"], "days": found[-1]["days"] + span["days"]}
        elif span["state"] != NOT_ASKED:
            begun = True
            found.append({name: span[name] for name in ("since", "until", "days")})
    return found
