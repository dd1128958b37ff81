"""What company.db itself holds to, whoever writes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alert_world import NOW, make_world

from kb.db import open_kb
from mappings.alerts.acknowledgement import acknowledge
from mappings.alerts.notify import deliver
from mappings.alerts.outbox import catch_up
from mappings.db import open_company, upgrade_databases


@pytest.mark.parametrize("statement", [
    "delete from alert", "update alert set body = 'other words'", "update alert set owner = 'other'",
    "delete from alert_line", "update alert_line set reason = ''", "delete from delivery",
    "update delivery set outcome = 'started'", "delete from acknowledgement", "update acknowledgement set note = 'x'",
])  # fmt: skip
def test_what_was_told_and_answered_is_append_only(tmp_path: Path, statement: str) -> None:
    workspace = make_world(tmp_path)
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        catch_up(kb, company, workspace.config, now=NOW)
        deliver(company, workspace, now=NOW)
        acknowledge(company, next(company.query("select id from alert"))["id"], by="x", now=NOW)
        with pytest.raises(sqlite3.IntegrityError, match=r"append-only|never rewritten"):
            company.execute(statement)


def test_one_alert_for_an_owner_and_event_is_held_by_the_database(tmp_path: Path) -> None:
    workspace = make_world(tmp_path)
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        catch_up(kb, company, workspace.config, now=NOW)
        first = next(company.query("select * from alert limit 1"))
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            company.table("alert").insert({**first, "id": "another"})
        line = next(company.query("select * from alert_line limit 1"))
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            company.table("alert_line").insert({**line, "id": "another"})


def test_a_site_is_not_served_over_a_database_of_yesterday(tmp_path: Path) -> None:
    """The site opens databases as they are; after an upgrade `regwatch serve` brings them up to date first."""
    workspace = make_world(tmp_path)
    with open_company(workspace.company_path) as company:
        company.execute("drop index idx_link_waiting")
        for table in ("alert_line", "alert", "dataset"):
            for index in company.table(table).indexes:
                if index.columns in (["dataset"], ["composed_at"], ["owner"]) and index.origin == "c":
                    company.execute(f"drop index {index.name}")
        company.execute("delete from _sqlite_migrations where name = 'm013_pages'")
        company.conn.commit()
    upgrade_databases(workspace)
    raw = sqlite3.connect(workspace.company_path)
    assert raw.execute("select 1 from sqlite_master where name = 'idx_link_waiting'").fetchall() == [(1,)]
    raw.close()
