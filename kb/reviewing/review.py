"""What people decide about what was read: accept, correct or reject, kept for ever and laid over every later reading.

A decision never changes what stands in the tables of decisions; the row it is about shows the decided values and says
so by its status: reviewed, corrected or rejected. kb.db may be published, so ``by`` is a role or an office.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlite_utils import Database

from kb.errors import NotFound, ReviewError
from kb.identity import content_id
from kb.items.conditions import condition_from_json, condition_json, read_rule
from kb.recording.readings import item_value
from kb.recording.revise import FIELDS, SUBJECTS, Row, Subject, revise_row
from kb.rows import rows
from kb.vocabulary import types_of_item

Decision = Literal["accept", "correct", "reject"]
_DATES = ("signed", "published", "effective", "comments_close", "repealed")
_PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def decide(
    db: Database,
    id: str,
    decision: Decision,
    *,
    by: str,
    now: str,
    why: str = "",
    values: Mapping[str, str] | None = None,
) -> str:
    """Decide about a data item, provision, version or a correction that rereading found; return the row's new status.

    ``values`` (field → value) belong to ``correct``. Of a correction found by rereading, accepting keeps the new
    reading and rejecting goes back to the old one. Raises NotFound and ReviewError; then nothing is written.
    """
    if not by.strip():
        raise ReviewError("who decides? name a role or office with --by")
    waiting = next(iter(rows(db, "select * from review where id = ?", [id])), None)
    subject, row = find_row(db, waiting["target"] if waiting else id)
    current = {name: row[name] for name in FIELDS[subject]}
    if decision == "correct":
        value = _checked(subject, dict(values or {}))
    elif waiting and waiting["field"] is None:  # something is gone: seen, and nothing else follows for what is kept
        value, decision = {}, "reject" if decision == "reject" and waiting["kind"] == "gone" else "accept"
    elif waiting and waiting["field"] in FIELDS[subject]:
        value = {waiting["field"]: waiting["old"] if decision == "reject" else waiting["new"]}
        decision = "correct" if decision == "reject" else decision
    else:
        value = current if decision == "accept" else {}
    original = {name: current[name] for name in value}
    entry = {
        "review": waiting and waiting["id"], "subject": subject, "target": row["id"],
        "version": row["id"] if subject == "version" else row["version"], "decision": decision,
        "original": json.dumps(original, ensure_ascii=False), "value": json.dumps(value, ensure_ascii=False),
        "by": by.strip(), "why": why, "decided_at": now,
    }  # fmt: skip
    with db.atomic():
        count = db.table("review_decision").count_where("target = ?", [row["id"]])
        db.table("review_decision").insert({"id": content_id("decision", count, *entry.values()), **entry})
        decided = lay_over(row, decisions_of(db, row["id"]), subject)
        revise_row(db, subject, row, decided)
        if subject == "data_item" and decision == "correct":
            _write_types(db, decided)
    return str(decided["status"])


def find_row(db: Database, id: str) -> tuple[Subject, Row]:
    """The row that a decision is about. Raises NotFound."""
    for subject in SUBJECTS:
        if found := rows(db, f"select * from {subject} where id = ?", [id]):
            return subject, found[0]
    raise NotFound(f"nothing to review has the id {id!r}: `regwatch review` lists what waits")


def decisions_of(db: Database, target: str) -> list[Row]:
    """The decisions about one row, the first first, their values decoded."""
    return [
        _decoded(row) for row in rows(db, "select * from review_decision where target = ? order by rowid", [target])
    ]


def decisions_under(db: Database, version: str) -> dict[str, list[Row]]:
    """The decisions about a version and everything in it, by the row they are about."""
    found: dict[str, list[Row]] = {}
    for row in rows(db, "select * from review_decision where version = ? order by rowid", [version]):
        found.setdefault(row["target"], []).append(_decoded(row))
    return found


def lay_over(row: Row, decisions: Sequence[Row], subject: Subject) -> Row:
    """A row as decided: the values of the decisions over those that were read, the newest last, and its status.

    Conditions follow a rule that was decided, unless they were decided themselves.
    """
    values: Row = {}
    status = "extracted" if decisions else row["status"]
    for entry in decisions:
        if "rule" in entry["value"]:
            values.pop("conditions", None)
        values |= entry["value"]
        if entry["decision"] == "correct":
            status = "corrected"
        elif entry["decision"] == "reject":
            status = "rejected"
        elif set(entry["value"]) == set(FIELDS[subject]):
            status = "reviewed" if status != "corrected" else status
    if "rule" in values and "conditions" not in values:
        read = read_rule(values["rule"] or "")
        values["conditions"] = json.dumps(condition_json(read), ensure_ascii=False) if read else None
    if "conditions" in values:
        tree = condition_from_json(json.loads(values["conditions"])) if values["conditions"] else None
        values["logic"] = tree and tree.logic
    return {**row, **values, "status": status}


def _write_types(db: Database, item: Row) -> None:
    """What a corrected item is about follows from its corrected words."""
    tree = json.loads(item["conditions"]) if item["conditions"] else None
    found = types_of_item(item_value({**item, "conditions": tree}))
    db.execute("delete from item_type where item = ?", [item["id"]])
    db.table("item_type").insert_all(
        [{"item": item["id"], "data_type": t.id, "relation": t.relation, "how": t.how} for t in found]
    )


def _decoded(row: Row) -> Row:
    return {**row, "original": json.loads(row["original"]), "value": json.loads(row["value"])}


def _checked(subject: Subject, values: dict[str, str]) -> dict[str, Any]:
    if not values:
        raise ReviewError(f"what is right? --set FIELD=VALUE; the fields are {', '.join(FIELDS[subject])}")
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in FIELDS[subject]:
            raise ReviewError(f"{name} is no field of a {subject}: there are {', '.join(FIELDS[subject])}")
        if name in _DATES and value and not _PARTIAL_DATE.fullmatch(value):
            raise ReviewError(f"{name} {value!r} is not a date: write it as 2026-02-03 or 2026-02")
        checked[name] = (value or None) if name in (*_DATES, "conditions") else value
    if checked.get("conditions"):
        checked["conditions"] = _conditions(checked["conditions"])
    return checked


def _conditions(value: str) -> str:
    """The canonical JSON of a tree of conditions as `regwatch items --json` prints it."""
    try:
        tree = condition_from_json(json.loads(value))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReviewError(f"conditions are not a tree as `regwatch items --json` prints it: {error}") from error
    return json.dumps(condition_json(tree), ensure_ascii=False)
