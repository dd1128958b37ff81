"""A consultation whose last day its agency moved, on the page or in its list, after the draft was put out.

The draft's words stand as they are, so that no text is compared: the day is a change of its own, graded deadline. What
a person decided about a version's dates stays.
"""

from __future__ import annotations

import json
from typing import Any

from sqlite_utils import Database

from kb.clock import legal_day
from kb.identity import content_id
from kb.model import Origin
from kb.recording.events import add_event, work_title
from kb.recording.publication import Reading
from kb.recording.revise import revise_row
from kb.reviewing.review import decisions_of, lay_over
from kb.rows import Row, rows
from kb.vocabulary import targets_of_text

LABEL = "意见反馈截止日期"


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
    for version in rows(db, _VERSIONS, [publication]):
        was = before or version["comments_close"]
        if not was or version["comments_close"] == closes:  # another page of this draft may have said so first
            continue
        if before is None and closes < max(was, legal_day(now)):
            continue
        decided = decisions_of(db, version["id"])
        if version["comments_close"] in (None, was):
            moved = {**version, "comments_close": closes}
            revise_row(db, "version", version, lay_over(moved, decided, "version") if decided else moved)
        title = work_title(db, version["work"])
        event: dict[str, Any] = {
            "id": content_id("event", "closing", publication, version["id"], was, closes, now),  # it may come back
            "kind": "edit", "work": version["work"], "old_version": version["id"], "new_version": version["id"],
            "publication": publication, "origin": str(Origin.EDIT), "title": version["title"], "occurred_at": now,
        }  # fmt: skip
        change: Row = {
            "subject": "passage", "kind": "modified", "grade": "deadline", "old": None, "new": page.row["id"],
            "old_label": LABEL, "new_label": LABEL, "edits": [{"from": was, "to": closes}], "similarity": None,
            "quote": f"{LABEL}：{was} → {closes}",
        }  # fmt: skip
        changes += add_event(db, event, [], [(change, targets_of_text(title))])
    return changes


_NOTED = """
select reading.facts from reading join capture on capture.id = reading.capture where document = ?2
order by reading.capture = ?1 desc, capture.captured_at desc, capture.seq desc limit 1
"""
_VERSIONS = """
select distinct version.* from version join text on text.version = version.id join witness on witness.text = text.id
join document on document.id = witness.document where document.publication = ?
and version.stage in ('plan', 'draft', 'second_draft', 'approval_draft') order by version.id
"""
