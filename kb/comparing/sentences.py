"""Sentences of two texts: which became which, for texts too long or too heavily rewritten to compare word by word.

Owns cutting into sentences and pairing them in order; marks inside a pair are kb.comparing.redline's.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.model import Span
from kb.normalise import fold

_STOPS = "。；;\n"
_SENTENCE = re.compile(r"[^。；;\n]*[。；;\n]?")
_ALIKE = 0.35  # Indel similarity from which a sentence stands for another one
_MOST_PAIRS = 60_000  # sentences compared with each other; beyond, only those that stand once in both texts


@dataclass(frozen=True, slots=True)
class Sentence:
    start: int
    end: int
    key: str


def read_sentences(text: str, span: Span, skip: Sequence[Span] = ()) -> list[Sentence]:
    """The sentences of a stretch of text with their stops; printed numbers (``skip``) in front belong to none."""
    inside = dict(skip)
    found = []
    for match in _SENTENCE.finditer(text, *span):
        start, end = match.span()
        start = inside.get(start, start)
        key = fold(text[start:end]) if start < end else ""
        if key:
            found.append(Sentence(start, end, key))
    return found


def sentence_at(text: str, span: Span) -> Span:
    """The sentence in which a stretch of text stands, without its stop; sentences, if it reaches over several."""
    start = max(text.rfind(stop, 0, span[0]) for stop in _STOPS) + 1
    ends = [at for at in (text.find(stop, span[1]) for stop in _STOPS) if at >= 0]
    return start, min(ends, default=len(text))


def sentences_at(text: str, spans: Iterable[Span]) -> str:
    """The sentences in which these stretches stand, in order, each once, a line each."""
    found: list[Span] = []
    for span in spans:
        if found and span[1] <= found[-1][1]:
            continue
        start, end = sentence_at(text, span)
        if found and start <= found[-1][1]:
            start = found.pop()[0]
        found.append((start, end))
    return "\n".join(text[start:end] for start, end in found)


def pair_sentences(old: Sequence[Sentence], new: Sequence[Sentence]) -> list[tuple[int, int]]:
    """Places of sentences that are one, equal or reworded, both in rising order."""
    pairs: list[tuple[int, int]] = []
    before = (-1, -1)
    for at_old, at_new in [*_anchors(old, new), (len(old), len(new))]:
        first_old, first_new = before[0] + 1, before[1] + 1
        gap = _alike(old[first_old:at_old], new[first_new:at_new])
        pairs += [(first_old + left, first_new + right) for left, right in gap]
        if at_old < len(old):
            pairs.append((at_old, at_new))
        before = at_old, at_new
    return pairs


def _anchors(old: Sequence[Sentence], new: Sequence[Sentence]) -> list[tuple[int, int]]:
    """Sentences that stand once in each text, the longest row of them that keeps its order (patience)."""
    counts = Counter(sentence.key for sentence in old), Counter(sentence.key for sentence in new)
    place = {sentence.key: at for at, sentence in enumerate(new) if counts[1][sentence.key] == 1}
    both = [
        (at, place[sentence.key])
        for at, sentence in enumerate(old)
        if counts[0][sentence.key] == 1 and sentence.key in place
    ]
    ends: list[int] = []  # smallest new place that ends a row of each length
    which: list[int] = []
    back: list[int | None] = []
    for at, (_, target) in enumerate(both):
        length = bisect_left(ends, target)
        back.append(which[length - 1] if length else None)
        ends[length : length + 1] = [target]
        which[length : length + 1] = [at]
    row: list[tuple[int, int]] = []
    step: int | None = which[-1] if which else None
    while step is not None:
        row.append(both[step])
        step = back[step]
    return row[::-1]


def _alike(old: Sequence[Sentence], new: Sequence[Sentence]) -> list[tuple[int, int]]:
    """The pairing of greatest likeness in order; for what stands between two anchors."""
    if not old or not new or len(old) * len(new) > _MOST_PAIRS:
        return []
    from rapidfuzz.distance import Indel

    scores = [[Indel.normalized_similarity(one.key, other.key, score_cutoff=_ALIKE) for other in new] for one in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for left in range(len(old) - 1, -1, -1):
        for right in range(len(new) - 1, -1, -1):
            paired = scores[left][right] and scores[left][right] + best[left + 1][right + 1]
            best[left][right] = max(best[left + 1][right], best[left][right + 1], paired)
    pairs, left, right = [], 0, 0
    while left < len(old) and right < len(new):
        if scores[left][right] and best[left][right] == scores[left][right] + best[left + 1][right + 1]:
            pairs.append((left, right))
            left, right = left + 1, right + 1
        elif best[left][right] == best[left + 1][right]:
            left += 1
        else:
            right += 1
    return pairs
