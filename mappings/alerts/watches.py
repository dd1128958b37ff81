"""The team's watch: new publications on a topic, a saved search, deadlines, unhealthy sources; at once, daily, weekly.

Before a watch is saved it says how many messages it would have made in the last 90 days. Nothing is found in history:
the first crawl of a source and better readings make no message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlite_utils import Database

from kb.clock import FORMAT, days_between
from kb.declared_sources import add_names
from kb.errors import NotFound, RegwatchError
from kb.identity import content_id
from kb.rows import Row, rows
from mappings.alerts.address import fault_of
from mappings.alerts.addresses import TEAM
from mappings.alerts.calendars import BOTH
from mappings.alerts.compose import compose_digest
from mappings.alerts.journal import open_journal
from mappings.alerts.outbox import writing
from mappings.alerts.words import Speech

if TYPE_CHECKING:
    from mappings.alerts.outbox import Outbox

KINDS = ("publications", "search", "deadlines", "sources")
PERIODS = {"immediate": 0, "daily": 1, "weekly": 7}
PREVIEW, AHEAD = 90, 14  # days looked back; days before a deadline
MOST = 200  # lines of one digest
LEAP = 30  # days by which a clock may be set back before a look is taken for one of a wrong clock


@dataclass(frozen=True)
class Item:
    """Something found: when it was observed, and one line about it; ``en`` is '' where it is the same in English."""

    at: str
    words: str
    en: str = ""


def find_items(kb: Database, company: Database, kind: str, words: str, after: str, until: str, news: int) -> list[Item]:
    """What a watch finds in (after, until], oldest first. ``news``: days after which a publication is history."""
    if kind == "search":
        from mappings.saved_searches import run_search, saved_search

        fresh = {row["id"]: row for row in rows(kb, _VERSIONS, [after, until])}
        hits = run_search(kb, saved_search(company, words), limit=1000)
        seen = dict.fromkeys((fresh[hit["version"]]["first_seen"], fresh[hit["version"]]["title"]) for hit in hits
                             if hit["version"] in fresh)  # fmt: skip
        return sorted((Item(at, title) for at, title in seen), key=lambda item: item.at)
    if kind == "deadlines":
        found = [Item(max(row["seen"], f"{date.fromisoformat(row['date']) - timedelta(AHEAD)}T00:00:00Z"),
                      *(f"{row['date']} {say('day', row['kind'])}: {row['title']}" for say in BOTH))
                 for row in rows(kb, _DEADLINES, [after[:10]])]  # fmt: skip
        return sorted((item for item in found if after < item.at <= until), key=lambda item: item.at)
    if kind == "sources":
        return [Item(row["at"], *(_health(row, say) for say in BOTH))
                for row in add_names(kb, rows(kb, _HEALTH, [after, until]))]  # fmt: skip
    wanted = words.split()
    return [
        Item(row["first_seen"], f"{row['title']} {row['url'] or ''}") for row in rows(kb, _PUBLICATIONS, [after, until])
        if (not wanted or any(word in row["title"] for word in wanted)) and _is_news(row, news)
    ]  # fmt: skip


def _health(row: Row, say: Speech) -> str:
    before, after = (say("outcome", state) if state else "—" for state in (row["from"], row["to"]))
    return say("watch", "health", name=row["name"][say.language], source=row["source"], before=before, after=after,
               detail=row["detail"] or "").strip()  # fmt: skip


def _is_news(row: Row, news: int) -> bool:
    published = row["published"] or ""
    return len(published) < 10 or days_between(published, row["first_seen"]) <= news


def preview(
    kb: Database, company: Database, kind: str, words: str, every: str, *, now: str, news: int
) -> tuple[int, int]:
    """(messages, items) that such a watch would have made in the last 90 days."""
    start = _shift(now, -PREVIEW)
    items = find_items(kb, company, kind, words, start, now, news)
    days = PERIODS[every]
    windows = {days_between(start, item.at) // days if days else item.at for item in items}
    return len(windows), len(items)


def add_watch(
    company: Database, name: str, kind: str, words: str, every: str, address: str, *, by: str, now: str
) -> str:
    """Keep a watch; its id. Raises RegwatchError for one that cannot work."""
    if kind == "search":
        from mappings.saved_searches import saved_search

        saved_search(company, words)
    if address and (fault := fault_of(address)):
        raise RegwatchError(f"address {address!r} {fault}")
    id = content_id("watch", name, kind, words, every, address, now)
    company.table("watch").insert(
        {"id": id, "name": name, "kind": kind, "words": words, "every": every, "address": address, "made_by": by,
         "made_at": now, "told_until": now},
    )  # fmt: skip
    return id


def end_watch(company: Database, id: str, *, by: str, now: str) -> str:
    """Stop a watch, by its id; its name. A second time changes nothing. Raises NotFound."""
    if not (found := rows(company, "select name from watch where id = ?", [id])):
        raise NotFound(f"no watch {id}: see `regwatch watch list`")
    company.execute("update watch set ended_at = ?, ended_by = ? where id = ? and ended_at is null", [now, by, id])
    return str(found[0]["name"])


def watches(company: Database) -> list[Row]:
    return rows(company, "select * from watch order by ended_at is not null, name, id")


def tell_watches(kb: Database, outbox: Outbox, *, news: int) -> int:
    """Compose the digests that are due, each with what it found since its last look; how many."""
    company, now, made = outbox.company, outbox.now, 0
    journal = open_journal(company)
    looks = journal.looks()
    for id in [row["id"] for row in rows(company, "select id from watch where ended_at is null order by id")]:
        with writing(company):
            watch = rows(company, "select * from watch where id = ?", [id])[0]
            noted = [watch["made_at"], watch["told_until"] or "", *looks.get(id, ())]
            after = _last_look(noted, watch["every"], now)
            if now <= after or days_between(after, now) < PERIODS[watch["every"]]:
                continue
            try:
                items = find_items(kb, company, watch["kind"], watch["words"] or "", after, now, news)
            except NotFound:  # its saved search was dropped: the watch waits, `watch list` shows it
                continue
            if items:
                _write(outbox, watch, items)
                made += 1
            company.execute("update watch set told_until = ? where id = ?", [now, id])
        journal.note_look(id, now)
    return made


def _last_look(noted: Sequence[str], every: str, now: str) -> str:
    """A look in the future was made while the clock was wrong: then the last before it, so that nothing is lost, and
    nothing told again after a clock that was years behind. Where all are, one period back."""
    until = _shift(now, LEAP)
    return max((look for look in noted if look and look <= until), default=_shift(now, -max(PERIODS[every], 1)))


def _write(outbox: Outbox, watch: Row, items: Sequence[Item]) -> None:
    recipient = outbox.book.find(TEAM)
    if watch["address"]:
        recipient = outbox.book.at(watch["address"], watch["name"])
    event = content_id("digest", watch["id"], outbox.now)
    unsubscribe = outbox.links.unsubscribe(watch["id"], outbox.now) if outbox.links else ""
    message = compose_digest(
        watch["name"], [(item.at[:10], item.words, item.en or item.words) for item in items[:MOST]],
        unsubscribe or f"regwatch watch end {watch['id']}", recipient.language,
    )  # fmt: skip
    outbox.put(recipient, message, id=content_id("alert", recipient.id, event, "digest"), event=event, kind="digest",
               unsubscribe=unsubscribe)  # fmt: skip


def _shift(now: str, days: int) -> str:
    return (datetime.strptime(now, FORMAT).replace(tzinfo=UTC) + timedelta(days=days)).strftime(FORMAT)


# Seen in the first run of every source that lists it: history, not news.
_PUBLICATIONS = """
select title, url, published, first_seen from publication where first_seen > ?1 and first_seen <= ?2 and followed = 1
and not exists (
  select 1 from json_each(publication.columns) as listed
  join (select source, min(coalesce(finished, started)) as began from source_run group by source) as first
  on first.source = listed.value where publication.first_seen <= first.began)
order by first_seen, id
"""
_VERSIONS = """
select id, title, first_seen from version where first_seen > ?1 and first_seen <= ?2
and coalesce(origin, '') not in ('backfill', 'reread')
"""
_DEADLINES = """
select kind, date, title, min(seen) as seen from (
  select 'comments_close' as kind, comments_close as date, title, coalesce(first_seen, '') as seen from version
  union all select 'effective', effective, title, coalesce(first_seen, '') from version
  union all select 'repealed', repealed, title, coalesce(first_seen, '') from version
  union all select 'comments_close', comments_close, title, first_seen from publication
  where followed = 1 and not exists (
    select 1 from document join witness on witness.document = document.id join text on text.id = witness.text
    join version on version.id = text.version
    where document.publication = publication.id and version.comments_close = publication.comments_close))
where length(date) = 10 and date >= ?1 group by kind, date, title order by date, kind, title
"""
# A source that fails is said once, and once more when it is well again.
_HEALTH = 'select source, "from", "to", detail, at from health_event where at > ?1 and at <= ?2 order by at, source'
