"""Changes on the company's own side: a count grew over a threshold, a filing no longer covers, its time is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from kb.db import open_kb
from kb.workspace import Workspace, ensure_workspace
from mappings.alerts.telling import Round, tell_owners
from mappings.catalog.importer import import_catalog
from mappings.db import open_company
from mappings.exposure.declared import read_declared
from mappings.exposure.store import save_declared

OWNER = "app@example.invalid"
DECLARED = """
answered: {by: 示例法务, date: 2026-01-01, evidence: 示例}
entities: [{id: e, name: 示例有限公司, ciio: false, ftz: none, gates: none,
            volumes: {2026: {persons: PERSONS, sensitive_persons: 0}}}]
transfers:
  - {id: accounts, entity: e, recipient: Example Ltd, method: sent, automotive: false, fields: [crm.accounts],
     important_data: none, exemptions: none, personal_information: true, sensitive_personal_information: false,
     volumes: {2026: {persons: PERSONS, sensitive_persons: 0}}}
filings:
  - {id: f1, number: 示例备案1号, route: contract, entity: e, transfers: [accounts], persons: 200000,
     granted: 2025-06-01, valid_to: 2026-12-31}
"""


class World:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.workspace: Workspace = ensure_workspace(root / "w")
        self.kb: Database = open_kb(self.workspace.kb_path)
        self.company: Database = open_company(self.workspace.company_path)
        (root / "c.csv").write_text(f"dataset,column,entity,cross_border,owner_email\ncrm.accounts,id,e,sent,{OWNER}\n")
        import_catalog(self.company, [root / "c.csv"], now="2026-01-01T00:00:00Z")

    def declare(self, persons: int, now: str) -> None:
        path = self.root / "t.yml"
        path.write_text(DECLARED.replace("PERSONS", str(persons)), "utf-8")
        save_declared(self.company, read_declared(path), now)

    def tell(self, day: str) -> Round:
        return tell_owners(self.kb, self.company, self.workspace, now=f"2026-{day}T01:00:00Z")

    def shifts(self) -> list[dict[str, Any]]:
        return list(self.company.query("select * from alert where kind = 'shift' order by rowid"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.declare(150000, "2026-02-01T00:00:00Z")
    yield made
    made.kb.close()
    made.company.close()


def test_a_count_that_grew_over_a_threshold_is_told_once_with_the_route_before_and_now(world: World) -> None:
    assert world.tell("02-01").shifts == 0  # the first look
    world.declare(1200000, "2026-02-02T00:00:00Z")
    assert world.tell("02-02").shifts == 2
    assert world.tell("02-03").shifts == 0
    mine, team = world.shifts()
    assert (mine["address"], mine["nature"], mine["state"], team["owner"]) == (OWNER, "action", "sent", "team")
    assert "路径：标准合同或者个人信息保护认证 → 数据出境安全评估" in mine["body"]
    assert "route: standard contract or certification → security assessment" in mine["body"]
    assert "示例备案1号不再覆盖" in mine["body"]
    assert "persons this year: 150,000 → 1,200,000" in mine["body"]
    assert "crm.accounts" in mine["body"]


def test_a_filing_whose_time_is_over_is_told_though_nothing_else_changed(world: World) -> None:
    world.tell("02-01")
    assert world.tell("12-31").shifts == 0
    done = tell_owners(world.kb, world.company, world.workspace, now="2027-01-02T01:00:00Z")
    assert done.shifts == 2
    assert "示例备案1号已过有效期" in world.shifts()[0]["body"]


def test_other_law_or_better_readings_alone_are_told_by_their_own_events(world: World) -> None:
    world.tell("02-01")
    world.company.execute("update exposure_seen set route = 'no_filing'")  # as if the law had said so
    assert world.tell("02-02").shifts == 0


def test_a_broken_rule_pack_keeps_no_owner_untold_and_is_said(world: World) -> None:
    packs = world.workspace.root / "packs"
    packs.mkdir()
    (packs / "broken.yml").write_text("{id: broken", "utf-8")
    done = world.tell("02-01")
    assert (done.shifts, "broken.yml" in done.fault) == (0, True)
