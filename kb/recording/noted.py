"""What is noted of each reading: the document's status in the ledger, its facts, and which readers it was read by."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlite_utils import Database

from kb.identity import content_id
from kb.lineage.facts import Facts
from kb.normalise import fold
from kb.recording.by_hand import Given
from kb.recording.publication import Reading
from kb.recording.readers import readers_of
from kb.rows import Row, rows

DATES = ("signed", "published", "effective", "comments_close")


def said_of(row: Row, given: Given, facts: Facts) -> Facts:
    """A person's word goes first, then the list's and page's, then the text's own."""
    agency = () if row["agency"] == "unknown" else (row["agency"],)
    return replace(
        facts,
        title=given.title or facts.title or row["title"],
        doc_number=facts.doc_number or row["doc_number"],
        signed=facts.signed or row["signed"],
        published=given.published or row["published"] or facts.published,
        comments_close=facts.comments_close or row["comments_close"],
        agencies=facts.agencies or agency,
    )


def first_issued(readings: Iterable[Reading]) -> str | None:
    return next((r.facts.published or r.facts.signed for r in readings if r.document.readable), None)


def note_status(db: Database, reading: Reading) -> None:
    """What became of a document, in the ledger."""
    document = reading.document
    known = {
        "format": document.format, "status": str(reading.status), "detail": reading.detail, "reader": document.reader,
        "reader_version": document.reader_version, "body_digest": content_id(fold(document.body)),
    }  # fmt: skip
    db.table("document").update(reading.row["id"], known)


def dates_before(db: Database, reading: Reading) -> dict[str, Any] | None:
    """The dates that were taken from this document when it was last read, in this capture or the one before; None if
    it never was."""
    if noted := noted_dates(db, reading):
        return noted
    found = rows(db, _BEFORE, [reading.row["id"], reading.row["capture"]])
    return dict(json.loads(found[0]["facts"] or "{}")) if found else None


def note_reading(db: Database, reading: Reading, facts: Facts, now: str) -> None:
    """These readers read this capture as this document, and took these to be its dates."""
    row = {
        "document": reading.row["id"],
        "capture": reading.row["capture"],
        "readers": readers_of(reading.document),
        "status": str(reading.status),
        "facts": json.dumps({name: getattr(facts, name) for name in DATES}),
        "read_at": now,
    }
    db.table("reading").upsert(row, pk=("document", "capture"))


def noted_dates(db: Database, reading: Reading) -> dict[str, Any] | None:
    """The dates that were taken from this capture when it was last read; None if that was not noted."""
    sql = "select facts from reading where document = ? and capture = ?"
    found = rows(db, sql, [reading.row["id"], reading.row["capture"]])
    return dict(json.loads(found[0]["facts"])) if found else None


_BEFORE = """
select reading.facts from reading join capture on capture.id = reading.capture
where document = ? and reading.capture <> ? order by capture.seq desc limit 1
"""
