"""What is already known of a source, asked while it is crawled. Reads kb.db; ``pipelines`` writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from kb.archive import Archive
from kb.identity import content_id, digest_bytes

_BEFORE = """
select document.role, now.digest as new, (
    select before.digest from capture as before where before.url = document.url and before.captured_at < now.captured_at
    order by before.captured_at desc, before.rowid desc limit 1) as old
from document join capture as now on now.id = document.capture join publication on publication.id = publication
where document.publication = ?1 and now.captured_at = ?2 and publication.first_seen < ?2
"""


def publication_id(agency: str, key: str) -> str:
    return content_id("publication", agency, key)


def document_id(publication: str, url: str) -> str:
    return content_id("document", publication, url)


def is_page(data: bytes) -> bool:
    """HTML, rather than a file that a list links directly."""
    return data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def significance(role: str, data: bytes) -> str:
    """What makes two captures of one URL different: the body text of a page, all bytes of anything else."""
    if role == "page" and is_page(data):
        from kb.reading.page import read_page

        return read_page(data).significant
    return digest_bytes(data)


@dataclass(frozen=True)
class Validators:
    """What a site gave with a document, to ask whether it is still the same; ``digest`` names what we have of it."""

    etag: str | None
    last_modified: str | None
    digest: str


class Ledger:
    """Observed times are those of the run's start, ``now``, so that a run done twice asks and finds the same."""

    def __init__(self, db: Database, archive: Archive, now: str) -> None:
        self.db, self.archive, self.now = db, archive, now

    def one(self, sql: str, *parameters: Any) -> dict[str, Any] | None:
        return next(iter(self.db.query(sql, list(parameters))), None)

    def publication(self, id: str) -> dict[str, Any] | None:
        return self.one("select * from publication where id = ?", id)

    def document(self, publication: str, url: str) -> dict[str, Any] | None:
        """The document's row with the ``digest`` of its capture."""
        sql = "select document.*, digest from document left join capture on capture.id = capture where document.id = ?"
        return self.one(sql, document_id(publication, url))

    def followed_by(self, source: str) -> list[dict[str, Any]]:
        """The followed publications that this source ever listed, oldest id first."""
        sql = (
            "select * from publication where followed = 1 and exists "
            "(select 1 from json_each(publication.columns) where value = ?) order by id"
        )
        return list(self.db.query(sql, [source]))

    def was_known(self, publication: str, source: str) -> bool:
        """Seen by an earlier run of the source that came to its end, so that the pages behind it were read then."""
        sql = (
            "select 1 from publication where id = ? and first_seen <= (select max(started) from source_run "
            "where source = ? and outcome in ('healthy', 'stale') and started < ?)"
        )
        return self.one(sql, publication, source, self.now) is not None

    def validators(self, publication: str, url: str) -> Validators | None:
        row = self.document(publication, url)
        if not row or not row["digest"] or not (row["etag"] or row["last_modified"]):
            return None
        if not self.archive.path_of(row["digest"]).exists():
            return None
        return Validators(row["etag"], row["last_modified"], row["digest"])

    def missed_before(self, publication: str, url: str) -> bool:
        """Did an earlier run already list this document as missing, or its page as gone?"""
        document, known = self.document(publication, url), self.publication(publication)
        if document and document["status"] == "missing":
            return bool(document["last_seen"] < self.now)
        return bool(known and known["url"] == url and known["gone_at"] and known["gone_at"] < self.now)

    def is_news(self, publication: str, source: str) -> bool:
        """First seen in this run, and by this source."""
        row = self.publication(publication)
        return bool(row and row["first_seen"] == self.now and json.loads(row["columns"] or "[]")[:1] == [source])

    def has_changed(self, publication: str) -> bool:
        """Known before this run: does any document differ, in what counts, from its last capture before it?"""
        return any(self.differ(row) for row in self.db.query(_BEFORE, [publication, self.now]))

    def differ(self, row: dict[str, Any]) -> bool:
        """``old`` and ``new`` are digests of captures of a document of this ``role``; no ``old`` is a difference."""
        if row["old"] is None or row["old"] == row["new"]:
            return row["old"] is None
        old, new = (self.archive.load(row[name]) for name in ("old", "new"))
        return significance(row["role"], old) != significance(row["role"], new)
