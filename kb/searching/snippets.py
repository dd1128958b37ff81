"""The part of a text around its first hit, with every hit in ⟦ ⟧: Chinese and English alike."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.searching.index import SENTINEL, tokens

_OPEN, _CLOSE = "⟦", "⟧"


def snippet(text: str, wanted: Sequence[str], width: int = 60) -> str:
    """``wanted`` are phrases as typed or as they stand in texts; one that is not there marks nothing."""
    clean = " ".join(text.split())
    patterns = [pattern for pattern in map(_pattern, wanted) if pattern]
    if not patterns:
        return clean[:width] + ("…" if width < len(clean) else "")
    pattern = re.compile("|".join(sorted(patterns, key=len, reverse=True)), re.IGNORECASE)
    first = pattern.search(clean)
    start = max(0, first.start() - width // 3) if first else 0
    part = clean[start : max(start + width, first.end() if first and first.end() - start < 2 * width else 0)]
    marked = pattern.sub(lambda hit: f"{_OPEN}{hit[0]}{_CLOSE}", part)
    return ("…" if start else "") + marked + ("…" if start + len(part) < len(clean) else "")


def _pattern(phrase: str) -> str:
    """The characters of a phrase one after the other, blanks between them allowed, any punctuation for any other."""
    parts = [r"[^\w\s]+" if token == SENTINEL else re.escape(token) for token in tokens(phrase)]
    while parts and parts[0] == r"[^\w\s]+":
        parts.pop(0)
    while parts and parts[-1] == r"[^\w\s]+":
        parts.pop()
    return r"\s*".join(parts)
