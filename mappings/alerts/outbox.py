"""The outbox: every alert that is due, composed once and kept in company.db until it is sent.

Catches up from kb.db by ids of content, so running it twice composes nothing. One alert for each owner and event, by
the database's own constraint; what is linked later comes as a supplement with the new lines only. Delivery is
``notify``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from kb.identity import content_id
from kb.rows import rows
from mappings.alerts.compose import compose_alert
from mappings.alerts.evidence import Story, alerting_events, data_type_names, load_story
from mappings.alerts.impact import Dataset, Impact, unclaimed_changes
from mappings.alerts.letter import Letter, Line, Message, Recipient
from mappings.alerts.reach import impacts_of, load_reach

if TYPE_CHECKING:
    from kb.config import Config

TEAM = "team"  # told of what nobody claims
FALLBACK = "fallback"  # told of datasets that nobody owns
ALERT, SUPPLEMENT = "alert", "supplement"


@dataclass
class TellReport:
    """How many alerts and supplements were composed now."""

    composed: int = 0
    supplements: int = 0


@dataclass(frozen=True)
class AddressBook:
    """Who gets a message, and where: the catalog's owners, the team, and the fallback address."""

    owners: Mapping[str, Mapping[str, Any]]
    config: Config

    def find(self, owner: str | None) -> Recipient:
        team = self.config.team
        if owner == TEAM:
            return Recipient(TEAM, TEAM, team.address, team.language)
        if owner is None or owner not in self.owners:
            return Recipient(FALLBACK, "", self.config.fallback_owner, team.language, "unowned")
        row = self.owners[owner]
        language = row["language"] or "both"
        if not (row["email"] or "").strip():
            return Recipient(owner, row["name"], self.config.fallback_owner, language, "addressless")
        return Recipient(owner, row["name"], row["email"].strip(), language)


def load_addresses(company: Database, config: Config) -> AddressBook:
    return AddressBook({row["id"]: row for row in rows(company, "select * from owner")}, config)


def catch_up(kb: Database, company: Database, config: Config, *, now: str) -> TellReport:
    """Compose every alert that is due; one transaction for each event. Idempotent."""
    report = TellReport()
    links, datasets = load_reach(company)
    book, names = load_addresses(company, config), data_type_names(kb)

    def letter(id: str, owner: str | None, story: Story, lines: Sequence[Line], supplement: bool) -> Letter:
        link = f"{config.site_url.rstrip('/')}/alert/{id}" if config.site_url else ""
        return Letter(id, book.find(owner), story, tuple(lines), names, now[:10], supplement, link)

    for event in alerting_events(kb):
        with kb.atomic():  # one view of kb.db: a recorder may be at work
            due = _lines(*impacts_of(kb, event, links, datasets), datasets, book)
            story = load_story(kb, event) if _untold(company, event, due) else None
        if story is None:
            continue
        with _writing(company):
            for owner, lines in _untold(company, event, due).items():
                kind = _next_kind(company, owner, event)
                id = content_id("alert", owner, event, kind)
                one = letter(id, owner if owner != FALLBACK else None, story, lines, kind != ALERT)
                message = compose_alert(one)
                write_alert(company, config, one.recipient, message, id=id, event=event, kind=kind, now=now)
                _write_lines(company, id, owner, event, lines, story)
                report.composed += kind == ALERT
                report.supplements += kind != ALERT
    return report


def write_alert(
    company: Database,
    config: Config,
    recipient: Recipient,
    message: Message,
    *,
    id: str,
    event: str,
    kind: str,
    now: str,
) -> None:
    """Put one composed message into the outbox. Its Message-ID is fixed here, so that every repeat carries it."""
    sender = config.smtp.sender if config.smtp else config.team.address
    domain = sender.rpartition("@")[2]
    host = f"regwatch.{domain}" if re.fullmatch(r"[A-Za-z0-9.-]+", domain) else "regwatch"
    company.table("alert").insert(
        {"id": id, "owner": recipient.id, "event": event, "kind": kind, "address": recipient.address,
         "language": recipient.language, "subject": message.subject, "body": message.body, "html": message.html,
         "message_id": f"<{id}@{host}>", "state": "composed", "composed_at": now, "attempts": 0},
    )  # fmt: skip


def _lines(
    changes: Sequence[str], impacts: Sequence[Impact], datasets: Mapping[str, Dataset], book: AddressBook
) -> dict[str, list[Line]]:
    """Recipient id → the lines that are theirs; every change is in at least one."""
    joined: dict[tuple[str, str, str], list[Impact]] = {}
    for impact in impacts:
        joined.setdefault((book.find(impact.owner).id, impact.change, impact.dataset), []).append(impact)
    due: dict[str, list[Line]] = {}
    for (owner, change, dataset), parts in joined.items():
        due.setdefault(owner, []).append(Line(change, dataset, datasets[dataset].name, tuple(parts)))
    if unclaimed := unclaimed_changes(changes, impacts):
        due.setdefault(TEAM, []).extend(Line(change) for change in unclaimed)
    return due


def _untold(company: Database, event: str, due: Mapping[str, Sequence[Line]]) -> dict[str, list[Line]]:
    """What of ``due`` nobody was told yet. Changes that appear in an event after it was told come from a better
    reader, not from the agency, and alert nobody."""
    told = rows(company, 'select owner, "change", dataset from alert_line where event = ?', [event])
    lines = {(row["owner"], row["change"], row["dataset"]) for row in told}
    known = {row["change"] for row in told}
    fresh = {
        owner: [
            line
            for line in theirs
            if (owner, line.change, line.dataset) not in lines and (not known or line.change in known)
        ]
        for owner, theirs in due.items()
    }
    return {owner: theirs for owner, theirs in fresh.items() if theirs}


def _next_kind(company: Database, owner: str, event: str) -> str:
    """``alert`` for the first message of an event to an owner, then ``supplement``, ``supplement-2``, …"""
    before = len(rows(company, "select 1 from alert where owner = ? and event = ?", [owner, event]))
    return (ALERT, SUPPLEMENT)[before] if before < 2 else f"{SUPPLEMENT}-{before}"


def _write_lines(company: Database, alert: str, owner: str, event: str, lines: Sequence[Line], story: Story) -> None:
    places = {change.id: f"{change.place} {change.label}".strip() for change in story.changes}
    company.table("alert_line").insert_all(
        {
            "id": content_id("alert_line", owner, event, line.change, line.dataset), "alert": alert, "owner": owner,
            "event": event, "change": line.change, "dataset": line.dataset, "field": ", ".join(line.fields),
            "data_type": ", ".join(line.data_types), "reason": _reason(line, places.get(line.change, "")),
        }
        for line in lines
    )  # fmt: skip


def _reason(line: Line, place: str) -> str:
    """The chain from the rule to the field, for the ledger: ``数据项 3 → exterior-imagery → adas.frames.img``."""
    if not line.impacts:
        return f"{place} → (no accepted link)"
    first = line.impacts[0]
    steps = [place, first.through, *([first.data_type] if first.through != first.data_type else [])]
    return " → ".join([*steps, ".".join(part for part in (line.dataset_name, first.field) if part)])


@contextmanager
def _writing(company: Database) -> Iterator[None]:
    """A transaction that takes the write lock at once, so that two runs never compose from the same view."""
    company.execute("begin immediate")
    try:
        yield
    except BaseException:
        company.rollback()
        raise
    company.commit()
