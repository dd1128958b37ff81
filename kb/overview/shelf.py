"""Every work as lawyers file it: 制定机关, 效力级别, 时效性 and 发文字号, of a day; and what of it a filter keeps.

What the terms mean is kb.law.standing's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlite_utils import Database

from kb import queries
from kb.law.disputes import open_claims
from kb.law.standing import level_of, validity_of
from kb.rows import Row

_LAW = ("in_force", "partly_overridden", "disputed", "amended")


def shelf(db: Database, day: str) -> list[Row]:
    """Works as `queries.works` gives them; each version with ``level`` and ``validity`` on ``day``, and each work with
    those of its ``speaking`` version: the law of the day, else the newest."""
    claims = open_claims(db)
    listed = queries.works(db)
    for work in listed:
        versions = work["versions"]
        for version in versions:
            version["validity"] = validity_of(version, versions, claims, day).term
            version["level"] = level_of(version)[0]
        law = [version for version in versions if version["validity"] in _LAW]
        speaking = (law or versions or [None])[-1]
        work["speaking"] = speaking and speaking["id"]
        work["validity"] = speaking["validity"] if speaking else "unknown"
        work["level"] = work["level"] or (speaking["level"] if speaking else None)
        numbers = [version["doc_number"] for version in reversed(versions) if version["doc_number"]]
        work["doc_number"] = next(iter(numbers), None)
    return listed


def keep(
    works: Iterable[Row], *, agency: str | None = None, level: str | None = None, validity: str | None = None,
    number: str | None = None, words: str | None = None,
) -> list[Row]:  # fmt: skip
    """The works that every given filter keeps. ``number`` and ``words`` are parts of a document number and of a title,
    blanks and kinds of brackets aside; a work is kept for any of its versions."""
    return [
        work for work in works
        if (not agency or agency in work["agencies"])
        and (not level or work["level"] == level)
        and (not validity or work["validity"] == validity)
        and (not number or any(_part(number, version["doc_number"]) for version in work["versions"]))
        and (not words or any(_part(words, title) for title in _titles(work)))
    ]  # fmt: skip


def choices(works: Sequence[Row]) -> dict[str, dict[str, int]]:
    """What can be chosen, with how many works each has: agency, level and validity, the most frequent first."""
    return {
        "agency": dict(Counter(agency for work in works for agency in work["agencies"]).most_common()),
        "level": dict(Counter(work["level"] for work in works if work["level"]).most_common()),
        "validity": dict(Counter(work["validity"] for work in works).most_common()),
    }


def _titles(work: Row) -> list[Any]:
    return [work["title"], work["title_en"], *(version["title"] for version in work["versions"])]


_PLAIN = str.maketrans("〔［【（）〕］】", "[[[()]]]", " \u3000")


def _part(wanted: str, of: str | None) -> bool:
    def plain(text: str) -> str:
        return text.translate(_PLAIN).translate(str.maketrans("()", "[]", " ")).lower()

    return bool(of) and plain(wanted) in plain(str(of))
