"""Short, safe wording for messages: one line of foreign text, and the passages in which two texts differ.

Pure. What a change is and how grave it is was decided by ``kb.comparing.compare``; this only shows it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from kb.normalise import fold, fold_glyphs, squeeze

Pair = tuple[str, str]

_CLAUSE = re.compile(r"[^，；。：\n]+[，；。：\n]?|[，；。：\n]")
_FIGURE = re.compile(
    r"(?<![第零〇一二三四五六七八九十百千\d.,])(?:\d[\d,.]*|[一二三四五六七八九十百千两〇零]+)[万亿千百]*\s*"
    r"(?:人次|人|台|辆|条|个工作日|工作日|个月|小时|分钟|日|天|月|年|像素|公里|米|厘米|级|次|部|%|％)"
)
CONTEXT = 16  # characters kept on each side of a difference


@lru_cache(10_000)  # one event is told to many owners in the same words
def one_line(text: str | None, limit: int = 120) -> str:
    """Text of an outsider as one line: no line breaks, control or direction characters; cut at ``limit``."""
    kept = "".join(char if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co") else " " for char in text or "")
    line = squeeze(kept)
    return line if len(line) <= limit else line[: limit - 1] + "…"


def passages(old: str, new: str, limit: int = 160) -> list[Pair]:
    """The differing clauses as (before, after), cut to the difference and its surroundings; numbers first.

    An insertion has an empty before, a deletion an empty after. Glyph variants and blanks are no difference.
    """
    before, after = _CLAUSE.findall(old), _CLAUSE.findall(new)
    matcher = SequenceMatcher(None, [fold(part) for part in before], [fold(part) for part in after], autojunk=False)
    pairs: list[Pair] = []
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        if a2 - a1 == b2 - b1:
            pairs += zip(before[a1:a2], after[b1:b2], strict=True)
        else:
            pairs.append(("".join(before[a1:a2]), "".join(after[b1:b2])))
    cut = [_around(one_line(a, 10_000), one_line(b, 10_000), limit) for a, b in pairs]
    return sorted(cut, key=lambda pair: not figures(*pair))


@dataclass(frozen=True)
class Marked:
    """Both sides of a passage in parts, (has it changed, words); ``old`` and ``new`` are the words as a whole."""

    old: str
    new: str
    old_parts: tuple[tuple[bool, str], ...]
    new_parts: tuple[tuple[bool, str], ...]


def marked_pair(old: str, new: str) -> Marked:
    """Marks what differs and nothing else, as the comparison itself does; a side alone has changed as a whole."""
    from kb.comparing.redline import redline

    if not old or not new:
        return Marked(old, new, ((True, old),) if old else (), ((True, new),) if new else ())
    runs = redline(old, new)
    before = tuple((not run.equal, words) for run in runs if (words := old[slice(*run.old)]))
    return Marked(old, new, before, tuple((not run.equal, words) for run in runs if (words := new[slice(*run.new)])))


def figures(old: str, new: str) -> list[Pair]:
    """Number against number: quantities with a unit that were replaced (``100万人`` → ``50万人``), in order."""
    before, after = _FIGURE.findall(fold_glyphs(old)), _FIGURE.findall(fold_glyphs(new))
    pairs: list[Pair] = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "replace" and a2 - a1 == b2 - b1:
            pairs += zip(before[a1:a2], after[b1:b2], strict=True)
    return [(one_line(a), one_line(b)) for a, b in pairs if fold(a) != fold(b)]


def _around(old: str, new: str, limit: int) -> Pair:
    """Both sides without the long runs that they share at either end, then cut at ``limit``."""
    if not old or not new or max(len(old), len(new)) <= 3 * CONTEXT:
        return one_line(old, limit), one_line(new, limit)
    head = _shared(old, new)
    tail = min(_shared(old[::-1], new[::-1]), min(len(old), len(new)) - head)
    start = head - CONTEXT if head > CONTEXT + 1 else 0
    rest = tail - CONTEXT if tail > CONTEXT + 1 else 0
    sides = [text[start : len(text) - rest] for text in (old, new)]
    first, second = [("…" if start else "") + side + ("…" if rest else "") for side in sides]
    return one_line(first, limit), one_line(second, limit)


def _shared(old: str, new: str) -> int:
    for place, (a, b) in enumerate(zip(old, new, strict=False)):
        if a != b:
            return place
    return min(len(old), len(new))
