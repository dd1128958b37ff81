"""Persons counted per entity and calendar year since 1 January: sensitive and other apart, each person once. Pure.

Flows that are exempt are not counted, nor are those that a zone's list counts apart. Transfers may share persons, so
several of them give a range: at least the largest, at most the sum, until the entity states its own total.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mappings.exposure.evaluate import Fact, amount, span
from mappings.exposure.sentences import Sentence

KEYS = ("persons", "sensitive_persons")
# 标准合同办法 第四条第三款, 认证办法 第五条第四款: 不得采取数量拆分等手段
SPLITTING = (
    "个人信息出境标准合同办法 第四条第三款 (pi-standard-contract-measures@final-2023-02-24); "
    "个人信息出境认证办法 第五条第四款 (pi-export-certification-measures@final-2025-10-17)"
)
THRESHOLDS = {"persons": (100_000, 1_000_000), "sensitive_persons": (10_000,)}  # 第五、七、八条 of the 2024 provisions


@dataclass(frozen=True)
class Flow:
    """What one transfer adds in a year. ``uncounted``: exempt flows are not counted; None when that is unknown."""

    transfer: str
    entity: str
    facts: Mapping[str, Fact]  # persons, sensitive_persons
    uncounted: bool | None
    group: str | None = None
    recipient: str = ""
    purpose: str = ""


@dataclass(frozen=True)
class Count:
    facts: Mapping[str, Fact]
    problems: tuple[str, ...] = ()


def count_persons(flows: Sequence[Flow], stated: Mapping[str, Fact], year: int) -> Count:
    """The totals of one entity. A stated total outside what its transfers allow is a contradiction: unknown."""
    facts: dict[str, Fact] = {}
    problems: list[str] = []
    for key in KEYS:
        low, high, left_out = _bounds(flows, key)
        said = stated.get(key)
        counted = {"year": year, "n": len(flows) - left_out}
        how = Sentence("count_without", **counted, exempt=left_out) if left_out else Sentence("count", **counted)
        if said is not None and said.low is not None and said.high is not None:
            if said.high < low or said.low > high:
                why = Sentence("total_does_not_fit", total=span(said), low=amount(low), high=amount(high))
                facts[key] = Fact(because=why)
                problems.append(Sentence("total_problem", key=key, year=year, why=why))
            else:
                because = Sentence("several", parts=(how, said.because))
                facts[key] = Fact(low=max(low, said.low), high=min(high, said.high), because=because)
        elif math.isinf(high):
            unsaid = tuple(f.transfer for f in flows if f.uncounted is not True and _of(f, key)[1] == math.inf)
            facts[key] = Fact(low=low, high=high, because=Sentence("no_count_for", count=how, transfers=unsaid))
        else:
            facts[key] = Fact(low=low, high=high, because=how)
    return Count(facts, tuple(problems))


def _bounds(flows: Sequence[Flow], key: str) -> tuple[float, float, int]:
    low = max((_of(f, key)[0] for f in flows if f.uncounted is False), default=0.0)
    high = sum(_of(f, key)[1] for f in flows if f.uncounted is not True)
    return low, high, sum(f.uncounted is True for f in flows)


def _of(flow: Flow, key: str) -> tuple[float, float]:
    fact = flow.facts.get(key)
    return (0.0, math.inf) if fact is None or fact.low is None or fact.high is None else (fact.low, fact.high)


def signs_of_splitting(flows: Iterable[Flow]) -> list[str]:
    """Flows to one recipient for one purpose that each stay under a threshold and together may reach it.

    Across the entities of a group, and across the transfers of one entity: a sign to look at, not a finding.
    """
    alike: dict[tuple[str, str, str], list[Flow]] = {}
    for flow in flows:
        if flow.recipient and flow.uncounted is not True:
            alike.setdefault((flow.group or flow.entity, flow.recipient, flow.purpose), []).append(flow)
    signs: list[str] = []
    for (whole, recipient, _), together in alike.items():
        for key in KEYS:
            highs = [_of(flow, key)[1] for flow in together]
            for threshold in THRESHOLDS[key]:
                if len(highs) > 1 and max(highs) < threshold <= sum(highs):
                    names = tuple(flow.transfer for flow in together)
                    reached = {"threshold": amount(threshold), "sum": amount(sum(highs))}
                    signs.append(Sentence("splitting", whole=whole, recipient=recipient, transfers=names, key=key,
                                          citation=SPLITTING, **reached))  # fmt: skip
    return signs
