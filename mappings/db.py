"""Open company.db: migrations applied, by the same rules as kb.db."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database

from kb.db import open_database, open_kb
from kb.workspace import Workspace


def open_company(path: Path) -> Database:
    from mappings.migrations import company_migrations

    return open_database(path, company_migrations)


def upgrade_databases(workspace: Workspace) -> None:
    """Bring the databases that are there to what this Regwatch wants: the site opens them without asking."""
    for path, open_one in ((workspace.kb_path, open_kb), (workspace.company_path, open_company)):
        if path.exists():
            open_one(path).close()
