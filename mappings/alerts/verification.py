"""Who should have been told, beside who was and what they answered. Reads only; a gap is for a person.

It starts from the changes and the links as they are, not from what composing remembers, so that it finds what
composing forgot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sqlite_utils import Database

from kb.rows import Row, rows
from mappings.alerts.addresses import TEAM, load_addresses
from mappings.alerts.evidence import alerting_events, load_head, load_targets
from mappings.alerts.letter import Line
from mappings.alerts.outbox import known_changes
from mappings.alerts.reach import load_reach, routes_of
from mappings.alerts.triage import Standing, standing_of

if TYPE_CHECKING:
    from kb.config import Config


def verify_told(kb: Database, company: Database, config: Config) -> list[Row]:
    """One row for each owner and released event, and for each alert passed on or about a transfer.

    ``gap`` is '' or what is missing: untold, untold in part, not sent, dead letter, bounced, not acknowledged (asked of
    alerts for action only)."""
    book = load_addresses(company, config)
    routes = routes_of(*load_reach(company), lambda owner: book.find(owner).id)
    found: list[Row] = []
    for event in alerting_events(kb):
        changes, targets = load_targets(kb, event)
        title, stage = load_head(kb, event)
        standing = standing_of(company, config, event, title, stage, changes)
        if not standing.released:
            continue
        known = known_changes(company, event)
        claimed: set[str] = set()
        for owner, lines in routes.lines(targets):
            claimed.update(line.change for line in lines)
            found += _compare(company, event, title, owner, lines, standing, known)
        unclaimed = [Line(change) for change in changes if change not in claimed]
        found += _compare(company, event, title, TEAM, unclaimed, standing, known)
        found += (_row(event, title, row) for row in rows(company, f"{_ALERTS} and kind like 'passed-on:%'", [event]))
    listed = {row["alert"] for row in found}
    found += (_row(row["event"], row["subject"], row) for row in rows(company, _OF_TRANSFERS)
              if row["id"] not in listed)  # fmt: skip
    return sorted(found, key=lambda row: (not row["gap"], row["event"], row["owner"]))


_TOLD = 'select "change", dataset from alert_line where owner = ? and event = ?'
_ALERTS = """
select alert.*, acknowledged_at, acknowledged_by, decision, until, reassigned_to from alert
left join acknowledgement on acknowledgement.alert = alert.id
where event = ?
"""
# What is told of transfers has no event in kb.db: that it was told stands in the message alone.
_OF_TRANSFERS = """
select alert.*, acknowledged_at, acknowledged_by, decision, until, reassigned_to from alert
left join acknowledgement on acknowledgement.alert = alert.id
where kind = 'shift' or event in (select event from alert where kind = 'shift')
"""


def _compare(company: Database, event: str, title: str, owner: str, lines: Sequence[Line], standing: Standing,
             known: set[str]) -> Iterable[Row]:  # fmt: skip
    wanted = {
        (line.change, line.dataset) for line in lines
        if standing.tells(line.change) and (not known or line.change in known)
    }  # fmt: skip
    told = {(row["change"], row["dataset"]) for row in rows(company, _TOLD, [owner, event])}
    head = {"event": event, "title": title, "owner": owner}
    if missing := len(wanted - told):
        gap = "untold" if missing == len(wanted) else "untold in part"
        yield {**head, "alert": None, "kind": None, "nature": None, "state": None, "sent_at": None,
               "acknowledged_at": None, "decision": None, "gap": gap, "missing": missing}  # fmt: skip
    mine = "and owner = ? and (kind = 'alert' or kind like 'supplement%') order by alert.rowid"
    yield from (_row(event, title, row) for row in rows(company, f"{_ALERTS} {mine}", [event, owner]))


def _row(event: str, title: str, row: Row) -> Row:
    shown = {key: row[key] for key in ("owner", *_SHOWN)}
    return {"event": event, "title": title, **shown, "alert": row["id"], "gap": _gap(row), "missing": 0}


_SHOWN = ("kind", "nature", "state", "sent_at", "acknowledged_at", "acknowledged_by", "decision", "until")


def _gap(row: Row) -> str:
    if row["state"] in ("dead", "bounced"):
        return {"dead": "dead letter", "bounced": "bounced"}[row["state"]]
    if row["acknowledged_at"]:
        return ""
    if row["state"] == "composed":
        return "not sent"
    return "" if row["nature"] in ("information", "notice") else "not acknowledged"
