"""Which provision of the old text is which of the new one: by content first, then by place and number.

Owns pairing; knows nothing of kinds and grades. Four passes, each over what the one before left: equal words (of
several, those of the same number first); nearly the same words at the same number; and anywhere (Indel similarity);
reworded provisions, by the rare pairs of characters they share, for phrases that the whole law repeats prove nothing,
less being asked of what kept its number or its place between two neighbours that are paired.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_KEPT = 0.85  # Indel similarity at the same number that needs no other candidate
_SAME = 0.6  # Indel similarity above which two provisions are one, reworded a little
_SAME_NUMBER = 0.08  # what an equal number adds when several provisions are similar
_REWORDED = 0.4  # weighted share of common character pairs, wherever the provision stands
_REWORDED_IN_PLACE = 0.25  # the same at the same number, or between paired neighbours
_CONTAINED_IN_PLACE = 0.6  # or: so much of the shorter is in the longer
_COMPARED = 4000  # characters of a very long unit that similarity looks at
_MOST_PAIRS = 40_000  # reworded provisions compared with each other; beyond, only those in place


@dataclass(frozen=True)
class Side:
    """One unit to align: ``key`` are its words folded, ``number`` its printed number, ``kind`` what may pair."""

    key: str
    number: str
    kind: str


@dataclass(frozen=True)
class Pair:
    """Places of two units that are one; ``similarity`` is 1.0 only if ``equal``, however long they are."""

    old: int
    new: int
    similarity: float
    equal: bool = False


def align(old: Sequence[Side], new: Sequence[Side]) -> list[Pair]:
    """Pairs in the order of the new side; each unit is in at most one."""
    pairs = _equal(old, new)
    for find in (_kept, _similar, _reworded):
        pairs += _best_first(find(old, new, pairs))
    return sorted(pairs, key=lambda pair: pair.new)


def _equal(old: Sequence[Side], new: Sequence[Side]) -> list[Pair]:
    waiting: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, side in enumerate(old):
        waiting[side.kind, side.key].append(at)
    pairs, later = [], []
    for at, side in enumerate(new):
        candidates = waiting[side.kind, side.key]
        same = next((candidate for candidate in candidates if old[candidate].number == side.number), None)
        if same is not None:
            candidates.remove(same)
            pairs.append(Pair(same, at, 1.0, True))
        elif side.key:
            later.append(at)
    for at in later:
        candidates = waiting[new[at].kind, new[at].key]
        if candidates:
            pairs.append(Pair(candidates.pop(0), at, 1.0, True))
    return pairs


Candidate = tuple[float, Pair]


def _best_first(candidates: Iterator[Candidate]) -> list[Pair]:
    pairs: list[Pair] = []
    used_old: set[int] = set()
    used_new: set[int] = set()
    for _, pair in sorted(candidates, key=lambda c: (-c[0], abs(c[1].old - c[1].new), c[1].old, c[1].new)):
        if pair.old not in used_old and pair.new not in used_new:
            used_old.add(pair.old)
            used_new.add(pair.new)
            pairs.append(pair)
    return pairs


def _rest(count: int, used: set[int]) -> list[int]:
    return [at for at in range(count) if at not in used]


def _kept(old: Sequence[Side], new: Sequence[Side], pairs: Sequence[Pair]) -> Iterator[Candidate]:
    from rapidfuzz.distance import Indel

    place = {(new[at].kind, new[at].number): at for at in _rest(len(new), {pair.new for pair in pairs})}
    for left in _rest(len(old), {pair.old for pair in pairs}):
        right = place.get((old[left].kind, old[left].number))
        if right is not None and _may_pair(old[left], new[right]):
            keys = _shortened(old[left].key), _shortened(new[right].key)
            score = Indel.normalized_similarity(*keys, score_cutoff=_KEPT)
            if score:
                yield score, Pair(left, right, _rounded(score))


def _similar(old: Sequence[Side], new: Sequence[Side], pairs: Sequence[Pair]) -> Iterator[Candidate]:
    rest_old = _rest(len(old), {pair.old for pair in pairs})
    rest_new = _rest(len(new), {pair.new for pair in pairs})
    if not rest_old or not rest_new:
        return
    from rapidfuzz import process
    from rapidfuzz.distance import Indel

    choices = [_shortened(new[at].key) for at in rest_new]
    for left in rest_old:
        query = _shortened(old[left].key)
        found = process.extract(query, choices, scorer=Indel.normalized_similarity, score_cutoff=_SAME, limit=None)
        for _, score, at in found:
            if _may_pair(old[left], new[rest_new[at]]):
                bonus = _SAME_NUMBER * (old[left].number == new[rest_new[at]].number)
                yield score + bonus, Pair(left, rest_new[at], _rounded(score))


def _reworded(old: Sequence[Side], new: Sequence[Side], pairs: Sequence[Pair]) -> Iterator[Candidate]:
    rest_old = _rest(len(old), {pair.old for pair in pairs})
    rest_new = _rest(len(new), {pair.new for pair in pairs})
    if not rest_old or not rest_new:
        return
    bigrams = {(at, True): _bigrams(old[at].key) for at in range(len(old))}
    bigrams |= {(at, False): _bigrams(new[at].key) for at in range(len(new))}
    seen = Counter(gram for grams in bigrams.values() for gram in grams)
    weight = {gram: math.log(1 + len(bigrams) / count) for gram, count in seen.items()}
    total = {key: sum(weight[gram] for gram in grams) for key, grams in bigrams.items()}
    gaps = _gaps(rest_old, pairs)
    everywhere = len(rest_old) * len(rest_new) <= _MOST_PAIRS
    for left in rest_old:
        for right in rest_new:
            in_place = old[left].number == new[right].number or gaps[left][0] < right < gaps[left][1]
            if not (everywhere or in_place) or not _may_pair(old[left], new[right]):
                continue
            common = sum(weight[gram] for gram in bigrams[left, True] & bigrams[right, False])
            sizes = total[left, True], total[right, False]
            score = 2 * common / (sum(sizes) or 1)
            contained = common / (min(sizes) or 1)
            near = in_place and (score >= _REWORDED_IN_PLACE or contained >= _CONTAINED_IN_PLACE)
            if score >= _REWORDED or near:
                yield score, Pair(left, right, _rounded(score))


def _gaps(rest_old: Sequence[int], pairs: Sequence[Pair]) -> dict[int, tuple[int, int]]:
    """For each unpaired old unit, the new places of its nearest paired neighbours before and after."""
    place = {pair.old: pair.new for pair in pairs}
    gaps = {}
    for at in rest_old:
        before = max((one for one in place if one < at), default=None)
        after = min((one for one in place if one > at), default=None)
        gaps[at] = (-1 if before is None else place[before], 10**9 if after is None else place[after])
    return gaps


def _may_pair(one: Side, other: Side) -> bool:
    return one.kind == other.kind and bool(one.key) and bool(other.key)


def _rounded(score: float) -> float:
    return min(round(score, 3), 0.999)


def _bigrams(key: str) -> set[str]:
    text = _shortened(key)
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _shortened(key: str) -> str:
    return key if len(key) <= _COMPARED else key[: _COMPARED // 2] + key[-_COMPARED // 2 :]
