"""Where a text stands: a new text, a witness of one, a better reading of one, a differing copy, or an edit in place.

Decides and writes texts and witnesses; which work and version is decided in versions.py, what changed in events.py.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from sqlite_utils import Database

from kb.comparing.compare import compare_texts
from kb.identity import content_id
from kb.lineage.facts import Facts
from kb.lineage.resolve import DRAFTS
from kb.lineage.titles import read_title
from kb.model import ProvisionChange, Stage
from kb.normalise import fold
from kb.queries import load_reading
from kb.recording.publication import Reading
from kb.recording.texts import store_text
from kb.recording.versions import Row, find_version, one

SAME_RULE = 0.5  # what shares less than this with a text is not that rule in other words
SAME_TEXT = 0.97  # share of the shorter body's character pairs found in the other: the same text in another file

_SAME = """
select version.* from text join version on version.id = text.version where digest = ?
order by version.stage = ? desc, text.rowid limit 1
"""
_WITNESS = """
select witness.text, text.digest, text.version, version.work
from witness join text on text.id = witness.text join version on version.id = text.version
where witness.document = ? {which} order by witness.rowid desc limit 1
"""
_STOOD = """
select witness.text, text.digest, text.version, version.work, version.title, witness.layout, text.body
from witness join text on text.id = witness.text join version on version.id = text.version and version.text = text.id
where witness.document in (select value from json_each(?)) and version.stage = ?
order by witness.first_seen desc, witness.rowid desc
"""
_OWN_EARLIER = """
select witness.layout from witness join text on text.id = witness.text join document on document.id = witness.document
join publication on publication.id = document.publication
where text.version = ? and agency = ? and agency != 'unknown' and published < ?
and publication.id != (select publication from document where id = ?) order by witness.layout desc limit 1
"""


@dataclass(frozen=True)
class Placement:
    """What became of one reading: the version and text it stands under, and the text it replaced, if any."""

    kind: Literal["new_version", "new_text", "edit", "witness", "upgrade", "discrepancy", "known"]
    work: str
    version: str
    text: str
    replaced: str | None = None
    differs: str = ""  # in what a copy differs, when that was found now


def place_reading(
    db: Database,
    reading: Reading,
    facts: Facts,
    *,
    work: str | None,
    agency: str | None,
    now: str,
    left: Sequence[str] = (),
) -> Placement:
    """Put one regulation under its work and version. ``work`` overrides lineage; ``left`` are documents that its page
    shows no more, one of which it may stand for. Doing it twice changes nothing."""
    document, capture = reading.row["id"], reading.row["capture"]
    digest = text_digest(reading)
    seen = one(db, _WITNESS.format(which="and witness.capture = ?"), [document, capture])
    if seen:
        return Placement("known", seen["work"], seen["version"], seen["text"])
    earlier = one(db, _WITNESS.format(which=""), [document]) or _stood_before(db, reading, facts, left)
    if earlier:
        return _place_edit(db, reading, earlier, digest, now)
    same = one(db, _SAME, [digest, str(facts.stage)])
    version, fresh = find_version(
        db, facts, same=same, work=work, agency=agency, now=now,
        is_copy=lambda row, near: _is_copy(db, reading, facts, agency, row, near),
    )  # fmt: skip
    current = one(db, "select * from text where id = ?", [version["text"]])
    if current is None:
        text = store_text(db, version["id"], reading, digest, now)
        _add_witness(db, reading, text, 1.0, reading.detail, now)
        return Placement("new_version" if fresh else "new_text", version["work"], version["id"], text)
    return _place_copy(db, reading, version, current, digest, now)


def _stood_before(db: Database, reading: Reading, facts: Facts, left: Sequence[str]) -> Row | None:
    """The text as a document that is shown no more put it out, where this one has the rule in other words: another
    file, or the page instead of a file."""
    for row in db.query(_STOOD, [json.dumps(left), str(facts.stage)]):
        named = read_title(row["title"]).key == read_title(facts.title).key
        whole = reading.document.layout and row["layout"]
        if named and whole and overlap(reading.document.body, row["body"]) >= SAME_RULE:
            return row if _weighty(_compared(db, reading, row["text"])) else None
    return None


def text_digest(reading: Reading) -> str:
    """Digest of the law as read, without layout: numbered units, then data items."""
    units = [provision.number + provision.heading + provision.text for provision in reading.provisions]
    items = [item.category + item.name + item.description + item.rule for item in reading.items]
    return content_id([fold(words) for words in (*units, *items)] or [fold(reading.document.body)])


def overlap(shorter: str, longer: str) -> float:
    """Share (0–1) of the shorter text's character pairs that the other has: blind to layout and surroundings."""
    a, b = Counter(pairwise(fold(shorter))), Counter(pairwise(fold(longer)))
    smaller = min(a.total(), b.total())
    return (a & b).total() / smaller if smaller else 0.0


