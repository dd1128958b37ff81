"""What the pages of the exposure room ask: plain dicts that JSON can hold, with notice and mark."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.db import open_kb
from kb.errors import NotFound
from kb.workspace import ensure_workspace
from mappings.catalog.importer import import_catalog
from mappings.db import open_company
from mappings.exposure import pages
from mappings.exposure.declared import parse_declared
from mappings.exposure.declared_filing import CHANGES
from mappings.exposure.desk import Desk, open_desk
from mappings.exposure.store import save_declared

NOW = "2026-02-03T00:00:00Z"
DRAFT = "auto-data-export-guide@draft-2025"
CATALOG = """dataset,column,description,entity,cross_border,owner_email
crm.accounts,id,account,e,sent,crm@example.invalid
battery.cells,soc,state of charge,e,sent,b@example.invalid
cars.master,vin,VIN,other,sent,c@example.invalid
"""
PLAIN = {"entity": "e", "method": "sent", "exemptions": "none", "important_data": "none"}
DECLARED = {
    "answered": {"by": "legal", "date": "2026-01-01", "evidence": "memo", "expires": "2026-12-31"},
    "entities": [{"id": "e", "name": "示例有限公司", "group": "G", "ciio": {"value": False, "expires": "2026-01-31"},
                  "ftz": "none", "gates": "none"}],
    "transfers": [
        {"id": "accounts", **PLAIN, "recipient": "R", "purpose": "p", "automotive": False, "fields": ["crm.accounts"],
         "personal_information": True, "sensitive_personal_information": False, "retention_months": 36,
         "storage": "Singapore", "volumes": {2026: {"persons": 1200000, "sensitive_persons": 0}}},
        {"id": "battery", **PLAIN, "automotive": True, "fields": ["battery.cells"], "personal_information": False,
         "listed_as": ["车辆充电状态监测数据"], "vehicles": 200000},
    ],
    "filings": [{"id": "f1", "number": "示例1号", "route": "assessment", "entity": "e",
                 "transfers": ["accounts", "gone"], "fields": ["crm.accounts"], "persons": 1500000,
                 "granted": "2025-06-01", "recipient": "R",
                 "purpose": "p", "method": "sent", "retention_months": 24, "storage": "Singapore", "changes": "none"}],
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    workspace = ensure_workspace(tmp_path / "w")
    (tmp_path / "c.csv").write_text(CATALOG, "utf-8")
    declared = parse_declared(DECLARED)
    assert not declared.rejected
    with open_company(workspace.company_path) as db:
        import_catalog(db, [tmp_path / "c.csv"], now=NOW)
        save_declared(db, declared, NOW)
    open_kb(workspace.kb_path).close()
    with open_desk(str(workspace.root), NOW) as opened:
        yield opened


def test_every_page_is_plain_json_with_the_notice_and_the_day(desk: Desk) -> None:
    told = [pages.transfers_page(desk), pages.transfer_page(desk, "accounts"), pages.entity_page(desk, "e"),
            pages.filing_page(desk, "f1"), pages.duties_page(desk, 2026), pages.routes_page(desk, DRAFT)]  # fmt: skip
    for page in told:
        assert json.loads(json.dumps(page, allow_nan=False)) == json.loads(json.dumps(page))
        assert (page["day"], "not legal advice" in page["notice"]) == ("2026-02-03", True)
    assert [page["mark"] is None for page in told] == [True] * 5 + [False]


def test_the_list_says_route_open_questions_and_whether_a_filing_covers(desk: Desk) -> None:
    told = {row["transfer"]: row for row in pages.transfers_page(desk)["transfers"]}
    accounts = told["accounts"]
    assert (accounts["route"], accounts["filings"], accounts["covers"]) == ("assessment", 1, False)
    assert told["proposed:cars.master"]["proposed"]
    assert told["battery"]["covers"] is None
    assert pages.transfers_page(desk)["totals"] == {"assessment": 1, "undecided": 2}


def test_a_transfer_is_shown_with_its_answers_filings_and_the_route_of_today(desk: Desk) -> None:
    told = pages.transfer_page(desk, "battery", DRAFT)
    assert (told["route_in_force"], told["route"], told["mark"]) == (
        "undecided",
        "assessment",
        f"what-if: as if {DRAFT} were law",
    )
    assert {a["key"] for a in told["answers"]} >= {"vehicles", "personal_information"}
    accounts = pages.transfer_page(desk, "accounts")
    (filing,) = accounts["filings"]
    assert any("retention" in fault and "24 months, now 36" in fault for fault in filing["faults"])
    with pytest.raises(NotFound, match="no transfer nothing"):
        pages.transfer_page(desk, "nothing")


def test_an_entity_is_shown_with_counts_beside_thresholds_and_answers_out_of_date(desk: Desk) -> None:
    told = pages.entity_page(desk, "e")
    assert (told["name"], told["group"], told["declared"]) == ("示例有限公司", "G", True)
    persons = next(count for count in told["counts"] if count["key"] == "persons")
    assert (persons["low"], persons["high"], persons["thresholds"]) == (1200000, 1200000, [100_000, 1_000_000])
    (ciio,) = (a for a in told["answers"] if a["key"] == "ciio")
    assert "expired on 2026-01-31" in ciio["problem"]
    assert [f["filing"] for f in told["filings"]] == ["f1"]
    undeclared = pages.entity_page(desk, "other")
    assert (undeclared["declared"], undeclared["name"]) == (False, None)
    with pytest.raises(NotFound, match="no entity nobody"):
        pages.entity_page(desk, "nobody")


def test_a_filing_is_shown_with_each_transfer_it_was_made_for_and_what_to_do(desk: Desk) -> None:
    told = pages.filing_page(desk, "示例1号")
    (covered,) = told["coverage"]
    assert (covered["transfer"], covered["covers"], told["undeclared"]) == ("accounts", False, ["gone"])
    assert "重新申报" in covered["then"]["zh"]
    assert {a["key"] for a in told["answers"] if a["value"] is False} == set(CHANGES)  # kept as they were signed
    assert (told["valid_to"], told["extension_opens"]) == ("2028-06-01", None)
    assert "holidays of 20" in told["extension_why"]
    with pytest.raises(NotFound, match="no filing nothing"):
        pages.filing_page(desk, "nothing")


def test_routes_now_and_then_are_counted_and_what_changes_is_named(desk: Desk) -> None:
    told = pages.routes_page(desk, DRAFT)
    assert [row["transfer"] for row in told["rows"] if row["changes"]] == ["battery"]
    assert told["changed"] == 1
    assert {"now": "undecided", "then": "assessment", "count": 1} in told["totals"]
    with pytest.raises(NotFound, match="no rule pack"):
        pages.routes_page(desk, "pipl@draft-1999")
