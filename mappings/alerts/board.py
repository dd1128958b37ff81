"""What the compliance team looks at: what waits for triage by event, what no link claims, how one event came to stand.

Reads only, plain dicts for pages and JSON. Deciding and releasing are ``triage``, answering ``acknowledgement``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Database

from kb.rows import Row, rows
from mappings.alerts.evidence import alerting_events, load_head, load_story, load_targets
from mappings.alerts.reach import Route, load_reach
from mappings.alerts.triage import HELD, standing_of
from mappings.alerts.waiting import waiting_changes

if TYPE_CHECKING:
    from kb.config import Config


def triage_board(kb: Database, company: Database, config: Config, *, everything: bool = False) -> list[Row]:
    """Events that wait, those with unclaimed changes first, then the oldest; ``everything``: released ones too.

    Each: event, kind, title, stage, occurred_at, mode (automatic, analyst, four_eyes), needs (what stands between it
    and its owners, '' when released), counts of changes, unclaimed, datasets and owners, and ``changes`` as
    ``waiting_changes`` gives them.
    """
    found: dict[str, Row] = {}
    for row in waiting_changes(kb, company, config, everything=everything):
        event = found.setdefault(row["event"], {**_head(kb, row["event"]), "mode": row["mode"], "needs": row["needs"],
                                                "changes": []})  # fmt: skip
        event["changes"].append(row)
    for event in found.values():
        event["counts"] = {
            "changes": len(event["changes"]),
            "unclaimed": sum(not row["datasets"] for row in event["changes"]),
            "datasets": max((row["datasets"] for row in event["changes"]), default=0),
            "owners": len({owner for row in event["changes"] for owner in row["owners"]}),
        }
    return sorted(found.values(), key=lambda event: (not event["needs"], not event["counts"]["unclaimed"]))


def triage_event(kb: Database, company: Database, config: Config, event: str) -> Row:
    """One event of the board, with every decision ever made on it, its release, and its alerts. Raises NotFound."""
    changes = waiting_changes(kb, company, config, event=event)
    first = changes[0] if changes else {"mode": "", "needs": ""}
    return {
        **_head(kb, event), "mode": first["mode"], "needs": first["needs"], "changes": changes,
        "decisions": rows(company, "select * from triage_decision where event = ? order by id", [event]),
        "release": next(iter(rows(company, "select * from triage_release where event = ?", [event])), None),
        "alerts": rows(company, _ALERTS, [event, HELD]),
    }  # fmt: skip


def unclaimed_board(kb: Database, company: Database, config: Config) -> list[Row]:
    """Changes that no accepted link claims and nobody has found not applicable, the newest event first."""
    route = Route(*load_reach(company))
    listed: list[Row] = []
    for event in reversed(alerting_events(kb)):
        changes, targets = load_targets(kb, event)
        claimed = {impact.change for impact in route.impacts(targets)}
        if not set(changes) - claimed:
            continue
        standing = standing_of(company, config, event, *load_head(kb, event), changes)
        about: dict[str, list[str]] = {}
        for target in targets:
            about.setdefault(target.change, []).append(target.target)
        listed += [
            {**_head(kb, event), "change": change.id, "grade": change.grade, "change_kind": change.kind,
             "where": " ".join(part for part in (change.place, change.label) if part), "quote": change.quote,
             "about": about.get(change.id, []), "released": standing.released}
            for change in load_story(kb, event).changes
            if change.id not in claimed and standing.tells(change.id)
        ]  # fmt: skip
    return listed


def _head(kb: Database, event: str) -> Row:
    return rows(kb, _HEAD, [event])[0]


_HEAD = """
select event.id as event, event.kind, event.origin, event.title, version.stage, event.occurred_at, event.work,
  event.old_version, event.new_version, publication.url
from event left join version on version.id = new_version left join publication on publication.id = publication
where event.id = ?
"""
_ALERTS = """
select alert.id, alert.owner, kind, nature, state, composed_at, sent_at, acknowledged_at, decision from alert
left join acknowledgement on acknowledgement.alert = alert.id where event = ? and kind <> ? order by alert.owner, kind
"""
