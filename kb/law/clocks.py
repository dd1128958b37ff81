"""In force on a day: true, false or disputed. Pure: versions, claims and the day are arguments.

The legal clock only; which captures were there by a day is kb/known.py. A partial date (2026-07) is a dispute about its
days while it lasts; sources that differ are a dispute until the last of their dates.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from kb.lineage.titles import is_decision
from kb.model import Stage

InForce = Literal["true", "false", "disputed"]
Row = Mapping[str, Any]
# version id → the dates on which somebody says that it takes effect; None where a claim names no date
Claims = Mapping[str, Sequence[str | None]]

_ADOPTED = (Stage.FINAL, Stage.AMENDED, Stage.REPEALED)
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


def in_force(versions: Sequence[Row], day: str, claims: Claims | None = None) -> list[InForce | None]:
    """The state of each version of one work on ``day`` (a whole date), in their order.

    A draft is never in force. A later adopted version ends an earlier one, a repeal ends all. None: no source says when
    it takes effect, and nothing is guessed.
    """
    places = sorted(
        (at for at, v in enumerate(versions) if v["stage"] in _ADOPTED), key=lambda at: _issued(versions[at])
    )
    begun = [_begun(versions[at], day, claims or {}) for at in places]
    states: list[InForce | None] = ["false"] * len(versions)
    for n, at in enumerate(places):
        ended = _either([_reached_end(versions[at], day), *begun[n + 1 :]])
        states[at] = "false" if versions[at]["stage"] == Stage.REPEALED else _lasting(begun[n], ended)
    return states


def reached(dates: Sequence[str | None], day: str) -> InForce:
    """Has the day come, by all of these dates (true), by none (false), or by some only (disputed)?"""
    bounds = [span_of(date) if date else ("", "9999") for date in dates]
    if all(last <= day for _, last in bounds):
        return "true"
    return "false" if all(first > day for first, _ in bounds) else "disputed"


def span_of(date: str) -> tuple[str, str]:
    """First and last day that a whole or partial date can mean: 2026-02 is 2026-02-01 to 2026-02-28."""
    if len(date) == 4:
        return f"{date}-01-01", f"{date}-12-31"
    if len(date) == 7:
        return f"{date}-01", f"{date}-{monthrange(int(date[:4]), int(date[5:]))[1]:02}"
    return date, date


def date_in(words: str) -> str | None:
    """The whole or partial date that a claim names ("at once on 2026-01-30")."""
    found = _DATE.search(words)
    return found[0] if found else None


def _begun(version: Row, day: str, claims: Claims) -> InForce | None:
    stated = [version["effective"]] if version["effective"] else []
    if dates := [*claims.get(version.get("id", ""), ()), *stated]:
        return reached(dates, day)
    published = version["published"]
    if version["stage"] == Stage.REPEALED:
        return reached([published], day) if published else "true"
    if version["in_force"] in ("true", "disputed"):
        said: InForce = version["in_force"]
        return "false" if published and published > day else said
    return None


def _reached_end(version: Row, day: str) -> InForce:
    return reached([version["repealed"]], day) if version["repealed"] else "false"


def _lasting(begun: InForce | None, ended: InForce) -> InForce | None:
    if begun == "false" or ended == "true":
        return "false"
    return "disputed" if begun == "true" and ended == "disputed" else begun


def _either(states: Iterable[InForce | None]) -> InForce:
    found = set(states)
    return "true" if "true" in found else "disputed" if "disputed" in found else "false"


def _issued(version: Row) -> tuple[str, str, bool, int]:
    """What versions are ordered by. Of a decision and the text as it amended it, both of one day, the text is last."""
    dates = [version.get(name) for name in ("published", "signed", "effective")]
    issued = next((date for date in dates if date), "")
    whole = not is_decision(version.get("title") or "")
    return issued, version["effective"] or "", whole, list(Stage).index(Stage(version["stage"]))
