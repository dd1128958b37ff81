"""What is wrong in a workspace, and how to mend it. Reads only; each check is a function that yields findings.

Owns the order of the checks and the form of a finding; what is checked is in checks_files, checks_kb and
checks_company. A database that cannot be read is one finding, and the checks that need it are left out.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

from sqlite_utils import Database

from kb.db import open_kb
from kb.errors import RegwatchError
from kb.workspace import Workspace
from mappings.db import has_journal, open_company
from mappings.keeping import checks_company, checks_files, checks_kb
from mappings.keeping.finding import Finding, is_sound

MEND = "put it back from a backup: `regwatch restore BACKUP --workspace NEW`"
AGAIN = "do that, then `regwatch doctor` again"


def examine(workspace: Workspace, *, now: str) -> list[Finding]:
    """Everything found, faults before warnings, in the order of the checks."""
    return sorted(_examine(workspace, now), key=lambda finding: finding.grade != "fault")


def _examine(workspace: Workspace, now: str) -> Iterator[Finding]:
    yield from checks_files.check_files(workspace, now)
    try:
        config = workspace.config
    except RegwatchError as error:
        yield Finding("config", "fault", str(error), "mend config.yml; nothing runs until then")
        return
    yield from checks_files.check_config(config, os.environ)
    if not workspace.kb_path.exists() and not any(workspace.archive_path.glob("*/*")):
        yield Finding("kb", "warning", "nothing has been crawled yet", "regwatch run")
        return
    with closing(Database(memory=True)) as nobody:
        kb = nobody
        found, opened = _open("kb", workspace, lambda: open_kb(workspace.kb_path))
        yield from found
        if opened is not None:
            kb = opened
            yield from _as_far_as_it_goes("kb", checks_kb.check_kb(kb, workspace, now))
        if workspace.company_path.exists() or has_journal(workspace.company_path):
            found, company = _open("company", workspace, lambda: open_company(workspace.company_path))
            yield from found
            if company is not None:
                checks = checks_company.check_company(kb if opened else None, company, config, now)
                yield from _as_far_as_it_goes("company", checks)
                if opened is not None:
                    duties = checks_company.check_duties(workspace, opened, company, now)
                    yield from _as_far_as_it_goes("company", duties)
                company.close()
        if opened is not None:
            opened.close()


def _as_far_as_it_goes(name: str, found: Iterator[Finding]) -> Iterator[Finding]:
    """A table that is gone, or a folder that cannot be entered, is a finding, and hides no other."""
    try:
        yield from found
    except (sqlite3.Error, OSError) as error:
        yield Finding(name, "fault", f"{name}.db and its files cannot be checked: {error}", MEND)


def _open(name: str, workspace: Workspace, opener: Callable[[], Database]) -> tuple[list[Finding], Database | None]:
    try:
        db = opener()
    except RegwatchError as error:
        # A full disk or another writer damages nothing: who restored then would lose what was written since.
        return [Finding(name, "fault", str(error), MEND if "restore" in str(error) else AGAIN)], None
    if fault := is_sound(db):
        db.close()
        return [Finding(name, "fault", f"{name}.db is damaged: {fault}", MEND)], None
    return [], db
