"""What changed inside a text: runs of words replaced, put in or taken out, and each changed number by itself.

Owns marking: characters are joined to the words a lawyer reads, a number with its magnitude (100万) is one word.
What kb.normalise.fold removes (width, blanks, bracket styles) is never marked. Where little is left of a text, whole
sentences are marked, for scattered words tell nobody anything. Aligning texts is kb.comparing.alignment's.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from kb.comparing.sentences import Sentence, pair_sentences, read_sentences
from kb.items.amounts import edit_of
from kb.model import Edit, Run, Span
from kb.normalise import fold_each
from kb.structure.numerals import CHINESE, find_numerals

_LARGEST = 4 * 10**8  # pairs of characters compared word by word; beyond, by sentences
_LONG = 2000  # characters from which common beginnings and ends are cut off first
_RAGGED = 0.5  # share of equal characters below which scattered marks give way to whole sentences
_SCATTERED = 4  # marks that make it scattered
_REWORDED = 0.6  # Indel similarity from which a sentence is marked in its words, not replaced as a whole
_NUMBER_CHARS = frozenset(CHINESE + "0123456789０１２３４５６７８９.．")
_ISLAND = 2  # equal words between two changes that are read as part of one change
_STOPS = frozenset("。;,、")  # folded: ； and ， are half width

Change = tuple[Span, Span]  # old words in place of which stand new ones


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    key: str
    number: bool = False


def mark_edits(old: str, new: str, skip_old: Sequence[Span] = (), skip_new: Sequence[Span] = ()) -> tuple[Edit, ...]:
    """The replaced runs in order; empty if the texts differ in nothing that is written.

    ``skip_…`` are spans that do not count, as the printed numbers of items are.
    """
    return edits_of(old, new, redline(old, new, skip_old, skip_new))


def edits_of(old: str, new: str, runs: Sequence[Run]) -> tuple[Edit, ...]:
    """The changed ones of these runs, with their numbers as numbers."""
    return tuple(edit_of(old, new, run) for run in runs if not run.equal)


def redline(old: str, new: str, skip_old: Sequence[Span] = (), skip_new: Sequence[Span] = ()) -> list[Run]:
    """Both texts as runs, equal and changed ones, in order; together they cover both texts."""
    if old == new:
        return [Run((0, len(old)), (0, len(new)), True)] if old else []
    begin, end = common_ends(old, new)
    spans = (begin, len(old) - end), (begin, len(new) - end)
    if (spans[0][1] - begin) * (spans[1][1] - begin) > _LARGEST:
        return _covered(old, new, _by_sentences(old, new, spans, skip_old, skip_new))
    changes = list(_by_words(old, new, spans, skip_old, skip_new))
    if len(changes) >= _SCATTERED and _equal_share(changes, spans) < _RAGGED:
        changes = list(_by_sentences(old, new, spans, skip_old, skip_new))
    return _covered(old, new, changes)


def _covered(old: str, new: str, changes: Iterable[Change]) -> list[Run]:
    runs: list[Run] = []
    at_old = at_new = 0
    for left, right in changes:
        if left[0] > at_old or right[0] > at_new:
            runs.append(Run((at_old, left[0]), (at_new, right[0]), True))
        runs.append(Run(left, right, False))
        at_old, at_new = left[1], right[1]
    if at_old < len(old) or at_new < len(new):
        runs.append(Run((at_old, len(old)), (at_new, len(new)), True))
    return runs


def _equal_share(changes: Sequence[Change], spans: tuple[Span, Span]) -> float:
    total = sum(end - start for start, end in spans)
    changed = sum(end - start for change in changes for start, end in change)
    return 1 - changed / total if total else 1.0


def _by_words(
    old: str, new: str, spans: tuple[Span, Span], skip_old: Sequence[Span], skip_new: Sequence[Span]
) -> Iterator[Change]:
    before, after = list(_tokens(old, skip_old, *spans[0])), list(_tokens(new, skip_new, *spans[1]))
    at_old, at_new = spans[0][0], spans[1][0]
    for block in _changed_blocks(before, after):
        block = _at_sentence(block, before, after)
        left, right = _spans(before, after, block, spans)
        if not _number_for_number(block, before, after):
            left, right = _narrowed(old, new, left, right, at_old, at_new)
        yield left, right
        at_old, at_new = left[1], right[1]


def _by_sentences(
    old: str, new: str, spans: tuple[Span, Span], skip_old: Sequence[Span], skip_new: Sequence[Span]
) -> Iterator[Change]:
    before, after = read_sentences(old, spans[0], skip_old), read_sentences(new, spans[1], skip_new)
    at_old = at_new = 0
    for left, right in [*pair_sentences(before, after), (len(before), len(after))]:
        gap = before[at_old:left], after[at_new:right]
        if any(gap):
            yield _stretch(before, at_old, left, spans[0]), _stretch(after, at_new, right, spans[1])
        if left < len(before):
            one, other = before[left], after[right]
            if one.key != other.key:
                yield from _reworded(old, new, one, other, skip_old, skip_new)
        at_old, at_new = left + 1, right + 1


def _reworded(
    old: str, new: str, one: Sentence, other: Sentence, skip_old: Sequence[Span], skip_new: Sequence[Span]
) -> Iterator[Change]:
    from rapidfuzz.distance import Indel

    spans = (one.start, one.end), (other.start, other.end)
    small = (one.end - one.start) * (other.end - other.start) <= _LARGEST
    if small and Indel.normalized_similarity(one.key, other.key) >= _REWORDED:
        yield from _by_words(old, new, spans, skip_old, skip_new)
    else:
        yield spans


def _stretch(parts: Sequence[_Token | Sentence], first: int, last: int, span: Span) -> Span:
    """From the first to the last of these parts; where there is none, the place between its neighbours."""
    if first < last:
        return parts[first].start, parts[last - 1].end
    at = parts[first - 1].end if first else span[0]
    return at, at


def common_ends(old: str, new: str) -> Span:
    """Characters that long texts have in common at both ends, up to a full stop, which need no comparing."""
    least = min(len(old), len(new))
    if least < _LONG:
        return 0, 0
    begin = bisect_right(range(1, least + 1), 0, key=lambda n: old[:n] != new[:n])
    begin = max(old.rfind(stop, 0, begin) for stop in "。\n") + 1
    end = bisect_right(range(1, least - begin + 1), 0, key=lambda n: old[-n:] != new[-n:])
    stop = min((at for at in (old.find(mark, len(old) - end) for mark in "。\n") if at >= 0), default=len(old) - 1)
    return begin, len(old) - stop - 1


def _tokens(text: str, skip: Sequence[Span], first: int, last: int) -> Iterator[_Token]:
    """Numbers, words and punctuation of the folded text, each with where it stands; skipped spans are no tokens.

    Words are cut after folding, so that a blank, a line break or a radical inside a word changes nothing.
    """
    skipped = {at for start, end in skip for at in range(start, end)}
    folded = ["" if at in skipped else char for at, char in enumerate(fold_each(text[first:last]), first)]
    places = array("L", (at for at, char in enumerate(folded, first) for _ in char))
    plain = "".join(folded)
    at = 0
    for number in [*find_numerals(plain), None]:
        stop = number.start if number else len(plain)
        for word in _segmenter().cut(plain[at:stop]) if at < stop else ():
            yield _Token(places[at], places[at + len(word) - 1] + 1, word)
            at += len(word)
        if number:
            at = number.end
            yield _Token(places[number.start], places[at - 1] + 1, plain[number.start : at], True)


@cache
def _segmenter() -> Any:
    import rjieba

    return rjieba


Block = tuple[int, int, int, int]  # tokens [a:b] of the old text become [c:d] of the new


def _changed_blocks(before: Sequence[_Token], after: Sequence[_Token]) -> list[Block]:
    from rapidfuzz.distance import Indel

    left, right = [token.key for token in before], [token.key for token in after]
    codes = [
        (code.tag, code.src_start, code.src_end, code.dest_start, code.dest_end) for code in Indel.opcodes(left, right)
    ]
    blocks: list[Block] = []
    for equal, group in groupby(codes, key=lambda code: code[0] == "equal"):
        if equal:
            continue
        run = list(group)
        block = (run[0][1], run[-1][2], run[0][3], run[-1][4])
        if blocks and _absorbs(blocks[-1], block, before, after):
            blocks[-1] = (blocks[-1][0], block[1], blocks[-1][2], block[3])
        else:
            blocks.append(block)
    return blocks


def _absorbs(one: Block, other: Block, before: Sequence[_Token], after: Sequence[_Token]) -> bool:
    """Two changes with one word between them read as one, unless one of them is just a number for a number."""
    if other[0] - one[1] >= _ISLAND or any(token.key == "。" for token in before[one[1] : other[0]]):
        return False
    return not any(_number_for_number(block, before, after) for block in (one, other))


def _at_sentence(block: Block, before: Sequence[_Token], after: Sequence[_Token]) -> Block:
    """。乙句 put in before 。 is the sentence 乙句。 put in behind it: the same change, as a lawyer reads it."""
    a, b, c, d = block
    if a == b and d < len(after) and b < len(before) and after[c].key == after[d].key and after[c].key in _STOPS:
        return a + 1, b + 1, c + 1, d + 1
    if c == d and b < len(before) and d < len(after) and before[a].key == before[b].key and before[a].key in _STOPS:
        return a + 1, b + 1, c + 1, d + 1
    return block


def _number_for_number(block: Block, before: Sequence[_Token], after: Sequence[_Token]) -> bool:
    a, b, c, d = block
    return b - a == d - c == 1 and before[a].number and after[c].number


def _spans(
    before: Sequence[_Token], after: Sequence[_Token], block: Block, spans: tuple[Span, Span]
) -> tuple[Span, Span]:
    a, b, c, d = block
    return _stretch(before, a, b, spans[0]), _stretch(after, c, d, spans[1])


def _narrowed(old: str, new: str, left: Span, right: Span, floor_old: int, floor_new: int) -> tuple[Span, Span]:
    """If only a number differs inside the changed words, the mark is that number and nothing else."""
    (a, b), (c, d) = left, right
    while a < b and c < d and old[a] == new[c]:
        a, c = a + 1, c + 1
    while a < b and c < d and old[b - 1] == new[d - 1]:
        b, d = b - 1, d - 1
    core = old[a:b] + new[c:d]
    if not core or not all(char in _NUMBER_CHARS for char in core):
        return left, right
    a, b = _grown(old, a, b)
    c, d = _grown(new, c, d)
    return ((a, b), (c, d)) if floor_old <= a < b and floor_new <= c < d else (left, right)


def _grown(text: str, start: int, end: int) -> Span:
    while start and text[start - 1] in _NUMBER_CHARS:
        start -= 1
    while end < len(text) and text[end] in _NUMBER_CHARS:
        end += 1
    while start < end and text[start] in ".．":
        start += 1
    while start < end and text[end - 1] in ".．":
        end -= 1
    return start, end
