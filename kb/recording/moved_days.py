"""A notice of its own that moves a day of a rule that stands elsewhere: the last one for comments, or that of effect.

关于延长《…》征求意见时间的公告, 关于调整《…》施行日期的公告: the rule's own page says the old day for ever. Its version
takes the new one, and one change, graded deadline, names both; the evidence is the notice. A notice that stays the
effect of a rule or of a part, prolongs its validity, or ends a consultation, is told and moves nothing. What is left
open is asked of a person, never guessed.
"""

from __future__ import annotations

from sqlite_utils import Database

from kb.lineage.effect import name_in, read_new_effect, stays_effect
from kb.lineage.head import tidy_lines
from kb.lineage.notices import day_moved
from kb.lineage.resolve import DRAFTS, LAW, resolve_title
from kb.lineage.title_decisions import decided_titles
from kb.model import Origin, Stage
from kb.recording.about import articles_in, targets_in_force
from kb.recording.days import CLOSING, CONSULTED, EFFECT, VALIDITY, Day, move_day, tell_day, tell_words
from kb.recording.publication import Reading
from kb.recording.versions import in_order, known_works
from kb.rows import Row, rows
from kb.vocabulary import Target, targets_of_text

_QUOTED = 400  # characters of a notice
_DAYS = {"closing": CLOSING, "consultation": CONSULTED, "effect": EFFECT, "validity": VALIDITY}
_STAGES: dict[Day, tuple[Stage, ...]] = {CLOSING: DRAFTS, CONSULTED: DRAFTS, EFFECT: LAW, VALIDITY: LAW}


def record_moved_day(
    db: Database, publication: Row, page: Reading, *, origin: Origin, now: str
) -> tuple[int, list[str]]:
    """Bring the version that such a notice names to its new day; the number of changes, and what a person is asked.

    ``publication`` is any; one that is no such notice changes nothing.
    """
    title = page.page.title if page.page else publication["title"]
    moved = day_moved(title)
    if moved is None:
        return 0, []
    day = _DAYS[moved]
    version = _version_named(db, title, publication, _STAGES[day])
    if version is None:
        return 0, [f"{title}: moves a day of a rule that is not recorded: `regwatch add` the rule, then this notice"]
    event: Row = {"kind": day.event, "publication": publication["id"], "origin": str(origin), "occurred_at": now}
    lines = tidy_lines(page.document.body)
    about = _targets(db, version, day, articles_in("".join(lines)) if stays_effect(title) else [])
    if day in (CONSULTED, VALIDITY):
        return tell_words(db, event, version, page, day, "".join(lines)[:_QUOTED], about), []
    if stays_effect(title):
        told = tell_words(db, event, version, page, day, "".join(lines)[:_QUOTED], about)
        asks = [f"{title}: stays the effect of {version['id']}, or of a part: decide whether {_mend(version, day)}"]
        return told, asks if told else []
    new = page.facts.comments_close if day is CLOSING else read_new_effect(lines)
    if new is None:
        return 0, [
            f"{title}: moves the {day.name} of {version['id']}, to which day was not read: {_mend(version, day)}"
        ]
    before = version[day.field] or ""
    if before == new:
        return 0, []
    move_day(db, version, day, new)
    return tell_day(db, event, version, page, day, before, new, about), []


def _mend(version: Row, day: Day) -> str:
    return f"`regwatch review correct {version['id']} --set {day.field}=DAY --by ROLE`"


def _targets(db: Database, version: Row, day: Day, articles: list[str]) -> tuple[Target, ...]:
    """When a rule takes effect concerns all that it, or the articles named, are about; until when a draft is open,
    what its title names."""
    found = targets_in_force(db, version["work"], articles or None) if day in (EFFECT, VALIDITY) else ()
    return found or targets_of_text(version["title"])


def _version_named(db: Database, title: str, publication: Row, stages: tuple[Stage, ...]) -> Row | None:
    """The newest version at these stages of the work that the notice names, and that was out before it."""
    named = resolve_title(name_in(title), known_works(db), agency=publication["agency"], decided=decided_titles(db))
    marks = ",".join("?" * len(stages))
    sql = f"select * from version where work = ? and stage in ({marks}) and text is not null and repealed is null"
    out = publication["published"] or "9999"
    found = [one for one in in_order(rows(db, sql, [named.work, *stages])) if (one["published"] or one["signed"] or "")
             <= out]  # fmt: skip
    return found[-1] if found else None
