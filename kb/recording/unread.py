"""Documents that nobody could read: said by a run once, and again until a run that said it came to its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from kb.model import Status

READABLE = (Status.READ, Status.EXPECTED, Status.CAPTURED)
_UNTOLD = f"""
select name, url, status, detail from document
where status not in ({",".join("?" * len(READABLE))}) and (told_at is null or told_at = ?)
  and exists (select 1 from publication where publication.id = publication and state = 'recorded')
order by publication, url
"""


def untold_documents(db: Database, now: str) -> list[str]:
    """One line for each document that needs a person and that no earlier run has told of."""
    return [describe(row) for row in db.query(_UNTOLD, [*map(str, READABLE), now])]


def describe(document: Mapping[str, Any]) -> str:
    """A document that needs a person, in one line: its name, its status and why."""
    name, detail = document["name"] or document["url"], document["detail"]
    return f"{name}: {document['status']}{': ' if detail else ''}{detail or ''}"


def mark_told(db: Database, now: str) -> None:
    marks = ",".join("?" * len(READABLE))
    with db.atomic():
        db.execute(f"update document set told_at = ? where told_at is null and status not in ({marks})",
                   [now, *map(str, READABLE)])  # fmt: skip
        db.execute(f"update document set told_at = null where status in ({marks})", list(map(str, READABLE)))
