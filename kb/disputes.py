"""What sources dispute of a version, with every claim: from the reviewed declarations, beside the rows of kb.db."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from kb.clocks import date_in
from kb.works import load_works


def disputes_of(version: str) -> list[dict[str, Any]]:
    """Disputed facts of a version by its id: [{"fact", "claims": [{"value", "source"}]}]."""
    work, _, label = version.partition("@")
    declared = load_works().get(work)
    return [
        {"fact": dispute.fact, "claims": [claim.model_dump() for claim in dispute.claims]}
        for dispute in (declared.disputed if declared else ())
        if dispute.version == label
    ]


def effective_claims() -> dict[str, list[str]]:
    """version id → every date on which a source says that it takes effect, for versions where sources differ."""
    return {
        f"{work.id}@{dispute.version}": [date for claim in dispute.claims if (date := date_in(claim.value))]
        for work in load_works().values()
        for dispute in work.disputed
        if dispute.fact == "effective"
    }


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
