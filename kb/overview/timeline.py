"""One work along time: when its versions appeared, when comments were taken, and from when to when each was law."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from sqlite_utils import Database

from kb import queries
from kb.law.clocks import in_force, span_of
from kb.law.disputes import open_claims
from kb.law.standing import with_declared
from kb.rows import Row

_DATES = ("published", "signed", "effective", "repealed")


def timeline(db: Database, work: str) -> dict[str, list[Row]]:
    """``marks``: versions with the first day that their date can mean; ``comments``: from publication to the last day;
    ``law``: version, state (true or disputed), ``since`` and ``until`` (None: no end is known). Raises NotFound.

    A span of law is what kb.law.clocks says on the days on which anything can change, and holds until the next.
    """
    versions = queries.work(db, work)["versions"]
    marks = [
        {"version": v["id"], "stage": v["stage"], "title": v["title"], "read": v["read"], "date": date,
         "day": span_of(date)[0]}
        for v in versions if (date := v["published"] or v["signed"] or v["effective"])
    ]  # fmt: skip
    comments = [
        {"version": v["id"], "since": span_of(v["published"])[0], "until": v["comments_close"]}
        for v in versions if v["published"] and len(v["comments_close"] or "") == 10
    ]  # fmt: skip
    return {"marks": marks, "comments": comments, "law": _law(db, work, versions)}


def _law(db: Database, work: str, versions: list[Row]) -> list[Row]:
    claims = open_claims(db)
    beside: list[Any] = list(with_declared(work, versions))
    dates = [v.get(name) for v in beside for name in _DATES]
    dates += [date for v in beside for date in claims.get(v["id"], ())]
    bounds = {bound for date in dates if date for bound in span_of(date)}
    days = sorted(bounds)
    stages = {v["id"]: v["stage"] for v in beside}
    states = {day: dict(zip(stages, in_force(beside, day, claims), strict=True)) for day in days}
    found: list[Row] = []
    for id, stage in stages.items():
        open_span: Row | None = None
        for day, after in pairwise([*days, None]):
            state = states[day][id] if day else None
            if open_span and open_span["state"] == state:
                open_span["until"] = after
            elif state in ("true", "disputed"):
                open_span = {"version": id, "stage": stage, "state": state, "since": day, "until": after}
                found.append(open_span)
            else:
                open_span = None
    return found
