"""Deliver what the outbox holds: at least once, each repeat with the same Message-ID or key, each attempt a row.

Composing is ``outbox``, how a message travels ``channels``, what waits and what became of it ``queue``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlite_utils import Database

from kb.errors import RegwatchError
from mappings.alerts.addresses import FALLBACK, load_addresses
from mappings.alerts.backoff import is_quiet, later
from mappings.alerts.channels import Channel, ChannelDown, FileChannel, Refused, SmtpChannel
from mappings.alerts.journal import Journal, key_of, open_journal
from mappings.alerts.queue import Queue, load_alert
from mappings.alerts.undelivered import notify_team

if TYPE_CHECKING:
    from kb.config import Config
    from kb.workspace import Workspace

PATIENCE = 60  # seconds to wait for another run
FAULTS = 3  # messages that fail in a row: the server, not the messages


@dataclass(frozen=True)
class Problem:
    """One alert that stays undelivered, and why."""

    alert: str
    owner: str
    address: str
    why: str


@dataclass
class DeliveryReport:
    """``repeated`` counts sent alerts of which an earlier attempt was cut off: they may have arrived twice.

    ``known`` had left before, by the journal, and were not sent again: company.db was restored from an older backup, or
    a crash came between sending and recording. ``delayed`` wait for their next try or the end of quiet hours; ``dead``
    were given up now.
    """

    sent: int = 0
    known: int = 0
    repeated: int = 0
    delayed: int = 0
    dead: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return len(self.problems)


@dataclass(frozen=True)
class Run:
    """One channel's turn."""

    queue: Queue
    channel: Channel
    report: DeliveryReport
    now: str
    journal: Journal
    per_minute: int | None = None
    quiet: str | None = None
    sleep: Callable[[float], None] = time.sleep

    def send_all(self, alerts: Iterable[str]) -> None:
        faults, down, patience = 0, "", None
        began = time.monotonic()
        for number, id in enumerate(alerts):
            if down and patience is not None:
                self.queue.postpone(id, down, self.now, patience)
                self.report.delayed += 1
                continue
            if number and self.per_minute and not down:
                self.sleep(60 / self.per_minute)
            if is_quiet(self.quiet, later(self.now, time.monotonic() - began)):  # a long run may last into them
                self.report.delayed += 1
                continue
            why, refused = self._send(id, down)
            if isinstance(why, ChannelDown):
                down, patience = str(why), why.retry_after
            faults = faults + 1 if why and not refused else 0
            if faults >= FAULTS and not down:
                down = str(why)

    def _send(self, id: str, down: str) -> tuple[Exception | None, bool]:
        queue, company, name = self.queue, self.queue.company, self.channel.name
        alert = load_alert(company, id)
        attempt, cut_off = queue.start(id, name, self.now)
        error: Refused | ChannelDown | None = ChannelDown(down) if down else None
        key = key_of(company, alert, queue.channel)
        if left := self.journal.left.get(key):
            with company.atomic():
                queue.succeed(id, attempt, "had left before", left, delivered=self.channel.confirms, known=True)
            self.report.known += 1
            return None, False
        detail, refused = "", False
        if not error:
            try:
                detail = self.channel.send(alert)
                self.journal.note_left(key, self.now, alert=id, way=name, said=detail)
            except Refused as refusal:
                error, refused = refusal, refusal.address
            except ChannelDown as fault:
                error = fault
        with company.atomic():
            if error is None:
                queue.succeed(id, attempt, detail, self.now, delivered=self.channel.confirms)
                self.report.sent += 1
                self.report.repeated += cut_off
            else:
                outcome = "unclear" if error.unclear else "refused" if refused else "failed"
                self.report.dead += queue.fail(id, attempt, name, str(error), self.now, outcome=outcome,
                                               retry_after=error.retry_after)  # fmt: skip
                address = alert["address"] if not queue.channel else queue.channel
                self.report.problems.append(Problem(id, alert["owner"], address, str(error)))
        return error, refused


def deliver(
    company: Database,
    workspace: Workspace,
    *,
    now: str,
    retry: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> DeliveryReport:
    """Send every alert that is due; then tell the team, once, of addresses that do not work and of dead letters.

    What fails waits, longer each time, and is given up after two days; ``retry`` tries all of it now, dead letters
    too. Raises RegwatchError when another run is delivering.
    """
    from filelock import FileLock, Timeout

    report = DeliveryReport()
    config, journal = workspace.config, open_journal(company)
    try:
        with FileLock(workspace.root / ".deliver.lock", timeout=PATIENCE):
            journal.make_sure()
            _refresh_addresses(company, config)
            for name, per_minute, quiet in _ways(config):
                queue = Queue(company, name)
                due, later = queue.waiting(now, retry=retry)
                report.delayed += later
                if is_quiet(quiet, now):
                    report.delayed += len(due)
                elif due or not name:
                    channel = open_channel(workspace, name, now)
                    try:
                        run = Run(queue, channel, report, now, journal, per_minute, quiet, sleep)
                        run.send_all(due)
                    finally:
                        channel.close()
            notice = notify_team(company, config, now=now)
            if notice and not is_quiet(config.smtp.quiet if config.smtp else None, now):
                channel = open_channel(workspace, "", now)
                try:
                    Run(Queue(company, ""), channel, report, now, journal).send_all([notice])
                finally:
                    channel.close()
    except Timeout as error:
        raise RegwatchError(f"{workspace.root}: another run is delivering alerts: wait for it and try again") from error
    return report


def open_channel(workspace: Workspace, name: str, now: str) -> Channel:
    """The channel of config.yml with this name; '' for mail, or files without a mail server."""
    config = workspace.config
    if not name:
        if config.smtp:
            return SmtpChannel(config.smtp, config.team.address)
        return FileChannel(workspace.outbox_path, config.team.address)
    settings = config.channels[name]
    if settings.kind == "webhook":
        from mappings.alerts.webhook import WebhookChannel

        return WebhookChannel(name, settings, config.site_url or "", now)
    from mappings.alerts.chat import ChatChannel

    return ChatChannel(name, settings, config.site_url or "")


def _ways(config: Config) -> list[tuple[str, int | None, str | None]]:
    """Every channel with its rate and quiet hours; mail first."""
    mail = ("", config.smtp.per_minute, config.smtp.quiet) if config.smtp else ("", None, None)
    return [mail, *((name, channel.per_minute, channel.quiet) for name, channel in config.channels.items())]


def _refresh_addresses(company: Database, config: Config) -> None:
    """An address corrected since composing is used for what still waits, at once; dead letters go out again."""
    book = load_addresses(company, config)
    waiting = list(company.query("select id, owner, address from alert where state in ('composed', 'dead', 'bounced')"))
    with company.atomic():
        for row in waiting:
            if row["owner"] in book:
                address = book.find(None if row["owner"] == FALLBACK else row["owner"]).address
                if address != row["address"]:
                    company.execute(
                        "update alert set address = ?, state = 'composed', next_attempt_at = null where id = ?",
                        [address, row["id"]],
                    )
