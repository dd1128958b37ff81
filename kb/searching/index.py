"""The full-text index: what a token is, and rows put into it and taken out again. Asking is kb/searching/search.py.

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
        if cursor.rowcount and cursor.lastrowid:
            _put_in(db, cursor.lastrowid, kind, words)


def index_titles(db: Database) -> None:
    """Put the titles into their own index, for one that was made before it had any."""
    titles = "select search_row.id, title from search_row join version on version.id = target where kind = 'version'"
    for row in list(db.query(titles)):
        body = " ".join(tokens(row["title"]))
        db.execute("insert into title_fts (rowid, body) values (?, ?)", [row["id"], body])


def unindex_version(db: Database, version: str, words_of: dict[tuple[str, str], str]) -> None:
    """Take the rows of a version out of the index; ``words_of`` must give the words that were indexed."""
    for row in list(db.query("select id, kind, target from search_row where version = ?", [version])):
        _take_out(db, row["id"], row["kind"], words_of[row["kind"], row["target"]])
        db.execute("delete from search_row where id = ?", [row["id"]])


def reindex_row(db: Database, kind: str, target: str, old_words: str, new_words: str) -> None:
    """Words that changed; a row that is not in the index stays out of it."""
    for row in list(db.query("select id from search_row where kind = ? and target = ?", [kind, target])):
        _take_out(db, row["id"], kind, old_words)
        _put_in(db, row["id"], kind, new_words)


def unindex_row(db: Database, kind: str, target: str, words: str) -> None:
    """Take one row out of the index, if it is in; ``words`` must be those that were indexed."""
    for row in list(db.query("select id from search_row where kind = ? and target = ?", [kind, target])):
        _take_out(db, row["id"], kind, words)
        db.execute("delete from search_row where id = ?", [row["id"]])


def _put_in(db: Database, id: int, kind: str, words: str) -> None:
    for index in _indexes(kind):
        db.execute(f"insert into {index} (rowid, body) values (?, ?)", [id, " ".join(tokens(words))])


def _take_out(db: Database, id: int, kind: str, words: str) -> None:
    body = " ".join(tokens(words))
    for index in _indexes(kind):
        db.execute(f"insert into {index} ({index}, rowid, body) values ('delete', ?, ?)", [id, body])


def _indexes(kind: str) -> tuple[str, ...]:
    """Titles are in an index of their own, too, so that they come first."""
    return ("provision_fts", "title_fts") if kind == "version" else ("provision_fts",)
