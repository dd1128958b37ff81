"""Documents that a person obtained by hand: put them where a crawl would have put them, then record them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from kb.archive import Archive, record_capture
from kb.errors import NotFound
from kb.identity import content_id, digest_bytes
from kb.model import Status
from kb.versions import one


@dataclass(frozen=True)
class Given:
    """What the person says of the documents; it goes before what is read in them."""

    url: str | None = None
    agency: str | None = None
    published: str | None = None
    work: str | None = None
    title: str | None = None


def read_files(paths: Sequence[Path]) -> list[tuple[Path, bytes]]:
    """The bytes of every file, before anything is written. Raises NotFound for the first that cannot be read."""
    found = []
    for path in paths:
        try:
            found.append((path, path.read_bytes()))
        except OSError as error:
            raise NotFound(f"{path}: cannot be read ({error.strerror}): nothing was recorded") from error
    return found


def add_document(db: Database, archive: Archive, name: str, data: bytes, given: Given, now: str) -> str:
    """Store one document as a pending publication; return the publication's id.

    With ``--url`` it is a capture of that URL: of a publication already known where there is one, so that an edit is
    an edit. Without, the bytes are its identity, so that adding twice changes nothing.
    """
    url = given.url or f"hand:{name}"
    digest = digest_bytes(data)
    if given.url and (known := one(db, "select id, publication from document where url = ?", [url])):
        publication, document = str(known["publication"]), str(known["id"])
    else:
        key = given.url or f"hand:{digest[:16]}"
        publication = content_id("publication", given.agency or "unknown", key)
        document = content_id("document", publication, url)
    is_page = data[:2000].lstrip().lower().startswith((b"<!doctype html", b"<html", b"<head", b"<meta"))
    with db.atomic():
        capture = record_capture(db, archive, url, data, now, filename=name)
        if not one(db, "select id from publication where id = ?", [publication]):
            db.table("publication").insert(_publication(publication, name, given, url, digest, now))
        row = one(db, "select capture, status from document where id = ?", [document])
        if row is None:
            db.table("document").insert({
                "id": document, "publication": publication, "url": url, "role": "page" if is_page else "annex",
                "name": name, "capture": capture.id, "status": str(Status.CAPTURED),
                "first_seen": now, "last_seen": now,
            })  # fmt: skip
        elif row["capture"] != capture.id:
            captured = {"capture": capture.id, "status": str(Status.CAPTURED), "last_seen": now}
            db.table("document").update(document, captured)
        db.table("publication").update(publication, {"state": "pending"})
    return publication


def _publication(publication: str, name: str, given: Given, url: str, digest: str, now: str) -> dict[str, Any]:
    return {
        "id": publication, "agency": given.agency or "unknown", "key": given.url or f"hand:{digest[:16]}", "url": url,
        "title": given.title or Path(name).stem, "published": given.published, "columns": "[]", "followed": 1,
        "state": "pending", "first_seen": now, "last_seen": now,
    }  # fmt: skip
