"""Footnote marks: raised small digits that stand inside numbers (100万人以上³, 不满⁴100万) and are not part of them.

A reader wraps what it sees raised; the marks are taken out when the whole document, with its notes, is known.
"""

from __future__ import annotations

import re

_BEGIN, _END = "\ue0f0", "\ue0f1"  # private use: in no text of the law
_EXPONENT = re.compile(r"(?:^|[^A-Za-z])(?:[kcmd]?m|s)$|(?:^|\D)10$")  # m², km², 10⁶
MARK_CHARACTERS = frozenset("0123456789*†‡①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳[]［］〔〕")
# Nothing else is ever taken out, whatever a file holds of private characters.
_MARK = re.compile(f"{_BEGIN}([{re.escape(''.join(sorted(MARK_CHARACTERS)))}]*){_END}")


def wrap_mark(text: str) -> str:
    """Raised text as the reader found it, to be decided on later."""
    return f"{_BEGIN}{text}{_END}"


def drop_marks(text: str, notes: frozenset[str]) -> str:
    """Without footnote marks; ``notes`` are the numbers of the notes in the document. An exponent stays."""

    def decide(match: re.Match[str]) -> str:
        raised = match[1]
        before = text[: match.start()][-3:]
        if _EXPONENT.search(before):
            return raised
        if re.search(r"[A-Za-z0-9]$", before):
            return "" if raised.strip("[]［］〔〕") in notes else raised
        return ""

    return _MARK.sub(decide, text)
