"""One round of telling: compose what is due, remind, deliver. What `regwatch run` and `regwatch alert send` share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlite_utils import Database

from mappings.alerts.addresses import load_addresses
from mappings.alerts.notify import DeliveryReport, deliver
from mappings.alerts.outbox import Outbox, TellReport, catch_up
from mappings.alerts.reminders import remind
from mappings.alerts.signed import Links, alert_secret

if TYPE_CHECKING:
    from kb.workspace import Workspace


@dataclass(frozen=True)
class Round:
    told: TellReport
    reminders: int
    delivery: DeliveryReport


def tell_owners(kb: Database, company: Database, workspace: Workspace, *, now: str, retry: bool = False) -> Round:
    """Idempotent; safe to kill. ``retry`` tries at once what waits for a later try, dead letters again."""
    config = workspace.config
    links = Links(alert_secret(workspace.root), config.site_url)
    told = catch_up(kb, company, config, now=now, links=links)
    reminders = remind(Outbox(company, config, load_addresses(company, config), now, links=links))
    return Round(told, reminders, deliver(company, workspace, now=now, retry=retry))
