"""Read one publication again: bring its texts, dates and documents to today's reading of every capture of it.

What becomes readable only now is recorded with the origin `reread`, which never alerts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from kb.errors import BytesLost
from kb.evidence.archive import Archive
from kb.model import Origin
from kb.recording.by_hand import Given
from kb.recording.events import record_events
from kb.recording.layouts import Layouts
from kb.recording.noted import DATES, note_reading, note_status, noted_dates, said_of
from kb.recording.placement import place_reading
from kb.recording.publication import Reading, read_bytes, regulations, with_wrapper
from kb.recording.readers import current_readers
from kb.recording.revise import revise_row
from kb.recording.rewrite import rewrite_text, wait
from kb.recording.stale import CAPTURES, RereadReport
from kb.reviewing.review import decisions_of, lay_over
from kb.rows import Row, rows

_TO_READ = f"""
select document.id, document.url, document.role, document.name, seen.capture, document.capture = seen.capture as newest,
  capture.digest, capture.content_type, reading.readers
from ({CAPTURES}) as seen join document on document.id = seen.id
join capture on capture.id = seen.capture
left join reading on reading.document = seen.id and reading.capture = seen.capture
where seen.publication = ? order by document.role != 'page', document.url, newest, capture.captured_at
"""
_TEXT = """
select text.*, version.text as newest, witness.id as witness from witness join text on text.id = witness.text
join version on version.id = text.version where witness.document = ? and witness.capture = ?
"""
_SPEAKING = """
select document, capture from (select document, capture from data_item where text = ?1
  union all select document, capture from provision where text = ?1) limit 1
"""
_OTHERS = "select max(layout) as layout, max(items) as items from witness where text = ? and id != ?"


def reread_publication(
    db: Database, archive: Archive, publication: str, report: RereadReport, *, now: str, everything: bool = False
) -> None:
    """Bring everything that was read from one publication to today's reading."""
    listed = next(db.query("select * from publication where id = ?", [publication]))
    readings = list(_read_again(db, archive, publication, report))
    page = next((reading for reading in readings if reading.row["role"] == "page" and reading.row["newest"]), None)
    with db.atomic():
        bearing = regulations([reading for reading in readings if reading.row["newest"]])
        for reading in readings:
            wrapper = page.facts if page and page is not reading else None
            facts = said_of(listed, Given(), with_wrapper(reading.facts, wrapper))
            if reading.row["readers"] in current_readers() and not everything:
                continue
            report.documents += 1
            texts = rows(db, _TEXT, [reading.row["id"], reading.row["capture"]])
            if reading.row["newest"]:
                note_status(db, reading)
            for text in texts:
                _bring_up_to_date(db, text, reading, report, now)
                _bring_dates(db, text["version"], reading, facts, report, now)
            if not texts and reading in bearing:
                placement = place_reading(db, reading, facts, work=None, agency=listed["agency"], now=now)
                record_events(db, placement, origin=Origin.REREAD, publication=publication, now=now)
                if placement.kind in ("new_version", "new_text", "edit", "upgrade"):
                    report.changed_rows += len(reading.provisions) + len(reading.items)
            note_reading(db, reading, facts, now)


def _read_again(db: Database, archive: Archive, publication: str, report: RereadReport) -> Iterable[Reading]:
    read = Layouts(archive.root.with_name("layouts")).read
    for row in rows(db, _TO_READ, [publication]):
        try:
            data = archive.load(row["digest"])
        except BytesLost as error:
            report.problems.append(f"{row['name'] or row['url']}: {error}")
            continue
        yield read_bytes(row, data, row["content_type"] or "", read)


def _bring_up_to_date(db: Database, text: Row, reading: Reading, report: RereadReport, now: str) -> None:
    """Rewrite a text from the copy that speaks for it, or from one that reads better now."""
    best = rows(db, _OTHERS, [text["id"], text["witness"]])[0]
    speaking = rows(db, _SPEAKING, [text["id"]])
    own = {"document": reading.row["id"], "capture": reading.row["capture"]}
    better = (reading.document.layout, len(reading.items)) > (bool(best["layout"]), best["items"] or 0)
    if not speaking or speaking[0] == own or (better and reading.provisions):
        done = rewrite_text(db, text, reading, now=now)
        report.changed_rows += done.changed
        report.to_review += done.to_review
    db.table("witness").update(text["witness"], {"layout": int(reading.document.layout), "items": len(reading.items)})


def _bring_dates(db: Database, version: str, reading: Reading, facts: Any, report: RereadReport, now: str) -> None:
    """A date of the version that came from this capture and reads differently now; decided dates stay."""
    noted = noted_dates(db, reading)
    row = rows(db, "select * from version where id = ?", [version])[0]
    changed: dict[str, Any] = {}
    for name in DATES:
        new = getattr(facts, name)
        was_read = noted is not None and noted[name] == row[name]
        if new != row[name] and new and (row[name] is None or was_read):
            changed[name] = new
    decided = decisions_of(db, version)
    after = lay_over({**row, **changed}, decided, "version") if decided else {**row, **changed}
    for name, new in changed.items():
        report.to_review += wait(db, "reread", "version", version, version, now, why="a date reads differently",
                                 field=name, old=row[name], new=new, reading=reading)  # fmt: skip
        report.changed_rows += after[name] != row[name]
    revise_row(db, "version", row, after)
