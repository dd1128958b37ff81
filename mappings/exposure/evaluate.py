"""A condition and what is known → met, not met or unknown, with the number it turned on. Pure.

Three values throughout: a number known only as a range meets a threshold when its lower bound does, fails it when its
upper bound does, and is unknown otherwise. What nobody answered is unknown, never a default.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kb.measure_keys import Of, key_of, load_keys
from kb.model import Comparator, Condition
from kb.normalise import fold

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

    @property
    def known(self) -> bool:
        return self.truth is not None or self.low is not None or self.words is not None


Facts = Mapping[str, Fact]
UNKNOWN = Fact(because="not answered")


@dataclass(frozen=True)
class Verdict:
    """``parts`` are the verdicts of a tree; ``key`` is what a leaf asked for."""

    condition: Condition
    met: bool | None
    because: str
    key: str | None = None
    parts: tuple[Verdict, ...] = ()

    def missing(self) -> Iterator[str]:
        """Keys whose answer could still decide this."""
        if self.met is not None:
            return
        if self.key and not self.parts:
            yield self.key
        for part in self.parts:
            yield from part.missing()

    def leaves(self) -> Iterator[Verdict]:
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


def evaluate(condition: Condition, facts: Facts, of: Of = "route") -> Verdict:
    """``of`` says whose number a measure is: that of one data item or of everything counted for a route."""
    return _tree(condition, facts, of, _of_a_platform(condition)) if condition.logic else _leaf(condition, facts, of)


def _tree(condition: Condition, facts: Facts, of: Of, platform: bool) -> Verdict:
    """A qualifier of a tree (fused with imagery …) is one more thing that has to be so."""
    parts = tuple(
        _tree(part, facts, of, platform) if part.logic else _leaf(part, facts, of, platform) for part in condition.of
    )
    met = any_of(v.met for v in parts) if condition.logic == "any" else all_of(v.met for v in parts)
    of_note = [v for v in parts if v.met is met] or parts
    deciding = [v.because for v in sorted(of_note, key=lambda v: v.condition.value in (None, 0))]  # numbers first
    verdict = Verdict(condition, met, "; ".join(dict.fromkeys(deciding)), parts=parts)
    if condition.qualifier in load_keys():
        also = _leaf(Condition(condition.quote, measure=condition.qualifier), facts, of)
        both = all_of((also.met, met))
        because = also.because if both is also.met else verdict.because
        return Verdict(condition, both, because, parts=(also, verdict))
    return verdict


def _leaf(condition: Condition, facts: Facts, of: Of, platform: bool = False) -> Verdict:
    key = key_of(condition, of)
    if key == "vehicles" and platform:
        key = "platform_vehicles"
    if key is None:
        return Verdict(condition, None, f"no key for the measure {condition.measure or '(none)'}: ask counsel")
    fact = facts.get(key, UNKNOWN)
    kind = load_keys()[key].kind
    if kind == "number":
        return _number(condition, key, fact)
    if not fact.known:
        return Verdict(condition, None, f"{key}: {fact.because}", key)
    if kind == "words":
        return _words(condition, key, fact)
    met = fact.truth is (condition.value != 0 or condition.comparator != "=")
    return Verdict(condition, met, f"{key} is {str(fact.truth).lower()}{_how(fact)}", key)


def _number(condition: Condition, key: str, fact: Fact) -> Verdict:
    sign, value = condition.comparator, condition.value
    if sign is None or value is None:
        return Verdict(condition, None, f"{key}: the rule states no threshold: correct the pack or ask counsel", None)
    if fact.low is None or fact.high is None:
        return Verdict(condition, None, f"{key}: {fact.because or UNKNOWN.because}", key)
    met = compare(fact.low, fact.high, sign, value)
    shown = amount(fact.low) if fact.low == fact.high else f"{amount(fact.low)}–{amount(fact.high)}"
    word = {True: "", False: "not ", None: "perhaps "}[met]
    return Verdict(condition, met, f"{key} {shown} is {word}{SIGNS[sign]} {amount(value)}{_how(fact)}", key)


def _words(condition: Condition, key: str, fact: Fact) -> Verdict:
    """Met when the rule names one of the words; 以上 nothing: an empty list is a clear no."""
    rule = fold(condition.quote)
    named = sorted(word for word in fact.words or () if fold(word) in rule)
    shown = "、".join(named) if named else "none of " + ("、".join(sorted(fact.words or ())) or "(none)")
    return Verdict(condition, bool(named), f"{key}: the rule names {shown}{_how(fact)}", key)


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


def any_of(values: Iterator[bool | None] | tuple[bool | None, ...]) -> bool | None:
    """True if one is, false if all are, otherwise unknown; false of nothing."""
    found: bool | None = False
    for value in values:
        if value:
            return True
        if value is None:
            found = None
    return found


def all_of(values: Iterator[bool | None] | tuple[bool | None, ...]) -> bool | None:
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


def _how(fact: Fact) -> str:
    return f" ({fact.because})" if fact.because else ""


def _of_a_platform(condition: Condition) -> bool:
    return condition.qualifier == "of_a_platform" or any(_of_a_platform(part) for part in condition.of)
