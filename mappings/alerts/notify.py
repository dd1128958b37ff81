"""Deliver what the outbox holds: at least once, each repeat with the same Message-ID, each attempt a row.

The attempt is written before the message leaves and closed afterwards: a row left open tells of a crash in between.
Composing is ``outbox``; how a message travels is ``channels``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlite_utils import Database

from kb.errors import RegwatchError
from kb.identity import content_id
from kb.rows import Row, rows
from mappings.alerts.addresses import FALLBACK, TEAM, load_addresses
from mappings.alerts.channels import Channel, ChannelDown, FileChannel, Refused, SmtpChannel
from mappings.alerts.outbox import Outbox

if TYPE_CHECKING:
    from kb.config import Config
    from kb.workspace import Workspace

UNREACHED = "undeliverable"  # kind of the message that tells the team of addresses that do not work
PATIENCE = 60  # seconds to wait for another run


@dataclass(frozen=True)
class Problem:
    """One alert that stays undelivered, and why."""

    alert: str
    owner: str
    address: str
    why: str


@dataclass
class DeliveryReport:
    """``repeated`` counts sent alerts of which an earlier attempt was cut off: they may have arrived twice."""

    sent: int = 0
    repeated: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return len(self.problems)


def deliver(company: Database, workspace: Workspace, *, now: str) -> DeliveryReport:
    """Send every alert that waits; then tell the team, once, of addresses that do not work.

    What fails keeps waiting, with the attempt counted and the reason; the next run tries again. Raises RegwatchError
    when another run is delivering.
    """
    from filelock import FileLock, Timeout

    report = DeliveryReport()
    config = workspace.config
    try:
        with FileLock(workspace.root / ".deliver.lock", timeout=PATIENCE):
            channel = open_channel(workspace)
            try:
                _refresh_addresses(company, config)
                _send_all(company, channel, waiting(company), report, now=now)
                notice = _notice(company, config, now=now)
                _send_all(company, channel, [row for row in waiting(company) if row["id"] == notice], report, now=now)
            finally:
                channel.close()
    except Timeout as error:
        raise RegwatchError(f"{workspace.root}: another run is delivering alerts: wait for it and try again") from error
    return report


def open_channel(workspace: Workspace) -> Channel:
    config = workspace.config
    if config.smtp:
        return SmtpChannel(config.smtp, config.team.address)
    return FileChannel(workspace.outbox_path, config.team.address)


def waiting(company: Database) -> list[Row]:
    """Alerts to send, those with fewest attempts first. One whose datasets all went to other owners stays behind:
    the new owners are told by alerts of their own."""
    return rows(company, _WAITING, [TEAM, FALLBACK])


_WAITING = """
select * from alert where state = 'composed' and (owner in (?, ?) or exists (
  select 1 from alert_line join dataset on dataset.id = alert_line.dataset
  where alert_line.alert = alert.id and dataset.owner = alert.owner))
order by attempts, composed_at, id
"""


def _send_all(company: Database, channel: Channel, alerts: Sequence[Row], report: DeliveryReport, *, now: str) -> None:
    faults = 0
    down = ""
    for alert in alerts:
        why, outcome = down, "failed"
        cut_off = rows(company, "select 1 from delivery where alert = ? and outcome = 'started'", [alert["id"]])
        attempt = company.execute(
            "insert into delivery (alert, channel, attempted_at, outcome) values (?, ?, ?, 'started')",
            [alert["id"], channel.name, now],
        ).lastrowid
        if not down:
            try:
                detail, faults = channel.send(alert), 0
            except Refused as error:
                why, outcome = str(error), "refused" if error.address else "failed"
                faults += not error.address
            except ChannelDown as error:
                why = down = str(error)
            if faults > 2:  # three messages in a row: the server, not the messages
                down = why
        with company.atomic():
            if why:
                company.execute("update delivery set outcome = ?, detail = ? where id = ?", [outcome, why, attempt])
                company.execute(
                    "update alert set attempts = attempts + 1, last_error = ? where id = ?", [why, alert["id"]]
                )
                report.problems.append(Problem(alert["id"], alert["owner"], alert["address"], why))
            else:
                company.execute("update delivery set outcome = 'sent', detail = ? where id = ?", [detail, attempt])
                company.execute(
                    "update alert set state = 'sent', sent_at = ?, attempts = attempts + 1, last_error = null "
                    "where id = ?", [now, alert["id"]],
                )  # fmt: skip
                report.sent += 1
                report.repeated += bool(cut_off)


def _refresh_addresses(company: Database, config: Config) -> None:
    """An address corrected since composing is used for what still waits."""
    book = load_addresses(company, config)
    with company.atomic():
        for row in waiting(company):
            address = book.find(None if row["owner"] == FALLBACK else row["owner"]).address
            if address != row["address"]:
                company.execute("update alert set address = ? where id = ?", [address, row["id"]])


def _notice(company: Database, config: Config, *, now: str) -> str | None:
    """Compose one message to the team about addresses refused since it was last told; its id, or None."""
    from mappings.alerts.compose import compose_address_notice

    refused = rows(company, _REFUSED, [TEAM, UNREACHED])
    if not refused:
        return None
    pairs = [(row["owner"], row["address"], row["last_error"]) for row in refused]
    event = content_id(UNREACHED, [pair[:2] for pair in pairs])
    id = content_id("alert", TEAM, event, UNREACHED)
    recipient = load_addresses(company, config).find(TEAM)
    message = compose_address_notice(pairs, recipient.language)
    with company.atomic():
        Outbox(company, config, load_addresses(company, config), now).put(
            recipient, message, id=id, event=event, kind=UNREACHED
        )
        company.table("alert_line").insert_all(
            {"id": content_id(UNREACHED, owner, address), "alert": id, "owner": TEAM, "event": UNREACHED,
             "change": owner, "dataset": address, "reason": why}
            for owner, address, why in pairs
        )  # fmt: skip
    return id


# A line of such a notice holds the owner as its change and the address as its dataset: told once by the constraint.
_REFUSED = """
select owner, address, max(last_error) as last_error from alert
where state = 'composed' and owner <> ?1 and exists (
  select 1 from delivery where delivery.alert = alert.id and outcome = 'refused'
  and delivery.id = (select max(id) from delivery where delivery.alert = alert.id))
and not exists (
  select 1 from alert_line where alert_line.event = ?2 and alert_line.owner = ?1
  and "change" = alert.owner and dataset = alert.address)
group by owner, address order by owner, address
"""
