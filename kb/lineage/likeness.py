"""How alike two title keys are, and why: retitled, reordered, shortened, or two works with near names.

Owns the comparing of two names, by the words declared in title_words.yml; lineage.py decides what follows from it.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from kb.agencies import places_in

DECLARED = Path(__file__).with_name("title_words.yml")
SAME = 0.8  # from here on two names are one work, if stages and dates allow
NEAR = 0.6  # from here on a person has to look
_KEPT_SHARE = 0.75  # characters that a shortened title must keep to be the same work without a second look
_PUNCTUATION = re.compile(r"[、,，“”\"'‘’()（）·\-—:：]")


@dataclass(frozen=True)
class Likeness:
    """``score`` 0–1; ``reason`` is half a sentence for people. ``series``: editions of one series, by place."""

    score: float
    reason: str
    series: bool = False


@dataclass(frozen=True)
class _Words:
    kinds: dict[str, str]
    neutral: re.Pattern[str]
    same: tuple[tuple[str, str], ...]
    series: tuple[tuple[re.Pattern[str], str], ...]


@functools.cache
def _words() -> _Words:
    from kb.declarations import Declaration, load_declaration

    class Series(Declaration):
        pattern: str
        why: str

    class TitleWords(Declaration):
        kinds: dict[str, tuple[str, ...]]
        neutral: tuple[str, ...]
        same: tuple[tuple[str, ...], ...]
        series: tuple[Series, ...]

    declared = load_declaration(DECLARED, TitleWords)
    return _Words(
        kinds={word: kind for kind, words in declared.kinds.items() for word in words},
        neutral=re.compile("|".join(sorted(map(re.escape, declared.neutral), key=len, reverse=True))),
        same=tuple((other, words[0]) for words in declared.same for other in words[1:]),
        series=tuple((re.compile(series.pattern), series.why) for series in declared.series),
    )


def compare_titles(a: str, b: str) -> Likeness:
    """Compare two title keys (``titles.title_key``). Symmetric; 1.0 only for equal keys."""
    if a == b:
        return Likeness(1.0, "same title")
    if places_in(a) != places_in(b):
        return Likeness(0.0, "another place")
    for pattern, why in _words().series:
        if places_in(a) and pattern.search(a) and pattern.search(b):
            return Likeness(0.9, why, series=True)
    (core_a, kind_a, word_a), (core_b, kind_b, word_b) = _take_apart(a), _take_apart(b)
    if kind_a != kind_b:
        same_core = core_a == core_b and core_a
        return Likeness(
            0.65 if same_core else 0.0, f"same subject, but {word_a or 'no kind'} and {word_b or 'no kind'}"
        )
    retitled = "" if word_a == word_b else f", {word_a} for {word_b}"
    if core_a == core_b:
        return Likeness(0.95 if not retitled else 0.9, f"same words{retitled}")
    if sorted(core_a) == sorted(core_b):
        return Likeness(0.88, f"same words in another order{retitled}")
    share = len(set(core_a) & set(core_b)) / len(set(core_a) | set(core_b))
    shorter, longer = sorted((core_a, core_b), key=len)
    # A word put in front narrows the subject (汽车数据 … for 数据 …); one dropped inside only shortens the title.
    if _is_within(shorter, longer) and shorter[:2] == longer[:2] and share >= _KEPT_SHARE:
        return Likeness(0.85, f"one title is the other shortened{retitled}")
    return Likeness(round(0.85 * share, 2), f"{share:.0%} of the characters in common")


def _take_apart(key: str) -> tuple[str, str | None, str]:
    """The subject of a title without words that come and go, the kind of instrument, and the word for it."""
    words = _words()
    for other, first in words.same:
        key = key.replace(other, first)
    word = next((word for word in sorted(words.kinds, key=len, reverse=True) if key.endswith(word)), "")
    core = words.neutral.sub("", _PUNCTUATION.sub("", key.removesuffix(word) if word else key))
    return core, words.kinds.get(word), word


def _is_within(shorter: str, longer: str) -> bool:
    """Do all characters of one stand in the other, in order?"""
    rest = iter(longer)
    return all(char in rest for char in shorter)
