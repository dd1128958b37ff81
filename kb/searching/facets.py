"""Where the places of a query stand: how many in each work, stage, agency and year. Finding them is rank's."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from kb.rows import rows
from kb.searching.query import read_query
from kb.searching.rank import FILTERS, JOIN

MOST = 5000  # places that are counted, the newest
_NARROWED_BY = ("agency", "stage", "since", "work")
_COUNTED = """
select version, count(*) as n from (
  select search_row.version from provision_fts {join} where provision_fts match :query {filters}
  order by provision_fts.rowid desc limit :most) group by version
"""
_VERSIONS = """
select id, work, stage, agencies, title, substr(coalesce(published, signed, effective), 1, 4) as year from version
where id in (select value from json_each(?))
"""
_PLAIN_JOIN = "join search_row on search_row.id = provision_fts.rowid"


def facets(db: Database, words: str, filters: Mapping[str, Any]) -> dict[str, Any]:
    """``counted`` places (``more``: there are further ones) and how many of them ``work``, ``stage``, ``agency`` and
    ``year`` have, the most frequent first. ``filters``: agency, stage, since and work as `search` takes them."""
    query = read_query(words)
    found: list[dict[str, Any]] = []
    if query.match:
        asked = {name: value for name in _NARROWED_BY if (value := filters.get(name))}
        kept = "".join(f" and {FILTERS[name]}" for name in asked)
        join = JOIN.format(fts="provision_fts") if kept else _PLAIN_JOIN
        sql = _COUNTED.format(join=join, filters=kept)
        found = list(db.query(sql, {**asked, "query": query.match, "most": MOST}))
    counts = {row["version"]: row["n"] for row in found}
    told: dict[str, Counter[str]] = {name: Counter() for name in ("work", "stage", "agency", "year")}
    for row in rows(db, _VERSIONS, [json.dumps(list(counts))]):
        n = counts[row["id"]]
        told["work"][row["work"]] += n
        told["stage"][row["stage"]] += n
        told["year"][row["year"] or ""] += n
        for agency in json.loads(row["agencies"] or "[]"):
            told["agency"][agency] += n
    counted = sum(counts.values())
    return {"counted": counted, "more": counted >= MOST, **{name: dict(c.most_common(12)) for name, c in told.items()}}


def titles_of(db: Database, works: Sequence[str]) -> dict[str, str]:
    """Titles of works by their ids."""
    wanted = json.dumps(list(works))
    return {row["id"]: row["title"] for row in rows(db, "select id, title from work where id in "
                                                        "(select value from json_each(?))", [wanted])}  # fmt: skip
