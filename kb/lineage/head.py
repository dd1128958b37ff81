"""The head of a text, line by line: what stands before its first numbered unit, in one form for title and facts."""

from __future__ import annotations

import re

from kb.normalise import fold_glyphs

_WIDE = str.maketrans("():,;?!", "（）：，；？！")


def tidy(text: str) -> str:
    """A title on one line: usual glyphs, wide punctuation, no blanks but between Latin words."""
    text = fold_glyphs(text).translate(_WIDE)
    return re.sub(r"(?<![A-Za-z0-9])\s+|\s+(?![A-Za-z0-9])", "", text).strip("#*- \t")


def tidy_lines(text: str) -> list[str]:
    """The lines of a text, tidied, without empty ones and page numbers."""
    lines = (tidy(line) for line in text.splitlines())
    return [line for line in lines if line and not re.fullmatch(r"[-—–·第]*\d{0,3}[-—–·页]*", line)]


def head_of(body: str) -> str:
    """What stands before the first numbered unit of a text (第一条, 第一章, 一、), at most 4000 characters."""
    found = re.search(r"(?m)^\s*(?:第\s*[一1⼀]\s*[条章节编]|[一⼀]、)", body[:4000])
    return body[: found.start()] if found else body[:4000]
