"""What is on record when the last day is over, as far as labels speak of it: rows of both databases, and the mail."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from kb.db import open_kb
from mappings.db import open_company
from replay_world.plot import Event
from replay_world.run import Played


@dataclass
class Seen:
    """What is on record, as far as labels speak of it."""

    publications: dict[str, dict[str, Any]]  # by address
    events: list[dict[str, Any]]
    changes: dict[str, list[dict[str, Any]]]
    versions: dict[str, list[str]]  # publication → days on which a version was first placed from it
    finals: set[str]  # publications from which a version in force was placed
    alerts: list[dict[str, Any]]  # without reminders
    mailed: Counter[str]


def load_seen(played: Played) -> Seen:
    with open_kb(played.workspace.kb_path) as kb, open_company(played.workspace.company_path) as company:
        publications = {row["url"]: row for row in kb.query("select * from publication")}
        events = list(kb.query("select event.*, url from event join publication on publication.id = publication "
                               "order by occurred_at, event.id"))  # fmt: skip
        changes: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in kb.query('select * from "change" order by ordinal'):
            changes[row["event"]].append(row)
        versions = defaultdict(list)
        for row in kb.query("select publication, min(witness.first_seen) as at from witness join document "
                            "on document.id = witness.document group by publication"):  # fmt: skip
            versions[row["publication"]].append(row["at"])
        finals = {row["publication"] for row in kb.query(_FINALS)}
        alerts = list(
            company.query(
                "select id, owner, event, kind, composed_at, sent_at, message_id, state from alert "
                "where kind != 'reminder'"
            )
        )
    mailed = Counter(str(message["Message-ID"]) for message in played.inbox.messages)
    return Seen(publications, events, changes, versions, finals, alerts, mailed)


_FINALS = """
select distinct document.publication from witness join document on document.id = witness.document
join text on text.id = witness.text join version on version.id = text.version where stage = 'final'
"""


def source_of(played: Played, url: str) -> str:
    """The first column of the page that is or was at an address."""
    for id, page in played.plot.pages.items():
        if url in played.site.addresses(id):
            return page.columns[0]
    return "none"


def name_of(played: Played, event: Event) -> str:
    return f"{played.plot.pages[event.pages[0]].title} ({event.pages[0]}, {event.day})"
