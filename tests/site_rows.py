"""A small workspace with rows of every kind (site_rows.yml), for tests of the questions and of the site."""

from __future__ import annotations

from pathlib import Path

import yaml

from kb.db import open_kb
from kb.evidence.archive import Archive, record_capture
from kb.searching.search import index_rows
from kb.serving import make_password_hash
from kb.workspace import Workspace, ensure_workspace
from mappings.db import open_company

ROWS = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text("utf-8"))
DRAFT, FINAL = "sample-guide@draft-2025", "sample-guide@final-2026"
DRAFT_TEXT, FINAL_TEXT = f"{DRAFT}~aaaa1111", f"{FINAL}~bbbb2222"
ITEM = f"{FINAL_TEXT}#part_0__no_1"
TODAY = "2026-02-10"
PASSWORD = "a password of the tests"
ACTORS: dict[str, dict[str, str]] = {
    "admin": {"role": "admin"}, "reviewer": {"role": "reviewer"}, "viewer": {"role": "viewer"},
    "perception": {"role": "owner", "owner": "perception"}, "trips": {"role": "owner", "owner": "telematics"},
}  # fmt: skip


def add_accounts(workspace: Workspace) -> None:
    """One account for each role, and two of owners: of ds-camera and of ds-trips."""
    hashed = make_password_hash(PASSWORD)
    accounts = {name: {"password_hash": hashed, **access} for name, access in ACTORS.items()}
    text = workspace.config_path.read_text("utf-8").replace("\nactors: {}", "\n" + yaml.safe_dump({"actors": accounts}))
    workspace.config_path.write_text(text, "utf-8")


def served_workspace(root: Path) -> Workspace:
    """The seeded workspace with an account for everybody."""
    workspace = seeded_workspace(root)
    add_accounts(workspace)
    return workspace


def seeded_workspace(root: Path) -> Workspace:
    """kb.db, company.db and archive with a draft and its final, their change, catalog, links and one alert."""
    workspace = ensure_workspace(root)
    archive = Archive(workspace.archive_path)
    with open_kb(workspace.kb_path) as db:
        for row in ROWS["captures"]:
            capture = record_capture(db, archive, row["url"], row["bytes"].encode(), row["at"])
            assert capture.id == row["id"], capture
        for table, rows in ROWS["kb"].items():
            db.table(table).insert_all(rows)
        for kind, words in (("provision", "{number} {heading} {body}"), ("data_item", "{category}：{name}。{rule}")):
            index_rows(db, [(kind, row["id"], row["version"], words.format(**row)) for row in ROWS["kb"][kind]])
    with open_company(workspace.company_path) as company:
        for table, rows in ROWS["company"].items():
            company.table(table).insert_all(rows)
    return workspace
