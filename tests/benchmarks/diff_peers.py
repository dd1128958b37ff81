"""What other comparers mark in the same texts: characters, lines, words between blanks, diff-match-patch, redlines.

A mark is a span of the old text and one of the new. Three questions: is a changed digit marked, and nothing outside its
number; does an article whose words are the same carry a mark when others were put in, taken out or moved; how long do
300 provisions take. Each peer gets a whole text as lines 第N条　…, as it would be pasted into it.
"""

from __future__ import annotations

import difflib
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import version
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from compare_figures import articles, edit_cases, pair, renumbered
from law_corpus import official  # noqa: F401  (puts the tree on the path)

from kb.comparing.compare import compare_texts
from kb.comparing.redline import redline

Mark = tuple[int, int, int, int]  # from, to in the old text; from, to in the new one
Compare = Callable[[str, str], list[Mark]]
SAME = ("unchanged", "moved")


def by_regwatch(old: str, new: str) -> list[Mark]:
    return [(*run.old, *run.new) for run in redline(old, new) if not run.equal]


def by_tokens(cut: Callable[[str], list[str]], old: str, new: str) -> list[Mark]:
    before, after = cut(old), cut(new)
    at = [[0, *accumulate(map(len, tokens))] for tokens in (before, after)]
    found = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(at[0][a], at[0][b], at[1][c], at[1][d]) for how, a, b, c, d in found if how != "equal"]


def by_characters(old: str, new: str) -> list[Mark]:
    return by_tokens(list, old, new)


def by_lines(old: str, new: str) -> list[Mark]:
    return by_tokens(lambda text: text.splitlines(keepends=True), old, new)


def by_blanks(old: str, new: str) -> list[Mark]:
    """As webchanges and changedetection.io cut words; the wdiff of many tools."""
    return by_tokens(lambda text: [token for token in re.split(r"(\s+)", text) if token], old, new)


def by_dmp(old: str, new: str) -> list[Mark]:
    """diff-match-patch with the semantic clean-up that it recommends for people."""
    from diff_match_patch import diff_match_patch

    tool = diff_match_patch()
    tool.Diff_Timeout = 0
    found = tool.diff_main(old, new)
    tool.diff_cleanupSemantic(found)
    marks, left, right = [], 0, 0
    for how, words in found:
        ends = left + len(words) * (how <= 0), right + len(words) * (how >= 0)
        if how:
            marks.append((left, ends[0], right, ends[1]))
        left, right = ends
    return marks


def by_redlines(old: str, new: str) -> list[Mark]:
    """Its tokens have other blanks than the texts: what is not blank is counted."""
    from redlines.processor import WholeDocumentProcessor

    places = [[at for at, char in enumerate(text) if not char.isspace()] + [len(text)] for text in (old, new)]
    marks = []
    for found in WholeDocumentProcessor().process(old, new):
        how, a, b, c, d = found.opcodes
        if how != "equal":
            tokens = found.source_chunk.text, found.test_chunk.text
            at = [[0, *accumulate(len(re.sub(r"[\s¶]", "", token)) for token in side)] for side in tokens]
            marks.append((*_span(places[0], at[0][a], at[0][b]), *_span(places[1], at[1][c], at[1][d])))
    return marks


def _span(places: Sequence[int], first: int, last: int) -> tuple[int, int]:
    return (places[first], places[last - 1] + 1) if last > first else (places[first], places[first])


# Name, package whose version is told, how.
PEERS: list[tuple[str, str, Compare]] = [
    ("difflib, characters", "", by_characters),
    ("difflib, lines", "", by_lines),
    ("words between blanks", "", by_blanks),
    ("diff-match-patch", "diff-match-patch", by_dmp),
    ("redlines", "redlines", by_redlines),
]


def measure(edits: int, tries: int, say: Callable[[str], None]) -> dict[str, Any]:
    cases, numbers = edit_cases(edits)
    moves = list(renumbered(tries))
    rows = []
    for name, package, compare in [("Regwatch", "", by_regwatch), *PEERS]:
        try:
            compare("一", "二")
        except ImportError:
            say(f"{name} is not installed: left out")
            continue
        told = _our_articles if name == "Regwatch" else _their_articles(compare)
        rows.append({"name": name, "version": version(package) if package else "", **marked(cases, compare),
                     **falsely_marked(moves, told), "seconds": _seconds(name, compare)})  # fmt: skip
        say(f"diff: {name}")
    characters = len("\n".join(pair()[0]))
    return {"edits": len(cases), "numbers": numbers, "tries": tries, "characters": characters,
            "python": sys.version.split()[0], "rows": rows}  # fmt: skip


