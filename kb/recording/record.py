"""Record publications: read what was captured, place it, compare it, in one transaction for each publication.

The one writer of everything between a capture and a change. Recording twice changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from kb.db import open_kb
from kb.errors import BytesLost, NotFound
from kb.evidence.archive import Archive
from kb.law.disputes import store_claims
from kb.lineage.facts import Facts
from kb.lineage.title_decisions import unsure_about
from kb.model import Origin
from kb.recording.by_hand import Given, add_document, read_files
from kb.recording.effect_edited import record_effect
from kb.recording.events import origin_of, record_events
from kb.recording.extension import last_closing, record_extension
from kb.recording.first import followed_until, record_first
from kb.recording.interpretation import explained_before, is_interpretation, record_interpretation
from kb.recording.marked_over import record_mark
from kb.recording.members import expand_archives
from kb.recording.moved_days import record_moved_day
from kb.recording.noted import first_issued, note_reading, note_status, said_of
from kb.recording.override import record_overrides
from kb.recording.placement import Placement, place_reading
from kb.recording.publication import Reading, read_captured, regulations, shown_no_more, with_wrapper
from kb.recording.repeal import Repeals
from kb.recording.reread_one import reread_publication
from kb.recording.retitling import record_retitling, title_before
from kb.recording.stale import RereadReport, is_stale
from kb.recording.unread import READABLE, describe
from kb.recording.versions import known_works
from kb.workspace import Workspace

_DOCUMENTS = """
select document.*, capture.digest, capture.content_type from document left join capture on capture.id = document.capture
where publication = ? order by role != 'page', document.url
"""
_PENDING = """
select id, title, interpretation_of from publication where state = 'pending' and not exists
(select 1 from document where publication = publication.id and status = 'expected')
order by coalesce(published, signed, '9'), id
"""


@dataclass
class RecordReport:
    """What recording did, and every document that a person has to look at."""

    publications: int = 0
    changes: int = 0
    placed: list[tuple[Reading, Placement | None, Facts]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)  # readings and titles that only a person can decide

    @property
    def problems(self) -> int:
        return len(self.unread) + len(self.asks)


def record_pending(workspace: Workspace, *, now: str, say: Callable[[str], None] = lambda _: None) -> RecordReport:
    """Record every publication whose documents are all captured or listed missing, a draft before its final,
    a rule before what interprets it."""
    with open_kb(workspace.kb_path) as db:
        pending = sorted(db.query(_PENDING), key=lambda row: is_interpretation(row["title"], row["interpretation_of"]))
        waiting = [row["id"] for row in pending]
        archive = Archive(workspace.archive_path)
        return record_publications(db, archive, waiting, workspace.config.news_days, now=now, say=say)


def add_files(
    workspace: Workspace, paths: Sequence[Path], given: Given, *, now: str
) -> tuple[list[dict[str, Any]], list[str]]:
    """Record files obtained by hand; a row for each document as ``regwatch add`` prints it, and what needs a person."""
    archive = Archive(workspace.archive_path)
    files = read_files(paths)
    with open_kb(workspace.kb_path) as db:
        _check_work(db, given.work)
        added = [add_document(db, archive, path.name, data, given, now) for path, data in files]
        report = record_publications(
            db, archive, dict.fromkeys(added), workspace.config.news_days, now=now, given=given
        )
        return [_describe(db, *placed) for placed in report.placed], report.unread + report.asks


def _check_work(db: Database, work: str | None) -> None:
    """A typo must not make a work. Raises NotFound with the nearest ids."""
    known = {known.id for known in known_works(db)}
    if work and work not in known:
        near = get_close_matches(work, known, 3, 0.4)
        raise NotFound(f"no work {work}: {'did you mean ' + ' or '.join(near) if near else 'see `regwatch works`'}")


def record_publications(
    db: Database,
    archive: Archive,
    publications: Iterable[str],
    news_days: int,
    *,
    now: str,
    given: Given | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> RecordReport:
    """Record publications by id, each alone: one that fails to be read stops no other. What explained a work before
    it was known is recorded again."""
    report = RecordReport()
    store_claims(db)

    def record(publication: str, given: Given) -> None:
        row = next(db.query("select * from publication where id = ?", [publication]))
        say(f"recording {row['title']}")
        try:
            _record_publication(db, archive, row, news_days, report, given, now)
        except BytesLost as error:  # it waits; its next visit may bring the bytes back
            report.asks.append(f"{row['title']}: {error}")

    for publication in publications:
        record(publication, given or Given())
    fresh = {placement.work for _, placement, _ in report.placed if placement and placement.kind == "new_version"}
    for publication in explained_before(db, fresh):
        record(publication, Given())
    return report


def _record_publication(
    db: Database, archive: Archive, row: dict[str, Any], news_days: int, report: RecordReport, given: Given, now: str
) -> None:
    if is_stale(db, row["id"]):
        again = RereadReport()
        reread_publication(db, archive, row["id"], again, now=now)
        if again.to_review:
            report.asks.append(f"{row['title']}: today's readers read it differently: `regwatch review`")
    expand_archives(db, archive, row["id"], now)
    readings = read_captured(archive, list(db.query(_DOCUMENTS, [row["id"]])))
    page = next((reading for reading in readings if reading.row["role"] == "page"), None)
    bearing = regulations(readings)
    left = shown_no_more(readings, bearing)
    with db.atomic():
        for reading in readings:
            note_status(db, reading)
        closing = last_closing(db, page) if page else None
        closes = closing
        titled = title_before(db, archive, page) if page else None
        followed = followed_until(db, row)
        origin = origin_of(row["published"] or first_issued(readings), bool(followed), now, news_days)
        for reading in readings:
            wrapper = page.facts if page and page is not reading else None
            facts = said_of(row, given, with_wrapper(reading.facts, wrapper))
            closes = facts.comments_close or closing if reading is page else closes
            placement = None
            if reading in bearing:
                placement = place_reading(db, reading, facts, work=given.work, agency=row["agency"], now=now, left=left)
                report.changes += record_events(db, placement, origin=origin, publication=row["id"], now=now)
                report.changes += record_first(db, placement, row, followed, news_days, now=now)
                report.changes += record_overrides(db, placement, origin=origin, publication=row["id"], now=now)
                ended = Repeals(db, origin, row["id"], now).record(placement)
                report.changes += ended.changes
                report.asks += ended.asks
                report.changes += record_effect(db, row["id"], placement, reading, page or reading, facts, now=now)
                if placement.differs:
                    report.asks.append(f"{facts.title}: a copy differs from {placement.version}: {placement.differs}")
                if placement.kind == "new_version" and not given.work:
                    report.asks += unsure_about(db, placement.version)
            note_reading(db, reading, facts, now)
            report.placed.append((reading, placement, facts))
        _update_publication(db, row, page or (readings[0] if readings else None), bearing, origin, given)
        if page and closing != closes:
            report.changes += record_extension(db, row["id"], page, closing, closes, now=now)
        if page and titled:
            report.changes += record_retitling(db, row, page, titled, now=now)
        named = next(db.query("select * from publication where id = ?", [row["id"]]))
        if page:
            for told in (record_moved_day, record_mark):
                changed, asks = told(db, named, page, origin=origin, now=now)
                report.changes, report.asks = report.changes + changed, report.asks + asks
        report.changes += record_interpretation(db, archive, named, readings, origin=origin, now=now)
    report.publications += 1
    for document in db.query(_DOCUMENTS, [row["id"]]):
        if document["status"] not in READABLE:
            report.unread.append(describe(document))


def _update_publication(
    db: Database, row: dict[str, Any], head: Reading | None, bearing: list[Reading], origin: Origin, given: Given
) -> None:
    known: dict[str, Any] = {"state": "recorded", "origin": row["origin"] or str(origin)}
    if head:
        known["kind"] = "rule" if bearing and head.facts.kind == "notice" else head.facts.kind
        for name in ("doc_number", "signed", "published", "comments_close"):
            known[name] = row[name] or getattr(head.facts, name)
        if row["columns"] == "[]":  # added by hand: until it was read only its file name was known
            known["title"] = given.title or head.facts.title or row["title"]
            known["agency"] = (
                head.facts.agencies[0] if row["agency"] == "unknown" and head.facts.agencies else row["agency"]
            )
    db.table("publication").update(row["id"], known)


def _describe(db: Database, reading: Reading, placement: Placement | None, facts: Facts) -> dict[str, Any]:
    """One document as ``regwatch add`` prints it: dates of the version where there is one."""
    said: dict[str, Any] = {name: getattr(facts, name) for name in (
        "doc_number", "signed", "published", "effective", "comments_close")}  # fmt: skip
    if placement:
        version = next(db.query("select * from version where id = ?", [placement.version]))
        said = {name: version[name] for name in said}
        facts = replace(facts, agencies=tuple(json.loads(version["agencies"] or "[]")))
    return {
        "document": reading.row["name"] or reading.row["url"].rstrip("/").rpartition("/")[2],
        "work": placement and placement.work,
        "version": placement and placement.version,
        "placed": placement and placement.kind,
        "stage": str(facts.stage) if placement else None,
        "title": facts.title,
        "agency": facts.agencies[0] if facts.agencies else None,
        "kind": facts.kind,
        **said,
        "articles": reading.articles,
        "provisions": len(reading.provisions),
        "data_items": len(reading.items),
        "status": str(reading.status),
        "detail": reading.detail,
    }
