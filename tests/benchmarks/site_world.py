"""A large workspace for measuring the site: works with drafts and finals, their changes, a catalog with links.

    python tests/benchmarks/site_world.py FOLDER [--works 2000] [--provisions 60000] [--fields 100000]

The texts are those of law_corpus.py, laid into as many versions as are asked for; every other number is counted up.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from law_corpus import corpus
from site_catalog import AT, catalog

from kb.agencies import agency_name
from kb.db import open_kb
from kb.evidence.archive import Archive, record_capture
from kb.searching.search import index_rows
from kb.vocabulary import data_type_rows, load_data_types
from kb.workspace import Workspace, ensure_workspace
from mappings.db import open_company

AGENCIES = [id for id in ("cac", "miit", "mnr", "mps", "nda", "samr", "mot", "mofcom") if agency_name(id)]
GRADES = ("threshold", "deadline", "substantive", "editorial", "renumbered")


def make_world(root: Path, works: int, provisions: int, fields: int) -> Workspace:
    """The workspace in ``root``; one that is there already is used again."""
    workspace = ensure_workspace(root)
    if workspace.company_path.exists():
        return workspace
    texts = corpus(provisions)
    types = sorted(load_data_types())
    with open_kb(workspace.kb_path) as db:
        capture = record_capture(db, Archive(workspace.archive_path), "https://agency.example/one", b"sample", AT)
        have = {row["id"] for row in db.query("select id from data_type")}
        rows: dict[str, list[dict[str, Any]]] = {
            "data_type": [row for row in data_type_rows() if row["id"] not in have]
        }
        for table, row in _law(works, texts, types, capture.id):
            rows.setdefault(table, []).append(row)
        for table, listed in rows.items():
            db.table(table).insert_all(listed)
        index_rows(db, [("version", row["id"], row["id"], row["title"]) for row in rows["version"]])
        index_rows(db, [("provision", row["id"], row["version"], row["body"]) for row in rows["provision"]])
        index_rows(
            db, [("data_item", row["id"], row["version"], row["name"] + row["rule"]) for row in rows["data_item"]]
        )
    with open_company(workspace.company_path) as company:
        listed_fields = list(catalog(fields, types))
        for table in ("owner", "dataset", "field", "link"):
            company.table(table).insert_all([row for name, row in listed_fields if name == table])
    return workspace


def _law(works: int, texts: list[str], types: list[str], capture: str) -> Iterator[tuple[str, dict[str, Any]]]:
    each = max(1, len(texts) // (2 * works))
    at = 0
    for n in range(works):
        agencies = json.dumps([AGENCIES[n % len(AGENCIES)], AGENCIES[(n // 3) % len(AGENCIES)]])
        title, id = f"示例数据管理办法第{n}号", f"w{n:05}"
        year = 2016 + n % 10
        yield (
            "work",
            {
                "id": id,
                "title": title,
                "title_key": title,
                "agencies": agencies,
                "status": "extracted",
                "first_seen": AT,
            },
        )
        for stage, day, before in (
            ("draft", f"{year}-03-{n % 27 + 1:02}", None),
            ("final", f"{year + 1}-02-{n % 27 + 1:02}", f"{id}@draft-{year}"),
        ):
            version = f"{id}@{stage}-{day[:4]}"
            text = f"{version}~aaaaaaaa"
            body, units = "", []
            for k in range(each if n else 300):  # the first work is a long one
                words = texts[(at + k) % len(texts)]
                units.append((len(body), len(body) + len(words), words))
                body += words
            at += each
            yield (
                "version",
                {
                    "id": version,
                    "work": id,
                    "stage": stage,
                    "title": title,
                    "agencies": agencies,
                    "text": text,
                    "doc_number": f"示例〔{day[:4]}〕{n}号" if stage == "final" else None,
                    "published": day,
                    "effective": f"{day[:4]}-07-01" if stage == "final" else None,
                    "predecessor": before,
                    "comments_close": f"{day[:4]}-04-30" if stage == "draft" else None,
                    "origin": "backfill",
                    "status": "extracted",
                    "first_seen": AT,
                },
            )
            yield "text", {"id": text, "version": version, "body": body, "digest": f"{n:064x}", "observed_from": AT}
            publication, document = f"p-{version}", f"d-{version}"
            yield (
                "publication",
                {
                    "id": publication,
                    "agency": AGENCIES[n % len(AGENCIES)],
                    "key": version,
                    "title": title,
                    "kind": "rule",
                    "url": f"https://agency.example/{n}/{stage}",
                    "published": day,
                    "columns": '["sample"]',
                    "followed": 1,
                    "state": "recorded",
                    "origin": "publication",
                    "first_seen": AT,
                    "last_seen": AT,
                },
            )
            yield (
                "document",
                {
                    "id": document,
                    "publication": publication,
                    "url": f"https://agency.example/{n}/{stage}",
                    "role": "page",
                    "capture": capture,
                    "format": "html",
                    "status": "read",
                    "first_seen": AT,
                    "last_seen": AT,
                },
            )
            yield (
                "witness",
                {
                    "id": f"t-{version}",
                    "text": text,
                    "document": document,
                    "capture": capture,
                    "layout": 1,
                    "items": 0,
                    "first_seen": AT,
                },
            )
            for k, (start, end, words) in enumerate(units):
                yield (
                    "provision",
                    {
                        "id": f"{text}#art_{k + 1}",
                        "text": text,
                        "version": version,
                        "eid": f"art_{k + 1}",
                        "kind": "article",
                        "number": f"第{k + 1}条",
                        "heading": "",
                        "body": words,
                        "ordinal": k,
                        "start": start,
                        "end": end,
                        "document": document,
                        "capture": capture,
                        "status": "extracted",
                    },
                )
            for k in range(60 if n % 50 == 0 else 0):
                item = f"{text}#item_{k}"
                limit = 100000 * (k % 7 + 1) // (2 if stage == "final" else 1)
                leaf = {
                    "measure": "persons",
                    "comparator": ">=",
                    "value": limit,
                    "unit": "persons",
                    "quote": f"{limit}人以上",
                    "role": "trigger",
                }
                yield (
                    "data_item",
                    {
                        "id": item,
                        "text": text,
                        "version": version,
                        "ordinal": k,
                        "number": str(k + 1),
                        "scenario": f"示例场景{k // 20}",
                        "subscenario": "",
                        "category": "示例类别",
                        "name": f"示例数据项{k}",
                        "description": "示例说明",
                        "rule": f"涉及{limit}人以上的。",
                        "conditions": json.dumps(leaf),
                        "document": document,
                        "capture": capture,
                        "start": 0,
                        "end": 1,
                        "status": "extracted",
                    },
                )
                yield (
                    "item_type",
                    {"item": item, "data_type": types[k % len(types)], "relation": "exact", "how": "name"},
                )
        event = f"e{n:05}"
        yield (
            "event",
            {
                "id": event,
                "kind": "new_version",
                "work": id,
                "old_version": f"{id}@draft-{year}",
                "new_version": f"{id}@final-{year + 1}",
                "origin": "backfill",
                "title": title,
                "summary": "{}",
                "publication": f"p-{id}@final-{year + 1}",
                "occurred_at": f"2026-01-{n % 28 + 1:02}T01:00:00Z",
            },
        )
        for k in range(6):
            change = f"{event}-{k}"
            yield (
                "change",
                {
                    "id": change,
                    "event": event,
                    "subject": "provision",
                    "kind": "modified",
                    "ordinal": k,
                    "grade": GRADES[k % 5],
                    "old_label": f"第{k}条",
                    "new_label": f"第{k}条",
                    "edits": "[]",
                },
            )
            yield (
                "change_target",
                {"change": change, "target": types[(n + k) % len(types)], "kind": "data_type", "relation": "exact"},
            )
    for n in range(40):
        yield (
            "source_run",
            {
                "id": f"r{n}",
                "source": f"sample-{n}",
                "started": AT,
                "finished": AT,
                "listed": 20,
                "outcome": "blocked" if n % 13 == 0 else "healthy",
            },
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--works", type=int, default=2000)
    parser.add_argument("--provisions", type=int, default=60_000)
    parser.add_argument("--fields", type=int, default=100_000)
    asked = parser.parse_args()
    made = make_world(asked.folder, asked.works, asked.provisions, asked.fields)
    print(made.root)
