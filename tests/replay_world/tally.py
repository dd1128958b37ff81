"""What was found, missed and false of one kind of thing, how late, and a table of that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass
class Tally:
    """Found, missed and false of one kind of thing; delays in days from publication."""

    found: int = 0
    missed: int = 0
    false: int = 0
    delays: list[int] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.false) if self.found + self.false else 1.0

    def as_json(self) -> dict[str, Any]:
        late = {"median": median(self.delays), "worst": max(self.delays)} if self.delays else None
        return {"found": self.found, "missed": self.missed, "false": self.false, "recall": round(self.recall, 4),
                "precision": round(self.precision, 4), "delay_days": late}  # fmt: skip


def total(tallies: dict[str, Tally]) -> Tally:
    found = Tally()
    for one in tallies.values():
        found.found, found.missed = found.found + one.found, found.missed + one.missed
        found.false += one.false
        found.delays += one.delays
    return found


def as_table(rows: Iterable[tuple[str, Tally]]) -> str:
    lines = [
        f"{'':28}{'found':>7}{'missed':>8}{'false':>7}{'recall':>9}{'precision':>11}{'days: median':>14}{'worst':>7}"
    ]
    for name, tally in rows:
        late = tally.as_json()["delay_days"] or {"median": "-", "worst": "-"}
        lines.append(f"{name:28}{tally.found:>7}{tally.missed:>8}{tally.false:>7}{tally.recall:>9.4f}"
                     f"{tally.precision:>11.4f}{late['median']:>14}{late['worst']:>7}")  # fmt: skip
    return "\n".join(lines)
