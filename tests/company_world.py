"""The seeded workspace with what the company's pages need beside: runs, suggestions, transfers, a filing, watches."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from site_rows import served_workspace

from kb.db import open_kb
from kb.identity import content_id
from kb.workspace import Workspace
from mappings.alerts.watches import add_watch
from mappings.db import open_company
from mappings.exposure.declared import read_declared
from mappings.exposure.store import save_declared

NOW = "2026-02-10T01:00:00Z"
HOSTILE = "<script>alert(1)</script>"
SUGGESTED = 60  # more than a page
TRANSFERS = """
answered: {by: legal, date: 2026-01-15, evidence: memo}
entities:
  - {id: Sample Motors, name: Sample Motors, ciio: false, gates: none,
     volumes: {2026: {persons: 150000, sensitive_persons: 0}}}
transfers:
  - {id: labels-to-munich, entity: Sample Motors, scenario: training, recipient: Sample R&D GmbH, country: DE,
     purpose: research, method: sent, automotive: false, fields: [ds-camera/frame_uri], exemptions: none,
     personal_information: true,
     sensitive_personal_information: false, important_data: {status: none, authority: nobody, date: 2026-01-15},
     volumes: {2026: {persons: 150000, sensitive_persons: 0}}}
filings:
  - {id: filing-1, number: SAMPLE-1, route: contract, entity: Sample Motors, transfers: [labels-to-munich],
     persons: 100000, recipient: Sample R&D GmbH, contract_effective: 2026-01-06}
"""


def company_workspace(root: Path, release: str = "four_eyes") -> Workspace:
    workspace = served_workspace(root)
    text = re.sub(r"(?m)^release: \w+", f"release: {release}", workspace.config_path.read_text("utf-8"))
    workspace.config_path.write_text(text, "utf-8")
    declared = root / "transfers.yml"
    declared.write_text(TRANSFERS, "utf-8")
    with open_kb(workspace.kb_path) as db:
        event = next(iter(db.query("select * from event where id = 'e1'")))
        db.table("event").insert({**event, "id": "e2"})
        changes = list(db.query("select * from change where event = 'e1'"))
        db.table("change").insert_all({**row, "id": row["id"].replace("c", "d"), "event": "e2"} for row in changes)
        targets = list(db.query("select * from change_target"))
        db.table("change_target").insert_all({**row, "change": row["change"].replace("c", "d")} for row in targets)
    with open_company(workspace.company_path) as company:
        company.table("link").delete("ds-camera.bbox.face-or-plate")
        company.table("field").insert_all(_field(number) for number in range(SUGGESTED))
        company.table("link").insert_all(_link(number) for number in range(SUGGESTED))
        company.table("dataset").update("ds-orphan", {"description": HOSTILE, "name": f"sessions {HOSTILE}"})
        save_declared(company, read_declared(declared), NOW)
        add_watch(company, "exports", "publications", "数据出境", "weekly", "", by="reviewer", now=NOW)
    return workspace


def link_id(number: int) -> str:
    return content_id("link", "ds-orphan", f"f{number}", "location-trajectory")


def _field(number: int) -> dict[str, Any]:
    return {"id": f"ds-orphan.f{number}", "dataset": "ds-orphan", "name": f"f{number}", "state": "active",
            "ordinal": number, "description": HOSTILE}  # fmt: skip


def _link(number: int) -> dict[str, Any]:
    return {"id": link_id(number), "dataset": "ds-orphan", "field": f"f{number}", "data_type": "location-trajectory",
            "state": "suggested", "confidence": 0.95 - number / 200, "reason": "the name says so", "rule": "r",
            "rule_version": "1", "made_by": "rule", "suggested_at": NOW}  # fmt: skip
