"""iCalendar (RFC 5545) of legal dates: comments close, takes effect, is repealed; an owner's own: answers and filings.

Written with the icalendar library; uids are made from content, so a calendar that is read again moves its entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlite_utils import Database

from kb.clock import FORMAT
from kb.identity import content_id
from kb.law.application import read_application
from kb.law.declared import declared_version
from kb.rows import rows
from mappings.alerts.wording import one_line
from mappings.alerts.words import Speech

if TYPE_CHECKING:
    from mappings.exposure.calendar import Due

BOTH = (Speech("zh"), Speech("en"))


@dataclass(frozen=True)
class Day:
    """``date`` is a whole day; partial dates are no entries. ``key`` is what the day is about, for its uid."""

    date: str
    kind: str
    title: str
    key: str
    link: str = ""
    done: bool = False


def public_days(kb: Database) -> list[Day]:
    """Every whole legal date of versions and followed consultations, past ones too: calendars keep them."""
    days = [Day(row["date"], row["kind"], row["title"], row["key"], row["url"] or "") for row in rows(kb, _DAYS)]
    return [*days, *_applications(kb)]


def _applications(kb: Database) -> Iterator[Day]:
    """Days on which parts of adopted texts begin, transitions and validity end: as declared, then as read."""
    for version in rows(kb, _ADOPTED):
        declared = declared_version(version)
        title, key = version["title"], version["id"]
        for one in declared.applies if declared else ():
            yield Day(one.date, "part", f"{title}：{one.scope}", f"{key} {one.scope}")
        if declared and declared.expires:
            yield Day(declared.expires, "expiry", title, f"{key} expires")
        for said in read_application(version["body"] or "", version["effective"]):
            if said.date and said.kind in ("part", "transition", "expiry"):
                yield Day(said.date, said.kind, f"{title}：{said.quote}", f"{key} {said.quote}")


def owner_days(company: Database, owner: str) -> list[Day]:
    """What an owner was asked to do by a day, and what they said they would do."""
    return [Day(row["day"], row["kind"], row["subject"], row["id"]) for row in rows(company, _MINE, [owner])]


def company_days(workspace: str, now: str) -> list[Day]:
    """For the team: duties that recur, and the ends of filings with the days from which they can be renewed, this
    year and next, as the exposure room counts them."""
    from mappings.exposure.desk import open_desk

    with open_desk(workspace, now) as desk:
        year = int(desk.day[:4])
        found = [due for number in (year, year + 1) for due in desk.duties(number)]
        ends = [Day(filing.ends, "filing", filing.number, filing.id) for filing in desk.filings if filing.ends]
    duties = [Day(due.due, "duty", _both(due), f"{due.who} {due.what} {due.due}", done=due.state == "done")
              for due in found if due.due]  # fmt: skip
    opens = [Day(due.opens, "opens", _both(due), f"{due.who} {due.what} {due.opens}", done=due.state == "done")
             for due in found if due.opens]  # fmt: skip
    return [*ends, *duties, *opens]


def _both(due: Due) -> str:
    from mappings.exposure.sentences import in_language

    who, what = in_language((due.who, due.what), "zh")
    return f"{who}：{what} {due.what}"


def calendar(days: Iterable[Day], *, name: str, now: str) -> bytes:
    """One all-day entry for each; with the same ``now`` the same bytes."""
    from icalendar import Calendar, Event

    made = Calendar()
    for key, value in (("prodid", "-//Regwatch//Regwatch//EN"), ("version", "2.0"), ("x-wr-calname", name)):
        made.add(key, value)
    for day in _whole(days):
        entry, kind = Event(), " ".join(say("day", day.kind) for say in BOTH)
        start = date.fromisoformat(day.date)
        entry.add("uid", f"{content_id('day', day.kind, day.key)}@regwatch")
        entry.add("dtstamp", datetime.strptime(now, FORMAT).replace(tzinfo=UTC))
        entry.add("dtstart", start)
        entry.add("dtend", start + timedelta(days=1))
        entry.add("summary", f"{'✓ ' if day.done else ''}{kind}: {one_line(day.title, 200)}")
        entry.add("transp", "TRANSPARENT")
        if day.link.startswith(("http://", "https://")):
            entry.add("url", day.link)
        made.add_component(entry)
    return bytes(made.to_ical())


def _whole(days: Iterable[Day]) -> Sequence[Day]:
    kept = {}
    for day in days:
        try:
            date.fromisoformat(day.date)
        except ValueError:  # 2026-03, or a date that does not exist: not a day that a calendar can hold
            continue
        if len(day.date) == 10:
            kept[day.kind, day.key] = day
    return sorted(kept.values(), key=lambda day: (day.date, day.kind, day.key))


_ADOPTED = """
select version.*, text.body from version left join text on text.id = version.text and (body like '%有效期%'
or body like '%之日起%' or body like '%条%自%起施行%') where stage in ('final', 'amended') order by version.id
"""
_DAYS = """
select 'comments_close' as kind, comments_close as date, title, id as key, null as url from version
where comments_close is not null
union all select 'effective', effective, title, id, null from version where effective is not null
union all select 'repealed', repealed, title, id, null from version where repealed is not null
union all select 'comments_close', comments_close, title, id, url from publication
where comments_close is not null and followed = 1 and not exists (
  select 1 from document join witness on witness.document = document.id join text on text.id = witness.text
  join version on version.id = text.version
  where document.publication = publication.id and version.comments_close = publication.comments_close)
"""
_MINE = """
select 'due' as kind, due as day, subject, id from alert where owner = ?1 and due is not null
union all
select 'will_act', until, subject, alert.id from acknowledgement join alert on alert.id = alert
where owner = ?1 and until is not null
"""
