"""Full-text search over titles, provisions and data items: every Chinese substring, and English through other words.

Owns what a hit is. Reading what was typed is kb.searching.query's, finding and ranking kb.searching.rank's, the index
kb.searching.index's.
"""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from typing import Any

from sqlite_utils import Database

from kb.queries import versions_in_force
from kb.recording.readings import end_of
from kb.rows import Row, rows
from kb.searching.index import index_rows, tokens, unindex_version
from kb.searching.known import past_hits
from kb.searching.query import Query, match_query, read_query
from kb.searching.rank import further_places, rank_places
from kb.searching.snippets import snippet
from kb.searching.words import names_number

_ROWS = """
select search_row.id, search_row.kind, search_row.target, search_row.version, version.work, version.title,
       version.stage, coalesce(provision.number, data_item.name) as label,
       coalesce(provision.heading || ' ' || provision.body, data_item.category || '：' || data_item.name || '。'
                || data_item.description || ' ' || data_item.rule, version.title) as words
from search_row join version on version.id = search_row.version
left join provision on search_row.kind = 'provision' and provision.id = search_row.target
left join data_item on search_row.kind = 'data_item' and data_item.id = search_row.target
where search_row.id in (select value from json_each(?))
"""
_NUMBERED = """
select search_row.id, version.*, version.id as version from version
join search_row on search_row.kind = 'version' and search_row.target = version.id where doc_number is not null
"""


def search(
    db: Database,
    words: str,
    *,
    agency: str | None = None,
    stage: str | None = None,
    since: str | None = None,
    work: str | None = None,
    data_type: str | None = None,
    limit: int = 20,
    page: int = 1,
    known: str | None = None,
    in_force: str | None = None,
) -> list[dict[str, Any]]:
    """Ranked hits: work, version, provision (number or item name), text, snippet (hits in ⟦ ⟧), score; best first.

    ``page`` counts from 1, in steps of ``limit``; all pages together are all hits, each once. ``data_type`` keeps the
    items of that type and the provisions that name it. ``known`` (a date) finds what had been captured by the end of
    that day; ``in_force`` (a date) only what is, or is disputed to be, law on that day, and says which. ``through``
    are the other words by which a hit was found.
    """
    query = read_query(words, _titles_of_works(db))
    if not query.match:
        return []
    law = versions_in_force(db, in_force, known) if in_force else None
    filters = {
        "agency": agency, "stage": stage, "since": since, "work": work, "data_type": data_type,
        "versions": None if law is None else json.dumps(list(law)), "until": known and end_of(known),
        "type_names": _names_of(data_type) if data_type else None,
    }  # fmt: skip
    asked = {name: value for name, value in filters.items() if value is not None}
    named = [row["id"] for row in _numbered(db, words) if _keeps(row, asked, law, known)]
    ranking = rank_places(db, query.match, asked, named, query.only_phrase)
    start, stop = (page - 1) * limit, page * limit
    if known:  # texts of that day that have no place in the index of today
        places = _rows(db, ranking.ids, ranking.scores)
        past = past_hits(db, known, query.match, tokens, lambda version: _keeps(version, asked, law))
        places += [{**row, "score": -row["rank"]} for row in past]
        places.sort(key=lambda row: (row["kind"] != "version", -row["score"]))
        return [_hit(row, query, law) for row in places[start:stop]]
    ids = ranking.ids[start:stop]
    if ranking.more and stop > len(ranking.ids):
        beyond = max(0, start - len(ranking.ids))
        ids += further_places(db, query.match, asked, ranking, offset=beyond, limit=limit - len(ids))
    return [_hit(row, query, law) for row in _rows(db, ids, ranking.scores)]


def explain(words: str) -> str:
    """Why nothing, or not everything that was typed, was searched for; '' when all of it was."""
    query = read_query(words)
    if query.match or query.problem:
        return query.problem
    return "nothing to search for: type Chinese characters, letters or digits"


def _hit(row: Row, query: Query, law: Mapping[str, Any] | None) -> dict[str, Any]:
    through = [word for phrase in query.phrases for word in phrase.others if word in row["words"]]
    return {
        "work": row["work"],
        "version": row["version"],
        "title": row["title"],
        "stage": row["stage"],
        "kind": row["kind"],
        "id": row["target"],
        "provision": row["label"],
        "text": row["words"].strip(),
        "snippet": snippet(row["words"], query.wanted),
        "score": round(row["score"], 4),
        **({"through": through} if through else {}),
        **({"in_force": law[row["version"]]} if law is not None else {}),
    }


def _rows(db: Database, ids: list[int], scores: Mapping[int, float]) -> list[Row]:
    found = {row["id"]: row for row in rows(db, _ROWS, [json.dumps(ids)])}
    return [{**found[id], "score": scores.get(id, 0.0)} for id in ids if id in found]


def _titles_of_works(db: Database) -> dict[str, str]:
    """English names of the recorded works, with their Chinese titles."""
    return {row["title_en"]: row["title"] for row in rows(db, "select title, title_en from work where title_en > ''")}


def _numbered(db: Database, words: str) -> list[Row]:
    """Versions whose document number was typed, in whatever brackets."""
    return [row for row in rows(db, _NUMBERED) if names_number(words, row["doc_number"])] if "号" in words else []


def _names_of(data_type: str) -> str:
    """A query for the provisions that name a data type."""
    from kb.vocabulary import load_data_types

    known = load_data_types().get(data_type)
    return match_query(" OR ".join(f'"{name}"' for name in known.names.exact) if known else "")


def _keeps(version: Row, asked: Mapping[str, Any], law: Container[str] | None, known: str | None = None) -> bool:
    """The filters of the query, for a version that is not in the index."""
    return (
        ("agency" not in asked or asked["agency"] in json.loads(version["agencies"] or "[]"))
        and ("stage" not in asked or asked["stage"] == version["stage"])
        and ("since" not in asked or (version["published"] or version["signed"] or "") >= asked["since"])
        and ("work" not in asked or asked["work"] == version["work"])
        and ("data_type" not in asked)
        and (law is None or version["id"] in law)
        and (not known or version["first_seen"] <= end_of(known))
    )


__all__ = ["explain", "index_rows", "match_query", "search", "snippet", "tokens", "unindex_version"]
