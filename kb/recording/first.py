"""The first text of a work: a rule or draft that nobody knew. One change, of its stage, about all that it is about.

Its owners hear of it when the team has decided what applies to them: every word of it is new, and was read by a
program alone. What was out before its source was followed is history, and no news.
"""

from __future__ import annotations

import json

from sqlite_utils import Database

from kb.clock import days_between
from kb.identity import content_id
from kb.lineage.titles import decides_on_many, is_decision
from kb.model import Origin
from kb.recording.about import targets_of_whole
from kb.recording.events import add_event
from kb.recording.placement import Placement
from kb.recording.stages import first_row
from kb.rows import Row, rows


def followed_until(db: Database, publication: Row) -> str:
    """When one of its sources was last crawled in full before it was first seen; '' for never: then it is history."""
    sources = json.loads(publication["columns"] or "[]")
    marks = ",".join("?" * len(sources))
    sql = f"select max(started) as at from source_run where source in ({marks}) and outcome = 'healthy' and started < ?"
    return rows(db, sql, [*sources, publication["first_seen"]])[0]["at"] or ""


def record_first(
    db: Database, placement: Placement, publication: Row, followed: str, news_days: int, *, now: str
) -> int:
    """Make the event of a first text, if that is what was placed; the number of its changes.

    ``followed`` is ``followed_until``: ``publication`` is news when its date, if it has one, is at most ``news_days``
    before that.
    """
    if placement.kind not in ("new_version", "new_text") or not followed:
        return 0
    version = rows(db, _VERSION, [placement.version])[0]
    day = version["published"] or version["signed"] or ""
    if len(day) == 10 and days_between(day, followed) > news_days:
        return 0
    if is_decision(version["title"]) or decides_on_many(version["title"]):  # told by what it does to each rule
        return 0
    if rows(db, _OTHERS, [placement.work, placement.version]):
        return 0
    event: Row = {
        "id": content_id("event", "first", placement.version), "kind": "new_version", "work": placement.work,
        "new_version": placement.version, "publication": publication["id"], "origin": str(Origin.PUBLICATION),
        "title": version["title"], "occurred_at": now,
    }  # fmt: skip
    row = first_row(db, placement.version, placement.text)
    return add_event(db, event, [], [(row, targets_of_whole(db, placement.text))])


_VERSION = "select * from version where id = ?"
_OTHERS = "select 1 from version where work = ? and id <> ? and text is not null limit 1"
