"""Full-text search over provisions and data items: every Chinese substring is found, English through the vocabulary.

The tokens and the index itself are kb/search_index.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container
from typing import Any

from sqlite_utils import Database

from kb.queries import versions_in_force
from kb.readings import end_of
from kb.search_index import SENTINEL, index_rows, tokens, unindex_version
from kb.search_known import past_hits

_OPEN, _CLOSE = "⟦", "⟧"


def match_query(words: str) -> str:
    """An FTS5 query: quoted or blank-free runs are phrases, all must occur; AND, OR and NOT stand between phrases.

    Nothing typed can become FTS5 syntax. An empty string means that nothing searchable was typed.
    """
    clauses: list[str] = []
    pending = "AND"
    for quoted, bare in re.findall(r'"([^"]*)"|(\S+)', words[:2000]):
        if bare in ("AND", "OR", "NOT"):
            pending = bare
            continue
        phrase = " ".join(token for token in tokens(quoted or bare) if token != SENTINEL)
        if phrase:
            clauses.append(f'{pending} "{phrase}"' if clauses else f'"{phrase}"')
            pending = "AND"
    query = ""
    for clause in clauses:
        query = f"({query}) {clause}" if query else clause
    return query


_SQL = """
select search_row.kind, search_row.target, search_row.version, version.work, version.title, version.stage,
       coalesce(provision.number, data_item.name) as label,
       coalesce(provision.heading || ' ' || provision.body, data_item.category || '：' || data_item.name || '。'
                || data_item.description || ' ' || data_item.rule, version.title) as words,
       bm25(provision_fts) as rank
from provision_fts
join search_row on search_row.id = provision_fts.rowid
join version on version.id = search_row.version
left join provision on search_row.kind = 'provision' and provision.id = search_row.target
left join data_item on search_row.kind = 'data_item' and data_item.id = search_row.target
where provision_fts match :query
  and (:agency is null or instr(version.agencies, '"' || :agency || '"'))
  and (:stage is null or version.stage = :stage)
  and (:since is null or coalesce(version.published, version.signed) >= :since)
  and (:work is null or version.work = :work)
  and (:versions is null or version.id in (select value from json_each(:versions)))
  and (:until is null or (version.first_seen <= :until and (search_row.kind = 'version' or exists (
    select 1 from text join capture on capture.id = coalesce(provision.capture, data_item.capture)
    where text.id = coalesce(provision.text, data_item.text) and text.observed_from <= :until
      and capture.captured_at <= :until))))
order by rank limit :limit
"""


def search(
    db: Database,
    words: str,
    *,
    agency: str | None = None,
    stage: str | None = None,
    since: str | None = None,
    work: str | None = None,
    limit: int = 20,
    known: str | None = None,
    in_force: str | None = None,
) -> list[dict[str, Any]]:
    """Ranked hits: work, version, provision (number or item name), text, snippet (hits in ⟦ ⟧), score; best first.

    ``known`` (a date) finds what had been captured by the end of that day; ``in_force`` (a date) only what is, or is
    disputed to be, law on that day, and says which.
    """
    query = match_query(words)
    if not query:
        return []
    names = [] if re.search(r"[\u3400-\u9fff]", words) else chinese_names(words)
    if names:
        query = " OR ".join([f"({query})", *(match_query(f'"{name}"') for name in names)])
    law = versions_in_force(db, in_force, known) if in_force else None
    parameters = {"query": query, "agency": agency, "stage": stage, "since": since, "work": work, "limit": limit,
                  "versions": None if law is None else json.dumps(list(law)),
                  "until": known and end_of(known)}  # fmt: skip
    found = list(db.query(_SQL, parameters))
    if known:
        found += past_hits(db, known, query, tokens, lambda version: _keeps(version, parameters, law))
        found = sorted(found, key=lambda row: row["rank"])[:limit]
    wanted = [tokens(phrase) for phrase in (*re.findall(r'"([^"]+)"', words), *words.replace('"', " ").split(), *names)]
    return [
        {
            "work": row["work"],
            "version": row["version"],
            "title": row["title"],
            "stage": row["stage"],
            "kind": row["kind"],
            "id": row["target"],
            "provision": row["label"],
            "text": row["words"].strip(),
            "snippet": snippet(row["words"], wanted),
            "score": round(-row["rank"], 4),
            **({"in_force": law[row["version"]]} if law is not None else {}),
        }
        for row in found
    ]


def _keeps(version: dict[str, Any], asked: dict[str, Any], law: Container[str] | None) -> bool:
    """The filters of the query, for a version that is not in the index."""
    return (
        (not asked["agency"] or asked["agency"] in json.loads(version["agencies"] or "[]"))
        and (not asked["stage"] or asked["stage"] == version["stage"])
        and (not asked["since"] or (version["published"] or version["signed"] or "") >= asked["since"])
        and (not asked["work"] or asked["work"] == version["work"])
        and (law is None or version["id"] in law)
    )


def chinese_names(words: str) -> list[str]:
    """Chinese names of the data types whose English name has the words: "trajectory" finds 位置轨迹."""
    from kb.vocabulary import load_vocabulary

    sought = words.lower().replace('"', "").strip()
    found: list[str] = []
    for data_type in load_vocabulary().types:
        if sought and sought in f"{data_type.name_en} {data_type.id.replace('-', ' ')}".lower():
            found += [data_type.name_zh, *data_type.names.exact]
    return found


def snippet(text: str, wanted: list[list[str]], width: int = 60) -> str:
    """The part of a text around its first hit, every hit in ⟦ ⟧."""
    clean = " ".join(text.split())
    patterns = [r"[^\w]*?".join(map(re.escape, phrase)) for phrase in wanted if phrase and SENTINEL not in phrase]
    if not patterns:
        return clean[:width]
    pattern = re.compile("|".join(sorted(patterns, key=len, reverse=True)), re.IGNORECASE)
    first = pattern.search(clean)
    start = max(0, first.start() - width // 3) if first else 0
    part = clean[start : start + width]
    marked = pattern.sub(lambda hit: f"{_OPEN}{hit[0]}{_CLOSE}", part)
    return ("…" if start else "") + marked + ("…" if start + width < len(clean) else "")


__all__ = ["chinese_names", "index_rows", "match_query", "search", "snippet", "tokens", "unindex_version"]
