"""What waits for triage, for the command line: every change with what it would reach, unclaimed ones first.

Reads only. Pages ask ``triage_list``; deciding and releasing are ``triage``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from kb.errors import NotFound
from kb.rows import Row
from mappings.alerts.evidence import Change, alerting_events, load_head, load_story, load_targets
from mappings.alerts.impact import Impact
from mappings.alerts.reach import Route, load_reach, suggested_links
from mappings.alerts.triage import Standing, standing_of

if TYPE_CHECKING:
    from kb.config import Config


def waiting_changes(
    kb: Database, company: Database, config: Config, *, event: str | None = None, everything: bool = False
) -> list[Row]:
    """Changes of events that are not released; with ``everything`` of released ones too. Raises NotFound.

    Events oldest first; in each the changes that no accepted link claims come first, then the gravest. ``needs`` is
    what stands between the event and its owners: decision, counsel, release, second person, or '' when released.
    """
    reach, datasets = load_reach(company)
    accepted, suggested = Route(reach, datasets), Route(suggested_links(company), datasets)
    listed: list[Row] = []
    events = alerting_events(kb)
    if event and event not in events:
        raise NotFound(f"no event {event} that owners are told of: see `regwatch triage list --all`")
    for id in [event] if event else events:
        changes, targets = load_targets(kb, id)
        title, stage = load_head(kb, id)
        standing = standing_of(company, config, id, title, stage, changes)
        if standing.released and not (everything or event):
            continue
        reached, guessed = _by_change(accepted.impacts(targets)), _by_change(suggested.impacts(targets))
        needs = standing.needs(changes).replace("_", " ")
        rows = [
            _row(change, standing, reached.get(change.id, []), guessed.get(change.id, []))
            for change in load_story(kb, id).changes
        ]
        rows.sort(key=lambda row: row["datasets"] > 0)
        listed += [{"event": id, "title": title, "stage": stage, "mode": standing.mode, "needs": needs, **row}
                   for row in rows]  # fmt: skip
    return listed


def _row(change: Change, standing: Standing, impacts: list[Impact], guesses: list[Impact]) -> dict[str, Any]:
    verdict = standing.verdicts.get(change.id)
    pairs = change.figures or change.passages
    return {
        "change": change.id, "grade": change.grade, "kind": change.kind,
        "where": " ".join(part for part in (change.place, change.label) if part),
        "before": pairs[0][0] if pairs else "", "after": pairs[0][1] if pairs else change.quote,
        "reviewed": change.reviewed,
        "datasets": len({impact.dataset for impact in impacts}),
        "owners": sorted({impact.owner or "" for impact in impacts}),
        "suggested": sorted({f"{guess.dataset}.{guess.field}".rstrip(".") for guess in guesses}),
        "decision": verdict.decision if verdict else None,
        "interpretation": verdict.interpretation if verdict else "",
        "instruction": verdict.instruction if verdict else "",
        "due": verdict.due if verdict else "", "by": verdict.by if verdict else "",
        "decided_at": verdict.at if verdict else None,
    }  # fmt: skip


def _by_change(impacts: list[Impact]) -> dict[str, list[Impact]]:
    found: dict[str, list[Impact]] = {}
    for impact in impacts:
        found.setdefault(impact.change, []).append(impact)
    return found
