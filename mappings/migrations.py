"""The tables of company.db: catalog, links, alerts. Nothing of it is ever written to kb.db.

owner ── dataset ── field ── link (to a data type of kb.db)
  └── alert ── alert_line (change × dataset) ── delivery, acknowledgement
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

company_migrations = Migrations("company")


@company_migrations()
def m001_catalog(db: Database) -> None:
    db.table("owner").create(
        {"id": str, "name": str, "email": str, "language": str, "first_seen": str, "last_seen": str},
        pk="id", not_null={"name"},
    )  # fmt: skip
    db.table("dataset").create(
        {"id": str, "name": str, "system": str, "platform": str, "description": str, "owner": str, "entity": str,
         "storage_region": str, "cross_border": str, "recipient": str, "person_count": int, "vehicle_count": int,
         "catalog": str, "digest": str, "state": str, "first_seen": str, "last_seen": str},
        pk="id", not_null={"name", "catalog", "state"}, foreign_keys=[("owner", "owner", "id")],
    )  # fmt: skip
    db.table("field").create(
        {"id": str, "dataset": str, "name": str, "type": str, "unit": str, "description": str, "ordinal": int,
         "digest": str, "catalog": str, "state": str, "first_seen": str, "last_seen": str},
        pk="id", not_null={"dataset", "name", "state"}, foreign_keys=[("dataset", "dataset", "id")],
    )  # fmt: skip
    db.table("field").create_index(["dataset"])
    db.table("catalog_import").create(
        {"id": str, "file": str, "format": str, "catalog": str, "imported_at": str, "datasets": int, "fields": int,
         "owners": int, "new": int, "changed": int, "removed": int},
        pk="id", not_null={"file", "format", "imported_at"},
    )  # fmt: skip
    db.table("rejected_row").create(
        {"import": str, "row": int, "why": str}, pk=("import", "row"),
        foreign_keys=[("import", "catalog_import", "id")],
    )  # fmt: skip


@company_migrations()
def m002_links(db: Database) -> None:
    # field is '' for a link of the whole dataset; data_type is an id of kb.db, so no foreign key can hold it.
    db.table("link").create(
        {"id": str, "dataset": str, "field": str, "data_type": str, "state": str, "confidence": float, "reason": str,
         "rule": str, "rule_version": str, "field_digest": str, "made_by": str, "suggested_at": str,
         "decided_by": str, "decided_at": str, "why": str},
        pk="id", not_null={"dataset", "field", "data_type", "state"}, foreign_keys=[("dataset", "dataset", "id")],
    )  # fmt: skip
    db.table("link").create_index(["dataset", "field", "data_type"], unique=True)
    db.table("link").create_index(["data_type", "state"])
    db.table("link_decision").create(
        {"id": int, "link": str, "state": str, "decided_by": str, "decided_at": str, "why": str},
        pk="id", not_null={"link", "state", "decided_at"}, foreign_keys=[("link", "link", "id")],
    )  # fmt: skip


@company_migrations()
def m003_alerts(db: Database) -> None:
    # event and change are ids of kb.db. One alert for each owner and event; what is linked later is one supplement.
    db.table("alert").create(
        {"id": str, "owner": str, "event": str, "kind": str, "address": str, "language": str, "subject": str,
         "body": str, "html": str, "message_id": str, "state": str, "composed_at": str, "sent_at": str,
         "attempts": int, "last_error": str},
        pk="id", not_null={"owner", "event", "kind", "address", "state", "composed_at"},
    )  # fmt: skip
    db.table("alert").create_index(["owner", "event", "kind"], unique=True)
    db.table("alert_line").create(
        {"id": str, "alert": str, "owner": str, "event": str, "change": str, "dataset": str, "field": str,
         "data_type": str, "reason": str},
        pk="id", not_null={"alert", "event", "change", "dataset"}, foreign_keys=[("alert", "alert", "id")],
    )  # fmt: skip
    db.table("alert_line").create_index(["owner", "event", "change", "dataset"], unique=True)
    db.table("alert_line").create_index(["alert"])
    db.table("delivery").create(
        {"id": int, "alert": str, "channel": str, "attempted_at": str, "outcome": str, "detail": str},
        pk="id", not_null={"alert", "channel", "attempted_at", "outcome"}, foreign_keys=[("alert", "alert", "id")],
    )  # fmt: skip
    db.table("delivery").create_index(["alert"])
    db.table("acknowledgement").create(
        {"alert": str, "acknowledged_by": str, "acknowledged_at": str, "note": str},
        pk="alert", not_null={"acknowledged_at"}, foreign_keys=[("alert", "alert", "id")],
    )  # fmt: skip
