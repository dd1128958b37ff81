"""Put what was recorded under a provisional work where a person decided that it belongs; ids stay."""

from __future__ import annotations

from sqlite_utils import Database

from kb.law.works import load_work
from kb.lineage.titles import title_key
from kb.model import Origin
from kb.recording.events import record_events
from kb.recording.placement import Placement

_PROVISIONAL = "select * from work where title_key = ? and id like 'w-%' and id <> ?"


def move_recorded(db: Database, title: str, work: str, *, now: str) -> list[str]:
    """Move every version under a provisional work of this title to ``work``; returns their ids.

    They are compared with their new neighbours as history, which tells no owner.
    """
    moved: list[str] = []
    with db.atomic():
        for row in list(db.query(_PROVISIONAL, [title_key(title), work])):
            if not db.table("work").count_where("id = ?", [work]):
                declared = load_work(work)
                known = {"title": declared.title_zh, "title_en": declared.title_en, "level": declared.level,
                         "status": "reviewed"} if declared else {}  # fmt: skip
                db.table("work").insert({**row, **known, "id": work})
            versions = list(db.query("select id, text from version where work = ?", [row["id"]]))
            for table in ("version", "event"):
                db.execute(f"update {table} set work = ? where work = ?", [work, row["id"]])
            db.execute("delete from work where id = ?", [row["id"]])
            for version in versions:
                placement = Placement("new_version", work, version["id"], version["text"])
                record_events(db, placement, origin=Origin.BACKFILL, publication="", now=now)
                moved.append(version["id"])
    return moved
