"""What an owner answered to an alert: sent is not acknowledged. The first answer stands."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from kb.clock import read_day
from kb.errors import NotFound, RegwatchError
from kb.rows import rows
from mappings.alerts.addresses import FALLBACK, TEAM
from mappings.alerts.journal import open_journal

SEEN, WILL_ACT, NOT_MINE = "seen", "will_act", "not_mine"
DECISIONS = (SEEN, "not_affected", WILL_ACT, "needs_counsel", NOT_MINE)


@dataclass(frozen=True)
class Acknowledgement:
    """``first`` is false when the alert had been acknowledged before; then the earlier words stand."""

    by: str
    at: str
    note: str
    first: bool
    decision: str = SEEN
    until: str | None = None
    reassigned_to: str | None = None


def acknowledge(
    company: Database,
    alert: str,
    *,
    by: str,
    now: str,
    note: str = "",
    decision: str = SEEN,
    until: str = "",
    to: str = "",
) -> Acknowledgement:
    """Record an owner's answer; ``will_act`` needs a day, ``not_mine`` the owner it goes to.

    Raises NotFound for an unknown alert or owner, RegwatchError for an answer that says too little.
    """
    if not rows(company, "select 1 from alert where id = ?", [alert]):
        raise NotFound(f"no alert {alert}: see `regwatch alert list`")
    _check(company, alert, decision, until, to)
    written = company.execute(
        "insert or ignore into acknowledgement (alert, acknowledged_by, acknowledged_at, note, decision, until, "
        "reassigned_to) values (?, ?, ?, ?, ?, ?, ?)",
        [alert, by, now, note, decision, until or None, to or None],
    ).rowcount
    row = rows(company, "select * from acknowledgement where alert = ?", [alert])[0]
    if written == 1:
        open_journal(company).note_answer(row)
    return Acknowledgement(
        row["acknowledged_by"] or "", row["acknowledged_at"], row["note"] or "", written == 1,
        row["decision"] or SEEN, row["until"], row["reassigned_to"],
    )  # fmt: skip


def _check(company: Database, alert: str, decision: str, until: str, to: str) -> None:
    if decision not in DECISIONS:
        raise RegwatchError(f"no answer {decision!r}: one of {', '.join(DECISIONS)}")
    if (decision == WILL_ACT) != bool(until):
        raise RegwatchError("will_act needs the day by which, and only will_act has one: --until 2026-03-31")
    if (decision == NOT_MINE) != bool(to):
        raise RegwatchError("not_mine needs the owner it goes to, and only not_mine has one: --to OWNER")
    if until:
        read_day(until)
    if to and to in (earlier := [row["owner"] for row in rows(company, _CHAIN, [alert])]):
        why = "has this alert already" if to == earlier[0] else "answered that this is not theirs"
        raise RegwatchError(f"{to} {why}: name another owner, or {TEAM}")
    if to and to not in (TEAM, FALLBACK) and not rows(company, "select 1 from owner where id = ?", [to]):
        raise NotFound(f"no owner {to} in the catalog: name one of `regwatch alert verify`, or {TEAM}")


# The alert, and those that it was passed on from: a reassignment never goes back to who passed it on.
_CHAIN = """
with recursive chain(id, owner, kind, step) as (
  select id, owner, kind, 0 from alert where id = ?
  union select alert.id, alert.owner, alert.kind, step + 1 from chain
  join alert on chain.kind = 'passed-on:' || alert.id where step < 100)
select owner from chain order by step
"""
