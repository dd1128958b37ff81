"""What nobody answers: the owner is reminded, then the deputy is told, then the team; one message for each of them.

Each step of each alert is taken once, by the database's own constraint, and only when the step before it has had its
time: a machine that slept for a month does not take all three in one morning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kb.clock import days_between
from kb.identity import content_id
from kb.rows import Row, rows
from mappings.alerts.addresses import FALLBACK, TEAM
from mappings.alerts.compose import compose_overdue
from mappings.alerts.letter import Recipient

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
            due = days_between(sent_at, now) >= wait and days_between(before, now) >= max(1, wait - waited)
            return step if due else None
    return None


def remind(outbox: Outbox) -> int:
    """Compose the reminders that are due; how many messages."""
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
    for (step, to), alerts in due.items():
        _write(outbox, step, to, alerts)
    return len(due)


_UNANSWERED = """
select id, owner, subject, sent_at from alert where nature = 'action' and state in ('sent', 'delivered')
and sent_at is not null and id not in (select alert from acknowledgement) order by sent_at, id
"""


def _write(outbox: Outbox, step: str, to: str, alerts: Sequence[Row]) -> None:
    company = outbox.company
    event = content_id("reminder", step, to, [row["id"] for row in alerts])
    id = content_id("alert", to, event, "reminder")
    with company.atomic():
        recipient = outbox.book.find(to) if to in outbox.book else Recipient(to, to, to)
        listed = [
            (row["sent_at"][:10], row["owner"], row["subject"], row["id"],
             outbox.links.answer(row["id"], outbox.now) if outbox.links else "")
            for row in alerts
        ]  # fmt: skip
        outbox.put(recipient, compose_overdue(step, listed, recipient.language), id=id, event=event, kind="reminder")
        company.table("reminder").insert_all(
            {"alert": row["id"], "step": step, "message": id, "reminded_at": outbox.now} for row in alerts
        )
