"""From a fact to its bytes, and from bytes to what was read from them; kb/queries.py offers both to callers."""

from __future__ import annotations

from sqlite_utils import Database

from kb.declared_sources import add_names
from kb.errors import NotFound
from kb.rows import Row, rows

_SOURCE = """
select fact.id, fact.{label} as label, {words} as words, fact.version, version.title, version.stage, fact.page,
  fact.start, fact.end, fact.reader, fact.reader_version, fact.status, document.id as document, document.name as
  document_name, document.role, publication.id as publication, publication.title as publication_title,
  publication.url as publication_url, capture.digest, capture.url, capture.captured_at, capture.size
from {kind} as fact join version on version.id = fact.version
left join capture on capture.id = fact.capture left join document on document.id = fact.document
left join publication on publication.id = document.publication
where fact.id = ?
"""
# table, column of its label, and its own words
_WORDS = (
    ("data_item", "name", "coalesce(fact.description, '') || char(10) || coalesce(fact.rule, '')"),
    ("provision", "number", "coalesce(fact.heading, '') || char(10) || coalesce(fact.body, '')"),
)
_READ_FROM_BYTES = """
select document.*, publication.title from document join publication on publication.id = document.publication
join capture on capture.id = document.capture where digest = ?
"""
_VERSIONS_OF_BYTES = """
select distinct version.id, version.title, version.stage from witness
join text on text.id = witness.text join version on version.id = text.version
join capture on capture.id = witness.capture where capture.digest = ? order by version.id
"""


def fact_source(db: Database, id: str) -> Row:
    """From a data item or provision to its bytes: version, document, publication, capture digest, URL, page, span."""
    for kind, label, words in _WORDS:
        found = rows(db, _SOURCE.format(kind=kind, label=label, words=words), [id])
        if found:
            return {"kind": kind, **found[0], "words": found[0]["words"].strip()}
    raise NotFound(f"no data item or provision {id}: see `regwatch items VERSION`")


def capture(db: Database, digest: str) -> Row:
    """What is known of the bytes with this digest: when and where they were seen, and what was read from them."""
    seen = rows(db, "select * from capture where digest = ? order by captured_at", [digest])
    if not seen:
        raise NotFound(f"no capture with the digest {digest}: open a version and follow its sources")
    return {
        "digest": digest,
        "captures": add_names(db, seen),
        "documents": rows(db, _READ_FROM_BYTES, [digest]),
        "versions": rows(db, _VERSIONS_OF_BYTES, [digest]),
    }
