"""What is already known of a source, asked while it is crawled. Reads kb.db; ``pipelines`` writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from sqlite_utils import Database

from crawlers.addresses import addresses_of
from crawlers.expectations import Fault
from crawlers.items import Answer
from crawlers.source import matches, sources_of
from crawlers.tiers import Known, Trait, load_tiers
from crawlers.wholeness import CUT_OFF, challenge, has_end, loss
from kb.clock import days_between, legal_day
from kb.errors import BytesLost
from kb.evidence.archive import Archive
from kb.identity import digest_bytes
from kb.normalise import fold
from kb.reading.detect import is_page
from kb.recording.readers import readers

_BEFORE = """
select document.role, now.digest as new, (
    select before.digest from capture as before
    where before.seq < now.seq and before.captured_at <> now.captured_at and (before.url = now.url
      or (document.role = 'page' and before.url in (select key from json_each(publication.addresses))))
    order by before.seq desc limit 1) as old
from document join capture as now on now.id = document.capture join publication on publication.id = publication
where document.publication = ?1 and now.captured_at = ?2 and publication.first_seen < ?2
"""

_VALIDATORS = """
select capture.digest, coalesce(document.etag, capture.etag) as etag,
  coalesce(document.last_modified, capture.last_modified) as last_modified
from capture left join document on document.publication = ?1 and document.url = ?2 where capture.url = ?2
order by capture.seq desc limit 1
"""

_DOCUMENT = """
select document.*, digest from document left join capture on capture.id = capture where document.publication = ?
"""

_NEIGHBOURS = """
select digest from capture where url glob ?1 || '*'
and exists (select 1 from document where document.url = capture.url and role = 'page') order by seq desc limit 5
"""

_SETTLED = """
select 1 from document join capture on capture.id = document.capture and capture.url = document.url
join reading on reading.document = document.id and reading.capture = document.capture
where document.publication = ?1 and document.url = ?2 and reading.readers = ?3 and not exists
  (select 1 from document as other where other.publication = document.publication and other.id != document.id)
"""

_OUTLIVED = """
select 1 from document as lost, document as later join publication on publication.id = later.publication
where lost.publication = ?1 and lost.role = 'page' and lost.capture is null
and later.role = 'page' and later.capture is not null and later.first_seen > lost.first_seen
and exists (select 1 from json_each(publication.columns) where value = ?2) limit 1
"""

_HAS_READ = """
select 1 from document join publication on publication.id = document.publication
where document.role = 'page' and document.capture is not null and publication.agency = ? limit 1
"""

_KNOWN = """
select publication.id, publication.url, publication.comments_close, publication.published,
  (select last_seen from document where document.publication = publication.id and role = 'page'
    and document.url = publication.url and capture is not null) as visited,
  exists (select 1 from document where document.publication = publication.id and status = 'expected') as waiting,
  (select group_concat(distinct work.title) from document join witness on witness.document = document.id
    join text on text.id = witness.text join version on version.id = text.version join work on work.id = version.work
    where document.publication = publication.id) as works,
  exists (select 1 from document join witness on witness.document = document.id
    join data_item on data_item.text = witness.text join item_type on item_type.item = data_item.id
    where document.publication = publication.id) as types
from publication
where followed = 1 and url like 'http%' and (exists (select 1 from json_each(publication.columns) where value = ?1)
  or (agency = ?2 and not exists (select 1 from json_each(publication.columns) where value in
                                  (select value from json_each(?3)))
      and not exists (select 1 from document where document.publication = publication.id
                      and role = 'page' and capture is not null)))
