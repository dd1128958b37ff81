"""Which events wait for triage, told quickly: one page reads no story and asks each table once.

Reads only. One event in full is ``board``; deciding and releasing are ``triage``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING

from sqlite_utils import Database

from kb.rows import Row, rows
from mappings.alerts.evidence import ALERTING, GRADES
from mappings.alerts.impact import Dataset, Link, Target
from mappings.alerts.reach import Route, load_reach
from mappings.alerts.triage import standing_of

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
        standing = standing_of(company, config, event["event"], event["title"], event["stage"] or "", ids)
        if everything or not standing.released:
            undecided = sum(id not in standing.verdicts for id in ids)
            counsel = sum(verdict.decision == "needs_counsel" for verdict in standing.verdicts.values())
            waiting.append({**event, "mode": standing.mode, "released": standing.released, "changes": len(ids),
                            "undecided": undecided, "counsel": counsel,
                            "needs": _needs(standing.released, undecided, counsel, standing.mode)})  # fmt: skip
    reached = _reached(kb, [row["event"] for row in waiting], *load_reach(company))
    for event in waiting:
        ids = [row["id"] for row in changes[event["event"]]]
        mine = [reached.get(id, frozenset()) for id in ids]
        event["unclaimed"] = sum(not datasets for datasets in mine)
        event["datasets"] = len(frozenset().union(*mine)) if mine else 0
        graded = Counter(row["grade"] or "substantive" for row in changes[event["event"]])
        event["grades"] = {grade: graded[grade] for grade in GRADES if graded[grade]}
    waiting.sort(key=lambda event: (bool(event["released"]), not event["unclaimed"]))
    start = (page - 1) * size
    return {"events": waiting[start : start + size], "count": len(waiting), "page": page,
            "more": len(waiting) > start + size, "everything": everything}  # fmt: skip


def _needs(released: bool, undecided: int, counsel: int, mode: str) -> str:
    if released:
        return ""
    if undecided or counsel:
        return "decision" if undecided else "counsel"
    return "second_person" if mode == "four_eyes" else "release"


def _reached(
    kb: Database, events: list[str], links: list[Link], datasets: dict[str, Dataset]
) -> dict[str, frozenset[str]]:
    """Change → the datasets that accepted links lead to; each target is followed once."""
    route = Route(links, datasets)

    @cache
    def follow(target: str, kind: str) -> frozenset[str]:
        return frozenset(impact.dataset for impact in route.impacts([Target("", target, kind)]))

    wanted, found = set(events), defaultdict[str, frozenset[str]](frozenset)
    for row in rows(kb, _TARGETS):
        if row["event"] in wanted:
            found[row["change"]] |= follow(row["target"], row["kind"])
    return found


_ORIGINS = ", ".join(f"'{origin}'" for origin in ALERTING)
_EVENTS = f"""
select event.id as event, event.kind, event.title, version.stage, event.occurred_at, event.new_version
from event left join version on version.id = event.new_version
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
