"""Answers of people: what they said of an entity or a transfer, when, on what evidence, and what it comes to. Pure.

Owns the values and the resolving of answers: expired, contradicting and impossible ones are unknown, each with a line.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kb.measure_keys import load_keys
from mappings.exposure.evaluate import Fact, amount
from mappings.exposure.sentences import Sentence, join_sentences

_MOST = 10**15  # whole numbers beyond are no count of anything, and longer ones no float
Value = bool | float | tuple[float, float] | tuple[str, ...] | str | None


@dataclass(frozen=True)
class Answer:
    """One statement. ``value`` None is a stated "unknown"; a pair of numbers is a range. ``year`` is that of a count.

    ``basis`` says how it was counted, where the rule leaves that open.
    """

    key: str
    value: Value
    by: str
    date: str
    evidence: str = ""
    expires: str | None = None
    year: int | None = None
    basis: str = ""

    @property
    def signed(self) -> str:
        return Sentence("signed", by=self.by, date=self.date)


@dataclass(frozen=True)
class Entity:
    """数据处理者: the legal entity that decides. ``group`` is what it belongs to, where volumes must not be split."""

    id: str
    name: str
    group: str | None = None
    answers: tuple[Answer, ...] = ()
    volumes: tuple[Answer, ...] = ()  # counts over all its transfers, each person once


@dataclass(frozen=True)
class Resolved:
    facts: Mapping[str, Fact] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def resolve(answers: Iterable[Answer], day: str, subject: str) -> Resolved:
    """Facts of ``day`` from all answers. Two people who disagree, or an answer out of date, leave the fact unknown."""
    by_key: dict[str, list[Answer]] = {}
    for answer in answers:
        by_key.setdefault(answer.key, []).append(answer)
    facts: dict[str, Fact] = {}
    problems = []
    for key, given in by_key.items():
        facts[key] = fact = _resolve(key, given, day)
        if not fact.known and fact.because != "answered as unknown":
            problems.append(Sentence("problem", subject=subject, key=key, what=fact.because))
    return Resolved(facts, tuple(problems))


def _resolve(key: str, given: list[Answer], day: str) -> Fact:
    begun = [a for a in given if a.date <= day]
    if not begun:
        return Fact(because=Sentence("answered_later", date=min(a.date for a in given), day=day))
    valid = [a for a in begun if not a.expires or a.expires >= day]
    if not valid:
        last = max(begun, key=lambda a: a.date)
        return Fact(because=Sentence("answer_expired", by=last.by, expires=last.expires))
    latest: dict[str, Answer] = {}  # a person may change their answer; two people may not disagree
    for answer in sorted(valid, key=lambda a: a.date):
        if (known := latest.get(answer.by)) and known.date == answer.date and known.value != answer.value:
            both = {"one": _shown(known.value), "other": _shown(answer.value)}
            return Fact(because=Sentence("contradicts_itself", by=answer.by, date=answer.date, **both))
        latest[answer.by] = answer
    values = {a.value for a in latest.values() if a.value is not None}
    if not values:
        return Fact(because=Sentence("answered_unknown"))
    if len(values) > 1:
        told = sorted(latest.values(), key=lambda a: a.by)
        said = tuple(Sentence("says", by=a.by, value=_shown(a.value)) for a in told)
        return Fact(because=Sentence("contradict", said=said))
    answer = next(a for a in latest.values() if a.value is not None)
    return to_fact(key, answer.value, join_sentences(filter(None, (answer.signed, answer.basis))))


def to_fact(key: str, value: Value, because: str) -> Fact:
    """A single value as a fact. An impossible value is unknown and says so."""
    if (fault := fault_of(key, value)) is not None:
        return Fact(because=fault)
    kind = load_keys()[key].kind if key in load_keys() else "word"
    if value is None:
        return Fact(because=Sentence("answered_unknown"))
    if kind == "truth":
        return Fact(truth=bool(value), because=because)
    if kind == "number":
        low, high = value if isinstance(value, tuple) else (value, value)
        return Fact(low=float(low), high=float(high), because=because)
    words = (value,) if isinstance(value, str) else value
    return Fact(words=frozenset(words), because=because)  # type: ignore[arg-type]


def fault_of(key: str, value: Any) -> str | None:
    """Why a value cannot be the answer to a key, in one line; None when it can."""
    kind = load_keys()[key].kind if key in load_keys() else "word"
    if value is None:
        return None
    if kind == "truth":
        return None if isinstance(value, bool) else Sentence("no_truth", value=repr(value))
    if kind == "number":
        numbers = value if isinstance(value, tuple) else (value,)
        if not 0 < len(numbers) < 3 or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers):
            return Sentence("no_range", value=repr(value))
        if any((isinstance(n, int) and abs(n) > _MOST) or math.isnan(n) for n in numbers):
            return Sentence("no_number", value=repr(value))
        if any(n < 0 for n in numbers):
            return Sentence("negative", value=amount(min(numbers)))
        return Sentence("upside_down", value=_shown(value)) if numbers[0] > numbers[-1] else None
    if kind == "word":
        return None if isinstance(value, str) else Sentence("no_name", value=repr(value))
    fits = isinstance(value, tuple) and all(isinstance(word, str) for word in value)
    return None if fits else Sentence("no_words", value=repr(value))


def _shown(value: Value) -> str:
    if isinstance(value, tuple):
        return "–".join(amount(v) if isinstance(v, float | int) else v for v in value)
    if isinstance(value, bool):
        return Sentence("true" if value else "false")
    return amount(value) if isinstance(value, int | float) else str(value).lower()
