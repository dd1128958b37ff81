"""The outbox: every alert that is due, composed once and kept in company.db until it is sent.

Catches up from kb.db by ids of content, so running it twice composes nothing. One alert for each owner and event, by
the database's own constraint; what is linked later comes as a supplement with the new lines only. One owner at a time
is in memory, however many there are. Delivery is ``notify``, what may be told ``triage``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlite_utils import Database

from kb.clock import legal_day
from kb.db import one_view
from kb.identity import content_id
from kb.rows import rows
from mappings.alerts.addresses import TEAM, AddressBook, load_addresses
from mappings.alerts.compose import compose_alert, compose_link_only
from mappings.alerts.evidence import Story, alerting_events, data_type_names, load_head, load_story, load_targets
from mappings.alerts.journal import digest_lines
from mappings.alerts.letter import Held, Letter, Line, Message, Recipient
from mappings.alerts.reach import Route, load_reach, routes_of, suggested_links
from mappings.alerts.triage import HELD, Standing, standing_of

if TYPE_CHECKING:
    from kb.config import Config
    from mappings.alerts.exposed import ExposureBook
    from mappings.alerts.signed import Links

ALERT, SUPPLEMENT, PASSED_ON = "alert", "supplement", "passed-on"


@dataclass
class TellReport:
    """How many alerts and supplements were composed now, and how many events wait for triage."""

    composed: int = 0
    supplements: int = 0
    held: int = 0


@dataclass(frozen=True)
class Outbox:
    """What every message of one run shares."""

    company: Database
    config: Config
    book: AddressBook
    now: str
    type_names: dict[str, dict[str, str]] = field(default_factory=dict)
    links: Links | None = None
    exposure: ExposureBook | None = None

    def id_of(self, recipient: str, event: str, kind: str) -> str:
        return content_id("alert", recipient, event, kind)

    def put(self, recipient: Recipient, message: Message, *, id: str, event: str, kind: str,
            nature: str = "notice", due: str = "", unsubscribe: str = "", about: str = "") -> None:  # fmt: skip
        """One composed message. Its Message-ID is fixed here, so that every repeat carries it."""
        words = None
        if recipient.abroad:  # the words stay here, behind a sign-in
            words, asked = message.body, nature in ("action", "information")
            message = compose_link_only(id, nature, self.page_link(id), self.answer_link(id) if asked else "",
                                        recipient.language)  # fmt: skip
        config = self.config
        sender = config.smtp.sender if config.smtp else config.team.address
        domain = sender.rpartition("@")[2]
        host = f"regwatch.{domain}" if re.fullmatch(r"[A-Za-z0-9.-]+", domain) else "regwatch"
        self.company.execute(
            "insert into alert (id, owner, event, kind, address, language, subject, body, html, message_id, state, "
            "composed_at, attempts, nature, due, unsubscribe, words, about) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
            "'composed', ?, 0, ?, ?, ?, ?, ?)",
            [id, recipient.id, event, kind, recipient.address, recipient.language, message.subject, message.body,
             message.html, f"<{id}@{host}>", self.now, nature, due or None, unsubscribe or None, words, about or None],
        )  # fmt: skip
        for name, channel in config.channels.items():
            if recipient.id in channel.recipients or "everyone" in channel.recipients:
                self.company.execute(
                    "insert into dispatch (alert, channel, state, attempts) values (?, ?, 'composed', 0)", [id, name]
                )

    def answer_link(self, id: str) -> str:
        """The signed link by which an alert is answered; '' where no site is configured."""
        return self.links.answer(id, self.now) if self.links else ""

    def page_link(self, id: str) -> str:
        return f"{self.config.site_url.rstrip('/')}/alert/{id}" if self.config.site_url else ""

    def write(self, recipient: Recipient, story: Story, lines: Sequence[Line], standing: Standing, *, kind: str,
              held: Held | None = None, passed_on_by: str = "") -> None:  # fmt: skip
        """Compose and keep one message with its lines in the ledger."""
        id = self.id_of(recipient.id, story.id, kind)
        letter = Letter(
            id, recipient, story, tuple(lines), self.type_names, legal_day(self.now), kind.startswith(SUPPLEMENT),
            self.page_link(id), (self.config.site_url or "").rstrip("/"),
            "" if held else self.answer_link(id),
            standing.verdicts, held, passed_on_by, self.exposure.of(story.new.id) if self.exposure else {},
        )  # fmt: skip
        self.put(recipient, compose_alert(letter), id=id, event=story.id, kind=kind, nature=letter.nature,
                 due=letter.due, about=digest_lines((line.change, line.dataset) for line in lines))  # fmt: skip
        self.company.conn.executemany(_INSERT_LINE, (
            (f"{id}.{number}", id, recipient.id, story.id, line.change, line.dataset, ", ".join(line.fields),
             ", ".join(line.data_types), _reason(line, story.places.get(line.change, "")))
            for number, line in enumerate(lines)
        ))  # fmt: skip


_INSERT_LINE = """
insert or ignore into alert_line (id, alert, owner, event, "change", dataset, field, data_type, reason)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def catch_up(
    kb: Database, company: Database, config: Config, *, now: str, links: Links | None = None,
    exposure: ExposureBook | None = None,
) -> TellReport:  # fmt: skip
    """Compose every alert that is due; one transaction for each event. Idempotent.

    An event is looked at again only when what it was composed from has changed: its changes, links, datasets, owners,
    or its standing in triage. ``links`` signs the answers' links, ``exposure`` knows the transfers of datasets.
    """
    report = TellReport()
    company.execute("pragma cache_size = -65536")  # KB: a large event writes a million lines
    outbox = Outbox(company, config, load_addresses(company, config), now, data_type_names(kb), links, exposure)
    reach, datasets = load_reach(company)
    routes = routes_of(reach, datasets, lambda owner: outbox.book.find(owner).id)
    company_state = content_id("reach", [vars(link) for link in reach], [vars(one) for one in datasets.values()],
                               sorted(outbox.book.owners))  # fmt: skip
    suggested: Route | None = None
    for event in alerting_events(kb):
        with one_view(kb):  # a recorder may be at work
            changes, targets = load_targets(kb, event)
            standing = standing_of(company, config, event, *load_head(kb, event), changes)
            report.held += not standing.released
            state = content_id("told", company_state, [vars(target) for target in targets], changes,
                               standing.released, {one: vars(v) for one, v in standing.verdicts.items()})  # fmt: skip
            if _composed_from(company, event) == state:
                continue
            story = load_story(kb, event)
        with writing(company):
            if standing.released:
                _tell(outbox, story, standing, routes.lines(targets), changes, report)
            elif not rows(company, "select 1 from alert where event = ? and kind = ?", [event, HELD]) and changes:
                suggested = suggested or Route(suggested_links(company), datasets)
                waiting = [lines for _, lines in routes.lines(targets)]
                reached = {line.dataset for lines in waiting for line in lines}
                guesses = {(one.dataset, one.field, one.data_type) for one in suggested.impacts(targets)}
                held = Held(len(reached), len(waiting), len(guesses))
                outbox.write(outbox.book.find(TEAM), story, [Line(change) for change in changes], standing, kind=HELD,
                             held=held)  # fmt: skip
                report.composed += 1
            company.execute("insert or replace into told (event, state) values (?, ?)", [event, state])
    return report


