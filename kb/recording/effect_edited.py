"""A rule whose page now says another day of effect: its version takes it, and all that it is about is told.

The day may stand in an article, whose change names it, or in the words above the text (现予公布，自…起施行), of which
no comparison speaks. A page that says what it said moves nothing: a notice may have moved the day since.
"""

from __future__ import annotations

from sqlite_utils import Database

from kb.lineage.facts import Facts, day_of_effect
from kb.model import Origin
from kb.recording.about import targets_in_force
from kb.recording.days import EFFECT, move_day, tell_day
from kb.recording.noted import dates_before
from kb.recording.placement import Placement
from kb.recording.publication import Reading
from kb.rows import Row, rows
from kb.vocabulary import targets_of_text


def record_effect(
    db: Database, publication: str, placement: Placement, reading: Reading, page: Reading, facts: Facts, *, now: str
) -> int:
    """Bring the version to the day that its text or page says now; the number of changes. To be asked before the
    reading is noted: what it said is what was noted of it."""
    before = dates_before(db, reading)
    after = facts.effective
    if before is None or after is None or after in (before.get("effective"), page.facts.published, facts.published):
        return 0  # nothing else than before, or from the day of issue on, which the list may correct
    version = rows(db, "select * from version where id = ?", [placement.version])[0]
    was = version["effective"] or ""
    if after == was:
        return 0
    move_day(db, version, EFFECT, after)
    if placement.kind == "edit" and any(day_of_effect(provision.text) for provision in reading.provisions):
        return 0  # its own change tells
    event: Row = {"kind": EFFECT.event, "publication": publication, "origin": str(Origin.EDIT), "occurred_at": now}
    about = targets_in_force(db, version["work"]) or targets_of_text(version["title"])
    return tell_day(db, event, version, page, EFFECT, was, after, about)
