"""One round of telling, as `regwatch run` and `regwatch alert send` do it: compose, remind, watch, deliver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlite_utils import Database

from kb.clock import legal_day
from kb.errors import RegwatchError
from mappings.alerts.addresses import load_addresses
from mappings.alerts.evidence import data_type_names
from mappings.alerts.exposed import ExposureBook
from mappings.alerts.journal import open_journal
from mappings.alerts.notify import DeliveryReport, deliver
from mappings.alerts.outbox import Outbox, TellReport, catch_up
from mappings.alerts.passing import pass_on
from mappings.alerts.reminders import remind
from mappings.alerts.shifts import tell_shifts
from mappings.alerts.signed import Links, alert_secret
from mappings.alerts.watches import tell_watches

if TYPE_CHECKING:
    from kb.workspace import Workspace


@dataclass(frozen=True)
class Round:
    told: TellReport
    reminders: int
    digests: int
    delivery: DeliveryReport
    fault: str = ""  # why messages say nothing of transfers
    shifts: int = 0  # messages about transfers that stand differently now


def tell_owners(kb: Database, company: Database, workspace: Workspace, *, now: str, retry: bool = False) -> Round:
    """Idempotent; safe to kill. ``retry`` tries at once what waits for a later try, dead letters again."""
    config = workspace.config
    links = Links(alert_secret(workspace.root), config.site_url)
    exposure = ExposureBook(workspace, kb, company, legal_day(now))
    try:
        told = catch_up(kb, company, config, now=now, links=links, exposure=exposure)
    except RegwatchError:  # as a broken template: what was composed before still goes out
        deliver(company, workspace, now=now, retry=retry)
        raise
    outbox = Outbox(company, config, load_addresses(company, config), now, data_type_names(kb), links, exposure)
    open_journal(company).restore_answers(company)
    told.composed += pass_on(kb, outbox)
    reminders = remind(outbox)
    shifts, fault = tell_shifts(kb, workspace, outbox)
    digests = tell_watches(kb, outbox, news=config.news_days)
    return Round(told, reminders, digests, deliver(company, workspace, now=now, retry=retry),
                 exposure.fault or fault, shifts)  # fmt: skip
