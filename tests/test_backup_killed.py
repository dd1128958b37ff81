"""A backup or a restore killed in the middle is no snapshot and no workspace, and the next one heals it."""

import json
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from kb.workspace import Workspace
from mappings.keeping.backup import back_up, snapshots
from regwatch import main

ROOT = Path(__file__).parents[1]
DAY = "2026-02-10T08:00:00Z"


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(words))
    return result.exit_code, result.stderr


def dumped(path: Path) -> list[str]:
    with closing(Database(path)) as db:
        return [line for line in db.conn.iterdump() if "_fts" not in line]


def killed(words: list[str], after: float) -> int:
    child = subprocess.Popen(
        [sys.executable, "-c", "from regwatch import main; print(flush=True); main()", *words],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert child.stdout is not None
    child.stdout.readline()
    try:
        return child.wait(after)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()
    finally:
        child.stdout.close()


@pytest.fixture
def large(tmp_path: Path) -> Workspace:
    """So much beside the databases that copying it can be killed in the middle."""
    workspace = Workspace(tmp_path / "workspace")
    for words in (["init"], ["add", str(ROOT / "crawlers" / "sample" / "annexes" / "guide-2026.pdf")],
                  ["catalog", "import", str(ROOT / "mappings" / "catalog" / "sample" / "catalog.csv")]):  # fmt: skip
        assert run(*words, "--workspace", str(workspace.root))[0] in (0, 3)
    workspace.outbox_path.mkdir(exist_ok=True)
    for number in range(3000):
        (workspace.outbox_path / f"{number}.eml").write_bytes(b"x" * 4000)
    return workspace


def test_a_killed_backup_is_no_snapshot_and_the_next_one_clears_it_away(large: Workspace, tmp_path: Path) -> None:
    to, began = tmp_path / "backup", time.monotonic()
    words = ["backup", str(to), "--workspace", str(large.root)]
    assert killed([*words, "--now", "2026-02-09"], 120) == 0
    took, cut = time.monotonic() - began, 0
    for part in (2, 3, 5, 8, 30):
        code = killed([*words, "--now", f"2026-02-{10 + part % 9}"], took / part)
        folders = [path for path in to.iterdir() if path.name.startswith("2026")]
        cut += code != 0 and len(folders) > len(snapshots(to))
        for snapshot in snapshots(to):
            made = json.loads((snapshot / "manifest.json").read_text("utf-8"))
            assert all((snapshot / name).is_file() for name in made["files"])
    assert cut, "none was killed while it wrote"
    assert killed([*words, "--now", "2026-02-28", "--keep", "1"], 120) == 0
    assert [path.name[:10] for path in to.iterdir() if path.name.startswith("2026")] == ["2026-02-28"]


def test_a_killed_restore_is_no_workspace_and_is_begun_again(large: Workspace, tmp_path: Path) -> None:
    back_up(large, tmp_path / "backup", now=DAY)
    again, began, cut = Workspace(tmp_path / "again"), time.monotonic(), 0
    words = ["restore", str(tmp_path / "backup"), "--workspace"]
    assert killed([*words, str(tmp_path / "whole")], 120) == 0
    took = time.monotonic() - began
    for part in (2, 3, 5):
        if killed([*words, str(again.root)], took / part) and (again.root / ".restoring").exists():
            cut += 1
            for command in (["works"], ["run"], ["init"]):
                code, said = run(*command, "--workspace", str(again.root))
                assert (code, said.count("\n")) == (1, 1)
                assert "half restored: run `regwatch restore`" in said
    assert cut, "none was killed while it wrote"
    assert killed([*words, str(again.root)], 120) == 0
    for name in ("kb.db", "company.db"):
        assert dumped(again.root / name) == dumped(large.root / name)
    assert run("verify", "--workspace", str(again.root))[0] == 0
