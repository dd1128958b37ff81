"""A condition and what is known → met, not met or unknown, with the number it turned on. Pure.

Three values throughout: a number known only as a range meets a threshold when its lower bound does, fails it when its
upper bound does, and is unknown otherwise. What nobody answered is unknown, never a default. Deciding is quick, many
thousand times; the words of why are found when somebody asks for them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from kb.measure_keys import Of, key_of, load_keys
from kb.model import Comparator, Condition
from kb.normalise import fold
from mappings.exposure.sentences import Sentence, join_sentences

SIGNS: dict[Comparator, str] = {">=": "≥", ">": ">", "<": "<", "<=": "≤", "=": "="}


@dataclass(frozen=True)
class Fact:
    """What is known under one key: a truth, a range (an exact number has low == high) or words; and how we know.

    All None is unknown, and ``because`` says why: expired, contradicting, never answered.
    """

    truth: bool | None = None
    low: float | None = None
    high: float | None = None
    words: frozenset[str] | None = None
    because: str = ""

    @cached_property
    def how(self) -> str:
        """How we know, as the end of a sentence."""
        return Sentence("how", because=self.because) if self.because else ""

    @property
    def known(self) -> bool:
        return self.truth is not None or self.low is not None or self.words is not None


Facts = Mapping[str, Fact]
UNKNOWN = Fact(because=Sentence("not_answered"))


@dataclass(frozen=True, eq=False)
class Plan:
    """A condition made ready: what each leaf asks for, looked up once. ``key`` None: no answer can decide it."""

    condition: Condition
    key: str | None = None
    kind: str = ""
    parts: tuple[Plan, ...] = ()

    def faulty(self) -> bool:
        """Is there a leaf that no answer can decide: a measure without a key, or no threshold."""
        return not _answerable(self) if not self.condition.logic else any(part.faulty() for part in self.parts)


@dataclass(frozen=True, eq=False)
class Verdict:
    """``parts`` are the verdicts of a tree; ``key`` is what a leaf asked for."""

    plan: Plan
    met: bool | None
    facts: Facts

    @property
    def condition(self) -> Condition:
        return self.plan.condition

    @property
    def key(self) -> str | None:
        return self.plan.key

    @cached_property
    def parts(self) -> tuple[Verdict, ...]:
        return tuple(Verdict(part, _met(part, self.facts), self.facts) for part in self.plan.parts)

    @cached_property
    def because(self) -> str:
        """The number or answer that decided, numbers first; of what is open, everything that is open."""
        if not self.condition.logic:
            return _why(self.plan, self.met, self.facts)
        of_note = [v for v in self.parts if v.met is self.met] or self.parts
        ordered = sorted(of_note, key=lambda v: v.condition.value in (None, 0))
        return join_sentences(dict.fromkeys(v.because for v in ordered))

    def missing(self) -> Iterator[str]:
        """Keys whose answer could still decide this."""
        if self.met is None and self.key and _answerable(self.plan):
            yield self.key
        for part in self.parts if self.met is None else ():
            yield from part.missing()

    def leaves(self) -> Iterator[Verdict]:
        if not self.condition.logic:
            yield self
        for part in self.parts:
            yield from part.leaves()


def evaluate(condition: Condition, facts: Facts, of: Of = "route") -> Verdict:
    """``of`` says whose number a measure is: that of one data item or of everything counted for a route."""
    plan = plan_of(condition, of)
    return Verdict(plan, _met(plan, facts), facts)


def plan_of(condition: Condition, of: Of) -> Plan:
    known = _PLANS.get((id(condition), of))
    if known is None:
        known = _PLANS[id(condition), of] = (condition, _make(condition, of, _of_a_platform(condition)))
    return known[1]


# By identity, as a condition is a value of many parts that is dear to hash; kept beside its plan, so that it lives on.
_PLANS: dict[tuple[int, str], tuple[Condition, Plan]] = {}


def _make(condition: Condition, of: Of, platform: bool) -> Plan:
    """A qualifier of a tree (fused with imagery …) is one more thing that has to be so."""
    if condition.logic:
        tree = Plan(condition, parts=tuple(_make(part, of, platform) for part in condition.of))
        if condition.qualifier not in load_keys():
            return tree
        also = _make(Condition(condition.quote, measure=condition.qualifier), of, False)
        bare = replace(tree, condition=replace(condition, qualifier=None))
        return Plan(Condition(condition.quote, "all", (also.condition, bare.condition)), parts=(also, bare))
    key = key_of(condition, of)
    if key == "vehicles" and platform:
        key = "platform_vehicles"
    return Plan(condition, key, load_keys()[key].kind if key else "")


def _of_a_platform(condition: Condition) -> bool:
    return condition.qualifier == "of_a_platform" or any(_of_a_platform(part) for part in condition.of)


def _answerable(plan: Plan) -> bool:
    number = plan.kind == "number"
    return plan.key is not None and not (number and (plan.condition.comparator is None or plan.condition.value is None))


def _met(plan: Plan, facts: Facts) -> bool | None:
    condition = plan.condition
    if condition.logic:  # as any_of and all_of, which a generator for each tree would slow down
        decisive = condition.logic == "any"
        found: bool | None = not decisive
        for part in plan.parts:
            met = _met(part, facts)
            if met is decisive:
                return met
            if met is None:
                found = None
        return found
    fact = facts.get(plan.key) if plan.key else None
    if fact is None:
        return None
    if plan.kind == "number":
        if fact.low is None or fact.high is None or condition.comparator is None or condition.value is None:
            return None
        return compare(fact.low, fact.high, condition.comparator, condition.value)
    if plan.kind == "words":
        return None if fact.words is None else bool(_named(condition, fact))
    return None if fact.truth is None else fact.truth is (condition.value != 0 or condition.comparator != "=")


def _named(condition: Condition, fact: Fact) -> list[str]:
    """The words that the rule names; none of an empty list, which is a clear no."""
    rule = fold(condition.quote)
    return sorted(word for word in fact.words or () if fold(word) in rule)


def _why(plan: Plan, met: bool | None, facts: Facts) -> str:
    condition = plan.condition
    if plan.key is None:
        return Sentence("no_key", measure=condition.measure or Sentence("empty"))
    if not _answerable(plan):
        return Sentence("no_threshold", key=plan.key)
    fact = facts.get(plan.key, UNKNOWN)
    how = fact.how
    if plan.kind == "number" and fact.low is not None and fact.high is not None and condition.comparator:
        key = {True: "number_met", False: "number_not_met", None: "number_open"}[met]
        return Sentence(key, key=plan.key, span=span(fact), sign=SIGNS[condition.comparator],
                        amount=amount(condition.value or 0), how=how)  # fmt: skip
    if not fact.known:
        return Sentence("labelled", label=plan.key, what=fact.because or UNKNOWN.because)
    if plan.kind == "words":
        if named := tuple(_named(condition, fact)):
            return Sentence("words_named", key=plan.key, words=named, how=how)
        return Sentence("words_not_named", key=plan.key, words=tuple(sorted(fact.words or ())) or (Sentence("empty"),),
                        how=how)  # fmt: skip
    return Sentence("is_so" if fact.truth else "is_not_so", key=plan.key, how=how)


def compare(low: float, high: float, sign: Comparator, value: float) -> bool | None:
    """以上/不少于 (>=) include the number, 超过 (>) and 不满 (<) exclude it."""
    if sign == ">=":
        return True if low >= value else False if high < value else None
    if sign == ">":
        return True if low > value else False if high <= value else None
    if sign == "<":
        return True if high < value else False if low >= value else None
    if sign == "<=":
        return True if high <= value else False if low > value else None
    return True if low == high == value else False if value < low or value > high else None


def any_of(values: Iterable[bool | None]) -> bool | None:
    """True if one is, false if all are, otherwise unknown; false of nothing."""
    found: bool | None = False
    for value in values:
        if value:
            return True
        if value is None:
            found = None
    return found


def all_of(values: Iterable[bool | None]) -> bool | None:
    """False if one is, true if all are, otherwise unknown; true of nothing."""
    found: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is None:
            found = None
    return found


def amount(value: float) -> str:
    if math.isinf(value):
        return "?"
    return f"{int(value):,}" if value == int(value) else f"{value:,}"


def span(fact: Fact) -> str:
    """A number, or a range: 5,000 or 1,000–5,000."""
    low, high = fact.low or 0.0, fact.high or 0.0
    return amount(low) if low == high else f"{amount(low)}–{amount(high)}"