order by publication.id
"""


def significance(role: str, data: bytes) -> str:
    """What makes two captures of one URL different: title and body text of a page, all bytes of anything else."""
    if role == "page" and is_page(data):
        from kb.reading.page import read_page

        page = read_page(data)
        return f"{fold(page.title)}\n{page.significant}"
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
        """The document that is at this address now, with the ``digest`` of its capture."""
        return self.one(f"{_DOCUMENT} and document.url = ?", publication, url)

    def page(self, publication: str) -> dict[str, Any] | None:
        """The publication's page, wherever it is."""
        return self.one(f"{_DOCUMENT} and role = 'page'", publication)

    def is_page(self, publication: str, url: str) -> bool:
        """Is this an address of the publication's page?"""
        known = self.publication(publication)
        return bool(known and (url == known["url"] or url in addresses_of(known)))

    def known_to(self, source: str, agency: str, topics: Sequence[str]) -> list[Known]:
        """What is recorded in full of the source's columns; also of its agency, as far as it never came.

        What a column of the agency lists is left to that column: after a kill, too, a page comes by the list it is on.
        What a person obtained by hand has no address that could be asked.
        """
        tiers, columns = load_tiers(), json.dumps(sources_of(agency))
        found = []
        for row in self.db.query(_KNOWN, [source, agency, columns]):
            recent = row["published"] and days_between(row["published"], self.now) <= tiers.recent_days
            used = row["types"] or matches(row["works"] or "", topics)
            traits: dict[Trait, Any] = {
                "open_consultation": (row["comments_close"] or "") >= legal_day(self.now),
                "work_in_use": used, "incomplete": row["waiting"], "recent": recent, "recorded": True,
            }  # fmt: skip
            had = frozenset(name for name, holds in traits.items() if holds)
            found.append(Known(row["id"], row["url"], had, row["visited"]))
        return found

    def unfollowed_by(self, source: str) -> list[dict[str, Any]]:
        """What this source ever listed and was of no interest then: topics may have changed."""
        sql = (
            "select * from publication where followed = 0 and exists "
            "(select 1 from json_each(publication.columns) where value = ?) order by id"
        )
        return list(self.db.query(sql, [source]))

    def last_run(self, source: str) -> str | None:
        """When the source's run before this one began."""
        row = self.one("select max(started) as at from source_run where source = ? and started < ?", source, self.now)
        return row["at"] if row else None

    def is_deep(self, source: str, days: int) -> bool:
        """Is the whole list to be read? When no run did so, and ended well, for ``days``."""
        sql = (
            "select max(started) as at from source_run where source = ? and deep = 1 "
            "and outcome in ('healthy', 'stale') and started < ?"
        )
        row = self.one(sql, source, self.now)
        return not row or not row["at"] or days_between(row["at"], self.now) >= days

    def usual_rows(self, source: str) -> int | None:
        """The fewest rows that the last five good runs of the source saw on a list's first page."""
        sql = (
            "select min(first_rows) as rows, count(*) as runs from (select first_rows from source_run where source = ? "
            "and started < ? and outcome in ('healthy', 'stale') and first_rows > 0 order by started desc limit 5)"
        )
        row = self.one(sql, source, self.now)
        return row["rows"] if row and row["runs"] else None

    def was_captured(self, url: str) -> bool:
        return self.one("select 1 from capture where url = ? limit 1", url) is not None

    def was_known(self, publication: str, source: str) -> bool:
        """Seen by an earlier run of the source that came to its end, so that the pages behind it were read then."""
        sql = (
            "select 1 from publication where id = ? and first_seen <= (select max(started) from source_run "
            "where source = ? and outcome in ('healthy', 'stale') and started < ?)"
        )
        return self.one(sql, publication, source, self.now) is not None

    def validators(self, publication: str, url: str) -> Validators | None:
        """Of the newest bytes seen at this address: those of a document, or of one page of its text."""
        row = self.one(_VALIDATORS, publication, url)
        if not row or not (row["etag"] or row["last_modified"]) or not self.archive.holds(row["digest"]):
            return None
        return Validators(row["etag"], row["last_modified"], row["digest"])

    def is_settled(self, publication: str, url: str) -> bool:
        """Was this page read by today's readers, without annexes or further pages? Then its bytes say nothing new."""
        return self.one(_SETTLED, publication, url, readers()) is not None

    def missed_before(self, publication: str, url: str) -> bool:
        """Did an earlier run already list this document as missing, or its page as gone?"""
        document, known = self.document(publication, url), self.publication(publication)
        if document and document["status"] == "missing":
            return bool(document["last_seen"] < self.now)
        return bool(known and known["gone_at"] and known["gone_at"] < self.now and self.is_page(publication, url))

    def is_outlived(self, publication: str, source: str) -> bool:
        """Did its page never come, though a page that this column showed after it did?"""
        return self.one(_OUTLIVED, publication, source) is not None

    def has_read(self, agency: str) -> bool:
        """Did any page of the agency ever come?"""
        return self.one(_HAS_READ, agency) is not None

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
        try:
            old, new = (self.archive.load(row[name]) for name in ("old", "new"))
        except BytesLost:  # what it was cannot be asked; reading it again is never wrong
            return True
        return significance(row["role"], old) != significance(row["role"], new)

    def is_back(self, document: dict[str, Any], answer: Answer) -> bool:
        """Was the document seen elsewhere last, and did it say something else there?"""
        last = self.one("select url, digest from capture where id = ?", document["capture"])
        if last is None or last["url"] == answer.url:
            return False
        new = self.archive.store(answer.body)
        return self.differ({"role": document["role"], "old": last["digest"], "new": new})

    def loss(self, publication: str, answer: Answer) -> Fault | None:
        """What an answer lacks of the document that it stands for; the same half coming again is what the site has."""
        known = self.page(publication) if self.is_page(publication, answer.url) else None
        known = known or self.document(publication, answer.url)
        try:
            before = self.archive.load(known["digest"]) if known and known["digest"] else None
            fault = self._first_loss(answer) if before is None else loss(before, answer.body)
        except BytesLost:
            return None
        offered = "select 1 from capture where url = ? and digest = ? and captured_at < ? limit 1"
        beside = f"{answer.url}#{CUT_OFF.state}"
        if fault == CUT_OFF and self.one(offered, beside, digest_bytes(answer.body), self.now):
            return None
        return fault

    def _first_loss(self, answer: Answer) -> Fault | None:
        """A document that never came: its end is missed where its kind always has one, or the host's pages do."""
        if has_end(answer.body) is not False:
            return None
        if is_page(answer.body):
            host = urljoin(answer.url, "/")
            others = [self.archive.load(row["digest"]) for row in self.db.query(_NEIGHBOURS, [host])]
            if {has_end(other) for other in others if is_page(other)} != {True}:
                return None
        return challenge(answer.body) or CUT_OFF
