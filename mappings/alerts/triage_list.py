"""Triage as pages show it, told quickly also where a hundred thousand fields are linked: a page of events, one event.

Reads only, plain dicts. The command line's list is ``waiting``; deciding and releasing are ``triage``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from sqlite_utils import Database

from kb.errors import NotFound
from kb.rows import Row, rows
from mappings.alerts.evidence import ALERTING, GRADES, RELEASED_AS, Change, load_story, load_targets
from mappings.alerts.followed import Followed, Place
from mappings.alerts.impact import Target
from mappings.alerts.triage import HELD, Standing, standing_of

if TYPE_CHECKING:
    from kb.config import Config


def waiting_events(
    kb: Database, company: Database, config: Config, *, everything: bool = False, page: int = 1, size: int = 20
) -> Row:
    """A page of events that are not released (``everything``: all), those with unclaimed changes first, then the
    newest. Each: event, title, stage, kind, occurred_at, mode, needs, grades, changes, unclaimed, undecided, datasets.
    """
    changes: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows(kb, _CHANGES):
        changes[row["event"]].append(row)
    waiting = []
    for event in rows(kb, _EVENTS):
        ids = [row["id"] for row in changes[event["event"]]]
        standing = standing_of(company, config, event["event"], event["title"], event["released_as"], ids)
        if everything or not standing.released:
            waiting.append({**event, "mode": standing.mode, "released": standing.released, "changes": len(ids),
                            "undecided": standing.undecided(ids), "counsel": standing.for_counsel(ids),
                            "needs": standing.needs(ids)})  # fmt: skip
    about: defaultdict[str, list[Target]] = defaultdict(list)
    for row in rows(kb, _TARGETS):
        about[row["change"]].append(Target(row["change"], row["target"], row["kind"]))
    followed = Followed(company, "accepted")
    for event in waiting:
        mine = [followed.places(about[row["id"]]) for row in changes[event["event"]]]
        event["unclaimed"] = sum(not places for places in mine)
        event["datasets"] = len(frozenset().union(*mine))
        graded = Counter(row["grade"] or "substantive" for row in changes[event["event"]])
        event["grades"] = {grade: graded[grade] for grade in GRADES if graded[grade]}
    waiting.sort(key=lambda event: (bool(event["released"]), not event["unclaimed"]))
    start = (page - 1) * size
    return {"events": waiting[start : start + size], "count": len(waiting), "page": page,
            "more": len(waiting) > start + size, "everything": everything}  # fmt: skip


def one_event(kb: Database, company: Database, config: Config, event: str, *, page: int = 1, size: int = 50) -> Row:
    """One event with a page of its changes, what no link claims first, and everything decided and told of it.

    Each change: what it is, before and after, datasets, owners, suggested (datasets that suggestions lead to) and the
    decision that holds. Raises NotFound.
    """
    if not (head := rows(kb, _HEAD, [event])):
        raise NotFound(f"no event {event} that owners are told of: see `regwatch triage list --all`")
    ids, targets = load_targets(kb, event)
    standing = standing_of(company, config, event, head[0]["title"], head[0]["released_as"], ids)
    about: defaultdict[str, list[Target]] = defaultdict(list)
    for target in targets:
        about[target.change].append(target)
    accepted, suggested = Followed(company, "accepted"), Followed(company, "suggested")
    reached = {id: accepted.places(about[id]) for id in ids}
    named = {id: [target for target in about[id] if target.kind == "data_type"] for id in ids}  # a scope is no guess
    changes = sorted(load_story(kb, event).changes, key=lambda change: bool(reached[change.id]))
    start = (page - 1) * size
    return {
        **head[0], "mode": standing.mode, "undecided": standing.undecided(ids), "count": len(ids), "page": page,
        "needs": standing.needs(ids), "more": len(changes) > start + size,
        "changes": [_change(change, standing, reached[change.id], suggested.places(named[change.id]))
                    for change in changes[start : start + size]],
        "decisions": rows(company, "select * from triage_decision where event = ? order by id", [event]),
        "release": next(iter(rows(company, "select * from triage_release where event = ?", [event])), None),
        "alerts": rows(company, _ALERTS, [event, HELD]),
    }  # fmt: skip


def _change(change: Change, standing: Standing, reached: frozenset[Place], guessed: frozenset[Place]) -> Row:
    verdict = standing.verdicts.get(change.id)
    pairs = change.figures or change.passages
    return {
        "change": change.id, "grade": change.grade, "kind": change.kind, "reviewed": change.reviewed,
        "where": " ".join(part for part in (change.place, change.label) if part),
        "before": pairs[0][0] if pairs else "", "after": pairs[0][1] if pairs else change.quote,
        "datasets": len(reached), "owners": sorted({owner for _, owner in reached}),
        "suggested": sorted({dataset for dataset, _ in guessed - reached}),
        **(vars(verdict) if verdict else {"decision": None}),
    }  # fmt: skip


_ORIGINS = ", ".join(f"'{origin}'" for origin in ALERTING)
_EVENTS = f"""
select event.id as event, event.kind, event.title, version.stage, event.occurred_at, event.new_version,
  {RELEASED_AS} from event left join version on version.id = event.new_version
where event.origin in ({_ORIGINS}) order by occurred_at desc, event.id
"""
_CHANGES = f"""
select change.id, event, grade from change join event on event.id = change.event
where event.origin in ({_ORIGINS}) and change.kind <> 'unchanged' order by change.ordinal, change.id
"""
_TARGETS = f"""
select change.event, change, target, change_target.kind from change_target join change on change.id = change
join event on event.id = change.event where event.origin in ({_ORIGINS})
"""
_HEAD = f"""
select event.id as event, event.kind, event.title, version.stage, event.occurred_at, event.old_version,
  event.new_version, {RELEASED_AS} from event left join version on version.id = event.new_version
where event.id = ? and event.origin in ({_ORIGINS})
"""
_ALERTS = """
select alert.id, alert.owner, kind, nature, state, composed_at, sent_at, acknowledged_at, decision from alert
left join acknowledgement on acknowledgement.alert = alert.id where event = ? and kind <> ?
order by alert.owner, kind limit 200
"""
