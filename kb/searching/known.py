"""Search as of a day, where the index of today does not speak: texts replaced since, and those read from a later copy.

They are few, so they are indexed in memory, by the same tokens and the same query.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence

from sqlite_utils import Database

from kb.recording.readings import end_of, items_of, provisions_of
from kb.rows import Row, rows

# The text that speaks for each version on that day, if it is no longer the newest or was read again from a later copy.
_PAST = """
select text.id as text, version.* from text join version on version.id = text.version
where text.observed_from <= ?1 and (text.observed_to is null or text.observed_to > ?1)
  and (text.id != version.text or exists (
    select 1 from provision join capture on capture.id = provision.capture
    where provision.text = text.id and captured_at > ?1)
  or exists (
    select 1 from data_item join capture on capture.id = data_item.capture
    where data_item.text = text.id and captured_at > ?1))
"""


def past_hits(
    db: Database, known: str, query: str, words_of: Callable[[str], Sequence[str]], keeps: Callable[[Row], bool]
) -> list[Row]:
    """Rows as the index gives them: kind, target, version, work, title, stage, label, words, rank.

    ``words_of`` turns words into their index form; ``keeps`` says whether a version passes the other filters.
    """
    found = list(_rows(db, known, keeps))
    memory = sqlite3.connect(":memory:")
    try:
        memory.execute("create virtual table past using fts5(body, tokenize='unicode61')")
        memory.executemany(
            "insert into past (rowid, body) values (?, ?)",
            ((at, " ".join(words_of(f"{row['label']} {row['words']}"))) for at, row in enumerate(found, 1)),
        )
        hits = memory.execute("select rowid, bm25(past) from past where past match ?", [query]).fetchall()
    finally:
        memory.close()
    return [{**found[at - 1], "rank": rank} for at, rank in hits]


def _rows(db: Database, known: str, keeps: Callable[[Row], bool]) -> Iterator[Row]:
    for version in rows(db, _PAST, [end_of(known)]):
        if not keeps(version):
            continue
        said = {"version": version["id"], "work": version["work"], "title": version["title"], "stage": version["stage"]}
        for unit in provisions_of(db, version["text"], known):
            yield {**said, "kind": "provision", "target": unit["id"], "label": unit["number"],
                   "words": f"{unit['heading'] or ''} {unit['body'] or ''}"}  # fmt: skip
        for item in items_of(db, version["text"], known):
            yield {**said, "kind": "data_item", "target": item["id"], "label": item["name"],
                   "words": f"{item['category']}：{item['name']}。{item['description']} {item['rule']}"}  # fmt: skip
