"""A tree of conditions as lines for people: one for each leaf, indented under any and all; and two trees held together.

Of the form that ``condition_json`` gives. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import ndiff
from typing import Any

LOGIC = {"any": "any of", "all": "all of"}
UNMARKED = ("trigger", None)


def condition_lines(tree: Mapping[str, Any] | None, depth: int = 0) -> list[str]:
    """``vehicles >= 200000, operating_in_china “涉及…”`` for each leaf. None: no line."""
    return list(_lines(tree, depth)) if tree else []


def changed_lines(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[str]:
    """Both trees in one: lines of the old alone begin with ``-``, of the new alone with ``+``."""
    return [line.rstrip() for line in ndiff(condition_lines(old), condition_lines(new)) if not line.startswith("?")]


def _lines(tree: Mapping[str, Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    if logic := tree.get("logic"):
        yield indent + ", ".join(str(part) for part in (LOGIC[logic], tree.get("qualifier")) if part)
        for part in tree["of"]:
            yield from _lines(part, depth + 1)
        return
    value = tree.get("value")
    unit = tree.get("unit") if tree.get("unit") != tree.get("measure") else None
    number = f"{value:,.12g}" if isinstance(value, int | float) else value
    compared = " ".join(str(part) for part in (tree.get("measure"), tree.get("comparator"), number, unit) if part)
    role = tree.get("role") if tree.get("role") not in UNMARKED else None
    said = ", ".join(str(part) for part in (compared, tree.get("window"), tree.get("qualifier"), role) if part)
    yield f"{indent}{said} “{tree.get('quote') or ''}”"
