"""Full-text search over provisions and data items: every Chinese substring is found, English through the vocabulary.

One character is one token, a run of Latin letters or digits is one, and every run of punctuation leaves a sentinel, so
that a phrase never matches across it. The FTS5 index is contentless: the words stay in their own tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from kb.normalise import fold_glyphs

SENTINEL = "\ue000"
_TOKEN = re.compile(r"[a-z0-9]+|[\u3400-\u9fff\U00020000-\U0003ffff]|[^\w\s]+|\w")
_OPEN, _CLOSE = "⟦", "⟧"


def tokens(text: str) -> list[str]:
    """The index form of a text, in order."""
    return [t if t[0].isalnum() else SENTINEL for t in _TOKEN.findall(fold_glyphs(text).lower())]


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


def index_rows(db: Database, rows: Iterable[tuple[str, str, str, str]]) -> None:
    """Index (kind, target id, version, words); a target already indexed is left alone."""
    for kind, target, version, words in rows:
        cursor = db.execute(
            "insert or ignore into search_row (kind, target, version) values (?, ?, ?)", [kind, target, version]
        )
        if cursor.rowcount:
            body = " ".join(tokens(words))
            db.execute("insert into provision_fts (rowid, body) values (?, ?)", [cursor.lastrowid, body])


def unindex_version(db: Database, version: str, words_of: dict[tuple[str, str], str]) -> None:
    """Take the rows of a version out of the index; ``words_of`` must give the words that were indexed."""
    for row in list(db.query("select id, kind, target from search_row where version = ?", [version])):
        body = " ".join(tokens(words_of[row["kind"], row["target"]]))
        db.execute("insert into provision_fts (provision_fts, rowid, body) values ('delete', ?, ?)", [row["id"], body])
        db.execute("delete from search_row where id = ?", [row["id"]])


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
) -> list[dict[str, Any]]:
    """Ranked hits: work, version, provision (number or item name), text, snippet (hits in ⟦ ⟧), score; best first."""
    query = match_query(words)
    if not query:
        return []
    names = [] if re.search(r"[\u3400-\u9fff]", words) else chinese_names(words)
    if names:
        query = " OR ".join([f"({query})", *(match_query(f'"{name}"') for name in names)])
    parameters = {"query": query, "agency": agency, "stage": stage, "since": since, "work": work, "limit": limit}
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
        }
        for row in db.query(_SQL, parameters)
    ]


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
