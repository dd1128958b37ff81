"""A page to which its agency gave another title in place: one change of the title, told to the team.

The words of the rule stand as they are and no text is compared. Whether a 征求意见稿 that vanished from a title, or a
通知 that became a 公告, means something is a person's question, so that the change is about nobody's data.
"""

from __future__ import annotations

from sqlite_utils import Database

from kb.errors import BytesLost
from kb.evidence.archive import Archive
from kb.identity import content_id
from kb.lineage.ended_marks import unmarked
from kb.model import Origin
from kb.normalise import fold
from kb.reading.page import GENERIC, Page, read_page
from kb.recording.events import add_event
from kb.recording.labels import change_of_label
from kb.recording.publication import Reading
from kb.recording.versions import versions_put_out
from kb.rows import Row, rows

LABEL = "标题"
_CUT = ".…"  # how a template ends a title that is too long for it


def title_before(db: Database, archive: Archive, page: Reading) -> str | None:
    """The title under which the capture before this one stood, where this one has another; None where it has not.

    Both captures are read by today's readers. A page of no known shape, or that was built otherwise, may name its site
    in its title: of such nothing is said, nor where the earlier bytes are lost (``verify`` names them).
    """
    if not page.page or page.page.shape == GENERIC:
        return None
    for seen in rows(db, _BEFORE, [page.row["id"], page.row["capture"]]):
        try:
            earlier = read_page(archive.load(seen["digest"]), page.row["url"])
        except BytesLost:  # what it was cannot be asked, and holds up no edit of the text
            return None
        return earlier.title if _is_retitled(earlier, page.page) else None
    return None


def record_retitling(db: Database, publication: Row, page: Reading, before: str, *, now: str) -> int:
    """Make the event of a new title, once for each version that the page puts out; the number of changes."""
    assert page.page
    after, changes = page.page.title, 0
    for version in versions_put_out(db, publication["id"]):
        event: Row = {
            "id": content_id("event", "title", page.row["capture"], version["id"], before, after), "kind": "edit",
            "work": version["work"], "old_version": version["id"], "new_version": version["id"],
            "publication": publication["id"], "origin": str(Origin.EDIT), "title": version["title"],
            "occurred_at": now,
        }  # fmt: skip
        edits, words = [{"from": before, "to": after}], f"{LABEL}：{before} → {after}"
        change = change_of_label(page.row["id"], LABEL, "substantive", edits, words)
        changes += add_event(db, event, [], [(change, ())])
    return changes


def _is_retitled(old: Page, new: Page) -> bool:
    before, after = fold(unmarked(old.title)), fold(unmarked(new.title))  # a mark of its own: ``marked_over``
    shorter, longer = sorted((before, after), key=len)
    was_cut = shorter != shorter.rstrip(_CUT) and longer.startswith(shorter.rstrip(_CUT))
    return old.shape == new.shape and bool(shorter) and before != after and not was_cut


_BEFORE = """
select capture.digest from reading join capture on capture.id = reading.capture
where document = ? and reading.capture <> ? order by capture.seq desc limit 1
"""
