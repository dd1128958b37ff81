"""The Monday brief: what changed since a day, whom it touches, what was decided, and which sources were checked.

"Checked, nothing new" stands beside the gaps, so that silence is evidence. Reads only; the files are ``brief_files``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from kb.clock import legal_day
from kb.rows import Row, rows
from mappings.alerts.evidence import Change, alerting_events, load_head, load_story, load_targets
from mappings.alerts.exposed import Exposed
from mappings.alerts.impact import Impact
from mappings.alerts.reach import Route, load_reach
from mappings.alerts.triage import Standing, standing_of

if TYPE_CHECKING:
    from kb.config import Config

COLUMNS = (
    "title", "level", "status", "seen", "place", "grade", "before", "after", "systems", "datasets", "fields", "owners",
    "recipients", "route", "filing", "action", "due", "state",
)  # fmt: skip
Exposure = Callable[[str], Mapping[str, Sequence[Exposed]]]  # version → dataset → its transfers, now and under it


@dataclass(frozen=True)
class Brief:
    """``changes`` have the keys of COLUMNS, as lists or strings; ``sources`` those of _source() and a name in both
    languages, those that never ran behind the others. Days are Beijing's."""

    since: str
    until: str
    changes: Sequence[Row]
    sources: Sequence[Row]
    deadlines: Sequence[Row]


def write_brief(
    kb: Database, company: Database, config: Config, *, since: str, now: str,
    exposed: Exposure = lambda version: {},
) -> Brief:  # fmt: skip
    """Everything observed from ``since`` (a day) to the day of ``now``, both with it."""
    from kb.declared_sources import add_names, never_checked
    from kb.news import deadlines

    reach, datasets = load_reach(company)
    route = Route(reach, datasets)
    facts = {row["id"]: row for row in rows(company, _DATASETS)}
    changes: list[Row] = []
    for event in alerting_events(kb):
        story = load_story(kb, event)
        seen = legal_day(story.occurred_at)
        if not since <= seen <= legal_day(now):
            continue
        ids, targets = load_targets(kb, event)
        standing = standing_of(company, config, event, *load_head(kb, event), ids)
        told = _told(company, event)
        level, transfers = _level(kb, story.new.id), exposed(story.new.id)
        reached: dict[str, list[Impact]] = {}
        for impact in route.impacts(targets):
            reached.setdefault(impact.change, []).append(impact)
        for change in story.changes:
            mine = reached.get(change.id, [])
            changes.append({
                "event": event, "change": change.id, "title": story.new.title, "level": level["level"] or "",
                "status": [story.new.stage, level["in_force"] or "", "reviewed" if change.reviewed else "extracted"],
                "seen": seen, "kind": story.kind, "about": list(story.about), "url": story.url,
                "effective": story.new.effective or "", "doc_number": story.new.doc_number,
                **_change(change), **_touched(mine, facts, transfers),
                **_decided(change, standing, told.get(change.id, (0, 0)), bool(mine)),
            })  # fmt: skip
    first, last = date.fromisoformat(since), date.fromisoformat(legal_day(now))
    asked = [row["source"] for row in rows(kb, "select distinct source from source_run order by source")]
    sources = [_source(kb, source, first, last) for source in asked] + [_never(row["id"]) for row in never_checked(kb)]
    return Brief(since, legal_day(now), changes, add_names(kb, sources), deadlines(kb, legal_day(now)))


def _change(change: Change) -> dict[str, Any]:
    pairs = change.figures or change.passages
    if change.kind == "moved" and not pairs:
        pairs = ((change.old_place, change.new_place),)
    added = change.kind in ("added", "removed") or not pairs
    return {
        "place": " ".join(part for part in (change.place, change.label) if part), "grade": change.grade,
        "change_kind": change.kind,
        "before": change.quote if change.kind == "removed" else "" if added else pairs[0][0],
        "after": "" if change.kind == "removed" else change.quote if added else pairs[0][1],
    }  # fmt: skip


