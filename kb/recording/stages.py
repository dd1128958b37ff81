"""Changes of the stage of a work: what it was, and is now, with its day.

A version in the very words of the one before, as a draft adopted as it was or a rule enacted anew after its repeal:
no provision differs, yet what was proposed, or was over, is law now. That is a change of its own, about nobody's data:
the team is told, and decides who else has to hear of it. And a first version, which has nothing before it.
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
    edits, words = [{"from": before, "to": after}], f"{LABEL}：{before} → {after}，条文未变"
    return change_of_label(_witness(db, text), LABEL, "substantive", edits, words)


def first_row(db: Database, version: str, text: str) -> Row:
    """The same of a first version."""
    after = _standing(db, version)
    return change_of_label(
        _witness(db, text), LABEL, "substantive", [{"from": "", "to": after}], f"{LABEL}：首次发布，{after}"
    )


def _witness(db: Database, text: str) -> str | None:
    found = rows(db, "select document from witness where text = ? order by rowid limit 1", [text])
    return str(found[0]["document"]) if found else None


def _standing(db: Database, version: str) -> str:
    row = rows(db, "select stage, coalesce(published, signed, '') as day from version where id = ?", [version])[0]
    return f"{terms()['stages'][row['stage']]['zh']} {row['day']}".strip()
