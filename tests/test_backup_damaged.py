"""What a backup cannot have whole is named, stops nothing else, and never takes the place of a good copy."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from site_rows import seeded_workspace

from kb.workspace import Workspace
from mappings.keeping.backup import snapshots
from regwatch import main


def regwatch(*words: object, folder: Path) -> tuple[int, list[str]]:
    result = CliRunner().invoke(main, [*map(str, words), "--workspace", str(folder)], catch_exceptions=False)
    return result.exit_code, result.stderr.splitlines()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return seeded_workspace(tmp_path / "workspace")


def captured(workspace: Workspace) -> Path:
    return next(path for path in sorted(workspace.archive_path.rglob("*")) if path.is_file())


def altered(file: Path) -> None:
    file.write_bytes(file.read_bytes()[::-1])


def longer(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"x")


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def a_file_for_its_folder(file: Path) -> None:
    shutil.rmtree(file.parent)
    file.parent.write_text("x")


SPOILING = pytest.mark.parametrize("spoil", [altered, longer, a_folder, Path.unlink, a_file_for_its_folder],
                                   ids=lambda spoil: spoil.__name__)  # fmt: skip


@SPOILING
def test_a_capture_that_cannot_be_backed_up_is_named_and_the_rest_is(
    workspace: Workspace, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    file = captured(workspace)
    spoil(file)
    code, said = regwatch("backup", tmp_path / "backup", folder=workspace.root)
    assert code == 3
    assert [file.name in line and "restore" in line for line in said] == [True]
    again = tmp_path / "again"
    code, said = regwatch("restore", tmp_path / "backup", folder=again)
    assert (code, len(said)) == (3, 1)
    assert f"restored, but not whole: archive: {file.name} cannot be read" in said[0]
    assert regwatch("works", folder=again) == (0, [])


@SPOILING
def test_a_good_copy_of_an_earlier_backup_stays_and_mends_the_workspace(
    workspace: Workspace, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    assert regwatch("backup", tmp_path / "backup", "--now", "2026-02-10", folder=workspace.root) == (0, [])
    spoil(captured(workspace))
    code, said = regwatch("backup", tmp_path / "backup", "--now", "2026-02-11", folder=workspace.root)
    assert code == 3
    assert ["which has it whole" in line for line in said] == [True]
    assert regwatch("restore", tmp_path / "backup", folder=tmp_path / "again") == (0, [])
    assert regwatch("verify", folder=tmp_path / "again") == (0, [])


@pytest.mark.parametrize("spoil", [altered, a_folder, Path.unlink], ids=lambda spoil: spoil.__name__)
def test_a_copy_that_was_spoiled_in_the_backup_is_made_anew(
    workspace: Workspace, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    regwatch("backup", tmp_path / "backup", "--now", "2026-02-10", folder=workspace.root)
    spoil(tmp_path / "backup" / captured(workspace).relative_to(workspace.root))
    assert regwatch("backup", tmp_path / "backup", "--now", "2026-02-11", folder=workspace.root) == (0, [])
    assert regwatch("restore", tmp_path / "backup", folder=tmp_path / "again") == (0, [])


def test_what_stands_in_the_way_in_the_backup_is_put_aside(workspace: Workspace, tmp_path: Path) -> None:
    place = (tmp_path / "backup" / captured(workspace).relative_to(workspace.root)).parent
    place.parent.mkdir(parents=True)
    place.write_text("of somebody")
    assert regwatch("backup", tmp_path / "backup", folder=workspace.root) == (0, [])
    assert [path.read_text() for path in place.parent.glob(f"{place.name}-*")] == ["of somebody"]
    assert regwatch("restore", tmp_path / "backup", folder=tmp_path / "again") == (0, [])


def test_a_company_that_cannot_be_opened_is_named_and_what_regulators_published_is_backed_up(
    workspace: Workspace, tmp_path: Path
) -> None:
    backup, again = tmp_path / "backup", tmp_path / "again"
    assert regwatch("backup", backup, "--now", "2026-02-10", folder=workspace.root) == (0, [])
    workspace.company_path.write_bytes(b"no database" * 1000)
    code, said = regwatch("backup", backup, "--keep", 1, "--now", "2026-02-11", folder=workspace.root)
    assert code == 3
    assert ["company.db" in line and "not a database" in line for line in said] == [True]
    older, newer = snapshots(backup)  # the only copy of company.db is not made room of
    code, said = regwatch("restore", newer, folder=again)
    assert code == 3
    assert ["without company.db" in line for line in said] == [True]
    (again / "company.db").write_bytes((older / "company.db").read_bytes())
    assert regwatch("map", "check", folder=again)[0] in (0, 3)
    assert regwatch("works", folder=again) == (0, [])


def test_another_file_that_the_disk_does_not_give_is_named_and_the_rest_goes_on(
    workspace: Workspace, tmp_path: Path
) -> None:
    (workspace.root / "unread").symlink_to("/proc/self/mem")  # to read its first byte is an error of input and output
    code, said = regwatch("backup", tmp_path / "backup", folder=workspace.root)
    assert code == 3
    assert ["unread cannot be read (Input/output error)" in line for line in said] == [True]
    assert regwatch("restore", tmp_path / "backup", folder=tmp_path / "again") == (0, [])
