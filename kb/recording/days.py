"""A day of a version that its agency moves: the row takes the new one, and an event names both.

No text is compared, for the words stand as they are. What a person decided about a version's days stays.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from kb.identity import content_id
from kb.recording.events import add_event
from kb.recording.labels import change_of_label
from kb.recording.publication import Reading
from kb.recording.revise import revise_row
from kb.reviewing.review import decisions_of, lay_over
from kb.rows import Row
from kb.vocabulary import Target


@dataclass(frozen=True)
class Day:
    """``field`` of a version; ``label`` as agencies name it; ``event`` is the kind of one that a notice makes."""

    field: str
    label: str
    event: str
    name: str


CLOSING = Day("comments_close", "意见反馈截止日期", "extension", "last day for comments")
CONSULTED = Day("comments_close", "公开征求意见", "withdrawal", "consultation")
EFFECT = Day("effective", "施行日期", "effect", "day of effect")
VALIDITY = Day("expires", "有效期", "effect", "validity")  # told, and kept nowhere: a text's own words say it


def move_day(db: Database, version: Row, day: Day, new: str) -> None:
    """Bring a version to its new day."""
    decided = decisions_of(db, version["id"])
    moved = {**version, day.field: new}
    revise_row(db, "version", version, lay_over(moved, decided, "version") if decided else moved)


def tell_day(
    db: Database, event: Row, version: Row, page: Reading, day: Day, before: str, new: str, about: tuple[Target, ...]
) -> int:
    """Make the event of a moved day, once for this day of ``occurred_at``; the number of its changes.

    ``event`` has kind, publication, origin and occurred_at; ``before`` is '' where it was not known.
    """
    words = f"{day.label}：{before or '未载明'} → {new}"
    return _tell(db, event, version, page, day, words, [{"from": before, "to": new}], about)


def tell_words(
    db: Database, event: Row, version: Row, page: Reading, day: Day, words: str, about: tuple[Target, ...]
) -> int:
    """The same of a notice that names no new day: its own words are the change, once."""
    if list(db.query("select 1 from event where kind = ? and publication = ?", [event["kind"], event["publication"]])):
        return 0
    return _tell(db, event, version, page, day, words, [], about)


def _tell(
    db: Database, event: Row, version: Row, page: Reading, day: Day, words: str, edits: list[Row],
    about: tuple[Target, ...],
) -> int:  # fmt: skip
    said = [edits, event["occurred_at"]]  # a day may come back to one that it had
    named: Row = {
        "id": content_id("event", day.field, event["publication"], version["id"], *said),
        "work": version["work"], "old_version": version["id"], "new_version": version["id"], "title": version["title"],
    }  # fmt: skip
    change = change_of_label(page.row["id"], day.label, "deadline", edits, words)
    return add_event(db, event | named, [], [(change, about)])