def marked(cases: Iterable[tuple[str, str, int, int, str]], compare: Compare) -> dict[str, float]:
    """Shares of the edits: ``whole``: the one mark is the number; ``within``: no mark is outside it. ``share``: of the
    new text, how much is marked, on average."""
    whole = within = count = 0
    share = 0.0
    for old, new, start, end, _ in cases:
        marks = joined(compare(old, new))
        count += 1
        whole += marks == [(start, end, start, end)]
        within += bool(marks) and all(start <= min(a, c) and max(b, d) <= end for a, b, c, d in marks)
        share += sum(d - c for _, _, c, d in marks) / len(new)
    return {"whole": round(whole / count, 4), "within": round(within / count, 4), "share": round(share / count, 4)}


def joined(marks: list[Mark]) -> list[Mark]:
    """Marks that touch on both sides read as one: what is taken out, and what is put in its place."""
    found: list[Mark] = []
    for mark in marks:
        if found and (found[-1][1], found[-1][3]) == (mark[0], mark[2]):
            found[-1] = (found[-1][0], mark[1], found[-1][2], mark[3])
        else:
            found.append(mark)
    return found


Told = Callable[[list[str], list[str]], set[str]]  # articles before and after → those of both that carry a mark


def falsely_marked(moves: Iterable[tuple[list[str], list[str], bool]], told: Told) -> dict[str, float | None]:
    """Of the articles whose words are the same, the share marked: where numbers only shifted, and where they moved."""
    found: dict[bool, list[float]] = {False: [], True: []}
    for old, new, shuffled in moves:
        same = set(old) & set(new)
        found[shuffled].append(len(told(old, new) & same) / len(same))
    return {name: round(sum(found[shuffled]) / len(found[shuffled]), 4) if found[shuffled] else None
            for name, shuffled in (("renumbered", False), ("shuffled", True))}  # fmt: skip


def _our_articles(old: list[str], new: list[str]) -> set[str]:
    changes = [one for one in compare_texts(articles(old), articles(new)).provisions if one.kind not in SAME]
    return {side.text for one in changes for side in (one.old, one.new) if side}


def _their_articles(compare: Compare) -> Told:
    def told(old: list[str], new: list[str]) -> set[str]:
        texts = [(side, "\n".join(f"第{at}条　{words}" for at, words in enumerate(side, 1)))
                 for side in (old, new)]  # fmt: skip
        marks = compare(texts[0][1], texts[1][1])
        left = _touched(*texts[0], [(a, b) for a, b, _, _ in marks if b > a])
        return left | _touched(*texts[1], [(c, d) for _, _, c, d in marks if d > c])

    return told


def _touched(side: list[str], text: str, spans: list[tuple[int, int]]) -> set[str]:
    """Articles with a mark in their words; one on the number alone is right, for the number did change."""
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    places = [(last - 1 - len(words), last - 1, words) for (_, last), words in zip(pairwise(starts), side, strict=True)]
    return {words for start, end, words in places if any(a < end and b > start for a, b in spans)}


def _seconds(name: str, compare: Compare) -> float:
    """Processor seconds for two versions of 300 provisions, the best of three (of one if that takes seconds)."""
    old, new = pair()
    before, after = "\n".join(old), "\n".join(new)
    ours = articles(old), articles(new)
    taken: list[float] = []
    while len(taken) < 3 and sum(taken) < 2:
        start = time.process_time()
        compare_texts(*ours) if name == "Regwatch" else compare(before, after)
        taken.append(time.process_time() - start)
    return round(min(taken), 4)


def main() -> Iterator[str]:
    found = measure(100, 20, lambda line: print(line, file=sys.stderr))
    yield from (str(row) for row in found["rows"])


if __name__ == "__main__":
    print("\n".join(main()))
