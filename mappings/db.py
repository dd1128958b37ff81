"""Open company.db: migrations applied, by the same rules as kb.db."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database

from kb.db import open_database, open_kb
from kb.errors import WorkspaceError
from kb.workspace import Workspace

JOURNAL = "journal.jsonl"  # what it holds is said in mappings/alerts/journal.py


def has_journal(path: Path) -> bool:
    """Does the journal beside this company.db hold anything?"""
    journal = path.with_name(JOURNAL)
    return journal.exists() and journal.stat().st_size > 0


def open_company(path: Path) -> Database:
    """One that is gone or empty beside a journal that is not was lost, and is not new: without its catalog nobody
    would be told."""
    from mappings.migrations import company_migrations

    if (not path.exists() or path.stat().st_size == 0) and has_journal(path):
        raise WorkspaceError(
            f"{path} is {'empty' if path.exists() else 'gone'} and {JOURNAL} beside it is not: restore it from a "
            f"backup (or, to begin anew, move {JOURNAL} away)"
        )
    return open_database(path, company_migrations)


def upgrade_databases(workspace: Workspace) -> None:
    """Bring the databases that are there to what this Regwatch wants: the site opens them without asking."""
    for path, open_one in ((workspace.kb_path, open_kb), (workspace.company_path, open_company)):
        if path.exists():
            open_one(path).close()
