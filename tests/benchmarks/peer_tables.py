"""Tables of the peers' result in Markdown: all of it for docs/figures.md, one short table for the README. Pure.

Both stand between marks, `<!-- peers -->` and `<!-- /peers -->`; what stands between them is written from
docs/peers.json and from nothing else, which tests/test_peers.py holds.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from peer_charts import name_of, percent

Row = Mapping[str, Any]
COMMAND = "python -m tests.benchmarks.peers"
MARKS = "<!-- peers -->", "<!-- /peers -->"
SITES = "filters for each site"


def put(page: str, words: str) -> str:
    """The page with these words between its marks. Raises ValueError where it has none."""
    if page.count(MARKS[0]) != 1 or page.count(MARKS[1]) != 1:
        raise ValueError(f"no single {MARKS[0]} … {MARKS[1]}")
    head, _, rest = page.partition(MARKS[0])
    return f"{head}{MARKS[0]}\n{words.strip()}\n{MARKS[1]}{rest.partition(MARKS[1])[2]}"


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def counted(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0])))


def versioned(row: Row) -> str:
    """`jieba, all words` of 0.42.1 is `jieba 0.42.1, all words`."""
    head, comma, tail = (row.get("checker") or row["name"]).partition(", ")
    return f"{head} {row['version']}".strip() + comma + tail


# ── docs/figures.md ─────────────────────────────────────────────────────────────────────────────────────────────────


def full(result: Row) -> str:
    drawn = {"pages": _pages, "checks": _checks, "search": _search, "diff": _diff, "matching": _matching}
    parts = [part for name, draw in drawn.items() if name in result for part in draw(result[name])]
    return "\n\n".join([_how(result), *parts])


def _how(result: Row) -> str:
    machine = result["machine"]
    return (
        f"All in one run of `{result['command']}` on {result['date']}: {machine['cores']} cores, "
        f"{machine['processor']}, Python {machine['python']}. Each peer is installed from PyPI into an environment "
        f"of its own and run for real; `docs/peers.json` is what the run wrote, the tables and charts are made from "
        f"it."
    )


def _pages(part: Row) -> Iterator[str]:
    yield "### Changes of pages"
    yield (
        f"{part['days']} days of {part['pages']} pages of three sample agencies in their own markup, their lists and "
        f"annexes: {part['visits']} visits, {part['true']} true changes ({counted(part['true_kinds'])}), and on "
        f"{part['noise']} of the other visits something that is none ({counted(part['noise_kinds'])}). Labels are "
        f"made from seed {part['seed']} before anything is run. With filters for each site a peer is given the "
        f"article's own part of every page, the sorted rows of every list and the words of every PDF, as a person "
        f"who knows these sites would, and told to forget what is back as it was; Regwatch is asked as it comes. "
        f"changedetection.io runs as its own server, asked by its API. A change counts as found when it is told on "
        f"its day; errors about a host in trouble are not false."
    )
    yield "![Changes found and false on one timeline](peers-pages.svg)"
    yield table(
        ["checker", "asked", "found", "false", "of the page marked for one number"],
        [[versioned(row), row["how"], f"{row['found']} of {part['true']}", row["false"],
          percent(row["marked"]) if row["marked"] is not None else "-"] for row in part["rows"]],
    )  # fmt: skip
    told = []
    for row in part["rows"]:
        if row["how"] == SITES or row["checker"] == "Regwatch":
            for name, kinds in (("false", row["false_kinds"]), ("missed", row["missed_kinds"])):
                told += [f"{name_of(row)}, {name}: {counted(kinds)}."] if kinds else []
    if told:
        yield "\n".join(f"- {line}" for line in told)


def _checks(part: Row) -> Iterator[str]:
    yield "### Time of a check"
    yield (
        f"The second check of {part['urls']:,} unchanged URLs, from start to end of the program, as each comes; "
        f"changedetection.io in its batch mode, which waits three seconds by itself. Regwatch asks one thing at a time."
    )
    yield table(
        ["checker", "wall, s", "processor, s", "processor per URL, ms"],
        [[versioned(row), row["wall_s"], row["cpu_s"], f"{row['cpu_s'] * 1000 / row['urls']:.1f}"]
         for row in part["rows"]],
    )  # fmt: skip


def _search(part: Row) -> Iterator[str]:
    yield "### Searching"
    yield (
        f"{part['provisions']:,} provisions of {part['characters'] / 1e6:.1f} million characters ({part['official']} "
        f"official units, the rest drawn from their character frequencies); truth is the substring. "
        f"{part['queries']} drawn substrings of 1 to 8 characters, which cut words in two as no person does, and "
        f"{part['terms']} real terms. Processor time of finding the ids of all hits; SQLite {part['sqlite']}."
    )
    yield "![Recall and time of searching](peers-search.svg)"
    yield table(
        ["index", "recall, drawn", "precision, drawn", "recall, terms", "precision, terms", "p95, ms", "built in, s",
         "MB"],
        [[versioned(row), *(f"{row[k]:.3f}" for k in ("recall", "precision", "term_recall", "term_precision")),
          f"{row['p95_ms']:.1f}", "-" if row["build_s"] is None else f"{row['build_s']:.1f}", row["mb"]]
         for row in part["rows"]],
    )  # fmt: skip
    yield f"Ours is kb.db with the texts in it. A whole search of ours, ranked and with snippets: {part['whole'][1]}."


def _diff(part: Row) -> Iterator[str]:
    yield "### Comparing"
    yield (
        f"{part['edits']} edits of one digit in {part['numbers']:,} numbers of official provisions: how often the "
        f"one mark is the number, how often nothing outside it is marked, how much of the new text is marked. "
        f"{part['tries']} texts of articles of which some were put in or taken out: of the articles whose words are "
        f"the same, the share that carries a mark in them, where only their numbers shifted and where they were "
        f"shuffled, too. Time: 300 provisions of {part['characters']:,} characters, processor seconds; Python "
        f"{part['python']}."
    )
    yield "![What is marked for one digit, and in the same words](peers-diff.svg)"
    yield table(
        ["comparer", "the number marked", "nothing else marked", "of the text marked", "same words marked: renumbered",
         "shuffled", "s"],
        [[versioned(row), *(percent(row[key]) for key in ("whole", "within", "share", "renumbered")),
          "-" if row["shuffled"] is None else percent(row["shuffled"]), f"{row['seconds']:.3f}"]
         for row in part["rows"]],
    )  # fmt: skip


def _matching(part: Row) -> Iterator[str]:
    yield "### Matching"
    yield (
        f"{part['fields']} real fields of public catalogs, labelled blind ({part['labelled']} have a label; lexicon "
        f"`{part['lexicon'][:8]}…`), with 95 % bootstrap intervals. A peer's threshold is the best on these very "
        f"rows, which flatters it; ours is what the product suggests."
    )
    yield "![Micro-F1 and the first three candidates](peers-matching.svg)"
    yield table(
        ["method", "micro-F1", "precision", "recall", "right among first three"],
        [
            [versioned(row), *(spread(row[key]) for key in ("f1", "precision", "recall", "top3"))]
            for row in part["rows"]
        ],
    )


def spread(figure: Sequence[float]) -> str:
    return f"{figure[0]:.2f} ({figure[1]:.2f}–{figure[2]:.2f})"


# ── README ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def short(result: Row) -> str:
    """One line a question: ours, and the peers as each does best."""
    rows = [line for name, lines in _LINES.items() if name in result for line in lines(result[name])]
    return table(["", "Regwatch", "others, in the same run"], rows)


def _line(what: str, rows: Iterable[Row], say: Callable[[Row], str]) -> tuple[str, str, str]:
    """Ours, then the others with name and version."""
    told = {versioned(row): say(row) for row in rows}
    return what, told.pop("Regwatch"), " · ".join(f"{name}: {said}" for name, said in told.items())


def _short_pages(part: Row) -> Iterator[tuple[str, str, str]]:
    rows = [row for row in part["rows"] if row["how"] == SITES or row["checker"] == "Regwatch"]
    what = f"changes of pages found, of {part['true']} / told falsely (others with filters for each site)"
    yield _line(what, rows, lambda row: f"{row['found']} / {row['false']}")


def _short_checks(part: Row) -> Iterator[tuple[str, str, str]]:
    yield _line(f"{part['urls']:,} pages checked, processor s", part["rows"], lambda row: f"{row['cpu_s']:.1f}")


def _short_search(part: Row) -> Iterator[tuple[str, str, str]]:
    rows = [row for row in part["rows"] if not row["name"].startswith("rjieba")]
    yield _line(
        "search: recall of real terms / p95 ms", rows, lambda row: f"{row['term_recall']:.2f} / {row['p95_ms']:.1f}"
    )


def _short_diff(part: Row) -> Iterator[tuple[str, str, str]]:
    chosen = ("Regwatch", "difflib, characters", "words between blanks", "diff-match-patch")
    rows = [row for row in part["rows"] if row["name"] in chosen]
    yield _line("one digit changed: its number marked, whole and alone", rows, lambda row: percent(row["whole"]))
    yield _line("articles moved: shown as changed with the same words", rows, lambda row: percent(row["shuffled"] or 0))
    yield _line("300 provisions compared, processor s", rows, lambda row: f"{row['seconds']:.2f}")


def _short_matching(part: Row) -> Iterator[tuple[str, str, str]]:
    yield _line("fields matched: micro-F1", part["rows"], lambda row: f"{row['f1'][0]:.2f}")


_LINES = {"pages": _short_pages, "checks": _short_checks, "search": _short_search, "diff": _short_diff,
          "matching": _short_matching}  # fmt: skip


def between_marks(page: str) -> str:
    found = re.search(f"{MARKS[0]}\n(.*)\n{MARKS[1]}", page, re.DOTALL)
    return found[1] if found else ""
