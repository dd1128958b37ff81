"""Links of fields and datasets to data types: suggested by rules, accepted or rejected by people.

Owns the tables ``link`` and ``link_decision``. A decision is remembered with who, when and why, and is never
overwritten by a rule; a rejected pair comes back as a suggestion only when its column or the rule has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from sqlite_utils import Database

from kb.errors import NotFound
from kb.identity import content_id
from kb.vocabulary import load_data_types
from mappings.catalog.check import CheckReport, Coverage, check_links
from mappings.catalog.dataset import Dataset
from mappings.catalog.findings import Finding
from mappings.catalog.inheritance import is_whole
from mappings.catalog.match import Suggestion, suggest_types
from mappings.catalog.store import load_datasets
from mappings.catalog.together import suggest_deduced

__all__ = [
    "CheckReport", "Coverage", "Finding", "check_links", "decide_link", "find_dataset", "find_pair",
    "restore_decision", "suggest_links", "waiting_links",
]  # fmt: skip
State = Literal["accepted", "rejected"]
Pair = tuple[str, str, str]  # dataset, field, data type
Match = Callable[[Iterable[Dataset]], Iterable[Suggestion]]
# Decisions that no undone run has taken back.
STANDING = """(select link_decision.* from link_decision left join decision_run on decision_run.id = link_decision.run
where decision_run.undone_at is null)"""


def suggest_links(db: Database, *, now: str, match: Match | None = None) -> list[Suggestion]:
    """Match every active field and write what is new; returns all suggestions that wait for a decision, surest first.

    Running it twice changes nothing. Suggestions that no rule makes any more are taken back; decisions stay. What is
    decided of a dataset as a whole is not asked again of its fields. What columns give away together is suggested for
    the dataset as a whole. ``match``: how the fields of many datasets are matched, when not one by one in Python.
    """
    datasets = list(load_datasets(db))
    stored = {_pair(row): row for row in db.query("select * from link")}
    found = {(s.dataset, s.field, s.data_type): s for s in (match or _match)(datasets)}
    settled = {pair[::2] for pair, row in stored.items() if is_whole(row) and row["state"] in ("accepted", "rejected")}
    found = {pair: s for pair, s in found.items() if pair[::2] not in settled}
    found |= suggest_deduced(datasets, found, stored)
    digests = {
        (row["dataset"], row["name"]): row["digest"] for row in db.query("select dataset, name, digest from field")
    }
    decided_before = {row["link"] for row in db.query("select distinct link from link_decision")}
    new = [_suggested_row(s, digests, now) for pair, s in found.items() if pair not in stored]
    again = [
        {**_suggested_row(s, digests, now), "suggested_at": row["suggested_at"] or now}
        for pair, s in found.items()
        if (row := stored.get(pair)) and _is_open(row, s, digests)
    ]
    gone = [row for pair, row in stored.items() if row["state"] == "suggested" and pair not in found]
    with db.atomic():
        db.table("link").insert_all(new)
        for row in again:
            db.table("link").update(row["id"], {key: value for key, value in row.items() if key != "id"})
        for row in gone:
            if row["id"] in decided_before:
                restore_decision(db, row["id"], otherwise="withdrawn")
            else:
                db.table("link").delete(row["id"])
    return list(waiting_links(db))


def _match(datasets: Iterable[Dataset]) -> Iterator[Suggestion]:
    for dataset in datasets:
        yield from suggest_types(dataset)


def waiting_links(db: Database) -> Iterator[Suggestion]:
    """Suggestions without a decision, the surest first."""
    for row in db.query(
        "select * from link where state = 'suggested' order by confidence desc, dataset, field, data_type"
    ):
        yield Suggestion(
            row["dataset"],
            row["field"],
            row["data_type"],
            row["confidence"],
            row["reason"],
            row["rule"],
            row["rule_version"],
        )


def decide_link(
    db: Database, dataset: str, field: str, data_type: str, state: State, *, by: str, now: str, why: str = "",
    run: int | None = None,
) -> bool:  # fmt: skip
    """Accept or reject one pair, suggested or not; False when it stood so already. ``run``: what it can be undone with.

    ``dataset`` is an id or a name that is unique; ``field`` is '' for the dataset as a whole. Raises NotFound for what
    the catalog or the vocabulary does not have; rejecting a link that exists is always possible.
    """
    pair = find_pair(db, dataset, field, data_type, state)
    row = next(iter(db.query("select * from link where id = ?", [_id(pair)])), None)
    digest = next(iter(db.query("select digest from field where dataset = ? and name = ?", list(pair[:2]))), {})
    said = (state, by, why, digest.get("digest"))
    if row and (row["state"], row["decided_by"], row["why"], row["field_digest"]) == said:
        return False
    decision = {
        "id": _id(pair), "dataset": pair[0], "field": pair[1], "data_type": pair[2], "state": state,
        "field_digest": digest.get("digest"), "decided_by": by, "decided_at": now, "why": why,
    }  # fmt: skip
    if row is None:
        decision |= {"made_by": "person", "reason": "decided without a suggestion"}
    with db.atomic():
        db.table("link").upsert(decision, pk="id")
        db.table("link_decision").insert(
            {"link": _id(pair), "state": state, "decided_by": by, "decided_at": now, "why": why, "run": run}
        )
    return True


def find_pair(db: Database, dataset: str, field: str, data_type: str, state: State = "accepted") -> Pair:
    """The pair that these words name. Raises NotFound."""
    owner = find_dataset(db, dataset)
    pair = (owner, field, data_type)
    if state == "rejected" and list(db.query("select 1 from link where id = ?", [_id(pair)])):
        return pair
    if data_type not in load_data_types():
        raise NotFound(f"no data type {data_type!r}: choose one of {', '.join(sorted(load_data_types()))}")
    if field:
        rows = list(db.query("select state from field where dataset = ? and name = ?", [owner, field]))
        if not rows:
            raise NotFound(f"no field {field!r} in dataset {dataset!r}: see `regwatch map suggest --dataset {dataset}`")
        if rows[0]["state"] == "removed":
            raise NotFound(
                f"field {field!r} of dataset {dataset!r} was removed from the catalog: import it again first"
            )
    return pair


def find_dataset(db: Database, name: str) -> str:
    """The id of the dataset that an id or a unique name means. Raises NotFound."""
    rows = [row["id"] for row in db.query("select id from dataset where id = ?", [name])]
    rows = rows or [row["id"] for row in db.query("select id from dataset where name = ? order by id", [name])]
    if not rows:
        raise NotFound(f"no dataset {name!r}: import its catalog with `regwatch catalog import FILE`")
    if len(rows) > 1:
        raise NotFound(f"{len(rows)} datasets are named {name!r}: say which: {', '.join(rows)}")
    return str(rows[0])


def _is_open(row: dict[str, Any], suggestion: Suggestion, digests: dict[tuple[str, str], str]) -> bool:
    """May this row be (re)written by a rule: a suggestion that has changed, or a rejection whose ground has."""
    changed_field = row["field_digest"] != digests.get((suggestion.dataset, suggestion.field))
    changed_rule = (row["rule"], row["rule_version"]) != (suggestion.rule, suggestion.rule_version)
    if row["state"] == "suggested":
        said = (suggestion.reason, suggestion.confidence)
        return changed_field or changed_rule or (row["reason"], row["confidence"]) != said
    if row["state"] == "withdrawn":
        return True
    if row["state"] == "rejected":
        # A person who rejected a pair that no rule had made has judged the column, not the rule.
        return changed_field or (row["rule"] is not None and changed_rule)
    return False


def _suggested_row(s: Suggestion, digests: dict[tuple[str, str], str], now: str) -> dict[str, Any]:
    return {
        "id": content_id("link", s.dataset, s.field, s.data_type), "dataset": s.dataset, "field": s.field,
        "data_type": s.data_type, "state": "suggested", "confidence": s.confidence, "reason": s.reason,
        "rule": s.rule, "rule_version": s.rule_version, "field_digest": digests.get((s.dataset, s.field)),
        "made_by": "rule", "suggested_at": now, "decided_by": None, "decided_at": None, "why": None,
    }  # fmt: skip


def restore_decision(db: Database, link: str, otherwise: str = "suggested") -> None:
    """Back to what was last decided and stands. Without such a decision to ``otherwise`` when a rule had made the
    link, and to withdrawn, which asks nothing, when a person had."""
    last = next(iter(db.query(f"select * from {STANDING} where link = ? order by id desc limit 1", [link])), None)
    if last is None:
        made_by = next(iter(db.query("select made_by from link where id = ?", [link])))["made_by"]
        last = {"state": otherwise if made_by == "rule" else "withdrawn"}
    db.table("link").update(link, {key: last.get(key) for key in ("state", "decided_by", "decided_at", "why")})


def _pair(row: dict[str, Any]) -> Pair:
    return row["dataset"], row["field"], row["data_type"]


def _id(pair: Pair) -> str:
    return content_id("link", *pair)
