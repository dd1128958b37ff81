"""A notice of its own that moves the last day for comments on a draft: 关于延长《…》征求意见时间的公告.

The draft's page says the old day for ever. The version takes the new one, and one change, graded deadline, names both;
its evidence is the notice. What the notice leaves open is asked of a person, never guessed.
"""

from __future__ import annotations

from sqlite_utils import Database

from kb.lineage.closing import moves_closing
from kb.lineage.resolve import DRAFTS, resolve_title
from kb.lineage.title_decisions import decided_titles
from kb.model import Origin
from kb.recording.extension import move_closing, tell_closing
from kb.recording.publication import Reading
from kb.recording.versions import in_order, known_works
from kb.rows import Row, rows


def record_prolonging(
    db: Database, publication: Row, page: Reading, *, origin: Origin, now: str
) -> tuple[int, list[str]]:
    """Bring the draft that such a notice names to its new last day; the number of changes, and what a person is asked.

    ``publication`` is any; one that is no such notice changes nothing.
    """
    title = page.page.title if page.page else publication["title"]
    if not moves_closing(title):
        return 0, []
    draft = _draft_named(db, title, publication)
    closes = page.facts.comments_close
    if draft is None:
        return 0, [
            f"{title}: moves the last day for comments on a draft that is not recorded: `regwatch add` the draft"
        ]
    if closes is None:
        mend = f"`regwatch review correct {draft['id']} --set comments_close=DAY --by ROLE`"
        return 0, [f"{title}: moves the last day for comments, to which day was not read: {mend}"]
    before = draft["comments_close"] or ""
    if before == closes:
        return 0, []
    move_closing(db, draft, closes)
    event: Row = {"kind": "extension", "publication": publication["id"], "origin": str(origin), "occurred_at": now}
    return tell_closing(db, event, draft, page, before, closes), []


def _draft_named(db: Database, title: str, publication: Row) -> Row | None:
    """The newest draft of the named work that was out before the notice."""
    named = resolve_title(title, known_works(db), agency=publication["agency"], decided=decided_titles(db))
    marks = ",".join("?" * len(DRAFTS))
    found = rows(db, f"select * from version where work = ? and stage in ({marks}) and text is not null",
                 [named.work, *DRAFTS])  # fmt: skip
    day = publication["published"] or "9999"
    out = [version for version in in_order(found) if (version["published"] or version["signed"] or "") <= day]
    return out[-1] if out else None