def _touched(
    impacts: Sequence[Impact], facts: Mapping[str, Row], exposed: Mapping[str, Sequence[Exposed]]
) -> dict[str, list[Any]]:
    touched = [facts[id] for id in dict.fromkeys(impact.dataset for impact in impacts)]
    transfers = [one for row in touched for one in exposed.get(row["id"], ())]
    filings = [f"{one.filing} {one.until}".strip() + ("" if one.covers else " ✗" if one.covers is False else " ?")
               for one in transfers if one.filing]  # fmt: skip
    return {
        "systems": _each(row["system"] for row in touched), "datasets": _each(row["name"] for row in touched),
        "fields": _each(f"{facts[i.dataset]['name']}.{i.field}" for i in impacts if i.field),
        "owners": _each(row["owner_name"] or row["owner"] for row in touched),
        "recipients": _each([*(row["recipient"] for row in touched), *(one.recipient for one in transfers)]),
        "route": [list(one) for one in dict.fromkeys((t.transfer, t.route, t.then) for t in transfers)],
        "filing": _each(filings),
        "touched": [[row["system"] or "", row["name"],
                     _each(impact.field for impact in impacts if impact.dataset == row["id"])] for row in touched],
    }  # fmt: skip


def _decided(change: Change, standing: Standing, told: tuple[int, int], claimed: bool) -> dict[str, Any]:
    """``state``: waits, not_applicable, needs_counsel, unclaimed, or told with how many of how many answered."""
    verdict = standing.verdicts.get(change.id)
    state: list[Any] = [verdict.decision] if verdict and verdict.decision != "applicable" else []
    if not state:
        state = ["waits"] if not standing.released else ["unclaimed"] if not claimed else ["told", *told]
    return {"action": verdict.instruction if verdict else "", "due": verdict.due if verdict else "", "state": state}


def _told(company: Database, event: str) -> dict[str, tuple[int, int]]:
    """Change → how many alerts that name it were sent, and how many of them answered."""
    return {row["change"]: (row["sent"], row["answered"]) for row in rows(company, _ANSWERED, [event])}


def _level(kb: Database, version: str) -> Row:
    sql = "select work.level, version.in_force from version join work on work.id = version.work where version.id = ?"
    return next(iter(rows(kb, sql, [version])), {"level": "", "in_force": ""})


def _source(kb: Database, source: str, first: date, last: date) -> Row:
    """A source in the period: healthy and other runs, new publications, and the days on which it was not seen well."""
    sql = f"select {_DAY.format('started')} as day, outcome from source_run where source = ? and day between ? and ?"
    runs = rows(kb, sql, [source, first.isoformat(), last.isoformat()])
    seen = {row["day"] for row in runs if row["outcome"] == "healthy"}
    days = [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]
    new = rows(kb, "select count(distinct publication.id) as n from publication, json_each(publication.columns) "
                   f"where json_each.value = ? and {_DAY.format('first_seen')} between ? and ?",
               [source, first.isoformat(), last.isoformat()])[0]["n"]  # fmt: skip
    return {
        "source": source, "healthy": sum(row["outcome"] == "healthy" for row in runs),
        "other": _each(row["outcome"] for row in runs if row["outcome"] != "healthy"), "new": new,
        "last": max(seen, default=""), "gaps": _spans([day for day in days if day not in seen]),
        "state": "new" if new else "nothing_new" if seen else "not_checked",
    }  # fmt: skip


def _never(source: str) -> Row:
    return {"source": source, "healthy": 0, "other": [], "new": 0, "last": "", "gaps": [], "state": "never_checked"}


def _spans(days: Sequence[str]) -> list[str]:
    """Consecutive days as ``first – last``."""
    spans: list[list[str]] = []
    for day in days:
        if spans and (date.fromisoformat(day) - date.fromisoformat(spans[-1][-1])).days == 1:
            spans[-1] = [spans[-1][0], day]
        else:
            spans.append([day])
    return [" – ".join(span) for span in spans]


def _each(values: Any) -> list[str]:
    return list(dict.fromkeys(str(value) for value in values if value))


_DAY = "date({}, '+8 hours')"  # the day in Beijing
_DATASETS = """
select dataset.*, owner.name as owner_name from dataset left join owner on owner.id = dataset.owner
"""
_ANSWERED = """
select "change", count(distinct alert.id) as sent, count(distinct acknowledgement.alert) as answered from alert_line
join alert on alert.id = alert_line.alert left join acknowledgement on acknowledgement.alert = alert.id
where alert.event = ? and coalesce(nature, '') <> 'notice' and state in ('sent', 'delivered') group by "change"
"""
