"""What sources dispute of a version, with every claim: from the reviewed declarations into the table ``claim``."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from kb.law.clocks import date_in
from kb.law.works import load_works

# A dispute is over when a person has decided the date.
_OPEN = """
select version, date from claim where fact = 'effective' and not exists (
  select 1 from review_decision where target = claim.version and json_extract(value, '$.effective') is not null)
order by version, ordinal
"""


def open_claims(db: Database) -> dict[str, list[str | None]]:
    """version id → every date on which a source says that it takes effect (None: it names none), where they differ."""
    found: dict[str, list[str | None]] = {}
    for row in db.query(_OPEN):
        found.setdefault(row["version"], []).append(row["date"])
    return found


def disputes_of(db: Database, version: str) -> list[dict[str, Any]]:
    """[{"fact", "claims": [{"value", "source"}]}]: what sources dispute of a version, nothing chosen."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in db.query("select fact, value, source from claim where version = ? order by fact, ordinal", [version]):
        found.setdefault(row.pop("fact"), []).append(row)
    return [{"fact": fact, "claims": claims} for fact, claims in found.items()]


def store_claims(db: Database) -> None:
    """Make the table ``claim`` say what the declarations say, so that SQL alone can tell what is disputed."""
    rows = [
        {"version": f"{work.id}@{dispute.version}", "fact": dispute.fact, "ordinal": ordinal, "value": claim.value,
         "date": date_in(claim.value), "source": claim.source}
        for work in load_works().values() for dispute in work.disputed
        for ordinal, claim in enumerate(dispute.claims)
    ]  # fmt: skip
    with db.atomic():
        db.execute("delete from claim")
        db.table("claim").insert_all(rows)
