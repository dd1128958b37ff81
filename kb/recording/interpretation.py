"""Events of interpretations (问答, 答记者问, 解读): an agency says how it reads a rule whose text stands as it is.

An interpretation is about the works that its agency's own link, its title, our declarations or else its citations name.
It is one event when it is new; edited in place, one more with the passages that are new or gone. What experts say of a
rule is listed, and is no event.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from sqlite_utils import Database

from kb.evidence.archive import Archive
from kb.identity import content_id
from kb.items.amounts import find_amounts
from kb.law.works import load_works
from kb.lineage.resolve import KnownWork, resolve_title
from kb.lineage.titles import read_title, title_key
from kb.model import Grade, Origin
from kb.recording.events import add_event, work_title
from kb.recording.publication import Reading, read_bytes
from kb.recording.versions import known_works
from kb.rows import rows
from kb.structure.passages import Passage, read_passages
from kb.vocabulary import Target, targets_of_text

Row = dict[str, Any]
# What explains, but is not its agency's own word on how to read a rule; what became of comments is none either.
COMMENTARY = re.compile(r"专家|学者|一图|图解|图读|评论|漫画|视频|说明$|意见[^《》]{0,8}(?:情况|结果|采纳|反馈)")
_CITED = re.compile(r"《([^《》]{4,60})》")
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_ORDER: tuple[Grade, ...] = ("threshold", "deadline", "substantive")


def is_interpretation(title: str, interpretation_of: str | None = None) -> bool:
    """Whether the agency itself explains a rule under this title."""
    explains = bool(interpretation_of) or read_title(title).action == "explain"
    return explains and not COMMENTARY.search(title)


def record_interpretation(
    db: Database, archive: Archive, publication: Row, readings: Sequence[Reading], *, origin: Origin, now: str
) -> int:
    """Make the event of an interpretation, once; the number of its changes.

    An earlier capture is read by today's readers, so that a better reader is no edit; an edit that is taken back is
    told, too, for who was told of it relies on it.
    """
    if not is_interpretation(publication["title"], publication["interpretation_of"]):
        return 0
    readable = [reading for reading in readings if reading.document.readable]
    said = [(reading, passage) for reading in readable for passage in read_passages(reading.document)]
    works = interpreted_works(db, publication, [passage for _, passage in said]) if said else []
    if not works:
        return 0
    before = [passage for reading in readable for passage in _read_before(db, archive, reading)]
    if not before and rows(db, _KNOWN, [publication["id"]]):
        return 0
    old, new = {one.key for one in before}, {one.key for _, one in said}
    about = " ".join(work_title(db, work) for work in works)
    changes = [(_row(one, "added", reading.row["id"]), _targets(one, about)) for reading, one in said
               if one.key not in old]  # fmt: skip
    changes += [(_row(one, "removed", None), _targets(one, about)) for one in before if one.key not in new]
    event = {
        "id": _event_id(db, publication["id"], sorted(new), [reading.row["capture"] for reading in readable]),
        "kind": "interpretation", "work": works[0], "new_version": None, "publication": publication["id"],
        "origin": str(Origin.EDIT if before else origin), "title": publication["title"], "occurred_at": now,
    }  # fmt: skip
    return add_event(db, event, works, changes)


def _event_id(db: Database, publication: str, said: Sequence[str], captures: Sequence[str]) -> str:
    """The state that was told, or where the page came back to one, the captures that show it."""
    state = content_id("event", "interpretation", publication, said)
    earlier = [row["id"] for row in rows(db, _TOLD, [publication])][1:]
    return content_id(state, sorted(captures)) if state in earlier else state


def interpreted_works(db: Database, publication: Row, passages: Sequence[Passage]) -> list[str]:
    """The works that an interpretation is about; [] when nothing says which."""
    title, known = publication["title"], known_works(db)
    if named := _named_works(db, publication, known):
        return named
    bare = _BRACKETS.sub("", title)
    for declared in load_works().values():
        names = (declared.title_zh, *declared.aliases)
        if declared.level == "interpretation" and any(name in bare for name in names):
            return [relation.work for relation in declared.relations if relation.kind == "interprets"]
    keys = {key: work.id for work in known for key in work.title_keys}
    words = title + "".join(passage.label + passage.text for passage in passages)
    cited = Counter(work for name in _CITED.findall(words) if (work := keys.get(title_key(name))))
    return [work for work, _ in cited.most_common(1)]


def explained_before(db: Database, works: Collection[str]) -> list[str]:
    """The publications that explain one of these works by link or title, and were recorded before it was known."""
    known = known_works(db) if works else []
    return [
        row["id"] for row in (rows(db, _UNTOLD) if works else ())
        if is_interpretation(row["title"], row["interpretation_of"]) and set(_named_works(db, row, known)) & set(works)
    ]  # fmt: skip


def _named_works(db: Database, publication: Row, known: Sequence[KnownWork]) -> list[str]:
    if linked := rows(db, _LINKED, [publication["interpretation_of"]]):
        return [row["work"] for row in linked]
    explained = read_title(publication["title"]).explains
    work = resolve_title(explained, known).work if explained else None
    return [work] if work else []


def _read_before(db: Database, archive: Archive, reading: Reading) -> tuple[Passage, ...]:
    for seen in rows(db, _BEFORE, [reading.row["id"], reading.row["capture"]]):
        earlier = read_bytes(reading.row, archive.load(seen["digest"]), seen["content_type"] or "")
        return read_passages(earlier.document)
    return ()


def _row(passage: Passage, kind: str, document: str | None) -> Row:
    """Graded by the numbers it states; a date alone is no deadline."""
    stated = {amount.grade for amount in find_amounts(passage.text) if amount.unit != "date"}
    grade = next((grade for grade in _ORDER if grade in stated), "substantive")
    side = "old" if kind == "removed" else "new"
    return {"subject": "passage", "kind": kind, "grade": grade, "old": None, "new": document, "old_label": None,
            "new_label": None, "edits": [], "similarity": None, "quote": passage.text,
            f"{side}_label": passage.label}  # fmt: skip


def _targets(passage: Passage, about: str) -> tuple[Target, ...]:
    """What a passage itself is about; one that names no data is about what its rule is about."""
    return targets_of_text(passage.label + passage.text) or targets_of_text(about)


_KNOWN = "select 1 from event where kind = 'interpretation' and publication = ?"
_TOLD = """
select id from event where kind = 'interpretation' and publication = ? order by occurred_at desc, rowid desc
"""
_UNTOLD = """
select id, title, interpretation_of from publication where state = 'recorded'
and not exists (select 1 from event where kind = 'interpretation' and publication = publication.id) order by id
"""
_LINKED = """
select distinct version.work from document join witness on witness.document = document.id
join text on text.id = witness.text join version on version.id = text.version where document.publication = ?
"""
_BEFORE = """
select capture.digest, capture.content_type from reading join capture on capture.id = reading.capture
where document = ? and reading.capture <> ? order by capture.seq desc limit 1
"""
