"""The full-text index: what a token is, and rows put into it and taken out again. Asking is kb/search.py.

One character is one token, a run of Latin letters or digits is one, and every run of punctuation leaves a sentinel, so
that a phrase never matches across it. The FTS5 index is contentless: the words stay in their own tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlite_utils import Database

from kb.normalise import fold_glyphs

SENTINEL = "\ue000"
_TOKEN = re.compile(r"[a-z0-9]+|[\u3400-\u9fff\U00020000-\U0003ffff]|[^\w\s]+|\w")


def tokens(text: str) -> list[str]:
    """The index form of a text, in order."""
    return [t if t[0].isalnum() else SENTINEL for t in _TOKEN.findall(fold_glyphs(text).lower())]


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
