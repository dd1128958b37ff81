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


@company_migrations()
def m004_triage(db: Database) -> None:
    # change is '' for a decision about a whole event. Decisions are only ever added; the latest one holds.
    db.table("triage_decision").create(
        {"id": int, "event": str, "change": str, "decision": str, "interpretation": str, "instruction": str,
         "due": str, "decided_by": str, "decided_at": str},
        pk="id", not_null={"event", "change", "decision", "decided_by", "decided_at"},
    )  # fmt: skip
    db.table("triage_decision").create_index(["event", "change"])
    db.table("triage_release").create(
        {"event": str, "released_by": str, "released_at": str}, pk="event", not_null={"released_by", "released_at"}
    )
    # What an event was last composed from: while it is the same, nobody can be untold.
    db.table("told").create({"event": str, "state": str}, pk="event", not_null={"state"})


@company_migrations()
def m005_delivery(db: Database) -> None:
    for column in ("nature", "due", "next_attempt_at", "delivered_at"):
        db.execute(f"alter table alert add column {column} text")
    for column in ("decision", "until", "reassigned_to"):
        db.execute(f"alter table acknowledgement add column {column} text")
    # A copy of an alert for a channel beside mail: chat, a webhook.
    db.table("dispatch").create(
        {"alert": str, "channel": str, "state": str, "attempts": int, "last_error": str, "next_attempt_at": str,
         "sent_at": str, "delivered_at": str},
        pk=("alert", "channel"), not_null={"state"}, defaults={"attempts": 0},
        foreign_keys=[("alert", "alert", "id")],
    )  # fmt: skip
    db.table("reminder").create(
        {"alert": str, "step": str, "message": str, "reminded_at": str}, pk=("alert", "step"),
        not_null={"message", "reminded_at"}, foreign_keys=[("alert", "alert", "id")],
    )  # fmt: skip
    db.table("feed_address").create(
        {"digest": str, "owner": str, "made_by": str, "made_at": str, "revoked_at": str}, pk="digest",
        not_null={"owner", "made_at"},
    )  # fmt: skip
    db.table("watch").create(
        {"id": str, "name": str, "kind": str, "words": str, "every": str, "address": str, "made_by": str,
         "made_at": str, "told_until": str, "ended_at": str},
        pk="id", not_null={"name", "kind", "every", "made_at"},
    )  # fmt: skip


@company_migrations()
def m006_append_only(db: Database) -> None:
    """What was said to whom, and what they answered, is never rewritten."""
    never = {"alert": "delete", "alert_line": "delete, update", "delivery": "delete", "reminder": "delete, update",
             "acknowledgement": "delete, update", "triage_decision": "delete, update",
             "triage_release": "delete, update"}  # fmt: skip
    for table, actions in never.items():
        for action in actions.split(", "):
            db.execute(
                f"create trigger {table}_no_{action} before {action} on {table} "
                f"begin select raise(abort, '{table} is append-only'); end"
            )
    db.execute(
        "create trigger alert_no_rewrite before update of id, owner, event, kind, subject, body, html, message_id, "
        "composed_at on alert begin select raise(abort, 'a composed alert is never rewritten'); end"
    )
    db.execute(
        "create trigger delivery_no_rewrite before update on delivery when old.outcome <> 'started' "
        "begin select raise(abort, 'delivery is append-only'); end"
    )


@company_migrations()
def m007_decision_runs(db: Database) -> None:
    # Decisions of one call stand and fall together; an undone run stays, with who took it back.
    db.table("decision_run").create(
        {"id": int, "what": str, "decided_by": str, "decided_at": str, "undone_by": str, "undone_at": str},
        pk="id", not_null={"what", "decided_at"},
    )  # fmt: skip
    db.table("link_decision").add_column("run", int, fk="decision_run")
    db.table("link_decision").create_index(["run"])


