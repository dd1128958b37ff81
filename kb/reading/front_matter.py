"""What importers put before a text: YAML-like front matter, a title, a 说明 of their own, then the text under 正文."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_FENCE = "---"
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_TEXT_SECTION = ("正文", "全文")


@dataclass(frozen=True)
class Imported:
    meta: dict[str, str]
    title: str
    lines: tuple[str, ...]


def strip_front_matter(lines: Sequence[str]) -> Imported:
    """The text's own lines. Without front matter nothing is taken away."""
    meta: dict[str, str] = {}
    if not lines or lines[0].strip() != _FENCE:
        return Imported(meta, "", tuple(lines))
    end = next((at for at, line in enumerate(lines[1:], 1) if line.strip() == _FENCE), None)
    if end is None:
        return Imported(meta, "", tuple(lines))
    for line in lines[1:end]:
        key, colon, value = line.partition(":")
        if colon and value.strip():
            meta[key.strip()] = value.strip().strip("\"'")
    rest = list(lines[end + 1 :])
    start = next((at for at, line in enumerate(rest) if _heading(line)[1] in _TEXT_SECTION), None)
    if start is None:
        return Imported(meta, "", tuple(rest))
    before = rest[:start]
    title = next((text for level, text in map(_heading, before) if level == 1), "")
    note = [line.strip() for line in before if line.strip() and not _heading(line)[0]]
    if note:
        meta["说明"] = " ".join(note)
    return Imported(meta, title, tuple(rest[start + 1 :]))


def _heading(line: str) -> tuple[int, str]:
    match = _HEADING.match(line)
    return (len(match[1]), match[2]) if match else (0, "")
