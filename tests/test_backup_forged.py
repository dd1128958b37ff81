"""A backup comes from another disk: whoever can write there must not write elsewhere by a restore."""

import hashlib
import json
from pathlib import Path

import pytest
from site_rows import seeded_workspace

from kb.db import open_kb
from kb.errors import WorkspaceError
from kb.identity import digest_file
from kb.workspace import Workspace
from mappings.keeping.backup import MANIFEST, back_up, restore

DAY = "2026-02-10T08:00:00Z"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return seeded_workspace(tmp_path / "workspace")


@pytest.mark.parametrize("name", ["../outside", "sub/../../outside", "{outside}", "link"])
def test_a_backup_that_names_files_outside_itself_is_refused(workspace: Workspace, tmp_path: Path, name: str) -> None:
    snapshot, _ = back_up(workspace, tmp_path / "backup", now=DAY)
    outside = tmp_path / "backup" / "outside"
    outside.write_text("hostile")
    (snapshot / "sub").mkdir()
    (snapshot / "link").symlink_to(outside)
    made = json.loads((snapshot / MANIFEST).read_text())
    made["files"][name.format(outside=outside)] = hashlib.sha256(b"hostile").hexdigest()
    (snapshot / MANIFEST).write_text(json.dumps(made))
    with pytest.raises(WorkspaceError, match="which is no file of the snapshot"):
        restore(tmp_path / "backup", Workspace(tmp_path / "deep" / "again"))
    assert [path.name for path in tmp_path.rglob("outside")] == ["outside"]


@pytest.mark.parametrize(
    "text", ["", "[" * 100_000, "[]", '{"made": 1}', '{"made":"","captures":0,"head":"","files":3}']
)
def test_a_manifest_that_is_none_is_one_clear_line(workspace: Workspace, tmp_path: Path, text: str) -> None:
    snapshot, _ = back_up(workspace, tmp_path / "backup", now=DAY)
    (snapshot / MANIFEST).write_text(text)
    with pytest.raises(WorkspaceError, match="is not as `regwatch backup` wrote it"):
        restore(tmp_path / "backup", Workspace(tmp_path / "again"))


def test_a_capture_whose_name_leads_outside_is_not_copied(workspace: Workspace, tmp_path: Path) -> None:
    snapshot, _ = back_up(workspace, tmp_path / "backup", now=DAY)
    outside = tmp_path / "outside"
    outside.write_text("hostile")
    with open_kb(snapshot / "kb.db") as kb:
        for row in list(kb.query("select name from sqlite_master where type = 'trigger' and tbl_name = 'capture'")):
            kb.execute(f"drop trigger {row['name']}")
        kb.execute("update capture set digest = '../outside' where seq = 1")
        kb.conn.commit()
        kb.execute("pragma wal_checkpoint(truncate)")
    made = json.loads((snapshot / MANIFEST).read_text())
    made["files"]["kb.db"] = digest_file(snapshot / "kb.db")
    (snapshot / MANIFEST).write_text(json.dumps(made))
    _, problems = restore(tmp_path / "backup", Workspace(tmp_path / "deep" / "again"))
    assert "altered" in problems[0]
    assert list(tmp_path.rglob("outside")) == [outside]
