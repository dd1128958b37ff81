"""The hash chain over captures: each link is a digest of the link before it and of the capture's own row.

Owns the canonical form of a row and the one statement that appends; checking the chain is verify.py. A capture
altered, removed or put in between breaks every link after it, unless all of them are forged; a head (the newest link)
noted elsewhere shows that too, and shows captures cut off at the end.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlite_utils import Database

FIRST = "0" * 64  # what the first capture is linked to
FIELDS = ("id", "url", "digest", "size", "captured_at", "source", "http_status", "content_type", "filename", "etag",
          "last_modified")  # fmt: skip

_COLUMNS = ", ".join(FIELDS)
_VALUES = ", ".join(f":{name}" for name in FIELDS)
# One statement holds the write lock from reading the last link to writing the next, so that crawls of several
# processes make one chain, and a kill leaves it whole.
_APPEND = f"""
insert into capture ({_COLUMNS}, seq, chain)
select {_VALUES}, coalesce((select seq from capture order by seq desc limit 1), 0) + 1,
  next_link(coalesce((select chain from capture order by seq desc limit 1), '{FIRST}'), :row)
where not exists (select 1 from capture where id = :id)
"""


def next_link(previous: str, canonical: str) -> str:
    """SHA-256, 64 hex digits, of the link before and the canonical form of a row."""
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


def canonical_form(row: Mapping[str, Any]) -> str:
    """A capture as JSON, its fields in the order of ``FIELDS``, without blanks; where a row stands is left out."""
    return json.dumps([row[name] for name in FIELDS], ensure_ascii=False, separators=(",", ":"))


def append_capture(db: Database, row: Mapping[str, Any]) -> None:
    """Insert a capture (its ``FIELDS``) as the next link; one whose id is known is left alone."""
    db.register_function(next_link, deterministic=True)
    with db.atomic():
        db.execute(_APPEND, {**row, "row": canonical_form(row)})


def link_all(rows: Iterable[Mapping[str, Any]]) -> Iterable[tuple[int, str, str]]:
    """(place from 1, link, capture id) of rows in the order in which they were captured."""
    link = FIRST
    for place, row in enumerate(rows, 1):
        link = next_link(link, canonical_form(row))
        yield place, link, str(row["id"])
