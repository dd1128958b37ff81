"""No regular expression of ours runs away, whatever a hostile page says (ReDoS).

Every pattern that a module keeps, that it compiles when asked, that its cached tables hold (measures.yml and the like)
and that a source declares is run over strings made from itself: each part that may repeat is repeated thousands of
times before a character that nothing matches.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import is_dataclass
from inspect import signature
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from pydantic import BaseModel

import crawlers
import kb
import mappings
from crawlers.source import load_sources

REPEATS = 800  # a line of 800 times one thing
ALLOWED = 0.5  # seconds of CPU; nothing that backtracks over alternatives ends in it, a slow square does
LITERAL = re.compile(
    r"""re\.(?:compile|sub|search|match|fullmatch|findall|split|finditer)\(\s*([rfb]{0,2}"(?:[^"\\\n]|\\.)+")"""
)
LIMIT = 2  # seconds of CPU after which a pattern is given up


def modules() -> Iterator[Any]:
    for package in (kb, crawlers, mappings):
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__") and found.name != "crawlers.sample.make_annexes":
                yield importlib.import_module(found.name)


def patterns() -> dict[str, re.Pattern[Any]]:
    found: dict[str, re.Pattern[Any]] = {}

    def collect(value: Any, depth: int = 0) -> None:
        if isinstance(value, re.Pattern):
            found.setdefault(repr(value.pattern), value)
        elif depth > 5:
            return
        elif isinstance(value, dict):
            for key, inner in value.items():
                collect(key, depth + 1)
                collect(inner, depth + 1)
        elif isinstance(value, (tuple, list, frozenset, set)):
            for inner in value:
                collect(inner, depth + 1)
        elif isinstance(value, BaseModel) or (is_dataclass(value) and not isinstance(value, type)):
            collect(vars(value), depth + 1)

    for module in modules():
        for value in list(vars(module).values()):
            collect(value)
            if hasattr(value, "cache_info") and value.__module__ == module.__name__:
                collect(value() if not signature(value).parameters else None)
        for literal in LITERAL.findall(Path(module.__file__).read_text("utf-8")):
            try:
                pattern = re.compile(eval(literal, vars(module)))  # a literal of our own source
            except (re.error, NameError):  # no pattern, or one made of what a function was given
                continue
            found.setdefault(repr(pattern.pattern), pattern)
    for pattern in declared():
        found.setdefault(repr(pattern), re.compile(pattern))
    return found


def declared() -> set[str]:
    """What sources say in regular expressions: the form of an address, marks around a title, an id in an answer."""
    sources = load_sources().values()
    rules = [source.list for source in sources]
    said = {pattern for rule in rules for pattern in (rule.key, rule.id, rule.clean)}
    return (said | {step.id for source in sources for step in source.steps}) - {""}


def sample(parts: Any) -> str:
    """A short string that these parts of a parsed pattern match, more or less."""
    return "".join(_sample(kind, value) for kind, value in parts)


def _sample(kind: Any, value: Any) -> str:
    if kind is op.LITERAL:
        return chr(value)
    if kind is op.NOT_LITERAL:
        return "b" if value == ord("a") else "a"
    if kind is op.ANY:
        return "a"
    if kind is op.IN:
        return _of_set(value)
    if kind is op.BRANCH:
        return sample(value[1][0])
    if kind is op.SUBPATTERN:
        return sample(value[3])
    if kind is op.ATOMIC_GROUP:
        return sample(value)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return sample(value[2]) * max(1, min(value[0], 50))
    return ""


def _of_set(items: Any) -> str:
    kinds = {op.CATEGORY_DIGIT: "1", op.CATEGORY_SPACE: " ", op.CATEGORY_WORD: "a", op.CATEGORY_NOT_SPACE: "a",
             op.CATEGORY_NOT_WORD: "-", op.CATEGORY_NOT_DIGIT: "a"}  # fmt: skip
    if items[0][0] is op.NEGATE:
        barred = {chr(value) for kind, value in items[1:] if kind is op.LITERAL}
        return next(one for one in "a1 x一-" if one not in barred)
    for kind, value in items:
        if kind is op.LITERAL:
            return chr(value)
        if kind is op.RANGE:
            return chr(value[0])
        if kind is op.CATEGORY:
            return kinds.get(value, "a")
    return "a"


def pumps(parts: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """(what stands before, what is repeated) for every part that may repeat, alternatives one by one."""
    for kind, value in parts:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            yield before, sample(value[2])
            yield "", sample(value[2])
            yield from pumps(value[2], before)
        elif kind is op.SUBPATTERN:
            yield from pumps(value[3], before)
        elif kind is op.ATOMIC_GROUP:
            yield from pumps(value, before)
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield before, sample(branch)
                yield from pumps(branch, before)
        before += _sample(kind, value)


def attacks(pattern: re.Pattern[Any]) -> set[tuple[str, str]]:
    text = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    parsed = parser.parse(text, pattern.flags & ~(re.UNICODE if isinstance(pattern.pattern, bytes) else 0))
    found = {pump for pump in pumps(parsed) if pump[1]}
    whole = sample(parsed)
    return found | {("", one) for one in (whole, whole[:-1], whole[:1]) if one}


def seconds(pattern: re.Pattern[Any], before: str, pump: str, times: int) -> float:
    text = before + pump * (times if len(pump) < 8 else times // 4) + "\x00"
    subject: Any = text.encode("utf-8") if isinstance(pattern.pattern, bytes) else text
    began = time.process_time()
    for _ in pattern.finditer(subject):
        pass
    if "(?>" not in str(pattern.pattern):  # fullmatch goes back into atomic groups; those are searched with only
        pattern.fullmatch(subject)
    return time.process_time() - began


def give_up(*_: object) -> None:
    raise TimeoutError


PATTERNS = patterns()


def test_there_are_patterns_to_look_at() -> None:
    assert len(PATTERNS) > 250
    assert declared() <= {pattern.pattern for pattern in PATTERNS.values()}
    assert any("家" in name and "台" in name for name in PATTERNS), "of measures.yml"


@contextmanager
def given_up_after(limit: float) -> Iterator[None]:
    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def worst(pattern: re.Pattern[Any]) -> tuple[float, str]:
    """The longest that one of its attacks takes, in seconds of CPU, and that attack."""
    found = (0.0, "")
    for before, pump in sorted(attacks(pattern)):
        try:
            with given_up_after(LIMIT):
                took = seconds(pattern, before, pump, REPEATS)
        except TimeoutError:
            return float(LIMIT), f"{before[-20:]!r} + {pump!r}"
        found = max(found, (took, f"{before[-20:]!r} + {pump!r}"))
    return found


def test_no_pattern_runs_away() -> None:
    taken = {name: worst(pattern) for name, pattern in PATTERNS.items()}
    assert not {name: took for name, took in taken.items() if took[0] > ALLOWED}


@pytest.mark.parametrize("pattern", [r"(?:<!--.*?-->\s*)*<html", r"(a+)+$", r"(a|aa)+$", r"（(?:(?:甲|甲乙|乙)、?)+）"])
def test_a_pattern_that_backtracks_is_noticed(pattern: str) -> None:
    assert worst(re.compile(pattern, re.S))[0] > ALLOWED
