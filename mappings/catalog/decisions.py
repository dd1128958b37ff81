"""Decisions by the hundred: all suggestions above a confidence, the rows of a CSV, or what the company's policy accepts
without a person; all in one transaction, as one run that can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from sqlite_utils import Database

from kb.errors import CatalogError, NotFound
from mappings.catalog.dataset import Rejected
from mappings.catalog.formats.cells import as_typed
from mappings.catalog.formats.csv_file import read_rows
from mappings.catalog.formats.keys import same, text_of
from mappings.catalog.links import decide_link, find_pair, suggest_links, waiting_links
from mappings.catalog.runs import begin_run

State = Literal["accepted", "rejected"]
STATES: dict[str, State] = {
    "accepted": "accepted", "accept": "accepted", "yes": "accepted", "接受": "accepted",
    "rejected": "rejected", "reject": "rejected", "no": "rejected", "拒绝": "rejected",
}  # fmt: skip
NEEDED = ("dataset", "field", "data_type")
WHOLE = ("", "-")  # a field that means the dataset as a whole


@dataclass(frozen=True)
class Decision:
    """``row`` is the line of the file it came from, 0 otherwise."""

    dataset: str
    field: str
    data_type: str
    state: State
    why: str
    row: int = 0


def one_decision(pair: Sequence[str], state: str, why: str, row: int = 0) -> Decision:
    """A decision from the words (dataset, field, data type)."""
    dataset, field, data_type = pair
    return Decision(dataset, "" if field in WHOLE else field, data_type, cast(State, state), why, row)


def decisions_above(db: Database, confidence: float, why: str, *, now: str) -> list[Decision]:
    """Accept every suggestion that waits and is at least this sure."""
    return [
        Decision(s.dataset, s.field, s.data_type, "accepted", why or f"confidence {s.confidence:.2f}: {s.reason}")
        for s in suggest_links(db, now=now)
        if s.confidence >= confidence
    ]


def read_decisions(path: Path, state: str, why: str) -> tuple[list[Decision], list[dict[str, Any]]]:
    """Decisions of a CSV and the rows that are none. Raises CatalogError when it lacks a column that is needed."""
    rows = read_rows(path)
    header = next((row for row in rows if not isinstance(row, Rejected)), (0, []))[1]
    places = {same(name): place for place, name in enumerate(header)}
    if missing := [key for key in NEEDED if same(key) not in places]:
        raise CatalogError(f"{path}: has no column {' and '.join(missing)}: it needs {', '.join(NEEDED)}")
    decisions, rejected = [], []
    first: dict[tuple[str, ...], Decision] = {}
    for row in rows:
        if isinstance(row, Rejected):
            rejected.append({"row": row.row, "why": row.why})
            continue
        said = {key: text_of(as_typed(row[1][place])) for key, place in places.items() if place < len(row[1])}
        word = said.get("decision", "").casefold() or state
        if word not in STATES:
            rejected.append({"row": row[0], "why": f"decision {word!r} is neither accepted nor rejected"})
            continue
        pair = [said.get(same(key), "") for key in NEEDED]
        decision = one_decision(pair, STATES[word], said.get("why", "") or why, row[0])
        before = first.setdefault((decision.dataset, decision.field, decision.data_type), decision)
        if before.state != decision.state:
            rejected.append(
                {"row": row[0], "why": f"row {before.row} says {before.state} of the same link: that is taken"}
            )
            continue
        decisions.append(decision)
    return decisions, rejected


def accept_by_policy(db: Database, policy: Mapping[str, float], *, now: str) -> int:
    """Accept suggestions of the types that the company names, from the confidence it names for each; how many.

    What a person has ever decided is left to persons, even when the question is open again.
    """
    if not policy:
        return 0
    touched = {row["link"] for row in db.query("select distinct link from link_decision")}
    ids = {(r["dataset"], r["field"], r["data_type"]): r["id"] for r in db.query("select * from link")}
    wanted = [
        Decision(s.dataset, s.field, s.data_type, "accepted", f"accepted from {policy[s.data_type]} up: {s.reason}")
        for s in waiting_links(db)
        if s.confidence >= policy.get(s.data_type, 2) and ids[s.dataset, s.field, s.data_type] not in touched
    ]  # fmt: skip
    what = "accepted as config.yml says"
    return len(decide_all(db, wanted, by="config.yml", now=now, preview=False, strict=False, what=what)[0])


def decide_all(
    db: Database, decisions: Sequence[Decision], *, by: str, now: str, preview: bool, strict: bool, what: str = ""
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Decided links and refused rows. ``strict``: the first that cannot be decided raises NotFound instead.

    ``what`` names the run in words; nothing decided, no run.
    """
    decided, refused = [], []
    with db.atomic():
        run = (
            begin_run(db, what or f"{len(decisions)} decisions", by=by, now=now) if decisions and not preview else None
        )
        for decision in decisions:
            dataset, field, data_type, state = decision.dataset, decision.field, decision.data_type, decision.state
            try:
                pair = find_pair(db, dataset, field, data_type, state)
                if not preview:
                    decide_link(db, dataset, field, data_type, state, by=by, now=now, why=decision.why, run=run)
            except NotFound as error:
                if strict:
                    raise
                refused.append({"row": decision.row, "why": str(error)})
                continue
            decided.append({**dict(zip(NEEDED, pair, strict=True)), "state": state, "by": by, "why": decision.why})
        db.execute(
            "delete from decision_run where id = ? and id not in (select run from link_decision where run = ?)",
            [run, run],
        )
    return decided, refused
