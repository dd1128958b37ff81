"""One provision that became several, or several that became one, and the changes of each part.

Owns recognising splits and merges among what alignment paired and what it left over, and cutting one redline at the
borders of the parts. Only what is certain is said: most of the loose part stands in the provision it comes from, and
no longer (or not before) in that provision's own partner.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from kb.comparing.alignment import Pair, Side
from kb.comparing.grading import grade_change
from kb.comparing.redline import edits_of, redline
from kb.model import ProvisionChange, Run, Span
from kb.normalise import fold
from kb.structure.units import Unit

_SHORTEST = 12  # folded characters of a part; less proves nothing
_CONTAINED = 0.7  # share of the part's character pairs that the whole has
_OWN = 0.5  # share that the whole has and its partner has not
_NEAR = 3  # provisions between the part and the partner; farther, nearly all of the part is asked
_CONTAINED_FAR = 0.9

Groups = dict[int, list[int]]  # place of the whole → places of its parts, in order


def find_splits(old: Sequence[Side], new: Sequence[Side], pairs: Sequence[Pair]) -> tuple[Groups, Groups]:
    """(splits: old place → new places, merges: new place → old places); every place is in one group at most."""
    forward = {pair.old: pair.new for pair in pairs if not pair.equal}
    backward = {pair.new: pair.old for pair in pairs if not pair.equal}
    paired_old, paired_new = {pair.old for pair in pairs}, {pair.new for pair in pairs}
    splits = _groups(old, new, forward, [at for at in range(len(new)) if at not in paired_new])
    merges = _groups(new, old, backward, [at for at in range(len(old)) if at not in paired_old])
    grown = {at for group in splits.values() for at in group}
    return splits, {whole: parts for whole, parts in merges.items() if whole not in grown}


def _groups(wholes: Sequence[Side], parts: Sequence[Side], partner: Mapping[int, int], loose: Sequence[int]) -> Groups:
    if not loose or not partner:
        return {}
    have = {at: _bigrams(wholes[at].key) for at in partner}
    left = {at: have[at] - _bigrams(parts[partner[at]].key) for at in partner}
    groups: dict[int, list[int]] = defaultdict(list)
    for at in loose:
        grams = _bigrams(parts[at].key)
        size = grams.total()
        best = max(
            (
                ((grams & left[whole]).total() / size, whole)
                for whole in partner
                if size >= _SHORTEST and wholes[whole].kind == parts[at].kind
                if (grams & have[whole]).total() / size
                >= (_CONTAINED if abs(partner[whole] - at) <= _NEAR else _CONTAINED_FAR)
            ),
            default=(0.0, -1),
        )
        if best[0] >= _OWN:
            groups[best[1]].append(at)
    return {whole: sorted([partner[whole], *found]) for whole, found in groups.items()}


def split_changes(old: Unit, parts: Sequence[Unit], renumbered: Mapping[str, str]) -> Iterator[ProvisionChange]:
    """What changed in each part of a provision that became several; in the order of the parts."""
    text, marks, borders = _joined(parts)
    runs = redline(old.provision.text, text, old.marks, marks)
    for part, (start, end), covered in zip(parts, borders, _cut(old.provision.text, text, runs, borders), strict=True):
        own = [replace(run, new=(run.new[0] - start, run.new[1] - start)) for run in covered]
        before = old.provision.text[covered[0].old[0] : covered[-1].old[1]] if covered else ""
        edits = edits_of(old.provision.text, part.provision.text, own)
        grade = grade_change(before, text[start:end], edits, renumbered) or "renumbered"
        yield ProvisionChange("split", old.provision, part.provision, grade, edits, _alike(own), tuple(own))


def merged_changes(parts: Sequence[Unit], new: Unit, renumbered: Mapping[str, str]) -> Iterator[ProvisionChange]:
    """What changed in each of several provisions that became one; in the order of the old ones."""
    text, marks, borders = _joined(parts)
    runs = [Run(run.new, run.old, run.equal) for run in redline(text, new.provision.text, marks, new.marks)]
    for part, (start, end), covered in zip(parts, borders, _cut(new.provision.text, text, runs, borders), strict=True):
        own = [Run((run.new[0] - start, run.new[1] - start), run.old, run.equal) for run in covered]
        after = new.provision.text[covered[0].old[0] : covered[-1].old[1]] if covered else ""
        edits = edits_of(part.provision.text, new.provision.text, own)
        grade = grade_change(text[start:end], after, edits, renumbered) or "renumbered"
        yield ProvisionChange("merged", part.provision, new.provision, grade, edits, _alike(own), tuple(own))


def _joined(parts: Sequence[Unit]) -> tuple[str, list[Span], list[Span]]:
    """The texts of the parts as one, the spans that do not count in it, and where each part stands."""
    text, marks, borders = "", [], []
    for part in parts:
        text += "\n" * bool(text)
        marks += [(len(text) + start, len(text) + end) for start, end in part.marks]
        borders.append((len(text), len(text) + len(part.provision.text)))
        text += part.provision.text
    return text, marks, borders


def _cut(whole: str, joined: str, runs: Sequence[Run], borders: Sequence[Span]) -> Iterator[list[Run]]:
    """The runs of each part. What was taken out at a border belongs to the part before it."""
    runs = list(runs)
    for border, following in pairwise([*borders, None]):
        assert border
        mine: list[Run] = []
        while runs and (runs[0].new[1] <= border[1] or following is None):
            mine.append(runs.pop(0))
        if runs and following and runs[0].new[0] < following[0]:
            run = runs.pop(0)
            here = _place(whole, joined, run, border[1]) if run.new[0] < border[1] else run.old[0]
            there = max(here, _place(whole, joined, run, following[0]))
            if run.new[0] < border[1]:
                mine.append(Run((run.old[0], here), (run.new[0], border[1]), run.equal))
            if run.new[1] > following[0] or run.old[1] > there:
                runs.insert(0, Run((there, run.old[1]), (following[0], max(run.new[1], following[0])), run.equal))
        yield mine


def _place(whole: str, joined: str, run: Run, at: int) -> int:
    """Where in the whole the place ``at`` of the joined parts is, inside one run."""
    if not run.equal:
        return run.old[1]
    ahead = len(fold(joined[run.new[0] : at]))
    place = run.old[0]
    while ahead > 0 and place < run.old[1]:
        ahead -= len(fold(whole[place]))
        place += 1
    return place


def _alike(runs: Sequence[Run]) -> float:
    total = sum(end - start for run in runs for start, end in (run.old, run.new))
    equal = sum(end - start for run in runs if run.equal for start, end in (run.old, run.new))
    return min(round(equal / total, 3), 0.999) if total else 0.0


def _bigrams(key: str) -> Counter[str]:
    return Counter(key[at : at + 2] for at in range(len(key) - 1))
