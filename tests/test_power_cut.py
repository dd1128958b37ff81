"""The power fails: what is durable at that moment is what was forced to the disk, and no more. Nothing half is trusted.

The disk is watched as the kernel is asked: a file counts once it was synced, its name once its folder was.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.whole_file import write_whole
from kb.workspace import Workspace
from mappings.keeping.backup import back_up, restore
from regwatch import main

SAMPLE = Path(__file__).parents[1] / "crawlers" / "sample" / "annexes"
DAY = "2026-02-10T08:00:00Z"


class Disk:
    """What would be there after a power cut: bytes that were synced, under names whose folder was synced since."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.synced: dict[int, bytes] = {}  # inode → bytes
        self.durable: dict[Path, bytes] = {}
        self.cuts: list[dict[Path, bytes]] = []

    def sync(self, handle: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        if not path.is_dir():
            self.synced[os.fstat(handle).st_ino] = path.read_bytes()
            return
        self.durable = {name: data for name, data in self.durable.items() if name.parent != path}
        for name in path.iterdir():
            if name.is_file() and self.folder in name.parents:
                self.durable[name] = self.synced.get(name.stat().st_ino, b"")
        self.cuts.append(dict(self.durable))


@contextmanager
def watched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk, sync = Disk(folder), os.fsync
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: (sync(handle), disk.sync(handle))[0])
        yield disk


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("power") / "workspace"
    for words in (["init"], ["add", str(SAMPLE / "guide-2026.pdf"), str(SAMPLE / "guide-2025-draft.pdf")]):
        assert CliRunner().invoke(main, [*words, "--workspace", str(folder)]).exit_code in (0, 3)
    (folder / "outbox").mkdir()
    (folder / "outbox" / "1.eml").write_text("示例", "utf-8")
    return Workspace(folder)


def test_after_a_power_cut_a_backup_is_whole_or_none(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "backup"
    with watched(to, monkeypatch) as disk:
        back_up(workspace, to, now=DAY)
    whole = 0
    for cut in disk.cuts:
        manifests = [path for path in cut if path.name == "manifest.json"]
        archived = {path.name: data for path, data in cut.items() if "archive" in path.parts}
        assert all(archived[name] for name in archived if not name.startswith(".new-"))
        for manifest in manifests:
            whole += 1
            for name in json.loads(cut[manifest])["files"]:
                assert cut[manifest.parent / name] == (manifest.parent / name).read_bytes(), name
            assert len(archived) == sum(1 for path in workspace.archive_path.glob("*/*"))
    assert whole


def test_after_a_power_cut_a_restored_workspace_is_whole_or_known_to_be_half(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(workspace, tmp_path / "backup", now=DAY)
    again = tmp_path / "again"
    with watched(again, monkeypatch) as disk:
        made, _ = restore(tmp_path / "backup", Workspace(again))
    assert disk.cuts
    for cut in disk.cuts:
        whole = all(cut.get(again / name) for name in made.files)
        assert whole or again / ".restoring" in cut or not cut


def test_a_piece_that_a_power_cut_left_in_the_backup_is_copied_again(workspace: Workspace, tmp_path: Path) -> None:
    to = tmp_path / "backup"
    back_up(workspace, to, now=DAY)
    files = sorted(path for path in (to / "archive").glob("*/*"))
    files[0].write_bytes(b"")
    (files[0].parent / ".new-0123").write_bytes(b"half")
    back_up(workspace, to, now="2026-02-11T08:00:00Z")
    assert files[0].read_bytes()
    assert sorted(path for path in (to / "archive").glob("*/*")) == files
    shutil.rmtree(to / "2026-02-10T08-00-00Z")
    restore(to, Workspace(tmp_path / "again"))


def test_a_file_keeps_what_it_was_when_writing_it_fails(tmp_path: Path) -> None:
    place = tmp_path / "brief.docx"
    write_whole(place, b"before")
    with pytest.raises(OSError, match="too long"):
        write_whole(tmp_path / ("x" * 300), b"data")
    (tmp_path / "link").symlink_to(place)
    write_whole(tmp_path / "link", b"after")
    assert (tmp_path / "link").is_symlink()
    assert place.read_bytes() == b"after"
    write_whole(Path("/dev/null"), b"data")
    assert Path("/dev/null").is_char_device()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["brief.docx", "link"]
