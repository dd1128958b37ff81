"""Write what today's readers make of a text over what older ones made of it: rows change, ids stay.

What people decided stays laid over the reading. A number, a deadline or a condition that is read differently now, and a
reading that contradicts a decision, go to review; so does a text or a decided row that can no longer be read at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from kb.comparing.grading import grade_change
from kb.comparing.redline import mark_edits
from kb.identity import content_id
from kb.recording.placement import text_digest
from kb.recording.publication import Reading
from kb.recording.readers import readers
from kb.recording.revise import FIELDS, Row, Subject, add_row, drop_row, revise_row
from kb.recording.texts import item_ids, item_rows, provision_rows, type_rows
from kb.reviewing.review import decisions_under, lay_over
from kb.rows import rows

_GRAVE = ("threshold", "deadline")
_BY_READER = ("reader", "reader_version", "document", "capture")  # who read it from where is no change of what is read
_NUMERIC = ("measure", "comparator", "value", "unit", "window", "role")


@dataclass
class Rewriting:
    """What a rewriting did: rows that read differently, and how many corrections wait for a person."""

    changed: int = 0
    to_review: int = 0


def rewrite_text(db: Database, text: Row, reading: Reading, *, now: str) -> Rewriting:
    """Bring the rows of a text (a row of ``text`` with its version's newest as ``newest``) to today's reading of it."""
    done = Rewriting()
    decisions = decisions_under(db, text["version"])
    fresh: dict[Subject, list[Row]] = {
        "provision": provision_rows(text["id"], text["version"], reading),
        "data_item": item_rows(text["id"], text["version"], reading),
    }
    for subject, new in fresh.items():
        old = {row["id"]: row for row in rows(db, f"select * from {subject} where text = ?", [text["id"]])}
        if old and not new:
            why = (
                f"today's readers find no {subject.replace('_', ' ')}s in it: {reading.status} {reading.detail}".strip()
            )
            done.to_review += wait(db, "lost", subject, text["version"], text["version"], now, why=why, reading=reading)
            continue
        _rewrite_rows(db, subject, old, new, decisions, text, done, now)
    done.changed += _rewrite_types(db, text["id"], reading)
    said = {"body": reading.document.body, "digest": text_digest(reading)}
    if reading.document.readable and any(text[name] != value for name, value in said.items()):
        db.table("text").update(text["id"], said)
    return done


def wait(
    db: Database, kind: str, subject: Subject, target: str, version: str, now: str, *, why: str, field: str = "",
    old: Any = None, new: Any = None, reading: Reading | None = None, row: Row | None = None,
) -> int:  # fmt: skip
    """Let a person decide, once for each difference; return 1 if this is a new one."""
    id = content_id("review", kind, target, field, old, new)
    place = row or {}
    entry = {
        "id": id, "kind": kind, "subject": subject, "target": target, "version": version, "field": field or None,
        "old": old, "new": new, "why": why, "page": place.get("page"), "start": place.get("start"),
        "end": place.get("end"), "document": place.get("document") or (reading and reading.row["id"]),
        "capture": place.get("capture") or (reading and reading.row["capture"]), "found_at": now, "readers": readers(),
    }  # fmt: skip
    known = bool(rows(db, "select 1 from review where id = ?", [id]))
    db.table("review").insert(entry, ignore=True)
    return int(not known)


def _rewrite_rows(
    db: Database, subject: Subject, old: dict[str, Row], new: list[Row], decisions: dict[str, list[Row]], text: Row,
    done: Rewriting, now: str,
) -> None:  # fmt: skip
    for read in new:
        before, decided = old.pop(read["id"], None), decisions.get(read["id"], [])
        if before is None:
            add_row(db, subject, lay_over(read, decided, subject), indexed=text["newest"] == text["id"])
            done.changed += 1
            continue
        after = lay_over(read, decided, subject) if decided else read
        changed = {name for name, value in after.items() if before[name] != value}
        for field, was, why in _corrections(subject, before, read, decided):
            done.to_review += wait(db, "reread", subject, read["id"], read["version"], now, why=why, field=field,
                                   old=was, new=read[field], row=read)  # fmt: skip
        revise_row(db, subject, before, after)
        done.changed += bool(changed.difference(_BY_READER))
    for gone in old.values():
        if decisions.get(gone["id"]):
            why = "a person decided about it, and today's readers do not find it: it is kept"
            done.to_review += wait(db, "gone", subject, gone["id"], gone["version"], now, why=why, row=gone)
        else:
            drop_row(db, subject, gone)
            done.changed += 1


def _corrections(subject: Subject, before: Row, read: Row, decided: list[Row]) -> Iterator[tuple[str, Any, str]]:
    """(field, what it was, why) of what a person has to look at in one row."""
    settled: dict[str, tuple[Any, Any]] = {}
    for entry in decided:
        settled |= {name: (entry["original"].get(name), value) for name, value in entry["value"].items()}
    for field in FIELDS[subject]:
        if field in settled:
            if read[field] not in settled[field]:
                yield field, settled[field][1], "today's readers read neither what was decided nor what was read then"
        elif field == "conditions":
            if _leaves(before[field]) != _leaves(read[field]):
                yield field, before[field], "a condition reads differently"
        elif field in ("rule", "body", "description", "heading") and (grade := _grade(before[field], read[field])):
            yield field, before[field], f"a {grade} reads differently"


def _grade(old: str | None, new: str | None) -> str | None:
    if (old or "") == (new or ""):
        return None
    grade = grade_change(old or "", new or "", mark_edits(old or "", new or ""))
    return grade if grade in _GRAVE else None


def _leaves(conditions: str | None) -> list[tuple[Any, ...]]:
    """The numeric leaves of a stored tree, in order: what a threshold or deadline is."""
    if not conditions:
        return []
    found: list[tuple[Any, ...]] = []
    waiting = [json.loads(conditions)]
    while waiting:
        node = waiting.pop()
        waiting += reversed(node.get("of", ()))
        if node.get("value") is not None:
            found.append(tuple(node.get(name) for name in _NUMERIC))
    return found


def _rewrite_types(db: Database, text: str, reading: Reading) -> int:
    """What data items are about; those that were not found again, and those that a person corrected, keep theirs."""
    decided = {
        row["id"] for row in rows(db, "select id from data_item where text = ? and status = 'corrected'", [text])
    }
    fresh = {(row["item"], row["data_type"]): row for row in type_rows(text, reading) if row["item"] not in decided}
    stored = {
        (row["item"], row["data_type"]): row
        for row in rows(db, "select item_type.* from item_type join data_item on data_item.id = item "
                            "where data_item.text = ?", [text])
    }  # fmt: skip
    present = item_ids(text, reading.items).keys() - decided
    gone = [key for key in stored if key not in fresh and key[0] in present]
    changed = [row for key, row in fresh.items() if {**stored.get(key, {}), **row} != stored.get(key)]
    for key in gone:
        db.execute("delete from item_type where item = ? and data_type = ?", list(key))
    db.table("item_type").upsert_all(changed, pk=("item", "data_type"))
    return len(gone) + len(changed)
