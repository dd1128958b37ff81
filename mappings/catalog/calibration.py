"""What a score of the matcher has meant: calibration.yml maps it to the share of such suggestions that were right.

Owns reading that file and fitting it anew; the outcomes it is fitted to are the benchmarks'.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path

from pydantic import model_validator

from kb.declarations import Declaration, load_declaration

PATH = Path(__file__).with_name("calibration.yml")
LEAST_OF_A_STEP = 25  # suggestions that a step of the fit rests on: fewer say little
DOUBT = 1.0  # wrong and right suggestions that every step is given beforehand


_Step = list[tuple[float, bool]]


class Calibration(Declaration):
    """``points``: (score, share that was right), both rising; between them the line, beyond them the nearest."""

    points: tuple[tuple[float, float], ...]

    @model_validator(mode="after")
    def _rising(self) -> Calibration:
        if not self.points:
            raise ValueError("points: there is none")
        for (low, few), (high, many) in zip(self.points, self.points[1:], strict=False):
            if low >= high or few > many:
                raise ValueError(f"points: ({high}, {many}) does not rise above ({low}, {few})")
        return self

    @cached_property
    def _scores(self) -> list[float]:
        return [score for score, _ in self.points]

    def confidence(self, score: float) -> float:
        """How often suggestions of this score are right, as far as is known: 0–1, two decimals."""
        place = bisect_right(self._scores, score)
        if place in (0, len(self.points)):
            return round(self.points[min(place, len(self.points) - 1)][1], 2)
        (low, few), (high, many) = self.points[place - 1], self.points[place]
        return round(few + (many - few) * (score - low) / (high - low), 2)


@cache
def load_calibration(path: Path = PATH) -> Calibration:
    return load_declaration(path, Calibration)


def fit_calibration(outcomes: Iterable[tuple[float, bool]]) -> Calibration:
    """Isotonic regression of (score, was it right) by pooling adjacent violators.

    A point for each step of at least LEAST_OF_A_STEP suggestions, at its mean score; no step is ever certain (DOUBT).
    Raises ValueError without outcomes.
    """
    steps: list[_Step] = []
    waiting: _Step = []
    ordered = sorted(outcomes)
    for score, equal in groupby(ordered, key=lambda one: one[0]):
        waiting += equal
        if len(waiting) >= LEAST_OF_A_STEP or (score == ordered[-1][0] and not steps):
            steps.append(waiting)
            waiting = []
    if not steps:
        raise ValueError("nothing to fit a calibration to")
    steps[-1] += waiting
    pooled: list[_Step] = []
    for step in steps:
        pooled.append(step)
        while len(pooled) > 1 and _share(pooled[-1]) <= _share(pooled[-2]):
            pooled[-2:] = [pooled[-2] + pooled[-1]]
    points = [(round(sum(score for score, _ in step) / len(step), 3), round(_share(step), 3)) for step in pooled]
    return Calibration(points=tuple(points))


def _share(step: _Step) -> float:
    return (sum(right for _, right in step) + DOUBT) / (len(step) + 2 * DOUBT)
