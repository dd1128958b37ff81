"""A page on which its agency marks the rule that it bears as over: its versions in force end, and its owners hear.

No text is compared, for the words of the rule stand as they are. A day that the mark does not say is asked of a person.
"""

from __future__ import annotations

from sqlite_utils import Database

from kb.identity import content_id
from kb.lineage.ended_marks import day_of, read_mark
from kb.lineage.head import tidy_lines
from kb.lineage.resolve import LAW
from kb.model import Origin
from kb.recording.about import targets_in_force
from kb.recording.events import add_event, work_title
from kb.recording.labels import change_of_label
from kb.recording.publication import Reading
from kb.recording.rewrite import wait
from kb.recording.versions import versions_put_out
from kb.rows import Row, rows
from kb.vocabulary import targets_of_text

LABEL = "效力"


def record_mark(db: Database, publication: Row, page: Reading, *, origin: Origin, now: str) -> tuple[int, list[str]]:
    """Make the event of a mark, once for each work that the page puts out; the number of changes, and what is asked.

    A page that bore it when it was first read brings history, unless it is news itself.
    """
    title = page.page.title if page.page else publication["title"]
    mark = read_mark(title, tidy_lines(page.document.body))
    changes, asks = 0, list[str]()
    for version in versions_put_out(db, publication["id"]) if mark else ():
        if version["stage"] not in LAW or version["repealed"] or rows(db, _TOLD, [version["work"]]):
            continue
        event: Row = {
            "id": content_id("event", "marked", version["id"]), "kind": "repeal", "work": version["work"],
            "new_version": version["id"], "publication": publication["id"],
            "origin": str(Origin.EDIT if rows(db, _BEFORE, [page.row["id"], page.row["capture"]]) else origin),
            "title": f"{version['title']}：{mark}", "occurred_at": now,
        }  # fmt: skip
        about = targets_in_force(db, version["work"]) or targets_of_text(work_title(db, version["work"]))
        change = change_of_label(page.row["id"], LABEL, "substantive", [], mark) | {"kind": "repeals"}
        changes += add_event(db, event, [version["work"]], [(change, about)])
        if day := day_of(mark):
            db.table("version").update(version["id"], {"repealed": day})
        elif wait(db, "ended", "version", version["id"], version["id"], now, why=f"its page says {mark}",
                  field="repealed", reading=page):  # fmt: skip
            asks.append(f"{version['id']} is over by its own page, since when is not said: `regwatch review`")
    return changes, asks


_TOLD = "select 1 from event where kind = 'repeal' and work = ?"
_BEFORE = "select 1 from reading where document = ? and capture <> ?"
