"""company.db: who was not reached, what waits too long, what nobody owns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlite_utils import Database

from kb.clock import days_between, legal_day
from kb.errors import RegwatchError
from kb.rows import rows
from mappings.alerts.journal import open_journal
from mappings.alerts.verification import verify_told
from mappings.alerts.waiting import waiting_changes
from mappings.alerts.watches import watches
from mappings.catalog.check import check_links
from mappings.keeping.finding import Finding

if TYPE_CHECKING:
    from kb.config import Config
    from kb.workspace import Workspace

WAIT_DAYS = 14


def check_company(kb: Database | None, company: Database, config: Config, now: str) -> Iterator[Finding]:
    """Without a kb, only what company.db alone can tell."""
    if kb is not None:
        yield from _told(kb, company, config)
        yield from _waiting(kb, company, config, now)
    yield from _journal(company)
    yield from _unwatched(company)
    if found := check_links(company, kb).findings:
        yield Finding("map", "warning", f"{len(found)} findings about links, owners and data types",
                      "regwatch map check")  # fmt: skip


def _journal(company: Database) -> Iterator[Finding]:
    journal = open_journal(company)
    sent = next(company.query("select count(*) as n from delivery where outcome = 'sent'"))["n"]
    if sent and not journal.path.exists():
        yield Finding(
            "journal",
            "warning",
            f"{journal.path} is gone, though {sent} messages left",
            "copy it from a backup: a company.db restored without it says again what it does not know",
        )
    if lost := journal.count_unreadable():
        yield Finding("journal", "warning", f"{lost} lines of {journal.path} cannot be read",
                      "hold it against a backup's; a line that a crash cut off may be removed")  # fmt: skip


def _unwatched(company: Database) -> Iterator[Finding]:
    """A source that stops is nobody's data, so that no alert tells of it."""
    if not any(watch["kind"] == "sources" and not watch["ended_at"] for watch in watches(company)):
        yield Finding("watch", "warning", "nobody is told when a source stops being healthy",
                      "regwatch watch add sources --kind sources --every immediate")  # fmt: skip


def check_duties(workspace: Workspace, kb: Database, company: Database, now: str) -> Iterator[Finding]:
    """Duties of this year and the last whose day has passed, and of which nobody says that they were done."""
    from mappings.exposure.desk import Desk

    desk = Desk(workspace, kb, company, legal_day(now))
    year = int(desk.day[:4])
    try:
        known = {due.id: due for number in (year - 1, year) for due in desk.duties(number)}
    except RegwatchError as error:  # a rule pack or an answer that is broken
        yield Finding("duties", "fault", str(error), "mend it; nothing is known of transfers and duties until then")
        return
    for due in known.values():
        if due.state == "overdue" or (due.state == "past" and not due.why):
            yield Finding("duties", "warning", f"{due.who}: {due.what}: its day was {due.due}, nobody says it was done",
                          f"`regwatch transfer done {due.id} --by WHO --on DATE` once it is")  # fmt: skip


def _told(kb: Database, company: Database, config: Config) -> Iterator[Finding]:
    gaps: dict[str, int] = {}
    for row in verify_told(kb, company, config):
        if row["gap"]:
            gaps[row["gap"]] = gaps.get(row["gap"], 0) + 1
    late = gaps.pop("not acknowledged", 0)
    if gaps:
        what = ", ".join(f"{count} {gap}" for gap, count in sorted(gaps.items()))
        yield Finding("alerts", "fault", f"owners were not reached: {what}",
                      "`regwatch alert verify` names them, `regwatch alert send --retry` tries again")  # fmt: skip
    if late:
        yield Finding("alerts", "warning", f"{late} alerts are not acknowledged yet", "regwatch alert list --open")


def _waiting(kb: Database, company: Database, config: Config, now: str) -> Iterator[Finding]:
    waiting = {row["event"] for row in waiting_changes(kb, company, config)}
    marks = ",".join("?" * len(waiting))
    seen = rows(kb, f"select id, occurred_at from event where id in ({marks})", sorted(waiting))
    old = [row for row in seen if days_between(row["occurred_at"], now) > WAIT_DAYS]
    if old:
        yield Finding("triage", "warning", f"{len(old)} events have waited for more than {WAIT_DAYS} days",
                      "regwatch triage list")  # fmt: skip
