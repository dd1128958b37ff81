"""Tell the team, once each, of addresses that do not work and of letters that were given up; keep what bounced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Database

from kb.errors import NotFound
from kb.identity import content_id
from kb.rows import rows
from mappings.alerts.addresses import TEAM, load_addresses
from mappings.alerts.compose import compose_address_notice
from mappings.alerts.journal import key_of, open_journal
from mappings.alerts.outbox import Outbox

if TYPE_CHECKING:
    from kb.config import Config

UNREACHED = "undeliverable"  # kind of the message; also the event of its lines, for an address that was refused
DEAD = "dead-letter"


def notify_team(company: Database, config: Config, *, now: str) -> str | None:
    """Compose one message about what went wrong since the team was last told; its id, or None."""
    found = rows(company, _UNTOLD, [TEAM, UNREACHED, DEAD])
    if not found:
        return None
    event = content_id(UNREACHED, [[row["owner"], row["address"], row["fate"]] for row in found])
    id = content_id("alert", TEAM, event, UNREACHED)
    outbox = Outbox(company, config, load_addresses(company, config), now)
    recipient = outbox.book.find(TEAM)
    message = compose_address_notice(
        [(row["owner"], row["address"], row["last_error"] or "") for row in found], recipient.language
    )
    with company.atomic():
        outbox.put(recipient, message, id=id, event=event, kind=UNREACHED)
        company.table("alert_line").insert_all(
            {"id": content_id(row["fate"], row["owner"], row["address"]), "alert": id, "owner": TEAM,
             "event": row["fate"], "change": row["owner"], "dataset": row["address"], "reason": row["last_error"]}
            for row in found
        )  # fmt: skip
    return id


def record_delivered(company: Database, alert: str, *, now: str) -> bool:
    """The receiving server reports that a mail arrived; whether this was news. Raises NotFound."""
    if not rows(company, "select 1 from alert where id = ?", [alert]):
        raise NotFound(f"no alert {alert}: see `regwatch alert list`")
    sql = "update alert set state = 'delivered', delivered_at = ? where id = ? and state = 'sent'"
    return bool(company.execute(sql, [now, alert]).rowcount)


def record_bounce(company: Database, alert: str, why: str, *, now: str) -> bool:
    """A mail that was sent came back later; whether this was news. Raises NotFound. A second report changes nothing."""
    if not (found := rows(company, "select * from alert where id = ?", [alert])):
        raise NotFound(f"no alert {alert}: see `regwatch alert list`")
    with company.atomic():
        news = company.execute(
            "update alert set state = 'bounced', last_error = ? where id = ? and state in ('sent', 'delivered')",
            [why, alert],
        ).rowcount
        if news:
            company.execute(
                "insert into delivery (alert, channel, attempted_at, outcome, detail) values (?, 'bounce', ?, "
                "'bounced', ?)",
                [alert, now, why],
            )
    if news:
        open_journal(company).note_returned(key_of(company, found[0], ""), now)
    return bool(news)


# A line of such a notice holds the owner as its change and the address as its dataset: told once by the constraint.
_UNTOLD = """
select owner, address, max(last_error) as last_error, fate from (
  select owner, address, last_error, case when state = 'composed' then ?2 else ?3 end as fate from alert
  where owner <> ?1 and (state in ('dead', 'bounced') or state = 'composed' and exists (
    select 1 from delivery where delivery.alert = alert.id and outcome = 'refused'
    and delivery.id = (select max(id) from delivery where delivery.alert = alert.id)))
  union all
  select alert.owner, 'channel ' || channel, dispatch.last_error, ?3 from dispatch join alert on alert.id = alert
  where dispatch.state = 'dead') as letter
where not exists (
  select 1 from alert_line where alert_line.event = letter.fate and alert_line.owner = ?1
  and alert_line."change" = letter.owner and alert_line.dataset = letter.address)
group by owner, address, fate order by owner, address
"""
