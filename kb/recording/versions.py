"""Works and versions: find the one that a text's facts belong to, or make it.

Identity of a version is work, stage, edition and issue date; its id is readable: ``work@draft-2025``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from sqlite_utils import Database

from kb.clock import days_between
from kb.identity import content_id
from kb.law.works import known_from_declared, load_works
from kb.lineage.facts import Facts
from kb.lineage.resolve import (
    DRAFTS,
    KnownVersion,
    KnownWork,
    days_apart,
    merge_known,
    resolve_title,
    version_id,
)
from kb.lineage.title_decisions import decided_titles
from kb.lineage.titles import decides_on_many, is_decision, read_title
from kb.model import Stage

APART_DAYS = 60  # the same stage published further apart than this, in other words, is another version
CONSULTED_DAYS = 30  # as long as most consultations take comments
_FILLED = ("doc_number", "signed", "published", "effective", "comments_close")
_FOLLOWED = """
select 1 from version where work = ?1 and coalesce(published, signed) > ?2
and coalesce(published, signed) < ?3 and stage in (select value from json_each(?4)) limit 1
"""
_PUT_OUT = """
select distinct version.* from version join text on text.version = version.id join witness on witness.text = text.id
join document on document.id = witness.document where document.publication = ? order by version.id
"""

Row = dict[str, Any]


def find_version(
    db: Database,
    facts: Facts,
    *,
    same: Row | None,
    work: str | None,
    agency: str | None,
    now: str,
    is_copy: Callable[[Row, bool], bool],
) -> tuple[Row, bool]:
    """The version row that facts belong to, and whether it was made now.

    ``same`` is a version with the very same text, which settles it, unless it is a draft that was adopted as it was or
    a version that was over; ``work`` overrides lineage; ``is_copy`` says whether this is the text of a candidate, of
    the same time or not, in another copy. The nearest in time is asked first.
    """
    if same and work in (None, same["work"]) and not _is_adopted(same, facts) and not _is_over(db, same, facts):
        _fill(db, same, facts)
        return same, False
    issued = facts.published or facts.signed
    if same and _is_adopted(same, facts):
        work = work or same["work"]
    resolution = resolve_title(
        facts.title, known_works(db), agency=agency, date=issued, stage=facts.stage, decided=decided_titles(db)
    )
    work = work or resolution.work or f"w-{content_id('work', resolution.title_key)[:8]}"
    candidates = "select * from version where work = ? and stage = ? and edition is ?"
    rows = list(db.query(candidates, [work, str(facts.stage), facts.edition]))
    for row in sorted(rows, key=lambda row: days_apart(_issued(row), issued) or 0):
        if is_decision(row["title"]) != is_decision(facts.title) or _is_over(db, row, facts):
            continue
        near = not decides_on_many(facts.title) and not _apart(_issued(row), issued)
        if is_copy(row, bool(facts.edition) or near):
            _fill(db, row, facts)
            return row, False
    return _make_version(db, work, resolution.title_key, facts, resolution.why, now), True


def known_works(db: Database | None) -> list[KnownWork]:
    """Declared works and those in kb.db, each with its versions, as lineage wants them: under every name that a
    version bore, for a 办法 may be adopted as a 规定 and is explained under that name."""
    if db is None:
        return list(known_from_declared())
    recorded: dict[str, list[KnownVersion]] = {}
    for v in db.query("select id, work, stage, edition, coalesce(published, signed) as date, title from version"):
        version = KnownVersion(v["id"], Stage(v["stage"]), v["edition"], v["date"], v["title"])
        recorded.setdefault(v["work"], []).append(version)
    works = (
        KnownWork(row["id"], _names(row, versions), versions, tuple(json.loads(row["agencies"])))
        for row in db.query("select id, title_key, agencies from work")
        for versions in [tuple(recorded.get(row["id"], ()))]
    )
    return merge_known(known_from_declared(), works)


def _names(work: Row, versions: Sequence[KnownVersion]) -> tuple[str, ...]:
    keys = (work["title_key"], *(read_title(version.title).key for version in versions))
    return tuple(dict.fromkeys(key for key in keys if key))


def versions_put_out(db: Database, publication: str) -> list[Row]:
    """The versions whose texts a publication bears, by id."""
    return list(db.query(_PUT_OUT, [publication]))


def in_order(versions: Sequence[Row]) -> list[Row]:
    """Versions of one work, oldest first: by issue date, and where a date is unknown by stage and edition."""
    dated = sorted((v for v in versions if _issued(v)), key=lambda v: (_issued(v), _rank(v)))
    for undated in sorted((v for v in versions if not _issued(v)), key=_rank):
        place = next((at for at, other in enumerate(dated) if _rank(other) > _rank(undated)), len(dated))
        dated.insert(place, undated)
    return dated


def one(db: Database, sql: str, parameters: Sequence[Any]) -> Row | None:
    """The first row of a query, if there is one."""
    return next(iter(db.query(sql, parameters)), None)


def _is_adopted(draft: Row, facts: Facts) -> bool:
    """Were the words of a draft put out as what is in force, when its consultation (a month, if not said) was over?"""
    begun, issued = _issued(draft), facts.published or facts.signed
    if Stage(draft["stage"]) not in DRAFTS or facts.stage in DRAFTS or not (begun and issued):
        return False
    closed = draft["comments_close"]
    return issued > closed if closed else (days_apart(begun, issued) or 0) > CONSULTED_DAYS and issued > begun


def _is_over(db: Database, version: Row, facts: Facts) -> bool:
    """Was it repealed, or did another draft follow it, before its own agency issued this? Then this is issued anew,
    though it may be in the same words."""
    issued = facts.published or facts.signed
    if not issued or not set(facts.agencies) & set(json.loads(version["agencies"] or "[]")):
        return False
    if is_decision(version["title"]):
        return False
    drafts = Stage(version["stage"]) in DRAFTS and facts.stage in DRAFTS
    ends = [*map(str, DRAFTS)] if drafts else [str(Stage.REPEALED)]
    followed = one(db, _FOLLOWED, [version["work"], _issued(version), issued, json.dumps(ends)]) is not None
    return followed or (version["repealed"] or issued) < issued


def _issued(version: Row) -> str:
    return version["published"] or version["signed"] or ""


def _rank(version: Row) -> tuple[int, str]:
    return list(Stage).index(Stage(version["stage"])), version["edition"] or ""


def _apart(one_date: str | None, other: str | None) -> bool:
    if not one_date or not other or len(one_date) < 10 or len(other) < 10:
        return bool(one_date and other) and str(one_date)[:4] != str(other)[:4]
    return abs(days_between(one_date, other)) > APART_DAYS


def _make_version(db: Database, work: str, title_key: str, facts: Facts, why: str, now: str) -> Row:
    if not one(db, "select id from work where id = ?", [work]):
        db.table("work").insert(_work_row(work, title_key, facts, now))
    issued = facts.published or facts.signed
    version = version_id(work, facts.stage, facts.edition, issued)
    if one(db, "select id from version where id = ?", [version]):
        dated = issued if issued and not version.endswith(issued) else None
        version += f"-{dated or content_id(facts.title)[:6]}"
    row = {
        "id": version, "work": work, "stage": str(facts.stage), "edition": facts.edition, "title": facts.title,
        "agencies": json.dumps(list(facts.agencies)), "repealed": None, "in_force": None, "predecessor": None,
        "text": None, "origin": None, "status": "extracted", "why": why, "first_seen": now,
        **{name: getattr(facts, name) for name in _FILLED},
    }  # fmt: skip
    db.table("version").insert(row)
    return row


def _work_row(work: str, title_key: str, facts: Facts, now: str) -> Row:
    declared = load_works().get(work)
    return {
        "id": work,
        "title": declared.title_zh if declared else title_key,
        "title_en": declared.title_en if declared else None,
        "title_key": title_key,
        "agencies": json.dumps(list(facts.agencies)),
        "level": declared.level if declared else None,
        "status": "reviewed" if declared else "extracted",
        "first_seen": now,
    }


def _fill(db: Database, version: Row, facts: Facts) -> None:
    """A later witness may know a date or number that the first did not; what is known is never overwritten."""
    missing = {name: getattr(facts, name) for name in _FILLED if getattr(facts, name) and not version[name]}
    if facts.agencies and not json.loads(version["agencies"] or "[]"):
        missing["agencies"] = json.dumps(list(facts.agencies))
    if missing:
        db.table("version").update(version["id"], missing)
