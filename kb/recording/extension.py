"""A consultation whose last day its agency moved, on the page or in its list, after the draft was put out.

The draft's words stand as they are, so that no text is compared: the day is a change of its own, graded deadline.
"""

from __future__ import annotations

import json

from sqlite_utils import Database

from kb.clock import legal_day
from kb.lineage.resolve import DRAFTS
from kb.model import Origin
from kb.recording.days import CLOSING, move_day, tell_day
from kb.recording.events import work_title
from kb.recording.publication import Reading
from kb.recording.versions import versions_put_out
from kb.rows import Row, rows
from kb.vocabulary import targets_of_text


def last_closing(db: Database, page: Reading) -> str | None:
    """The last day for comments as this page was read before; None where it said none, or is read the first time."""
    found = rows(db, _NOTED, [page.row["capture"], page.row["id"]])
    return json.loads(found[0]["facts"] or "{}").get("comments_close") if found else None


def record_extension(
    db: Database, publication: str, page: Reading, before: str | None, closes: str | None, *, now: str
) -> int:
    """Bring a page and the versions that it puts out to its new last day, and make the event of it, once.

    ``before`` is the day that the page said; for a page that is read the first time stands the day of the draft that it
    puts up again, if comments are taken anew. Returns the number of changes.
    """
    if not closes:
        return 0
    db.table("publication").update(publication, {"comments_close": closes})
    changes = 0
    drafts = [version for version in versions_put_out(db, publication) if version["stage"] in DRAFTS]
    for version in drafts:
        was = before or version["comments_close"]
        if not was or version["comments_close"] == closes:  # another page of this draft may have said so first
            continue
        if before is None and closes < max(was, legal_day(now)):
            continue
        if version["comments_close"] in (None, was):
            move_day(db, version, CLOSING, closes)
        event: Row = {"kind": "edit", "publication": publication, "origin": str(Origin.EDIT), "occurred_at": now}
        about = targets_of_text(work_title(db, version["work"]))
        changes += tell_day(db, event, version, page, CLOSING, was, closes, about)
    return changes


_NOTED = """
select reading.facts from reading join capture on capture.id = reading.capture where document = ?2
order by reading.capture = ?1 desc, capture.seq desc limit 1
"""
