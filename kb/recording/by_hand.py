"""Documents that a person obtained by hand: put them where a crawl would have put them, then record them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from kb.errors import NotFound, RegwatchError
from kb.evidence.archive import Archive, record_capture
from kb.identity import digest_bytes, document_id, publication_id
from kb.model import Status
from kb.reading.detect import is_page
from kb.reading.unpack import MAX_BYTES
from kb.recording.versions import one


@dataclass(frozen=True)
class Given:
    """What the person says of the documents; it goes before what is read in them."""

    url: str | None = None
    agency: str | None = None
    published: str | None = None
    work: str | None = None
    title: str | None = None


def read_files(paths: Sequence[Path]) -> list[tuple[Path, bytes]]:
    """The bytes of every file, before anything is written. Raises for the first that cannot be read or has no end."""
    found = []
    for path in paths:
        try:
            with path.open("rb") as file:
                found.append((path, file.read(MAX_BYTES + 1)))
        except OSError as error:
            raise NotFound(f"{path}: cannot be read ({error.strerror}): nothing was recorded") from error
        if len(found[-1][1]) > MAX_BYTES:
            raise RegwatchError(f"{path}: more than {MAX_BYTES // 10**6} MB: nothing was recorded")
    return found


def add_document(db: Database, archive: Archive, name: str, data: bytes, given: Given, now: str) -> str:
    """Store one document as a pending publication; return the publication's id.

    With ``--url`` it is a capture of that URL: of a document or publication already known where there is one, so that
    an edit is an edit. Without, the bytes are its identity, so that adding twice changes nothing.
    """
    url = given.url or f"hand:{name}"
    key = given.url or f"hand:{digest_bytes(data)[:16]}"
    publication = _known_publication(db, given.url, key) or publication_id(given.agency or "unknown", key)
    with db.atomic():
        capture = record_capture(db, archive, url, data, now, filename=name)
        if not one(db, "select id from publication where id = ?", [publication]):
            db.table("publication").insert(_publication(publication, name, given, url, key, now))
        row = one(db, "select id, capture from document where publication = ? and url = ?", [publication, url])
        captured = {"capture": capture.id, "status": str(Status.CAPTURED), "last_seen": now}
        if row is None:
            role = "page" if is_page(data) else "annex"
            db.table("document").insert({
                "id": document_id(publication, url), "publication": publication, "url": url, "role": role, "name": name,
                "first_seen": now, **captured,
            })  # fmt: skip
        elif row["capture"] != capture.id:
            db.table("document").update(row["id"], captured)
        db.table("publication").update(publication, {"state": "pending", "followed": 1})
    return publication


def _known_publication(db: Database, url: str | None, key: str) -> str | None:
    """The publication of this document or page, or of these bytes, whoever was said to have published it."""
    found = url and one(db, "select publication as id from document where url = ?", [url])
    found = found or (url and one(db, "select id from publication where url = ?", [url]))
    found = found or one(db, "select id from publication where key = ?", [key])
    return str(found["id"]) if found else None


def _publication(publication: str, name: str, given: Given, url: str, key: str, now: str) -> dict[str, Any]:
    return {
        "id": publication, "agency": given.agency or "unknown", "key": key, "url": url,
        "title": given.title or Path(name).stem, "published": given.published, "columns": "[]", "followed": 1,
        "state": "pending", "first_seen": now, "last_seen": now,
    }  # fmt: skip
