"""The characters of a PDF page to printed lines: where they end, how big they are, what is raised in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kb.reading.marks import MARK_CHARACTERS, wrap_mark

Char = dict[str, Any]  # as pdfplumber gives it: text, size, x0, x1, top, bottom (points from the page's top left)
_SMALL = 0.75  # of the line's size: what is smaller and raised is a mark


@dataclass(frozen=True)
class PrintedLine:
    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float


def read_lines(chars: Iterable[Char]) -> list[PrintedLine]:
    """Lines from top to bottom. Characters that are not upright (water marks) are left out."""
    rows: list[list[Char]] = []
    spans: list[tuple[float, float]] = []
    upright = (char for char in chars if char["upright"] and char["text"])
    # Big characters first, so that a raised mark finds the line it belongs to and makes none of its own.
    for char in sorted(upright, key=lambda char: (-char["size"], char["top"], char["x0"])):
        centre = (char["top"] + char["bottom"]) / 2
        at = next((at for at, (top, bottom) in enumerate(spans) if top <= centre <= bottom), None)
        if at is None:
            rows.append([char])
            spans.append((char["top"], char["bottom"]))
        else:
            rows[at].append(char)
    lines = [line for row in rows if (line := _line(row))]
    return sorted(lines, key=lambda line: (line.top, line.x0))


def _line(chars: list[Char]) -> PrintedLine | None:
    chars = _once(sorted(chars, key=lambda char: (char["x0"], char["x1"])))
    printed = [char for char in chars if not char["text"].isspace()]
    if not printed:
        return None
    size = Counter(round(char["size"], 1) for char in printed).most_common(1)[0][0]
    full_size = [char for char in printed if char["size"] > _SMALL * size]
    bottom = max(char["bottom"] for char in full_size)
    words: list[str] = []
    raised = ""
    before: Char | None = None
    for char in chars:
        if _is_mark(char, size, bottom) and before is not None:
            raised += char["text"]
        else:
            if raised:
                words.append(wrap_mark(raised))
                raised = ""
            if before is not None and _gap(before, char) > _blank(before, char, size):
                words.append(" ")
            words.append(char["text"])
        before = char
    if raised:
        words.append(wrap_mark(raised))
    return PrintedLine(
        "".join(words).strip(),
        printed[0]["x0"],
        max(char["x1"] for char in printed),
        min(char["top"] for char in full_size),
        bottom,
        size,
    )


def _is_mark(char: Char, size: float, bottom: float) -> bool:
    return (
        char["size"] <= _SMALL * size
        and char["bottom"] < bottom - 0.15 * size
        and char["text"].strip() in MARK_CHARACTERS
    )


def _once(chars: Sequence[Char]) -> list[Char]:
    """Without the second print of a character that bold type is faked with."""
    kept: list[Char] = []
    for char in chars:
        if not any(
            other["text"] == char["text"] and abs(other["x0"] - char["x0"]) < 0.1 * char["size"] for other in kept[-2:]
        ):
            kept.append(char)
    return kept


def _gap(before: Char, char: Char) -> float:
    return float(char["x0"] - before["x1"])


def _blank(before: Char, char: Char, size: float) -> float:
    """From which gap on a blank was meant: Latin words stand closer than Chinese characters set apart."""
    latin = before["text"][-1:].isascii() and char["text"][:1].isascii()
    return (0.2 if latin else 0.6) * size
