"""Facts that a machine read and nobody has checked: each beside its source, to accept, correct or reject."""

from __future__ import annotations

import json
from typing import Any, cast
from urllib.parse import urlencode

from sqlite_utils import Database

from kb.errors import ReviewError
from kb.items.condition_lines import changed_lines
from kb.recording.revise import FIELDS
from kb.reviewing.review import Decision, decide, find_row
from kb.reviewing.waiting import KINDS, decided, waiting
from pages.registry import Action, Page
from pages.visit import REVIEWERS, TEAM, Row, Visit

SHOWN = 15
LONG = ("rule", "description", "body", "conditions")


async def facts(visit: Visit) -> Row:
    """``kind`` and ``of`` (a version or work) narrow what waits; ``decided`` shows what was decided instead."""
    kind = visit.args.get("kind") if visit.args.get("kind") in KINDS else None
    of = visit.args.get("of") or None
    if "decided" in visit.args:
        return {"past": await visit.kb(lambda db: decided(db, of=of, limit=50)), "of": of, "kind": None,
                "counts": {}, "rows": []}  # fmt: skip

    def ask(db: Database) -> Row:
        counts, found = waiting(db, kind=kind, of=of, limit=SHOWN)
        return {"past": None, "of": of, "kind": kind, "counts": counts, "rows": [_form(row) for row in found]}

    return {**await visit.kb(ask), "decides": visit.role in REVIEWERS}


def _form(row: Row) -> Row:
    """What a person may correct of a row, as they would type it."""
    reading = {name: value for name, value in row["reading"].items() if name != "status"}
    fields = [
        {"name": name, "value": _typed(reading.get(name)), "long": name in LONG}
        for name in FIELDS[row["subject"]] if name != "conditions"
    ]  # fmt: skip
    return {**row, "reading": reading, "fields": fields, "lines": _changed(row)}


def _changed(row: Row) -> list[tuple[str, str]]:
    """Of a correction of conditions: its lines, each with ``-`` (was), ``+`` (is) or a blank (both)."""
    if row["kind"] != "correction" or row["field"] != "conditions":
        return []
    trees = (json.loads(row[name]) if row[name] else None for name in ("old", "new"))
    return [(line[:1], line[2:]) for line in changed_lines(*trees)]


def _typed(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value or "")


async def decide_fact(visit: Visit) -> str:
    """By the role, not the name: kb.db may be published. The name stays in the site's log of who signed in."""
    id, decision = visit.form.get("id", ""), visit.form.get("decision", "")
    if decision not in ("accept", "correct", "reject"):
        raise ReviewError(visit.t("facts.choose"))

    def deed(db: Database) -> str:
        subject, row = find_row(db, _target(db, id))
        given = {name: visit.form[f"field-{name}"] for name in FIELDS[subject] if f"field-{name}" in visit.form}
        plain = {name: value.replace("\r\n", "\n") for name, value in given.items()}  # as browsers send lines
        changed = {name: value for name, value in plain.items() if value != str(row[name] or "").strip()}
        values = changed if decision == "correct" else None
        return decide(db, id, cast(Decision, decision), by=str(visit.role), now=visit.now,
                      why=visit.form.get("why", "")[:500], values=values)  # fmt: skip

    await visit.write_kb(deed)
    back = {name: visit.form[name] for name in ("kind", "of") if visit.form.get(name)}
    return "/facts" + (f"?{urlencode(back)}" if back else "")


def _target(db: Database, id: str) -> str:
    found = next(iter(db.query("select target from review where id = ?", [id])), None)
    return str(found["target"]) if found else id


PAGES = (
    Page("/facts", "facts.html", facts, TEAM),
    Action("/facts/decide", decide_fact, REVIEWERS),
)
