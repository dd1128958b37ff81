"""That an owner has seen an alert: sent is not acknowledged."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from kb.errors import NotFound
from kb.rows import rows


@dataclass(frozen=True)
class Acknowledgement:
    """``first`` is false when the alert had been acknowledged before; then the earlier words stand."""

    by: str
    at: str
    note: str
    first: bool


def acknowledge(company: Database, alert: str, *, by: str, now: str, note: str = "") -> Acknowledgement:
    """Record that an owner has seen an alert; the first acknowledgement stands. Raises NotFound."""
    if not rows(company, "select 1 from alert where id = ?", [alert]):
        raise NotFound(f"no alert {alert}: see `regwatch alert list`")
    written = company.execute(
        "insert or ignore into acknowledgement (alert, acknowledged_by, acknowledged_at, note) values (?, ?, ?, ?)",
        [alert, by, now, note],
    ).rowcount
    row = rows(company, "select * from acknowledgement where alert = ?", [alert])[0]
    return Acknowledgement(row["acknowledged_by"] or "", row["acknowledged_at"], row["note"] or "", first=written == 1)
