"""What sources dispute of a version, with every claim: from the reviewed declarations into the table ``claim``."""

from __future__ import annotations

from sqlite_utils import Database

from kb.clocks import date_in
from kb.works import load_works


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
