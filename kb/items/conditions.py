"""Rule text → conditions: a tree of any and all over leaves with measure, comparator, value, unit and window.

Owns the logic of a rule's words; the words that mark measures are declared in measures.yml. Nothing of a rule is
dropped: a clause that no measure fits becomes a leaf of measure ``other`` with its words. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from kb.items.measures import find_quantities, lexicon
from kb.model import Condition, Logic
from kb.structure.numerals import narrow, read_ordinal

Role = Literal["trigger", "exemption", "scope"]

_LONGEST = 4_000  # characters of a rule; those of agencies have some 300
_MOST_NUMBERS = 50  # of one part: every number is a leaf, and has the words of its part
_BLANKS = re.compile(r"[\s\u3000]+")
_MARKS = (r"\d{1,2}[.、](?!\d)", r"\([一二三四五六七八九十]{1,3}\)", r"\(\d{1,2}\)", r"\d{1,2}\)", r"[①-⑳]")
_JOINT = re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))|;|且(?=[\u4e00-\u9fff])|或者?")
_BRACKETED = re.compile(r"\([^()]*\)|《[^》]*》")
_EXCLUSION = re.compile(r"\([^()]*(?:不(?:含|包含|包括)|除外)[^()]*\)|不(?:含|包含|包括)[^,;。]*")
_ASIDE = re.compile(r"如|例如|包括|其中|即|不(?:含|包含|包括)|\(")
_TOGETHER = re.compile(r"同时(?:满足|符合|具备)(?!以下|下列)")


@lru_cache(maxsize=1024)  # a merged cell gives its rule to every row that it covers
def read_rule(rule: str, role: Role = "trigger") -> Condition | None:
    """The condition that a determination rule or a route states; None for an empty rule.

    A rule of one clause gives its leaf, a list (符合以下任意一项条件的：1.…2.…) a tree over its clauses. ``quote`` are
    the words of the rule without blanks. Words such as 免予 make every leaf an exemption. What is longer than any rule
    is one leaf of its words.
    """
    text = _BLANKS.sub("", rule).replace("|", "")
    if not text:
        return None
    if len(text) > _LONGEST:
        return Condition(_trim(text), measure="other", role=role)
    plain = narrow(text).replace("单个", "一个")
    if lexicon().exemption.search(plain):
        role = "exemption"
    spans = _split_clauses(plain)
    if not spans:
        return _with_role(_read_clause(text, plain), role)
    clauses = tuple(_read_clause(text[start:end], plain[start:end]) for _, start, end in spans)
    head = plain[: spans[0][0]]
    if len(clauses) == 1 and not head:
        return _with_role(clauses[0], role)
    quote = _trim(text[: len(head)]) or _trim(text)
    return _with_role(Condition(quote, _logic(head) or "any", clauses, qualifier=_qualifier(head)), role)


def clause_marks(rule: str) -> list[tuple[int, int]]:
    """Spans of the numbers 1. 2. 3. before the clauses of a rule; none if blanks stand in it."""
    return [] if _BLANKS.search(rule) else [(at, inner) for at, inner, _ in _split_clauses(narrow(rule))]


def _split_clauses(plain: str) -> list[tuple[int, int, int]]:
    """Mark, beginning and end of the clauses behind 1. 2. 3. (or （一）, （1）, ①), each the next in order."""
    for mark in _MARKS:
        starts: list[tuple[int, int]] = []
        for found in re.finditer(mark, plain):
            begins = found.start() == 0 or plain[found.start() - 1] in ":;。,的"
            if begins and read_ordinal(found[0]) == len(starts) + 1:
                starts.append(found.span())
        if len(starts) > 1 or (starts and starts[0][0] == 0):
            ends = [*(start for start, _ in starts[1:]), len(plain)]
            return [(at, inner, end) for (at, inner), end in zip(starts, ends, strict=True)]
    return []


def _logic(words: str) -> Logic | None:
    return next((logic for logic, pattern in lexicon().logic.items() if pattern.search(words)), None)


def _qualifier(words: str) -> str | None:
    return next((name for name, pattern in lexicon().qualifiers.items() if pattern.search(words)), None)


def _trim(text: str) -> str:
    return text.strip("；;。：:,，")


def _read_clause(text: str, plain: str) -> Condition:
    """同时满足A，B，C asks for each part; otherwise parts are joined by 或 (any) or else stand together (all)."""
    together = _TOGETHER.search(plain)
    if together:
        end = together.end()
        return _gather(text, "all", [_read_part(text[a:b], plain[a:b], None) for _, a, b in _parts(plain, end)])
    window, said_at, covered = _window(plain)
    recurring = bool(window and window.startswith("each_"))  # 每两年 speaks of what follows it only
    alternatives: list[list[Condition]] = [[]]
    for joined_by_or, start, end in _parts(covered):
        part = _read_part(text[start:end], covered[start:end], None if recurring and end <= said_at else window)
        if joined_by_or and alternatives[-1]:
            alternatives.append([])
        if part.measure != "other" or _says_something(covered[start:end]):
            alternatives[-1].append(part)
    read = [_gather(text, "all", parts) for parts in alternatives if parts]
    if not _numeric(read):
        return _qualitative(text, plain)
    core = _gather(text, "any", read)
    every = [*_scopes(text, plain), *(core.of if core.logic == "all" else (core,))]
    return _gather(text, "all", every) if len(every) > 1 or core.logic else replace(core, quote=_trim(text))


def _says_something(plain: str) -> bool:
    """False for what only names an example, an exclusion or whom the rule speaks to."""
    return not (_ASIDE.match(plain) or _without_scopes(plain) != plain or len(plain.strip("的。;,")) < 4)


def _gather(text: str, logic: Logic, parts: Sequence[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else Condition(_trim(text), logic, tuple(parts))


def _numeric(parts: Sequence[Condition]) -> bool:
    return any(part.value is not None or _numeric(part.of) for part in parts)


def _window(plain: str) -> tuple[str | None, int, str]:
    """The window a clause counts in, where it is said, and the clause with its own numbers and its comma covered."""
    for name, pattern in lexicon().windows.items():
        found = pattern.search(plain)
        if found:
            cover = re.sub(r"[0-9一二两三四五六七八九十,]", "某", found[0])
            return name, found.start(), plain[: found.start()] + cover + plain[found.end() :]
    return None, 0, plain


def _parts(plain: str, start: int = 0) -> list[tuple[bool, int, int]]:
    """Spans between commas and 且, and between numbers joined by 或; True where 或 joins a span to the one before."""
    bracketed = _BRACKETED.sub(lambda found: "某" * len(found[0]), plain)
    numbers = find_quantities(plain)
    cuts = [(start, start, False)]
    for found in _JOINT.finditer(bracketed, start):
        is_or = found[0].startswith("或")
        between = any(q.end <= found.start() for q in numbers) and any(q.start >= found.end() for q in numbers)
        if not is_or or between or cuts[-1][1] == found.start():
            cuts.append((found.start(), found.end(), is_or))
    cuts.append((len(plain), len(plain), False))
    spans = [(before[2], before[1], after[0]) for before, after in pairwise(cuts)]
    return [(joined, a, b) for joined, a, b in spans if plain[a:b].strip("的。")]


def _read_part(text: str, plain: str, window: str | None) -> Condition:
    """One leaf, or several under all: 10万人以上、不满100万人."""
    numbers = [q for q in find_quantities(plain) if q.comparator != "=" or q.unit != "things"]
    if not 0 < len(numbers) <= _MOST_NUMBERS:
        return _qualitative(text, _without_scopes(plain))
    about = _EXCLUSION.sub("", plain)
    leaves = []
    for number in numbers:
        measure = lexicon().measure(number.unit, about)
        unit = measure if number.unit == "things" else number.unit
        leaf = Condition(_trim(text), measure=measure, comparator=number.comparator, value=number.value, unit=unit)
        leaves.append(replace(leaf, window=window or None, qualifier=_qualifier(plain)))
    return _gather(text, "all", leaves)


def _scopes(text: str, plain: str) -> list[Condition]:
    found = [(name, pattern.search(plain)) for name, pattern in lexicon().scopes.items()]
    return [Condition(text[m.start() : m.end()], measure=name, role="scope") for name, m in found if m]


def _without_scopes(plain: str) -> str:
    for pattern in lexicon().scopes.values():
        plain = pattern.sub("", plain)
    return plain


def _qualitative(text: str, plain: str) -> Condition:
    bare = _EXCLUSION.sub("", plain)
    found = ((name, pattern.search(bare)) for name, pattern in lexicon().qualitative.items())
    name, match = next(((name, match) for name, match in found if match), ("other", None))
    if match and not name.startswith("not_") and lexicon().negation.search(bare[: match.start()]):
        name = "other"  # 不涉及敏感个人信息 is not what its words name
    return Condition(_trim(text), measure=name, qualifier=_qualifier(plain))


def _with_role(condition: Condition, role: Role) -> Condition:
    of = tuple(_with_role(part, role) for part in condition.of)
    return replace(condition, of=of, role=role if condition.role == "trigger" else condition.role)


def condition_json(condition: Condition) -> dict[str, Any]:
    """A tree as ``{"logic", "of", "qualifier", "quote"}``, a leaf with every key of the command line's contract."""
    if condition.logic:
        of = [condition_json(part) for part in condition.of]
        names: tuple[str, ...] = ("role", "qualifier", "quote")
        return {"logic": condition.logic, "of": of, **{name: getattr(condition, name) for name in names}}
    names = ("measure", "comparator", "value", "unit", "window", "role", "qualifier", "quote")
    return {name: getattr(condition, name) for name in names}


def condition_from_json(data: dict[str, Any]) -> Condition:
    """The inverse of ``condition_json``."""
    parts = tuple(condition_from_json(part) for part in data.get("of", ()))
    return Condition(**{**data, "of": parts})
