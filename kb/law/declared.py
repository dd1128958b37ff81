"""What reviewers declare of a version, beside what was read of it; and the law in force that nobody has read yet.

The declarations stay apart from what was read: they fill no row of kb.db, are marked as declared with source and
certainty, and where they differ from the reading both are shown as disputed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from kb.errors import NotFound
from kb.law.clocks import span_of
from kb.law.works import load_work, load_works
from kb.lineage.resolve import COPY_DAYS, COPY_DAYS_FINAL, LAW, days_apart, version_id
from kb.normalise import fold

if TYPE_CHECKING:
    from kb.law.works_form import DeclaredVersion, DeclaredWork

Row = dict[str, Any]
FACTS = ("doc_number", "adopted", "signed", "published", "effective", "comments_close", "expires", "repealed")
_SHOWN = ("verbatim", "seen")  # what is only reported by others, remembered or inferred is not set beside a reading
_DATE = re.compile(r"\d{4}(-\d\d){0,2}")
_OVER = ("superseded", "repealed", "expired")


def declared_version(version: Row) -> DeclaredVersion | None:
    """The declared version that a row of kb.db is: same work, stage and edition, and issued about the same day."""
    work = load_work(version["work"])
    alike = (
        [v for v in work.versions if v.stage == version["stage"] and v.edition == version["edition"]] if work else []
    )
    if version["edition"] or len(alike) < 2:
        issued = version["published"] or version["signed"]
        return next((v for v in alike if v.edition or _near(v, issued)), None)
    named = [v for v in alike if declared_id(version["work"], v) == version["id"]]
    return next(iter([*named, *(v for v in alike if _near(v, version["published"] or version["signed"]))]), None)


def declared_id(work: str, version: DeclaredVersion) -> str:
    return version_id(work, version.stage, version.edition, version.issued)


def declared_facts(version: DeclaredVersion) -> list[Row]:
    """The facts that may stand beside a reading: read in the official text or seen on an official page."""
    return [
        {"fact": fact, "value": value, "source": version.source, "certainty": version.certainty}
        for fact in FACTS
        if version.certainty in _SHOWN and fact not in version.unverified and (value := getattr(version, fact))
    ]


def beside(version: Row) -> Row:
    """``declared`` and ``disputed`` for a version as read: what both say differently is disputed, none is chosen."""
    declared = declared_version(version)
    facts = declared_facts(declared) if declared else []
    disputed = {row["fact"]: row for row in version.get("disputed", ())}
    read = {fact: version.get(fact) for fact in FACTS}
    for fact, row in disputed.items():
        if read[fact]:
            claims = [*row["claims"], {"value": read[fact], "source": f"read in {version['id']}"}]
            disputed[fact] = {**row, "claims": claims}
    for said in facts:
        fact = said["fact"]
        if fact not in disputed and read[fact] and not agree(str(read[fact]), said["value"]):
            claims = [{"value": read[fact], "source": f"read in {version['id']}"},
                      {"value": said["value"], "source": f"declared: {said['source']}"}]  # fmt: skip
            disputed[fact] = {"fact": fact, "claims": claims}
    return {"declared": facts, "disputed": list(disputed.values())}


def unread_law(db: Database, work: str | None = None) -> list[Row]:
    """Adopted versions that are declared, not known to be over, and of which no text has been read.

    Works of which something is recorded come first, then those whose data items nobody has read, then the newest.
    ``add`` is the command that adds the text.
    """
    which, parameters = ("where work = ?", [work]) if work else ("", [])
    recorded: dict[str, list[Row]] = {}
    for row in db.query(f"select * from version {which}", parameters):
        recorded.setdefault(row["work"], []).append(row)
    works = [found] if work and (found := load_work(work)) else [] if work else load_works().values()
    found_law = [
        _unread(declared, version)
        for declared in works
        if declared.level != "interpretation"
        for version in declared.versions
        if _is_law(version) and not _is_read(version, recorded.get(declared.id, ()))
    ]
    found_law.sort(
        key=lambda row: (row["effective"] or row["published"] or row["signed"] or "", row["id"]), reverse=True
    )
    return sorted(found_law, key=lambda row: (row["work"] not in recorded, row["items"] != "not_read"))


def describe(id: str) -> Row | None:
    """A declared work or version that is not recorded, for ``regwatch show``; None for an id that nothing declares."""
    work = load_work(id.partition("@")[0])
    if work is None:
        return None
    versions = [{**_unread(work, version), "stands": version.stands} for version in work.versions]
    if "@" in id:
        return next(({"is": "declared version", **row} for row in versions if row["id"] == id), None)
    head = work.model_dump(mode="json", include={"title_zh", "title_en", "level", "agencies", "status", "named_by"})
    return {"is": "declared work", "id": id, **head, "vehicle_point": work.vehicle_point, "versions": versions}


def describe_unrecorded(db: Database, id: str) -> Row | None:
    """``describe`` for an id of which kb.db knows nothing at all."""
    found = describe(id)
    known = found and any(
        True for kind in ("work", "version") for _ in db.query(f"select 1 from {kind} where id = ?", [id])
    )
    return None if known else found


def unrecorded_works(recorded: set[str]) -> list[Row]:
    """Declared works of which nothing is recorded, in the form of ``queries.works``, marked as declared."""
    return [
        {"id": work.id, "title": work.title_zh, "title_en": work.title_en, "level": work.level,
         "agencies": list(work.agencies), "status": work.status, "declared": True, "versions": [],
         "not_read": [_unread(work, version) for version in work.versions if _is_law(version)]}
        for work in load_works().values() if work.id not in recorded
    ]  # fmt: skip


def not_read(id: str) -> NotFound | None:
    """The error for a version that is declared but of which no text was read; None where it is not declared."""
    found = describe(id)
    if found is None or found["is"] != "declared version":
        return None
    return NotFound(f"the text of {id} has not been read: add it with `{found['add']}`")


def told(rows: Iterable[Row]) -> list[str]:
    """One line for each text that has not been read, for people."""
    return [f"the text in force has not been read: {row['id']} {row['title']}; `{row['add']}`" for row in rows]


def _unread(work: DeclaredWork, version: DeclaredVersion) -> Row:
    id = declared_id(work.id, version)
    dates = {fact: getattr(version, fact) for fact in FACTS}
    disputed = [dispute for dispute in work.disputed if f"{work.id}@{dispute.version}" == id]
    return {
        "id": id, "work": work.id, "title": version.title, "stage": str(version.stage), "edition": version.edition,
        "agencies": list(version.agencies or work.agencies), **dates,
        "in_force": "disputed" if any(dispute.fact == "effective" for dispute in disputed) else None,
        "declared": True, "read": False, "certainty": version.certainty, "unverified": list(version.unverified),
        "source": version.source, "items": version.items, "urls": list(version.urls),
        "findings": [finding.model_dump() for finding in version.findings],
        "applies": [application.model_dump() for application in version.applies],
        "disputed": [{"fact": d.fact, "claims": [claim.model_dump() for claim in d.claims]} for d in disputed],
        "add": _how_to_add(work.id, version),
    }  # fmt: skip


def _how_to_add(work: str, version: DeclaredVersion) -> str:
    best = sorted(version.urls, key=lambda url: not url.endswith(".pdf"))  # the annex bears the text, a page may not
    url = f" --url {best[0]}" if best else ""
    published = f" --published {version.published}" if len(version.published or "") == 10 else ""
    return f"regwatch add FILE --work {work}{url}{published}"


def _is_law(version: DeclaredVersion) -> bool:
    return version.stage in LAW and version.stands not in _OVER and not version.repealed


def _is_read(version: DeclaredVersion, recorded: Sequence[Row]) -> bool:
    return any(row["text"] and declared_version(row) == version for row in recorded)


def _near(version: DeclaredVersion, issued: str | None) -> bool:
    apart = days_apart(version.issued, issued)
    return apart is None or apart <= COPY_DAYS.get(version.stage, COPY_DAYS_FINAL)


def agree(one: str, other: str) -> bool:
    """Equal, or one date is the other without its day; numbers of orders may name their issuers in full or short."""
    if _DATE.fullmatch(one) and _DATE.fullmatch(other):
        (a, b), (c, d) = span_of(one), span_of(other)
        return a <= d and c <= b
    one, other = fold(one), fold(other)
    return one == other or ("令" in one and "令" in other and one.rpartition("令")[2] == other.rpartition("令")[2])
