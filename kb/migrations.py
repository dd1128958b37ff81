"""The tables of kb.db. Ids are digests or readable names made from content; observed times from the start.

capture ── document ── publication          what was seen, byte for byte, and on which page
              │
witness ── text ── version ── work          whose text it is
              ├── provision                  numbered units
              ├── data_item ── item_type ── data_type
              └── change ── event            differences, and the one event they belong to
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from kb.evidence.chain import link_all
from kb.searching.index import index_titles
from kb.sql_views import create_views

kb_migrations = Migrations("kb")


@kb_migrations()
def m001_captures_and_publications(db: Database) -> None:
    db.table("capture").create(
        {"id": str, "url": str, "digest": str, "size": int, "captured_at": str, "source": str,
         "http_status": int, "content_type": str, "filename": str, "etag": str, "last_modified": str},
        pk="id", not_null={"url", "digest", "size", "captured_at"},
    )  # fmt: skip
    db.table("capture").create_index(["url", "captured_at"])
    db.table("publication").create(
        {"id": str, "agency": str, "key": str, "url": str, "title": str, "kind": str, "doc_number": str,
         "signed": str, "published": str, "comments_close": str, "columns": str, "interpretation_of": str,
         "followed": int, "state": str, "origin": str, "first_seen": str, "last_seen": str, "gone_at": str},
        pk="id", not_null={"agency", "key", "title", "state", "first_seen", "last_seen"}, defaults={"followed": 0},
    )  # fmt: skip
    db.table("publication").create_index(["agency", "key"], unique=True)
    db.table("document").create(
        {"id": str, "publication": str, "url": str, "role": str, "name": str, "capture": str, "format": str,
         "status": str, "detail": str, "body_digest": str, "reader": str, "reader_version": str,
         "etag": str, "last_modified": str, "first_seen": str, "last_seen": str},
        pk="id", not_null={"publication", "url", "role", "status", "first_seen", "last_seen"},
        foreign_keys=[("publication", "publication", "id"), ("capture", "capture", "id")],
    )  # fmt: skip
    db.table("document").create_index(["url"])
    db.table("source_run").create(
        {"id": str, "source": str, "started": str, "finished": str, "outcome": str, "listed": int, "new": int,
         "changed": int, "unchanged": int, "detail": str},
        pk="id", not_null={"source", "started", "outcome"},
    )  # fmt: skip
    db.table("source_run").create_index(["source", "started"])


@kb_migrations()
def m002_works_and_texts(db: Database) -> None:
    db.table("work").create(
        {"id": str, "title": str, "title_en": str, "title_key": str, "agencies": str, "level": str,
         "status": str, "first_seen": str},
        pk="id", not_null={"title", "title_key", "status"},
    )  # fmt: skip
    db.table("version").create(
        {"id": str, "work": str, "stage": str, "edition": str, "title": str, "agencies": str, "doc_number": str,
         "signed": str, "published": str, "effective": str, "comments_close": str, "repealed": str, "in_force": str,
         "predecessor": str, "text": str, "origin": str, "status": str, "why": str, "first_seen": str},
        pk="id", not_null={"work", "stage", "title", "status"}, foreign_keys=[("work", "work", "id")],
    )  # fmt: skip
    db.table("version").create_index(["work", "published"])
    db.table("text").create(
        {"id": str, "version": str, "body": str, "digest": str, "observed_from": str, "observed_to": str},
        pk="id", not_null={"version", "body", "digest", "observed_from"}, foreign_keys=[("version", "version", "id")],
    )  # fmt: skip
    db.table("witness").create(
        {"id": str, "text": str, "document": str, "capture": str, "layout": int, "items": int, "similarity": float,
         "detail": str, "first_seen": str},
        pk="id", not_null={"text", "document", "capture"},
        foreign_keys=[("text", "text", "id"), ("document", "document", "id"), ("capture", "capture", "id")],
    )  # fmt: skip
    db.table("discrepancy").create(
        {"id": str, "version": str, "document": str, "text": str, "similarity": float, "detail": str, "found_at": str},
        pk="id", not_null={"version", "document", "detail"}, foreign_keys=[("version", "version", "id")],
    )  # fmt: skip


@kb_migrations()
def m003_provisions_and_items(db: Database) -> None:
    db.table("provision").create(
        {"id": str, "text": str, "version": str, "eid": str, "kind": str, "number": str, "heading": str, "body": str,
         "parent": str, "ordinal": int, "page": int, "start": int, "end": int, "document": str, "capture": str,
         "reader": str, "reader_version": str, "status": str},
        pk="id", not_null={"text", "version", "eid", "kind"}, foreign_keys=[("text", "text", "id")],
    )  # fmt: skip
    db.table("provision").create_index(["text", "ordinal"])
    db.table("provision").create_index(["version"])
    db.table("data_type").create(
        {"id": str, "name_zh": str, "name_en": str, "definition": str, "personal": str, "surveying": int},
        pk="id", not_null={"name_zh", "name_en"},
    )  # fmt: skip
    db.table("data_item").create(
        {"id": str, "text": str, "version": str, "ordinal": int, "number": str, "scenario": str, "subscenario": str,
         "category": str, "name": str, "description": str, "rule": str, "logic": str, "conditions": str,
         "provision": str, "page": int, "start": int, "end": int, "document": str, "capture": str,
         "reader": str, "reader_version": str, "status": str},
        pk="id", not_null={"text", "version", "ordinal", "name"}, foreign_keys=[("text", "text", "id")],
    )  # fmt: skip
    db.table("data_item").create_index(["version", "ordinal"])
    db.table("item_type").create(
        {"item": str, "data_type": str, "relation": str, "how": str},
        pk=("item", "data_type"), foreign_keys=[("item", "data_item", "id"), ("data_type", "data_type", "id")],
    )  # fmt: skip


@kb_migrations()
def m004_events_and_changes(db: Database) -> None:
    db.table("event").create(
        {"id": str, "kind": str, "work": str, "old_version": str, "new_version": str, "old_text": str,
         "new_text": str, "publication": str, "origin": str, "title": str, "summary": str, "occurred_at": str},
        pk="id", not_null={"kind", "origin", "title", "occurred_at"},
    )  # fmt: skip
    db.table("change").create(
        {"id": str, "event": str, "subject": str, "kind": str, "grade": str, "old": str, "new": str,
         "old_label": str, "new_label": str, "edits": str, "similarity": float, "quote": str, "ordinal": int},
        pk="id", not_null={"event", "subject", "kind"}, foreign_keys=[("event", "event", "id")],
    )  # fmt: skip
    db.table("change").create_index(["event", "ordinal"])
    db.table("change_target").create(
        {"change": str, "target": str, "kind": str, "relation": str},
        pk=("change", "target"), foreign_keys=[("change", "change", "id")],
    )  # fmt: skip


@kb_migrations()
def m005_search(db: Database) -> None:
    # Contentless: the index holds character tokens only, the words stay in provision and data_item.
    db.execute("create virtual table provision_fts using fts5(body, content='', tokenize='unicode61')")
    db.table("search_row").create(
        {"id": int, "kind": str, "target": str, "version": str}, pk="id", not_null={"kind", "target"}
    )
    db.table("search_row").create_index(["kind", "target"], unique=True)


@kb_migrations()
def m006_chain(db: Database) -> None:
    db.execute("alter table capture add column seq integer")  # survives a VACUUM, which may renumber rowids
    db.execute("alter table capture add column chain text")
    links = list(link_all(db.query("select * from capture order by rowid")))
    db.conn.executemany("update capture set seq = ?, chain = ? where id = ?", links)
    db.table("capture").create_index(["seq"], unique=True)
    for action in ("update", "delete"):
        db.execute(
            f"create trigger capture_no_{action} before {action} on capture "
            "begin select raise(abort, 'captures are append-only'); end"
        )


@kb_migrations()
def m007_claims_and_views(db: Database) -> None:
    db.table("claim").create(
        {"version": str, "fact": str, "ordinal": int, "value": str, "date": str, "source": str},
        pk=("version", "fact", "ordinal"), not_null={"value", "source"},
    )  # fmt: skip
    db.table("text").create_index(["version", "observed_from"])
    db.table("witness").create_index(["text"])
    create_views(db)


@kb_migrations()
def m008_review_and_readings(db: Database) -> None:
    # What a person has to decide because readers disagree; single facts wait by their status 'extracted'.
    db.table("review").create(
        {"id": str, "kind": str, "subject": str, "target": str, "version": str, "field": str, "old": str, "new": str,
         "why": str, "document": str, "capture": str, "page": int, "start": int, "end": int, "found_at": str,
         "readers": str},
        pk="id", not_null={"kind", "subject", "target", "version", "found_at"},
    )  # fmt: skip
    db.table("review").create_index(["target"])
    db.table("review_decision").create(
        {"id": str, "review": str, "subject": str, "target": str, "version": str, "decision": str, "original": str,
         "value": str, "by": str, "why": str, "decided_at": str},
        pk="id", not_null={"subject", "target", "decision", "original", "value", "by", "decided_at"},
    )  # fmt: skip
    db.table("review_decision").create_index(["target"])
    db.table("review_decision").create_index(["version"])
    for table in ("review", "review_decision"):
        for action in ("update", "delete"):
            db.execute(
                f"create trigger {table}_no_{action} before {action} on {table} "
                f"begin select raise(abort, '{table} is append-only'); end"
            )
    # Which readers last read a capture as a document, and what they took its facts to be.
    db.table("reading").create(
        {"document": str, "capture": str, "readers": str, "status": str, "facts": str, "read_at": str},
        pk=("document", "capture"), not_null={"readers", "read_at"},
    )  # fmt: skip
    db.table("data_item").create_index(["text", "ordinal"])


@kb_migrations()
def m009_title_decisions(db: Database) -> None:
    db.table("title_decision").create(
        {"id": str, "title_key": str, "title": str, "work": str, "by": str, "why": str, "decided_at": str},
        pk="id", not_null={"title_key", "title", "work", "by", "decided_at"},
    )  # fmt: skip
    db.table("title_decision").create_index(["title_key"])
    for action in ("update", "delete"):
        db.execute(
            f"create trigger title_decision_no_{action} before {action} on title_decision "
            "begin select raise(abort, 'title_decision is append-only'); end"
        )


@kb_migrations()
def m010_titles_first(db: Database) -> None:
    db.execute("create virtual table title_fts using fts5(body, content='', tokenize='unicode61')")
    db.table("search_row").create_index(["version"])
    index_titles(db)


@kb_migrations()
def m011_health(db: Database) -> None:
    db.table("health_event").create(
        {"id": str, "source": str, "from": str, "to": str, "at": str, "detail": str},
        pk="id", not_null={"source", "to", "at"},
    )  # fmt: skip
    db.table("health_event").create_index(["at"])
    db.table("document").create_index(["publication"], if_not_exists=True)
    db.table("witness").create_index(["document"], if_not_exists=True)
    db.execute("alter table source_run add column deep integer")  # 1: the whole list was read
    db.execute("alter table source_run add column first_rows integer")  # rows on the list's first page


@kb_migrations()
def m012_told_documents(db: Database) -> None:
    # When a run that came to its end said that this document needs a person: said once, and never lost by a kill.
    db.table("document").add_column("told_at", str)


@kb_migrations()
def m013_addresses(db: Database) -> None:
    db.table("publication").add_column("addresses", str)  # JSON: every address that a list showed → when it last did


@kb_migrations()
def m014_declared_sources(db: Database) -> None:
    db.table("source").create(
        {"id": str, "agency": str, "title": str, "title_en": str, "url": str, "crawlable": int}, pk="id"
    )


@kb_migrations()
def m015_repeals(db: Database) -> None:
    # Every instrument that a version names as ended; ``work`` once it is certain which one that is.
    db.table("repeal").create(
        {"id": str, "version": str, "provision": str, "name": str, "title_key": str, "numbers": str, "since": str,
         "quote": str, "work": str, "found_at": str},
        pk="id", not_null={"version", "name", "title_key", "quote"}, foreign_keys=[("version", "version", "id")],
    )  # fmt: skip
    db.table("repeal").create_index(["title_key"])
    db.table("repeal").create_index(["work"])
