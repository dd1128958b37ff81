"""What was read by other readers than today's, and what reading it again did. Light: asks, and reads no document."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlite_utils import Database

from kb.recording.readers import current_readers
from kb.rows import rows

# Every capture that was read as a document: the one that it has now, and those that its texts were seen in before.
CAPTURES = """
select document.id, document.publication, document.capture as capture from document
where document.capture is not null and document.status not in ('expected', 'captured', 'missing')
union select document.id, document.publication, witness.capture from witness
join document on document.id = witness.document
"""
# By whom: of a capture that has the words of the one before and was not read, as of one with another count of views,
# those who read that one.
_READ = f"""
select seen.publication, coalesce(reading.readers, (
    select readers from reading where document = seen.id order by read_at desc limit 1
), '') as readers from ({CAPTURES}) as seen
left join reading on reading.document = seen.id and reading.capture = seen.capture
"""
_STALE = f"""
select distinct publication from ({_READ}) where :all or readers not in (:readers, :also) order by publication
"""
_ONE_STALE = f"select 1 from ({_READ}) where publication = ?1 and readers not in (?2, ?3)"


@dataclass
class RereadReport:
    """``documents`` were read again, ``changed_rows`` read differently; ``alerts`` counts events that could alert."""

    documents: int = 0
    changed_rows: int = 0
    to_review: int = 0
    alerts: int = 0
    problems: list[str] = field(default_factory=list)

    def as_text(self) -> str:
        return (
            f"{self.documents} documents read again, {self.changed_rows} rows changed, {self.to_review} to review, "
            f"{self.alerts} alerts"
        )


def stale_publications(db: Database, *, everything: bool = False) -> list[str]:
    """Publications of which other readers read something last, by id; with ``everything`` all that were read."""
    asked: dict[str, str | int] = {"all": int(everything)}
    asked["readers"], asked["also"] = current_readers()
    return [str(row["publication"]) for row in db.query(_STALE, asked)]


def is_stale(db: Database, publication: str) -> bool:
    """Did other readers read anything of it last? Then an edit of the site cannot be told from a better reader."""
    return bool(rows(db, f"select 1 from ({_ONE_STALE}) limit 1", [publication, *current_readers()]))
