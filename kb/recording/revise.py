"""Change single rows that were read from a text, and their place in the search index, leaving their ids as they are."""

from __future__ import annotations

from typing import Any, Literal

from sqlite_utils import Database

from kb.searching.index import index_rows, reindex_row, unindex_row

Subject = Literal["provision", "data_item", "version"]
Row = dict[str, Any]
SUBJECTS: tuple[Subject, ...] = ("data_item", "provision", "version")
# What a person can decide about, and what a reader can read differently.
FIELDS: dict[Subject, tuple[str, ...]] = {
    "data_item": ("number", "scenario", "subscenario", "category", "name", "description", "rule", "conditions"),
    "provision": ("number", "heading", "body"),
    "version": ("title", "doc_number", "signed", "published", "effective", "comments_close", "repealed"),
}


def words_of(subject: Subject, row: Row) -> str:
    """What search finds a row by."""
    if subject == "provision":
        return f"{row['number']} {row['heading']} {row['body']}"
    if subject == "data_item":
        return f"{row['category']}：{row['name']}。{row['description']}。{row['rule']}"
    return str(row["title"])


def revise_row(db: Database, subject: Subject, old: Row, new: Row) -> None:
    """Write the columns of ``new`` that differ; the id stays."""
    changed = {name: value for name, value in new.items() if old.get(name) != value}
    if not changed:
        return
    db.table(subject).update(old["id"], changed)
    before, after = words_of(subject, old), words_of(subject, {**old, **changed})
    if before != after:
        reindex_row(db, subject, old["id"], before, after)


def add_row(db: Database, subject: Subject, row: Row, *, indexed: bool) -> None:
    """``indexed``: does its text speak for its version, so that search finds it?"""
    db.table(subject).insert(row, pk="id")
    if indexed:
        index_rows(db, [(subject, row["id"], row["version"], words_of(subject, row))])


def drop_row(db: Database, subject: Subject, row: Row) -> None:
    if subject == "data_item":
        db.execute("delete from item_type where item = ?", [row["id"]])
    unindex_row(db, subject, row["id"], words_of(subject, row))
    db.execute(f"delete from {subject} where id = ?", [row["id"]])
