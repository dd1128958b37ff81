"""Holds what the two databases and the mail server have against the labels of a plot.

A change is found when its article, its kind and its event are; whether its grade is right is counted beside. An alert
is an owner told of an event: lost when it never came, doubled when it came as two, false when no label asks for it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from kb.db import open_kb
from mappings.db import open_company
from replay_world.company import TEAM, owners_of, unclaimed
from replay_world.plot import START, Event
from replay_world.run import Played
from replay_world.tally import Tally, total


@dataclass
class Score:
    """``events``: everything that has a label; ``states``: what a source was said to be, per source and day."""

    counts: Counter[str]
    changes: dict[str, Tally]
    alerts: dict[str, Tally]
    events: dict[str, Tally]
    states: Tally
    grades_wrong: int = 0
    doubled: int = 0
    lost: int = 0
    early: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        changes, alerts = total(self.changes), total(self.alerts)
        return (changes.recall == alerts.recall == total(self.events).recall == 1.0
                and min(changes.precision, alerts.precision) >= 0.99
                and not (self.lost or self.doubled or self.early))  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        tables = {"changes": self.changes, "alerts": self.alerts, "events": self.events}
        shown = {
            name: {"all": total(tallies).as_json(), **{key: tally.as_json() for key, tally in sorted(tallies.items())}}
            for name, tallies in tables.items()
        }
        return {"labels": dict(sorted(self.counts.items())), **shown, "source_states": self.states.as_json(),
                "grades_wrong": self.grades_wrong, "alerts_lost": self.lost, "alerts_doubled": self.doubled,
                "alerts_early": self.early, "passed": self.passed, "faults": self.faults}  # fmt: skip


@dataclass
class Seen:
    """What is on record, as far as labels speak of it."""

    publications: dict[str, dict[str, Any]]  # by address
    events: list[dict[str, Any]]
    changes: dict[str, list[dict[str, Any]]]
    versions: dict[str, list[str]]  # publication → days on which a version was first placed from it
    alerts: list[dict[str, Any]]
    mailed: Counter[str]


def score(played: Played) -> Score:
    seen = _load(played)
    result = Score(Counter(event.kind for event in played.plot.events), defaultdict(Tally), defaultdict(Tally),
                   defaultdict(Tally), Tally())  # fmt: skip
    matched: dict[str, Event] = {}
    for event in played.plot.events:
        if event.see in ("version", "edit", "interpretation") and event.differences:
            _score_changes(played, seen, event, matched, result)
        elif event.see != "outcome":
            _score_event(played, seen, event, result, matched)
    for row in seen.events:
        if row["id"] not in matched and row["origin"] in ("publication", "edit"):
            source = _source(played, row["url"])
            result.changes[source].false += len(seen.changes[row["id"]])
            result.faults.append(f"no label: {row['kind']} {row['title']} on {row['occurred_at'][:10]}, "
                                 f"{len(seen.changes[row['id']])} changes ({row['url']})")  # fmt: skip
    _score_alerts(played, seen, matched, result)
    _score_states(played, result)
    return result


def _load(played: Played) -> Seen:
    with open_kb(played.workspace.kb_path) as kb, open_company(played.workspace.company_path) as company:
        publications = {row["url"]: row for row in kb.query("select * from publication")}
        events = list(kb.query("select event.*, url from event join publication on publication.id = publication "
                               "order by occurred_at, event.id"))  # fmt: skip
        changes: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in kb.query('select * from "change" order by ordinal'):
            changes[row["event"]].append(row)
        versions = defaultdict(list)
        for row in kb.query("select publication, min(witness.first_seen) as at from witness join document "
                            "on document.id = witness.document group by publication"):  # fmt: skip
            versions[row["publication"]].append(row["at"])
        alerts = list(
            company.query("select id, owner, event, kind, composed_at, sent_at, message_id, state from alert")
        )
    mailed = Counter(str(message["Message-ID"]) for message in played.inbox.messages)
    return Seen(publications, events, changes, versions, alerts, mailed)


def _score_changes(played: Played, seen: Seen, event: Event, matched: dict[str, Event], result: Score) -> None:
    source = played.plot.pages[event.pages[0]].columns[0]
    addresses = set().union(*(played.site.addresses(page) for page in event.pages))
    kind = "new_version" if event.see == "version" else event.see
    row = next((row for row in seen.events if row["url"] in addresses and row["kind"] == kind
                and not _closing(seen, row) and row["occurred_at"][:10] >= event.day.isoformat()
                and row["id"] not in matched), None)  # fmt: skip
    tally = result.changes[source]
    if row is None or (kind == "edit" and _later(played, event, row)):
        tally.missed += len(event.differences)
        result.events[event.kind].missed += 1
        result.faults.append(f"missed: {event.kind} {_name(played, event)}")
        return
    matched[row["id"]] = event
    result.events[event.kind].found += 1
    delay = _days(row["occurred_at"]) - event.day
    result.events[event.kind].delays.append(delay.days)
    wanted = {(one.kind, one.old, one.new): one.grade for one in event.differences}
    had = {(_kind(one), _number(one, "old"), _number(one, "new")): one["grade"] for one in seen.changes[row["id"]]
           if one["grade"] != "renumbered"}  # fmt: skip
    for key, grade in wanted.items():
        if key in had:
            tally.found += 1
            tally.delays.append(delay.days)
            result.grades_wrong += had[key] != grade
            if had[key] != grade:
                result.faults.append(f"grade {had[key]}, not {grade}: {key} of {_name(played, event)}")
        else:
            tally.missed += 1
            result.faults.append(f"missed: {key} of {event.kind} {_name(played, event)}")
    for key in had.keys() - wanted.keys():
        tally.false += 1
        result.faults.append(f"false: {key} of {event.kind} {_name(played, event)}")


def _score_event(played: Played, seen: Seen, event: Event, result: Score, matched: dict[str, Event]) -> None:
    """A label without differences: that something is on record, or that nothing comes of it (shown as false events)."""
    tally = result.events[event.kind]
    rows = [seen.publications[url] for page in event.pages for url in played.site.addresses(page)
            if url in seen.publications]  # fmt: skip
    row = rows[0] if rows else None
    at = ""
    if row and event.see == "version":
        at = next(iter(seen.versions[row["id"]]), "")
    elif row and event.see == "publication":
        at = row["first_seen"]
    elif row and event.see == "gone":
        at = row["gone_at"] or event.first.isoformat()  # back by now: the run's own word is counted with the states
    elif row and event.see in ("title", "deadline"):
        name = {"title": "title", "deadline": "comments_close"}[event.see]
        at = event.first.isoformat() if _said_later(played, event) or row[name] == event.said else ""
        moved = next(
            (one for one in seen.events if one["url"] == row["url"] and event.said in _closing(seen, one)), None
        )
        if event.see == "deadline" and (at := at if moved else "") and moved:
            matched[moved["id"]] = event
    elif row:
        at = event.first.isoformat()
    if at:
        tally.found += 1
        if event.see in ("version", "publication"):
            tally.delays.append(max(0, (_days(at) - max(event.day, START)).days))
            if _days(at) < max(event.first, START):
                result.faults.append(f"seen before it was there: {event.kind} {_name(played, event)}")
    else:
        tally.missed += 1
        result.faults.append(f"missed: {event.kind} ({event.see}) {_name(played, event)}")


def _score_alerts(played: Played, seen: Seen, matched: dict[str, Event], result: Score) -> None:
    told: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in seen.alerts:
        told[row["owner"], row["event"]].append(row)
    for id, event in matched.items():
        source = played.plot.pages[event.pages[0]].columns[0]
        must = owners_of(event.differences) if event.tell == "owners" else set()
        if event.tell == "team" or (event.tell == "owners" and unclaimed(event.differences)):
            must.add(TEAM)
        if event.tell == "team" and event.kind.endswith("editorial"):
            must.discard(TEAM)  # may be told, need not be
        for owner in sorted(must):
            rows = told.pop((owner, id), [])
            arrived = [row for row in rows if seen.mailed[row["message_id"]]]
            if not arrived:
                result.alerts[source].missed += 1
                result.lost += 1
                result.faults.append(f"not told: {owner} of {event.kind} {_name(played, event)}")
                continue
            result.alerts[source].found += 1
            result.alerts[source].delays.append((_days(min(row["sent_at"] for row in arrived)) - event.day).days)
            result.early += any(_days(row["composed_at"]) < event.first for row in rows)
            if len(rows) > 1 or any(seen.mailed[row["message_id"]] > 1 for row in rows):
                result.doubled += 1
                result.faults.append(f"told twice: {owner} of {event.kind} {_name(played, event)}")
        told.pop((TEAM, id), None)
    events = {row["id"]: row for row in seen.events}
    for (owner, id), rows in told.items():
        row = events.get(id)
        result.alerts[_source(played, row["url"]) if row else "none"].false += len(rows)
        result.faults.append(f"told without cause: {owner} of {row['title'] if row else id} ({rows[0]['kind']})")


def _score_states(played: Played, result: Score) -> None:
    """Each day a host is under a spell its sources must say so, and on no other day."""
    for day, outcomes in played.outcomes.items():
        for source, outcome in outcomes.items():
            agency = source.partition("-")[0]
            spell = next((s for s in played.plot.spells if s.agency == agency and not s.page and s.holds(day)), None)
            wanted = {None: "healthy stale", "503": "failed", "redesign": "drifted empty"}.get(
                spell.how if spell else None, "blocked")  # fmt: skip
            if outcome in wanted.split():
                result.states.found += spell is not None
            else:
                result.states.missed += spell is not None
                result.states.false += spell is None
                result.faults.append(f"{day} {source} is said to be {outcome}, not {wanted}")


def _later(played: Played, event: Event, row: dict[str, Any]) -> bool:
    """Does this row belong to a later edit of the page?"""
    following = [e.day for e in played.plot.events if e.pages == event.pages and e.see == "edit" and e.day > event.day]
    return bool(following) and _days(row["occurred_at"]) >= min(following)


def _said_later(played: Played, event: Event) -> bool:
    return any(e.pages == event.pages and e.see == event.see and e.day > event.day for e in played.plot.events)


def _closing(seen: Seen, row: dict[str, Any]) -> str:
    """The edit of the day until which comments are taken, and of nothing else, as kept; '' for other events."""
    changes = seen.changes[row["id"]] if row["kind"] == "edit" else []
    return str(changes[0]["edits"]) if len(changes) == 1 and changes[0]["subject"] == "passage" else ""


def _kind(change: dict[str, Any]) -> str:
    return "modified" if change["kind"] in ("modified", "moved") else str(change["kind"])


def _number(change: dict[str, Any], side: str) -> str:
    return change[f"{side}_label"] or "" if change[side] else ""


def _source(played: Played, url: str) -> str:
    for id, page in played.plot.pages.items():
        if url in played.site.addresses(id):
            return page.columns[0]
    return "none"


def _name(played: Played, event: Event) -> str:
    return f"{played.plot.pages[event.pages[0]].title} ({event.pages[0]}, {event.day})"


def _days(at: str) -> dt.date:
    return dt.date.fromisoformat(at[:10])
