"""Views of kb.db for plain SQL and Datasette: from a fact to its bytes, and the two clocks.

SQLite views take no parameters, so the clocks are columns to filter by; ``:day`` is a date, ``:moment`` its end in UTC.

``fact_source``  one row for each provision, data item, version and change: capture, page, span and the words there.
    select * from fact_source where id = 'auto-data-export-guide@draft-2025~1a2b3c4d#sec_1'
``text_known``  every text that was ever observed, and when.
    select * from text_known where observed_from <= :moment and (observed_to is null or observed_to > :moment)
``version_in_force``  one row for each adopted version and each claim about the day it takes effect; a version stated
    once is in force or not, of one with several claims all must agree, otherwise it is disputed (kb/law/clocks.py).
    select version, case when count(*) = sum(hit) then 'true' when sum(hit) = 0 then 'false' else 'disputed' end
    from (select version, in_force_from <= :day and (in_force_to > :day) as hit
          from version_in_force) group by version
"""

from __future__ import annotations

from sqlite_utils import Database

_WHERE = """
  document.name as document_name, document.url as document_url, publication.title as publication,
  publication.url as publication_url, capture.url as captured_url, capture.captured_at, capture.digest,
  'archive/' || substr(capture.digest, 1, 2) || '/' || capture.digest as file, capture.seq as link, capture.chain
"""
_JOINS = """
left join document on document.id = {fact}.document left join publication on publication.id = document.publication
left join capture on capture.id = {fact}.capture
"""
_ROW = """
select '{kind}' as kind, {id} as id, {label} as label, fact.version, fact.text, fact.page, fact.start, fact."end",
  substr(text.body, fact.start + 1, fact."end" - fact.start) as quotation, fact.status, fact.reader,
  fact.reader_version, fact.capture, fact.document,
"""
_FACT = _ROW + _WHERE + "from {table} as fact join text on text.id = fact.text" + _JOINS.format(fact="fact")
_CHANGE = (
    _ROW
    + _WHERE
    + "from change join {table} as fact on fact.id = coalesce(change.new, change.old) join text on text.id = fact.text"
    + _JOINS.format(fact="fact")
)
# The best-read witness speaks for a version; its span is the whole text.
_VERSION = f"""
select 'version', version.id, version.title, version.id, text.id, null, 0, length(text.body), version.title,
  version.status, document.reader, document.reader_version, witness.capture, witness.document,
  {_WHERE}
from version join text on text.id = version.text join witness on witness.id = (
  select best.id from witness as best where best.text = text.id
  order by best.layout desc, best.items desc, best.first_seen limit 1)
{_JOINS.format(fact="witness")}
"""

FACT_SOURCE = " union all ".join([
    _FACT.format(kind="provision", id="fact.id", label="fact.number", table="provision"),
    _FACT.format(kind="data_item", id="fact.id", label="fact.name", table="data_item"),
    _CHANGE.format(kind="change", id="change.id", label="coalesce(change.new_label, change.old_label)",
                   table="provision"),
    _CHANGE.format(kind="change", id="change.id", label="coalesce(change.new_label, change.old_label)",
                   table="data_item"),
    _VERSION,
])  # fmt: skip

TEXT_KNOWN = """
select text.id as text, text.version, version.work, version.stage, version.title, text.observed_from,
  text.observed_to, length(text.body) as length, text.id = version.text as is_newest
from text join version on version.id = text.version
"""

# A partial date begins on the first day that it can mean; ``stated`` is the date as printed or claimed.
VERSION_IN_FORCE = """
with adopted as (
  select version.id, work, stage, title, coalesce(published, signed, effective, '') as issued, repealed,
    coalesce(claim.date, effective, case stage when 'repealed' then published end) as stated,
    claim.value as claim, claim.source, count(*) over (partition by version.id) > 1 as disputed
  from version left join claim on claim.version = version.id and claim.fact = 'effective'
  where stage in ('final', 'amended', 'repealed')),
dated as (select *, substr(stated || '-01-01', 1, 10) as in_force_from from adopted)
select id as version, work, stage, title, stated, in_force_from,
  min(coalesce(repealed, '9999-12-31'), coalesce(
    (select min(later.in_force_from) from dated as later where later.work = dated.work and later.issued > dated.issued),
    '9999-12-31')) as in_force_to,
  case when stated is null then 'unknown' when disputed then 'disputed' when length(stated) < 10 then 'partial'
    else 'stated' end as certainty,
  claim, source
from dated where stage != 'repealed'
"""


def create_views(db: Database) -> None:
    """Make the views anew; they hold nothing."""
    for name, sql in (
        ("fact_source", FACT_SOURCE), ("text_known", TEXT_KNOWN), ("version_in_force", VERSION_IN_FORCE)
    ):  # fmt: skip
        db.execute(f"drop view if exists {name}")
        db.execute(f"create view {name} as {sql}")
