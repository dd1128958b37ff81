"""Holds what the two databases and the mail server have against the labels of a plot.

A change is found when its article, its kind and its event are; whether its grade is right is counted beside. An alert
is an owner told of an event: lost when it never came, doubled when it came as two, false when no label asks for it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from replay_world.plot import START, Event, Plot
from replay_world.run import Played
from replay_world.seen import Seen, load_seen, name_of, source_of
from replay_world.tally import Tally, total
from replay_world.told import score_alerts

DECIDED = ("repeal", "amendment", "override", "withdrawal", "effect")  # one change each, whatever it is about


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


def score(played: Played) -> Score:
    seen = load_seen(played)
    result = Score(Counter(event.kind for event in played.plot.events), defaultdict(Tally), defaultdict(Tally),
                   defaultdict(Tally), Tally())  # fmt: skip
    matched: dict[str, Event] = {}
    for event in played.plot.events:
        if event.see == "edit" or (event.see in ("version", "interpretation", *DECIDED) and event.differences):
            _score_changes(played, seen, event, matched, result)
        elif event.see != "outcome":
            _score_event(played, seen, event, result, matched)
    for row in seen.events:
        if row["id"] not in matched and row["origin"] in ("publication", "edit"):
            source = source_of(played, row["url"])
            result.changes[source].false += len(seen.changes[row["id"]])
            result.faults.append(f"no label: {row['kind']} {row['title']} on {row['occurred_at'][:10]}, "
                                 f"{len(seen.changes[row['id']])} changes ({row['url']})")  # fmt: skip
    score_alerts(played, seen, matched, result)
    _score_states(played, result)
    return result


def _score_changes(played: Played, seen: Seen, event: Event, matched: dict[str, Event], result: Score) -> None:
    source = played.plot.pages[event.pages[0]].columns[0]
    addresses = set().union(*(played.site.addresses(page) for page in event.pages))
    kind = "new_version" if event.see == "version" else event.see
    row = next((row for row in seen.events if row["url"] in addresses and row["kind"] == kind
                and not _said_of_page(seen, row) and played.day_of(row["occurred_at"]) >= event.day
                and row["id"] not in matched), None)  # fmt: skip
    tally = result.changes[source]
    if row is None or (kind == "edit" and _later(played, event, row)):
        tally.missed += 1 if event.see in DECIDED else len(event.differences)
        result.events[event.kind].missed += 1
        result.faults.append(f"missed: {event.kind} {name_of(played, event)}")
        return
    matched[row["id"]] = event
    result.events[event.kind].found += 1
    delay = played.day_of(row["occurred_at"]) - event.day
    result.events[event.kind].delays.append(delay.days)
    if event.see in DECIDED:
        tally.found += 1
        tally.delays.append(delay.days)
        return
    wanted = {(one.kind, one.old, one.new): one.grade for one in event.differences}
    had = {(_kind(one), _number(one, "old"), _number(one, "new")): one["grade"] for one in seen.changes[row["id"]]
           if one["grade"] != "renumbered"}  # fmt: skip
    for key, grade in wanted.items():
        if key in had:
            tally.found += 1
            tally.delays.append(delay.days)
            result.grades_wrong += had[key] != grade
            if had[key] != grade:
                result.faults.append(f"grade {had[key]}, not {grade}: {key} of {name_of(played, event)}")
        else:
            tally.missed += 1
            result.faults.append(f"missed: {key} of {event.kind} {name_of(played, event)}")
    for key in had.keys() - wanted.keys():
        tally.false += 1
        result.faults.append(f"false: {key} of {event.kind} {name_of(played, event)}")


def _score_event(played: Played, seen: Seen, event: Event, result: Score, matched: dict[str, Event]) -> None:
    """A label without differences: that something is on record, or that nothing comes of it (shown as false events)."""
    tally = result.events[event.kind]
    rows = [seen.publications[url] for page in event.pages for url in played.site.addresses(page)
            if url in seen.publications]  # fmt: skip
    row = rows[0] if rows else None
    at = ""
    if row and event.see == "version":
        at = next(iter(seen.versions[row["id"]]), "")
        first = _first_text(played, seen, event)
        matched |= {first: event} if first else {}
        at = at if first or event.tell == "nobody" else ""
    elif row and event.see == "final":
        at = event.first.isoformat() if row["id"] in seen.finals else ""
        matched |= {
            one["id"]: event for one in seen.events if one["url"] == row["url"] and one["kind"] == "new_version"
        }
    elif row and event.see == "publication":
        at = row["first_seen"]
    elif row and event.see == "gone":
        at = row["gone_at"] or event.first.isoformat()  # back by now: the run's own word is counted with the states
    elif row and event.see in ("title", "deadline"):
        name = {"title": "title", "deadline": "comments_close"}[event.see]
        told = next((one for one in seen.events if one["url"] == row["url"] and one["id"] not in matched
                     and played.day_of(one["occurred_at"]) >= event.day
                     and _said_of_page(seen, one) == event.said), None)  # fmt: skip
        if told and (row[name] == event.said or _said_later(played, event)):
            at, matched[told["id"]] = event.first.isoformat(), event
    elif row:
        at = event.first.isoformat()
    if at:
        tally.found += 1
        if event.see in ("version", "publication"):
            tally.delays.append(max(0, (played.day_of(at) - max(event.day, START)).days))
            if played.day_of(at) < max(event.first, START):
                result.faults.append(f"seen before it was there: {event.kind} {name_of(played, event)}")
    else:
        tally.missed += 1
        result.faults.append(f"missed: {event.kind} ({event.see}) {name_of(played, event)}")


def _first_text(played: Played, seen: Seen, event: Event) -> str:
    """The event of a rule that was published for the first time; '' if none was made."""
    addresses = set().union(*(played.site.addresses(page) for page in event.pages))
    return next((str(row["id"]) for row in seen.events if row["url"] in addresses and row["kind"] == "new_version"
                 and row["old_version"] is None), "")  # fmt: skip


def _score_states(played: Played, result: Score) -> None:
    """Each day a host is under a spell its sources must say so, and on no other day."""
    for day, outcomes in played.outcomes.items():
        for source, outcome in outcomes.items():
            agency = source.partition("-")[0]
            spell = next((s for s in played.plot.spells if s.agency == agency and not s.page and s.holds(day)), None)
            wanted = SAID.get(spell.how, "blocked") if spell else "healthy stale"
            wanted += " drifted failed" * _newest_unreadable(played.plot, source, day)
            if outcome in wanted.split():
                result.states.found += spell is not None and spell.how != "articles"
            else:
                result.states.missed += spell is not None
                result.states.false += spell is None
                result.faults.append(f"{day} {source} is said to be {outcome}, not {wanted}")


# What a source may be said to be while its host is under a spell; blocked if none is named.
SAID = {"503": "failed", "redesign": "drifted empty", "maintenance": "drifted failed blocked",
        "articles": "healthy stale drifted"}  # fmt: skip
UNREADABLE = ("garbage", "deep", "huge", "redirect")  # spells of a page that nobody could read


def _newest_unreadable(plot: Plot, source: str, day: dt.date) -> bool:
    """Can neither of the two newest pages that a column has of interest be read? Then it may have drifted, for all
    that anybody can tell from outside."""
    pages = [id for id, page in plot.pages.items() if source in page.columns and page.published <= day
             and "只用来填满列表" not in "".join(page.paragraphs)]  # fmt: skip
    newest = sorted(pages, key=lambda id: plot.pages[id].published)[-2:]
    bad = {spell.page for spell in plot.spells if spell.how in UNREADABLE and spell.holds(day)}
    return bool(newest) and bad.issuperset(newest)


def _later(played: Played, event: Event, row: dict[str, Any]) -> bool:
    """Does this row belong to a later edit of the page?"""
    following = [e.day for e in played.plot.events if e.pages == event.pages and e.see == "edit" and e.day > event.day]
    return bool(following) and played.day_of(row["occurred_at"]) >= min(following)


def _said_later(played: Played, event: Event) -> bool:
    return any(e.pages == event.pages and e.see == event.see and e.day > event.day for e in played.plot.events)


def _said_of_page(seen: Seen, row: dict[str, Any]) -> str:
    """The new title, or the new day until which comments are taken, of an event about that; '' for others."""
    changes = seen.changes[row["id"]] if row["kind"] in ("edit", "extension") else []
    is_of_page = len(changes) == 1 and changes[0]["subject"] == "passage"
    return str(json.loads(changes[0]["edits"])[0]["to"]) if is_of_page else ""


def _kind(change: dict[str, Any]) -> str:
    return "modified" if change["kind"] in ("modified", "moved") else str(change["kind"])


def _number(change: dict[str, Any], side: str) -> str:
    return change[f"{side}_label"] or "" if change[side] else ""
