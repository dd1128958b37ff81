"""A captured ZIP is its members: each becomes a capture and a document of the same publication."""

from __future__ import annotations

from sqlite_utils import Database

from kb.archive import Archive, record_capture
from kb.identity import content_id
from kb.model import Status
from kb.reading.unpack import unpack

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
                url = f"{row['url']}#{member.name}"
                capture = record_capture(db, archive, url, member.data, now, filename=member.name)
                document = {
                    "id": content_id("document", publication, url), "publication": publication, "url": url,
                    "role": "member", "name": member.name, "capture": capture.id, "status": str(Status.CAPTURED),
                    "first_seen": now, "last_seen": now,
                }  # fmt: skip
                db.table("document").insert(document, ignore=True)
                db.table("document").update(document["id"], {"capture": capture.id, "last_seen": now})