@company_migrations()
def m008_exposure(db: Database) -> None:
    # What is declared of entities and transfers. An answer is never rewritten: a newer one stands beside it.
    seen = {"digest": str, "first_seen": str, "last_seen": str}
    db.table("entity").create({"id": str, "name": str, "group_name": str, **seen}, pk="id", not_null={"name"})
    db.table("transfer").create(
        {"id": str, "entity": str, "scenario": str, "recipient": str, "country": str, "purpose": str, "method": str,
         "sector": str, "list_scenario": str, "automotive": int, "listed_as": str, "important": str, "items": str,
         "carries": str, **seen},
        pk="id", not_null={"method"},
    )  # fmt: skip
    db.table("answer").create(
        {"id": str, "subject_kind": str, "subject": str, "counted": int, "key": str, "value": str, "answered_by": str,
         "answered_on": str, "evidence": str, "expires": str, "year": int, "basis": str, "first_seen": str,
         "withdrawn": str},
        pk="id", not_null={"subject_kind", "subject", "key", "answered_by", "answered_on"},
    )  # fmt: skip
    db.table("answer").create_index(["subject_kind", "subject"])
    db.table("filing").create(
        {"id": str, "number": str, "route": str, "entity": str, "transfers": str, "fields": str, "persons": float,
         "sensitive_persons": float, "granted": str, "valid_to": str, "recipient": str, "purpose": str, "method": str,
         "contract_effective": str, **seen},
        pk="id", not_null={"route", "entity"},
    )  # fmt: skip


@company_migrations()
def m009_saved_searches(db: Database) -> None:
    db.table("saved_search").create(
        {"name": str, "words": str, "filters": str, "saved_by": str, "saved_at": str, "shown_at": str},
        pk="name", not_null={"words", "filters", "saved_at"},
    )  # fmt: skip


@company_migrations()
def m010_digests(db: Database) -> None:
    db.execute("alter table alert add column unsubscribe text")  # the one-click address of a digest


@company_migrations()
def m011_exposure_seen(db: Database) -> None:
    # How each declared transfer stood when it was last looked at: what has changed since is told.
    db.table("exposure_seen").create(
        {"transfer": str, "route": str, "filings": str, "facts": str, "seen_at": str}, pk="transfer",
        not_null={"route", "filings", "facts", "seen_at"},
    )  # fmt: skip


@company_migrations()
def m012_filing_changes(db: Database) -> None:
    # What a filing and its transfer are compared by beside fields and amounts; who filed together.
    for table in ("transfer", "filing"):
        db.execute(f"alter table {table} add column storage text not null default ''")
        db.execute(f"alter table {table} add column retention_months real")
    db.execute("alter table filing add column entities text not null default '[]'")


@company_migrations()
def m012_words_that_stay(db: Database) -> None:
    # What a message to a recipient abroad is about: they are sent a link, and read this behind a sign-in.
    db.execute("alter table alert add column words text")
    db.execute(
        "create trigger alert_no_other_words before update of words on alert "
        "begin select raise(abort, 'a composed alert is never rewritten'); end"
    )


@company_migrations()
def m013_pages(db: Database) -> None:
    # What pages of the site order or look up by.
    db.table("alert_line").create_index(["dataset"])
    db.table("alert").create_index(["composed_at"])
    db.table("dataset").create_index(["owner"])
    db.execute(
        "create index idx_link_waiting on link (confidence desc, dataset, field, data_type) where state = 'suggested'"
    )


@company_migrations()
def m014_removed_fields(db: Database) -> None:
    # Links of fields that are gone reach nobody: found without reading the fields that are there.
    db.execute("create index idx_field_removed on field (dataset, name) where state = 'removed'")


@company_migrations()
def m015_what_an_alert_is_about(db: Database) -> None:
    # A digest of its lines, so that delivering need not read them again: a large event has a million.
    db.execute("alter table alert add column about text")


@company_migrations()
def m016_who_ended_it(db: Database) -> None:
    db.execute("alter table watch add column ended_by text")
    db.execute("alter table feed_address add column revoked_by text")


@company_migrations()
def m017_duties_done(db: Database) -> None:
    db.table("duty_done").create(
        {"id": int, "duty": str, "done_on": str, "done_by": str, "note": str, "said_at": str},
        pk="id", not_null={"duty", "done_on", "done_by", "said_at"},
    )  # fmt: skip
    for action in ("update", "delete"):
        db.execute(
            f"create trigger duty_done_no_{action} before {action} on duty_done "
            "begin select raise(abort, 'duty_done is append-only'); end"
        )
