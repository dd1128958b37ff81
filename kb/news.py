"""Named questions about what is new, what falls due, and what went wrong: the ledger as an analyst reads it.

Reads only; every date and time is an argument. Offered to callers by kb/queries.py.
"""

from __future__ import annotations

import json

from sqlite_utils import Database

from kb.clock import days_between
from kb.declared_sources import add_names
from kb.law.declared import unread_law
from kb.model import Status
from kb.rows import Row, decode, rows

GRADES = ("threshold", "deadline", "substantive", "editorial", "renumbered")


def whats_new(db: Database, limit: int = 20) -> list[Row]:
    """Events and publications, the newest first and events before the notices of their day; no version is told twice.

    Each: kind (event|publication), when (observed time), id, title, url, agency, work; of an event also its kind,
    origin, versions, summary of the comparison, and how many changes it has of each grade.
    """
    events = rows(
        db,
        "select event.*, publication.url, publication.agency, publication.published from event left join publication "
        "on publication.id = event.publication order by occurred_at desc, event.id limit ?",
        [limit],
    )
    listed = [
        {
            "kind": "event", "when": row["occurred_at"], "id": row["id"], "title": row["title"],
            "summary": json.loads(row["summary"] or "{}"), "event_kind": row["kind"], "origin": row["origin"],
            "work": row["work"], "old_version": row["old_version"], "new_version": row["new_version"],
            "url": row["url"], "agency": row["agency"], "published": row["published"],
            "grades": count_grades(db, row["id"]),
        }
        for row in events
    ]  # fmt: skip
    told = {row["new_version"] for row in events}
    for row in rows(db, _FOLLOWED, [2 * limit + len(told)]):
        if row["version"] is None or row["version"] not in told:
            told.add(row["version"])
            listed.append({
                "kind": "publication", "when": row["first_seen"], "id": row["id"], "title": row["title"],
                "work": row["work"], "new_version": row["version"], "url": row["url"], "agency": row["agency"],
                "published": row["published"],
                "comments_close": row["comments_close"], "state": row["state"],
            })  # fmt: skip
    by_day = sorted(listed, key=lambda row: (row["kind"] == "event", row["published"] or "", row["id"]), reverse=True)
    return sorted(by_day, key=lambda row: str(row["when"][:10]), reverse=True)[:limit]


_FOLLOWED = """
select publication.*, version.id as version, version.work from publication left join version on version.id = (
  select text.version from document join witness on witness.document = document.id
  join text on text.id = witness.text where document.publication = publication.id limit 1)
where followed = 1 order by publication.first_seen desc, publication.published desc, publication.id limit ?
"""


def deadlines(db: Database, today: str) -> list[Row]:
    """Legal dates from ``today`` on, the nearest first: comments close, takes effect, is repealed.

    A consultation known both as a publication and as a version is one deadline; one that is not followed is none.
    """
    found = dates_between(db, today, "9999", today)
    return [row for row in found if row["kind"] == "comments_close" or row["date"] > today]


def dates_between(db: Database, first: str, last: str, today: str) -> list[Row]:
    """The same from one day to another, past ones too; ``days`` counts from ``today``, for whole dates."""
    found = rows(db, _DATES, [first, last])
    for row in found:
        row["agencies"] = decode(row["agencies"])
        row["days"] = days_between(today, row["date"]) if len(row["date"]) == 10 else None
    return found


_DATES = """
select 'comments_close' as kind, comments_close as date, title, id as version, work, null as publication, agencies,
  null as url from version where comments_close between ?1 and ?2
union all
select 'effective', effective, title, id, work, null, agencies, null from version where effective between ?1 and ?2
union all
select 'repealed', repealed, title, id, work, null, agencies, null from version where repealed between ?1 and ?2
union all
select 'comments_close', comments_close, title, null, null, id, json_array(agency), url from publication
where comments_close between ?1 and ?2 and followed = 1 and not exists (
  select 1 from document join witness on witness.document = document.id join text on text.id = witness.text
  join version on version.id = text.version
  where document.publication = publication.id and version.comments_close is not null)
and not exists (select 1 from event where event.publication = publication.id and event.kind = 'extension')
order by 2, 1, 3
"""


def source_health(db: Database) -> list[Row]:
    """Each source ever crawled, with its name: last run and outcome, last healthy run, newest publication."""
    return add_names(db, rows(db, _HEALTH))


_HEALTH = """
select run.source, run.outcome, coalesce(run.finished, run.started) as last_run, run.listed, run.new, run.changed,
  run.unchanged, run.detail,
  (select max(coalesce(ok.finished, ok.started)) from source_run as ok
   where ok.source = run.source and ok.outcome = 'healthy') as last_success,
  (select max(publication.published) from publication, json_each(publication.columns)
   where json_each.value = run.source) as newest_publication
from source_run as run
where run.rowid = (select latest.rowid from source_run as latest where latest.source = run.source
                   order by latest.rowid desc limit 1)
order by run.outcome = 'healthy', run.source
"""


def unread_documents(db: Database) -> list[Row]:
    """Documents of followed publications that are not, or not wholly, read: status, detail and where they stand."""
    return rows(
        db,
        "select document.id, document.name, document.url, document.role, document.format, document.status, "
        "document.detail, document.last_seen, publication.id as publication, publication.title, publication.agency, "
        "capture.digest from document join publication on publication.id = publication "
        "left join capture on capture.id = capture where document.status <> ? and publication.followed = 1 "
        "order by document.status, document.last_seen desc, document.id",
        [Status.READ],
    )


def untexted_law(db: Database) -> list[Row]:
    """Adopted versions, not known to be out of force, of which no text has been read: recorded ones, then declared.

    ``add`` is the command that adds the text, ``declared`` tells the one from the other.
    """
    found = rows(
        db,
        "select id, work, title, stage, agencies, published, effective, in_force from version where text is null "
        "and stage in ('final', 'amended') and coalesce(in_force, '') <> 'false' and repealed is null "
        "order by coalesce(effective, published) desc, id",
    )
    recorded = [
        {**row, "agencies": decode(row["agencies"]), "declared": False, "urls": [],
         "add": f"regwatch add FILE --work {row['work']}"}
        for row in found
    ]  # fmt: skip
    known = {row["id"] for row in recorded}
    return recorded + [row for row in unread_law(db) if row["id"] not in known]


def publications(db: Database, limit: int = 50, *, start: int = 0, followed: bool = False) -> list[Row]:
    """Everything listed by the agencies, the newest first; with ``followed`` only what the topics keep."""
    kept = "where followed = 1" if followed else ""
    newest = "order by coalesce(published, substr(first_seen, 1, 10)) desc, id limit ? offset ?"
    found = rows(db, f"select * from publication {kept} {newest}", [limit, start])
    return [{**row, "columns": decode(row["columns"])} for row in found]


def count_grades(db: Database, event: str) -> dict[str, int]:
    """How many changes of each grade an event has, the gravest first."""
    counted = rows(db, "select coalesce(grade, 'ungraded') as grade, count(*) as n from change where event = ? "
                       "group by 1", [event])  # fmt: skip
    numbers = {row["grade"]: row["n"] for row in counted}
    return {grade: numbers[grade] for grade in (*GRADES, "ungraded") if grade in numbers}
