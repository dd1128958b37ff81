"""A captured ZIP is its members: each becomes a capture and a document of the same publication."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from kb.evidence.archive import Archive, record_capture
from kb.identity import content_id
from kb.model import Status
from kb.reading.unpack import Member, unpack

_ZIPPED = """
select document.*, capture.digest from document join capture on capture.id = document.capture
where publication = ? and document.status = 'captured'
"""


def expand_archives(db: Database, archive: Archive, publication: str, now: str) -> None:
    """Make document rows for the members of every ZIP among a publication's captured documents."""
    for row in list(db.query(_ZIPPED, [publication])):
        data = archive.load(row["digest"])
        members = unpack(data, row["name"] or "")
        with db.atomic():
            for member in members:
                _add_member(db, archive, row, member, now)


def _add_member(db: Database, archive: Archive, zipped: dict[str, Any], member: Member, now: str) -> None:
    """One member as a document; one that cannot be unpacked is listed with the reason."""
    url = f"{zipped['url']}#{member.name}"
    found = {"status": str(Status.DAMAGED), "detail": member.problem, "capture": None, "last_seen": now}
    if not member.problem:
        capture = record_capture(db, archive, url, member.data, now, filename=member.name)
        found = {"status": str(Status.CAPTURED), "detail": None, "capture": capture.id, "last_seen": now}
    document = {
        "id": content_id("document", zipped["publication"], url), "publication": zipped["publication"], "url": url,
        "role": "member", "name": member.name, "first_seen": now, **found,
    }  # fmt: skip
    if db.table("document").count_where("id = ?", [document["id"]]):
        db.table("document").update(document["id"], found)
    else:
        db.table("document").insert(document)
