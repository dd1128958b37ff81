"""Which places of the index a query finds, and in which order.

Titles come first, then what resembles the query most (bm25), weighed by stage and recency. Of a query that finds more
than RANKED places the newest RANKED are weighed and the others follow, newest first: a word that stands everywhere
tells places apart by nothing else, and weighing a hundred thousand of them takes seconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from kb.rows import Row, rows

RANKED = 500
_TITLES = 200
# Law that was adopted weighs more than its drafts, what is gone less.
_STAGES = {"final": 1.15, "amended": 1.15, "repealed": 0.7, "plan": 0.8}
_YEARLY = 0.03  # of the weight for each year behind the newest hit, for ten years
JOIN = """
join search_row on search_row.id = {fts}.rowid join version on version.id = search_row.version
left join provision on search_row.kind = 'provision' and provision.id = search_row.target
left join data_item on search_row.kind = 'data_item' and data_item.id = search_row.target
"""
FILTERS = {
    "agency": """instr(version.agencies, '"' || :agency || '"')""",
    "stage": "version.stage = :stage",
    "since": "coalesce(version.published, version.signed) >= :since",
    "work": "version.work = :work",
    "versions": "version.id in (select value from json_each(:versions))",
    "data_type": """(search_row.target in (select item from item_type where data_type = :data_type)
      or search_row.kind = 'provision' and search_row.id in (
        select rowid from provision_fts where provision_fts match :type_names))""",
    "until": """version.first_seen <= :until and (search_row.kind = 'version' or exists (
      select 1 from text join capture on capture.id = coalesce(provision.capture, data_item.capture)
      where text.id = coalesce(provision.text, data_item.text) and text.observed_from <= :until
        and capture.captured_at <= :until))""",
}
_HITS = """
select {fts}.rowid as id, {score} as score from {fts} {join}
where {fts} match :query and {fts}.rowid not in (select value from json_each(:told)) {filters}
order by {fts}.rowid desc limit :limit offset :offset
"""
_WEIGHTS = """
select search_row.id, version.stage, substr(coalesce(version.published, version.signed), 1, 4) as year
from search_row join version on version.id = search_row.version
where search_row.id in (select value from json_each(?))
"""
# How often a phrase stands in each place, and in how many characters. A title is one mention.
_COUNTS = """
select id, length(words) as size, (length(words) - length(replace(words, ?2, ''))) / length(?2) as count from (
  select search_row.id, coalesce(provision.heading || provision.body,
    data_item.category || data_item.name || data_item.description || data_item.rule, '') as words from search_row
  left join provision on search_row.kind = 'provision' and provision.id = search_row.target
  left join data_item on search_row.kind = 'data_item' and data_item.id = search_row.target
  where search_row.id in (select value from json_each(?1)))
"""
_SATURATION, _BY_LENGTH, _USUAL = 1.2, 0.75, 120  # BM25's k1 and b, and the characters of a usual provision


@dataclass(frozen=True)
class Ranking:
    """``ids`` of search_row, best first, with their ``scores``; ``titles`` are those that stand first as titles.

    ``more``: further places were found and not weighed.
    """

    ids: list[int]
    scores: dict[int, float]
    titles: list[int]
    more: bool


def rank_places(
    db: Database, match: str, asked: Mapping[str, Any], named: Sequence[int] = (), phrase: str | None = None
) -> Ranking:
    """The best places of a query. ``asked`` are the filters that are set; ``named`` are places to put first, as those
    whose document number was typed. ``phrase`` is the only phrase of a query that has no other: such places are
    scored by themselves, for the index would read the whole list of the phrase once more to weigh it against none."""
    weighed = phrase is None
    found = _hits(db, "title_fts", match, asked, told=(), limit=_TITLES, offset=0, weighed=weighed)
    titles = [*named, *(id for id in found if id not in named)]
    places = _hits(db, "provision_fts", match, asked, told=titles, limit=RANKED, offset=0, weighed=weighed)
    if phrase:
        places = _scores(db, list(places), phrase)
    weights = _weights(db, [*titles, *places])
    scores = {id: score * weights[id] for id, score in {**dict.fromkeys(named, 100.0), **found, **places}.items()}
    ids = sorted(titles, key=lambda id: (-scores[id], -id)) + sorted(places, key=lambda id: (-scores[id], -id))
    return Ranking(ids, scores, titles, len(places) == RANKED)


def further_places(
    db: Database, match: str, asked: Mapping[str, Any], ranking: Ranking, *, offset: int, limit: int
) -> list[int]:
    """Ids of the places that were not weighed, newest first; ``offset`` counts from the first of them."""
    told, start = ranking.titles, RANKED + offset
    return list(_hits(db, "provision_fts", match, asked, told=told, limit=limit, offset=start, weighed=False))


def _hits(
    db: Database,
    fts: str,
    match: str,
    asked: Mapping[str, Any],
    *,
    told: Sequence[int],
    limit: int,
    offset: int,
    weighed: bool,
) -> dict[int, float]:
    filters = "".join(f" and {FILTERS[name]}" for name in asked if name in FILTERS)
    score = f"-bm25({fts})" if weighed else "1.0"
    sql = _HITS.format(fts=fts, score=score, join=JOIN.format(fts=fts) if filters else "", filters=filters)
    given = {**asked, "query": match, "told": json.dumps(list(told)), "limit": limit, "offset": offset}
    return {row["id"]: row["score"] for row in db.query(sql, given)}


def _scores(db: Database, ids: Sequence[int], phrase: str) -> dict[int, float]:
    """BM25 of one phrase, its rarity left out: that is the same for every place."""
    scores = {}
    for row in rows(db, _COUNTS, [json.dumps(ids), phrase]):
        count = max(row["count"], 1)
        length = 1 - _BY_LENGTH + _BY_LENGTH * row["size"] / _USUAL
        scores[row["id"]] = count * (_SATURATION + 1) / (count + _SATURATION * length)
    return scores


def _weights(db: Database, ids: Sequence[int]) -> dict[int, float]:
    found = rows(db, _WEIGHTS, [json.dumps(list(ids))])
    newest = max((_year(row) for row in found), default=0)
    return {row["id"]: _STAGES.get(row["stage"], 1.0) * (1 - _YEARLY * min(newest - _year(row), 10)) for row in found}


def _year(row: Row) -> int:
    return int(row["year"]) if (row["year"] or "").isdigit() else 0
