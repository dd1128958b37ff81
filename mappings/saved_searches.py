"""Searches that people keep by name. They live in company.db only; what they find is asked of kb.db each time.

Alerts and briefs use ``new_hits``: what a saved search finds in versions that were first seen after a moment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound
from kb.identity import content_id
from kb.searching.search import search

FILTERS = ("agency", "stage", "since", "work", "data_type")
_MOST = 1000  # hits that a saved search looks at


def save_search(
    db: Database, name: str, words: str, filters: Mapping[str, Any], *, by: str = "", now: str
) -> dict[str, Any]:
    """Keep a search under a name; the same name again replaces it, and what it has shown begins anew."""
    kept = {key: filters[key] for key in FILTERS if filters.get(key)}
    row = {"name": name, "words": words, "filters": json.dumps(kept, ensure_ascii=False, sort_keys=True),
           "saved_by": by, "saved_at": now, "shown_at": None}  # fmt: skip
    with db.atomic():
        db.table("saved_search").upsert(row, pk="name")
    return _decoded(row)


def saved_searches(db: Database) -> list[dict[str, Any]]:
    """All of them, by name: name, words, filters, saved_by, saved_at, shown_at."""
    return [_decoded(row) for row in db.query("select * from saved_search order by name")]


def saved_search(db: Database, name: str) -> dict[str, Any]:
    """One of them. Raises NotFound."""
    found = next(iter(db.query("select * from saved_search where name = ?", [name])), None)
    if found is None:
        raise NotFound(f"no saved search {name!r}: see `regwatch saved list`")
    return _decoded(found)


def drop_search(db: Database, name: str) -> None:
    """Forget one. Raises NotFound."""
    saved_search(db, name)
    with db.atomic():
        db.execute("delete from saved_search where name = ?", [name])


def run_search(kb: Database, saved: Mapping[str, Any], *, limit: int = 20, page: int = 1) -> list[dict[str, Any]]:
    """The hits of a saved search, as ``regwatch search`` gives them."""
    return search(kb, saved["words"], **saved["filters"], limit=limit, page=page)


def new_hits(kb: Database, saved: Mapping[str, Any], after: str | None) -> list[dict[str, Any]]:
    """Hits in versions first seen after a moment (UTC), each with a ``key`` that stays; all of them for None."""
    seen = {row["id"]: row["first_seen"] for row in kb.query("select id, first_seen from version")}
    return [
        {**hit, "key": content_id("saved hit", saved["name"], hit["id"])}
        for hit in run_search(kb, saved, limit=_MOST)
        if after is None or (seen.get(hit["version"]) or "") > after
    ]


def mark_shown(db: Database, name: str, now: str) -> None:
    """Note that everything found until now has been shown."""
    with db.atomic():
        db.execute("update saved_search set shown_at = ? where name = ?", [now, name])


def _decoded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "filters": json.loads(row["filters"])}
