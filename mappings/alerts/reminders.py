"""What nobody answers: the owner is reminded, then the deputy is told, then the team; one message for each of them.

Each step of each alert is taken once, by the database's own constraint, and only when the step before it has had its
time: a machine that slept for a month does not take all three in one morning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kb.clock import days_between, legal_day
from kb.identity import content_id
from kb.rows import Row, rows
from mappings.alerts.addresses import FALLBACK, TEAM
from mappings.alerts.compose import compose_overdue
from mappings.alerts.outbox import writing

if TYPE_CHECKING:
    from kb.config import Reminders
    from mappings.alerts.outbox import Outbox

STEPS = ("owner", "deputy", "team")


def next_step(sent_at: str, taken: Mapping[str, str], now: str, days: Reminders, deputy: bool) -> str | None:
    """The step that is due now, or None. ``taken``: step → when; a step without a ``deputy`` is passed over."""
    before, waited = sent_at, 0
    for step in STEPS:
        wait = getattr(days, step)
        if step in taken:
            before, waited = taken[step], wait
        elif step != "deputy" or deputy:
            due = _since(sent_at, now) >= wait and _since(before, now) >= max(1, wait - waited)
            return step if due else None
    return None


def _since(moment: str, now: str) -> int:
    """Days; a moment that lies ahead was noted by a wrong clock, and nobody waits for it to come."""
    days = days_between(moment, now)
    return days if days >= -1 else 10_000


def remind(outbox: Outbox) -> int:
    """Compose the reminders that are due; how many messages."""
    with writing(outbox.company):  # another run waits, and then finds the steps taken
        return _remind(outbox)


def _remind(outbox: Outbox) -> int:
    company, config, now = outbox.company, outbox.config, outbox.now
    taken: dict[str, dict[str, str]] = {}
    for row in rows(company, "select alert, step, reminded_at from reminder"):
        taken.setdefault(row["alert"], {})[row["step"]] = row["reminded_at"]
    due: dict[tuple[str, str], list[Row]] = {}
    for row in rows(company, _UNANSWERED):
        deputy = config.deputies.get(row["owner"], "")
        done = taken.get(row["id"], {})
        if row["owner"] in (TEAM, FALLBACK) and done:
            continue  # there is nobody above the team
        step = next_step(row["sent_at"], done, now, config.reminders, bool(deputy))
        if step:
            to = {"owner": row["owner"], "deputy": deputy, "team": TEAM}[step]
            due.setdefault((step, to), []).append(row)
    for row in rows(company, _COUNSEL):
        due.setdefault(("counsel", TEAM), []).append(row)
    for row in rows(company, _PROMISED, [legal_day(now)]):
        due.setdefault(("promised", row["owner"]), []).append(row)
    for (step, to), alerts in due.items():
        _write(outbox, step, to, alerts)
    return len(due)


_UNANSWERED = """
select id, owner, subject, sent_at from alert where nature = 'action' and state in ('sent', 'delivered')
and sent_at is not null and id not in (select alert from acknowledgement)
and (owner in ('team', 'fallback') or kind = 'shift' or kind like 'passed-on:%' or exists (
  select 1 from alert_line join dataset on dataset.id = alert_line.dataset
  where alert_line.alert = alert.id and dataset.owner = alert.owner))
order by sent_at, id
"""  # an owner all of whose datasets went to others is not reminded: the new owners have alerts of their own
# Whose answer asks something of the team; whose promised day is over. Each is said once.
_COUNSEL = """
select id, owner, subject, sent_at, acknowledged_at as at, note from alert join acknowledgement on alert = id
where decision = 'needs_counsel' and not exists (
  select 1 from reminder where reminder.alert = alert.id and step = 'counsel') order by at, id
"""
_PROMISED = """
select id, owner, subject, sent_at, until as at, note from alert join acknowledgement on alert = id
where decision = 'will_act' and until < ? and not exists (
  select 1 from reminder where reminder.alert = alert.id and step = 'promised') order by at, id
"""


def _write(outbox: Outbox, step: str, to: str, alerts: Sequence[Row]) -> None:
    company = outbox.company
    event = content_id("reminder", step, to, [row["id"] for row in alerts])
    id = content_id("alert", to, event, "reminder")
    recipient = outbox.book.find(to) if to in outbox.book else outbox.book.at(to, to)
    listed = [
        (row["at"][:10] if "at" in row else legal_day(row["sent_at"]), row["owner"],
         " ".join(filter(None, (row["subject"], row.get("note")))), row["id"],
         "" if "at" in row else outbox.answer_link(row["id"]))
        for row in alerts
    ]  # fmt: skip
    outbox.put(recipient, compose_overdue(step, listed, recipient.language), id=id, event=event, kind="reminder")
    company.conn.executemany(
        "insert into reminder (alert, step, message, reminded_at) values (?, ?, ?, ?)",
        [(row["id"], step, id, outbox.now) for row in alerts],
    )
