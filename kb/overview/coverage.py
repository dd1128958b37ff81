"""How much of what the agencies listed has been captured, read and recorded."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from kb.rows import Row, rows

_AGENCIES = """
select agency, count(*) as listed, sum(followed = 1) as followed, sum(followed = 1 and state = 'recorded') as recorded,
  sum(followed = 1 and state = 'pending') as pending, sum(gone_at is not null) as gone,
  max(coalesce(published, substr(first_seen, 1, 10))) as newest
from publication group by agency order by followed desc, agency
"""
_DOCUMENTS = """
select publication.agency, document.status, count(*) as n from document
join publication on publication.id = document.publication where publication.followed = 1 group by 1, 2
"""
_TOTALS = """
select (select count(*) from work) as works, (select count(*) from version) as versions,
  (select count(*) from version where text is not null) as versions_read,
  (select count(*) from provision) as provisions, (select count(*) from data_item) as data_items,
  (select count(*) from capture) as captures, (select sum(size) from capture) as bytes
"""


def coverage(db: Database) -> dict[str, Any]:
    """``agencies``: publications listed, followed, recorded, pending, gone, and ``documents`` of the followed ones by
    reading status; ``totals`` of the whole knowledge base."""
    documents: dict[str, dict[str, int]] = {}
    for row in rows(db, _DOCUMENTS):
        documents.setdefault(row["agency"], {})[row["status"]] = row["n"]
    agencies: list[Row] = [
        {**row, "documents": documents.get(row["agency"], {})} for row in rows(db, _AGENCIES)
    ]  # fmt: skip
    return {"agencies": agencies, "totals": rows(db, _TOTALS)[0]}
