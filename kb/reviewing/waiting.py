"""What waits for a person, each reading beside its source, and what was decided. Reads only."""

from __future__ import annotations

import json
from typing import Any

from sqlite_utils import Database

from kb.recording.revise import FIELDS
from kb.rows import Row, rows

KINDS = ("correction", "version", "data_item")  # the order in which they are listed

# Of a text that was replaced nothing waits; of a version without a text there is nothing to hold its facts against.
_WAITING = """
with waiting as (
  select 'correction' as kind, id, subject, target, version, field, old, new, why, found_at, null as ordinal from review
  where not exists (select 1 from review_decision where review_decision.review = review.id)
  union all
  select 'version', id, 'version', id, id, null, null, null, why, first_seen, null from version
  where status = 'extracted' and text is not null
  union all
  select 'data_item', data_item.id, 'data_item', data_item.id, data_item.version, null, null, null, null, null, ordinal
  from data_item join version on version.text = data_item.text where data_item.status = 'extracted')
select waiting.* from waiting join version on version.id = waiting.version
where (:kind is null or kind = :kind) and (:of is null or :of in (version.id, version.work))
"""
_ORDER = """
order by case kind when 'correction' then 0 when 'version' then 1 else 2 end,
  coalesce(version.published, '') desc, waiting.version, ordinal, waiting.id limit :limit
"""
_SOURCE = """
select version, page, start, "end", quotation, document_name, document_url, publication_url, captured_url, captured_at,
  capture, digest, file, link from fact_source where id = ? and kind <> 'change'
"""


def waiting(
    db: Database, *, kind: str | None = None, of: str | None = None, limit: int = 20
) -> tuple[dict[str, int], list[Row]]:
    """How many of each kind wait, and the first of them: id, kind, subject, target, version, reading, source.

    ``of`` is a version or work. A correction also has field, old and new; ``reading`` are the fields of the row as it
    stands, ``source`` the words and their place (capture, page, span), empty where a row is gone.
    """
    asked: dict[str, Any] = {"kind": kind, "of": of, "limit": limit}
    counted = _named(db, f"select kind, count(*) as n from ({_WAITING}) group by kind", asked)
    numbers = {row["kind"]: row["n"] for row in counted}
    listed = []
    for row in _named(db, _WAITING + _ORDER, asked):
        source = next(iter(rows(db, _SOURCE, [row["target"]])), {})
        kept = {name: value for name, value in row.items() if name != "ordinal" and value is not None}
        listed.append({**kept, "reading": _reading(db, row), "source": source})
    return {name: numbers[name] for name in KINDS if name in numbers}, listed


def decided(db: Database, *, of: str | None = None, limit: int = 20) -> list[Row]:
    """The decisions taken, the newest first: what was read, what was decided, by whom, when and why."""
    sql = """
    select review_decision.* from review_decision left join version on version.id = review_decision.version
    where :of is null or :of in (version.id, version.work, target) order by review_decision.rowid desc limit :limit
    """
    found = _named(db, sql, {"of": of, "limit": limit})
    return [{**row, "original": json.loads(row["original"]), "value": json.loads(row["value"])} for row in found]


def _named(db: Database, sql: str, parameters: dict[str, Any]) -> list[Row]:
    return list(db.query(sql, parameters))


def _reading(db: Database, waiting_row: Row) -> Row:
    subject = waiting_row["subject"]
    found = rows(db, f"select * from {subject} where id = ?", [waiting_row["target"]])
    if not found:
        return {}
    read = {name: found[0][name] for name in FIELDS[subject] if found[0][name] not in (None, "")}
    if read.get("conditions"):
        read["conditions"] = json.loads(read["conditions"])
    return {**read, "status": found[0]["status"]}
