"""How long the company's pages take with 100,000 fields: p95 of each, beside Datasette's own table with facets.

python -m tests.benchmarks.company_pages [PATH…]      # a minute or two; milliseconds of processor time
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "site"), str(ROOT / "tests")]

from company_world import NOW, company_workspace  # noqa: E402
from site_client import signed_in  # noqa: E402

from kb.serving import datasette_arguments, site_environment  # noqa: E402
from kb.vocabulary import load_data_types  # noqa: E402
from kb.workspace import Workspace  # noqa: E402
from mappings.db import open_company  # noqa: E402

DATASETS, FIELDS, OWNERS, ALERTS, TIMES = 2500, 40, 400, 20_000, 20
PAGES = ["/triage", "/triage/e2", "/alerts", "/alerts?state=open&page=3", "/owner/owner-7", "/catalog",
         "/catalog?page=20", "/catalog?words=dataset-17", "/catalog?system=system-3", "/system/system-3",
         "/dataset/dataset-17", "/links", "/links?page=50", "/links?data_type=location-trajectory",
         "/links/above?above=0.8", "/links/runs", "/exposure", "/transfer/labels-to-munich", "/duties",
         "/watches"]  # fmt: skip
BESIDE = "/company/field?_facet=dataset"


def fill(workspace: Workspace) -> None:
    chosen, types = random.Random(5), sorted(load_data_types())
    with open_company(workspace.company_path) as db, db.atomic():
        db.table("owner").insert_all({"id": f"owner-{n}", "name": f"Owner {n}"} for n in range(OWNERS))
        db.table("dataset").insert_all(
            {"id": f"dataset-{n}", "name": f"dataset-{n}", "system": f"system-{n % 60}", "owner": f"owner-{n % OWNERS}",
             "cross_border": chosen.choice(["none", "none", "none", "unknown"]), "catalog": "b", "state": "active"}
            for n in range(DATASETS)
        )  # fmt: skip
        db.table("field").insert_all(
            {"id": f"dataset-{n}.f{k}", "dataset": f"dataset-{n}", "name": f"f{k}", "state": "active", "ordinal": k}
            for n in range(DATASETS) for k in range(FIELDS)
        )  # fmt: skip
        db.table("link").insert_all(
            {"id": f"b{n}.{k}", "dataset": f"dataset-{n}", "field": f"f{k}", "data_type": chosen.choice(types),
             "state": chosen.choice(["suggested", "accepted"]), "confidence": chosen.uniform(0.5, 1), "reason": "words"}
            for n in range(DATASETS) for k in range(FIELDS)
        )  # fmt: skip
        db.table("alert").insert_all(
            {"id": f"alert-{n}", "owner": f"owner-{n % OWNERS}", "event": f"x{n}", "kind": "alert", "address": "a",
             "state": "sent", "nature": "action", "subject": "s", "body": "b",
             "composed_at": f"2025-{n % 12 + 1:02}-03T{n % 24:02}:{n % 60:02}:00Z"}
            for n in range(ALERTS)
        )  # fmt: skip
        db.table("alert_line").insert_all(
            {"id": f"line-{n}", "alert": f"alert-{n}", "owner": f"owner-{n % OWNERS}", "event": f"x{n}", "change": "c",
             "dataset": f"dataset-{n % DATASETS}"} for n in range(ALERTS)
        )  # fmt: skip


async def measure(datasette: Any) -> None:
    await datasette.invoke_startup()
    headers = signed_in(datasette, "admin")
    beside = await one(datasette, BESIDE, headers)
    print(f"{BESIDE:40} {beside:6.1f} ms p95")
    for path in sys.argv[1:] or PAGES:
        took = await one(datasette, path, headers)
        print(f"{path:40} {took:6.1f} ms p95, {took / beside:4.2f} of the table with facets")


async def one(datasette: Any, path: str, headers: dict[str, str]) -> float:
    took = []
    for _ in range(TIMES):
        started = time.process_time()
        answer = await datasette.client.get(path, headers=headers)
        took.append((time.process_time() - started) * 1000)
        assert answer.status_code == 200, (path, answer.text)
    return sorted(took[1:])[int((len(took) - 1) * 0.95) - 1]  # the first fills caches


def main() -> None:
    from datasette.cli import serve

    with tempfile.TemporaryDirectory() as folder:
        workspace = company_workspace(Path(folder))
        fill(workspace)
        os.environ.update(site_environment(workspace))
        arguments = datasette_arguments(workspace, host="127.0.0.1", port=8001, now=NOW)
        with serve.make_context("serve", arguments) as context:
            asyncio.run(measure(serve.callback(**context.params, return_instance=True)))


if __name__ == "__main__":
    main()
