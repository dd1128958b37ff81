"""Open company.db: migrations applied, by the same rules as kb.db."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database

from kb.db import open_database


def open_company(path: Path) -> Database:
    from mappings.migrations import company_migrations

    return open_database(path, company_migrations)