def _tell(outbox: Outbox, story: Story, standing: Standing, due: Iterable[tuple[str, list[Line]]],
          changes: Sequence[str], report: TellReport) -> None:  # fmt: skip
    """Write what each recipient was not told yet. Changes that appear in an event after it was told come from a
    better reader, not from the agency, and alert nobody."""
    company = outbox.company
    known = known_changes(company, story.id)
    claimed: set[str] = set()

    def tell(owner: str, lines: Iterable[Line]) -> None:
        told = {(row["change"], row["dataset"]) for row in rows(company, _TOLD, [owner, story.id])}
        fresh = [
            line for line in lines
            if (line.change, line.dataset) not in told and standing.tells(line.change)
            and (not known or line.change in known)
        ]  # fmt: skip
        if fresh:
            kind = _next_kind(company, owner, story.id)
            recipient = outbox.book.find(owner)
            outbox.write(recipient, story, fresh, standing, kind=kind)
            report.composed += kind == ALERT
            report.supplements += kind != ALERT

    for owner, lines in due:
        claimed.update(line.change for line in lines)
        tell(owner, lines)
    tell(TEAM, (Line(change) for change in changes if change not in claimed))


_TOLD = 'select "change", dataset from alert_line where owner = ? and event = ?'


def known_changes(company: Database, event: str) -> set[str]:
    """The changes that an event was told with: those of its messages, and those that an analyst decided on one by one.
    Empty while nobody but the team was told."""
    if not rows(company, "select 1 from alert where event = ? and kind <> ? limit 1", [event, HELD]):
        return set()
    return {row["change"] for row in rows(company, _KNOWN, [event])}


_KNOWN = """
select distinct "change" from alert_line where alert in (select id from alert where event = ?1)
union select distinct "change" from triage_decision where event = ?1 and "change" <> ''
"""


def _composed_from(company: Database, event: str) -> str:
    found = rows(company, "select state from told where event = ?", [event])
    return found[0]["state"] if found else ""


def _next_kind(company: Database, owner: str, event: str) -> str:
    """``alert`` for the first message of an event to an owner, then ``supplement``, ``supplement-2``, …"""
    before = len(rows(company, "select 1 from alert where owner = ? and event = ? and (kind = 'alert' "
                               "or kind like 'supplement%')", [owner, event]))  # fmt: skip
    return (ALERT, SUPPLEMENT)[before] if before < 2 else f"{SUPPLEMENT}-{before}"


def _reason(line: Line, place: str) -> str:
    """The chain from the rule to the field, for the ledger: ``数据项 3 → exterior-imagery → adas.frames.img``."""
    if not line.impacts:
        return f"{place} → (no accepted link)"
    first = line.impacts[0]
    steps = [place, first.through, *([first.data_type] if first.through != first.data_type else [])]
    return " → ".join([*steps, ".".join(part for part in (line.dataset_name, first.field) if part)])


@contextmanager
def writing(company: Database) -> Iterator[None]:
    """A transaction that takes the write lock at once, so that two runs never compose from the same view."""
    company.execute("begin immediate")
    try:
        yield
    except BaseException:
        company.rollback()
        raise
    company.commit()