def _place_edit(db: Database, reading: Reading, earlier: Row, digest: str, now: str) -> Placement:
    """What changes is the text that stands, perhaps as another copy of it was edited: one edit, however many copies
    it comes in."""
    work, version, old = earlier["work"], earlier["version"], earlier["text"]
    if earlier["digest"] == digest:
        _add_witness(db, reading, old, 1.0, "captured again, same text", now)
        return Placement("witness", work, version, old)
    current = one(db, "select text.* from version join text on text.id = version.text where version.id = ?", [version])
    assert current
    if current["digest"] == earlier["digest"]:
        return _replace(db, reading, earlier, old, digest, now)
    # another copy went ahead
    if not _weighty(_compared(db, reading, current["id"])):
        _add_witness(db, reading, current["id"], 1.0, "this copy was edited, too", now)
        return Placement("witness", work, version, current["id"])
    if _weighty(_compared(db, reading, old)):
        return _replace(db, reading, earlier, current["id"], digest, now)
    _add_witness(db, reading, old, 1.0, "edited, and without the edit of another copy", now)
    differing = _differences(db, reading, current["id"]) or "this copy is without an edit of another"
    similarity = overlap(reading.document.body, current["body"])
    found = _add_discrepancy(db, reading, version, current["id"], similarity, differing, now)
    return Placement("discrepancy", work, version, current["id"], differs=found)


def _replace(db: Database, reading: Reading, earlier: Row, old: str, digest: str, now: str) -> Placement:
    text = store_text(db, earlier["version"], reading, digest, now, replaces=old)
    _add_witness(db, reading, text, 1.0, "edited in place", now)
    return Placement("edit", earlier["work"], earlier["version"], text, replaced=old)


def _place_copy(db: Database, reading: Reading, version: Row, current: Row, digest: str, now: str) -> Placement:
    text, place = current["id"], (version["work"], version["id"], current["id"])
    similarity = 1.0 if digest == current["digest"] else overlap(reading.document.body, current["body"])
    if similarity < SAME_TEXT:
        words = f"this copy shares {similarity:.1%} of its text with the one recorded"
        found = _add_discrepancy(db, reading, version["id"], text, similarity, words, now)
        return Placement("discrepancy", *place, differs=found)
    best = one(db, "select max(layout) as layout, max(items) as items from witness where text = ?", [text])
    assert best
    whole = best["layout"] and reading.document.layout and digest != current["digest"]
    differing = _differences(db, reading, text) if whole else ""
    _add_witness(db, reading, text, similarity, reading.detail, now)
    if differing:
        found = _add_discrepancy(db, reading, version["id"], text, similarity, differing, now)
        return Placement("discrepancy", *place, differs=found)
    if (reading.document.layout, len(reading.items)) > (bool(best["layout"]), best["items"] or 0):
        store_text(db, version["id"], reading, digest, now, into=text)
        return Placement("upgrade", *place)
    return Placement("witness", *place)


def _differences(db: Database, reading: Reading, text: str) -> str:
    """What two whole copies of one version state differently, in one line; glyphs and layout do not count."""
    return "; ".join(
        f"{change.new.number}: " + ", ".join(f"{edit.old or '∅'} / {edit.new or '∅'}" for edit in change.edits)
        for change in _weighty(_compared(db, reading, text))
        if change.kind == "modified" and change.new
    )


def _compared(db: Database, reading: Reading, text: str) -> tuple[ProvisionChange, ...]:
    return compare_texts(load_reading(db, text)[0], reading.provisions).provisions


def _weighty(changes: Iterable[ProvisionChange]) -> list[ProvisionChange]:
    return [change for change in changes if change.grade in ("threshold", "deadline", "substantive")]


def _is_copy(db: Database, reading: Reading, facts: Facts, agency: str | None, version: Row, near: bool) -> bool:
    """Is this the text of that version in another copy, ``near`` to it in time or not? Not where a draft of another
    time says anything else, nor what its own agency put up later with other words: it was issued anew."""
    text = one(db, "select id, body from text where id = ?", [version["text"]])
    if text is None:
        return near
    shared = overlap(reading.document.body, text["body"])
    own = one(db, _OWN_EARLIER, [version["id"], agency, facts.published, reading.row["id"]])
    if own and shared >= SAME_RULE and reading.document.layout and own["layout"]:
        changes = _compared(db, reading, text["id"])
        if _weighty(changes) and not _is_part(changes):
            return False
    if near or shared < SAME_TEXT:
        return near
    return Stage(version["stage"]) not in DRAFTS or not _weighty(_compared(db, reading, text["id"]))


def _is_part(changes: Iterable[ProvisionChange]) -> bool:
    """An excerpt: provisions are left out, and the others stand under their numbers as they were."""
    return all(change.kind == "removed" or not change.grade or change.grade == "editorial" for change in changes)


def _add_witness(db: Database, reading: Reading, text: str, similarity: float, detail: str, now: str) -> None:
    document, capture = reading.row["id"], reading.row["capture"]
    row: dict[str, Any] = {
        "id": content_id("witness", document, capture), "text": text, "document": document, "capture": capture,
        "layout": int(reading.document.layout), "items": len(reading.items), "similarity": round(similarity, 4),
        "detail": detail, "first_seen": now,
    }  # fmt: skip
    db.table("witness").insert(row, ignore=True)


def _add_discrepancy(
    db: Database, reading: Reading, version: str, text: str, similarity: float, detail: str, now: str
) -> str:
    """What differs and where; '' if it was known."""
    document, capture = reading.row["id"], reading.row["capture"]
    row = {
        "id": content_id("discrepancy", version, document, capture), "version": version, "document": document,
        "text": text, "similarity": round(similarity, 4), "found_at": now, "detail": f"{detail}: {reading.row['url']}",
    }  # fmt: skip
    known = one(db, "select 1 from discrepancy where id = ?", [row["id"]])
    db.table("discrepancy").insert(row, ignore=True)
    return "" if known else str(row["detail"])
