"""The numbers of a standard (GB/T 1.1): 1 范围, 4.1, 4.1.2, 附录 A with A.1, A.1.1. Seen only in a text so numbered.

A line that begins with 3.5 may as well go on with a sentence: what tells the two apart is that a standard counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.structure.numbering import Marker

_NUMBER = re.compile(r"(?P<n>(?:\d{1,2}|[A-Z](?=\.))(?:\.\d{1,2}){0,4})(?P<gap>[ \u3000])?(?P<rest>\D.*)?$", re.S)
_SCOPE = re.compile(r"1[ \u3000]?(?:范围|总则|Scope)$")
_FEWEST = 4  # clauses that count on


def read_clauses(lines: Sequence[str]) -> dict[int, Marker]:
    """Places of lines that open a clause → its marker, style ``§1`` to ``§5`` by depth; empty for other texts.

    A contents list before the text is passed over: the clauses begin at the last ``1 范围``.
    """
    begins = max((at for at, line in enumerate(lines) if _SCOPE.match(line)), default=None)
    if begins is None:
        return {}
    found: dict[int, Marker] = {}
    last: tuple[str, ...] = ("0",)
    for at, line in enumerate(lines[begins:], begins):
        match = _NUMBER.match(line)
        if not match or (match["rest"] and not match["gap"] and "." not in match["n"]):
            continue
        parts = tuple(match["n"].split("."))
        if not _follows(parts, last):
            continue
        last = parts
        rest = (match["rest"] or "").strip()
        found[at] = Marker(f"§{len(parts)}", match["n"], int(parts[-1]) if parts[-1].isdecimal() else 0, rest)
    return found if len(found) >= _FEWEST else {}


def _follows(parts: tuple[str, ...], last: tuple[str, ...]) -> bool:
    """Does this number count on from the one before: 4.2 after 4.1.3, 4.1 after 4, A.1 as an annex's first?"""
    if len(parts) == len(last) + 1:
        return parts[:-1] == last and parts[-1] == "1"
    if parts[0].isalpha() and parts[0] != last[0]:
        return parts[1:] == ("1",)
    if len(parts) > len(last):
        return False
    before = last[: len(parts)]
    return parts[:-1] == before[:-1] and before[-1].isdecimal() and parts[-1] == str(int(before[-1]) + 1)
