"""A version in the very words of the one before: a draft adopted as it was, a rule enacted anew after its repeal.

No provision differs, yet what was proposed, or was over, is law now. That is a change of its own, of the stage and its
day, about nobody's data: the team is told, and decides who else has to hear of it.
"""

from __future__ import annotations

from sqlite_utils import Database

from kb.law.standing import terms
from kb.recording.labels import change_of_label
from kb.rows import Row, rows

LABEL = "阶段"


def stage_row(db: Database, old: str, new: str, text: str) -> Row:
    """The change of stage from one version to the next, as it is kept; ``text`` is that of the new one."""
    before, after = (_standing(db, version) for version in (old, new))
    document = rows(db, "select document from witness where text = ? order by rowid limit 1", [text])
    edits, words = [{"from": before, "to": after}], f"{LABEL}：{before} → {after}，条文未变"
    return change_of_label(document[0]["document"] if document else None, LABEL, "substantive", edits, words)


def _standing(db: Database, version: str) -> str:
    row = rows(db, "select stage, coalesce(published, signed, '') as day from version where id = ?", [version])[0]
    return f"{terms()['stages'][row['stage']]['zh']} {row['day']}".strip()
