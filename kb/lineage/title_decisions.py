"""What a person decided about a title that lineage was unsure of: asked once, used by every later resolution.

A decision is kept by the folded title (``titles.title_key``), with who and when. It is never overwritten; a later one
goes before it.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlite_utils import Database

from kb.errors import NotFound
from kb.identity import content_id
from kb.lineage.resolve import UNSURE, KnownWork
from kb.lineage.titles import title_key

NEW = "new"  # a person's word that a title is a work of its own


def decide_title(
    db: Database, title: str, work: str, *, by: str, now: str, known: Mapping[str, KnownWork], why: str = ""
) -> None:
    """Keep that ``title`` belongs to ``work``, or is ``new``. Raises NotFound for a work that nobody knows."""
    if work != NEW and work not in known:
        raise NotFound(f"no work {work}: see `regwatch works --declared`, or decide `{NEW}`")
    key = title_key(title)
    row = {"id": content_id("title_decision", key, work, by, now), "title_key": key, "title": title, "work": work,
           "by": by, "why": why, "decided_at": now}  # fmt: skip
    db.table("title_decision").insert(row, ignore=True)


def unsure_about(db: Database, version: str) -> list[str]:
    """What a person should decide about a version that was put under a work of its own for want of certainty."""
    row = next(db.query("select title, why from version where id = ?", [version]))
    if not str(row["why"] or "").startswith(UNSURE):
        return []
    return [f"{row['title']}: {row['why']} Decide: regwatch resolve --title '{row['title']}' --decide WORK --by NAME"]


def decided_titles(db: Database) -> dict[str, str]:
    """title key → work, or ``new``: the last decision of each."""
    rows = db.query("select title_key, work from title_decision order by decided_at, rowid")
    return {row["title_key"]: row["work"] for row in rows}
