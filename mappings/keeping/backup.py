"""Copy a workspace while it is in use, and put a copy back.

A backup folder holds one archive for all snapshots (files named by their digest, copied once) and a folder a snapshot:

    archive/ab/abcdef…                  every captured byte
    2026-02-03T08-00-00Z/manifest.json  written last: a snapshot without it was cut off and is not one
    2026-02-03T08-00-00Z/…              company.db, kb.db, config.yml, secrets, outbox

A backup cut off leaves a folder that the next one removes. A restore cut off leaves ``.restoring`` in the workspace,
which no command opens until it is restored again.

company.db is copied before kb.db: a company that knows less than its kb catches up, one that knows more would not.

What cannot be had whole (a capture that a disk altered, a file that may not be read) is named and stops nothing else;
a good copy of an earlier backup is never replaced by a bad one.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from kb.db import BEFORE_UPGRADE, copy_database, open_kb, open_unchanging
from kb.errors import BytesLost, WorkspaceError
from kb.evidence.archive import Archive
from kb.evidence.verify import progress, verify
from kb.identity import digest_file
from kb.plain_values import load_json
from kb.whole_file import PIECE, copy_whole, make_folder, sync_folder, write_whole
from kb.workspace import RESTORING, Workspace
from mappings.db import open_company

MANIFEST = "manifest.json"
MARK = ".backed-up"  # in the workspace: when, for doctor
_LEFT_OUT = {"archive", "layouts", BEFORE_UPGRADE, MARK, ".lock", ".deliver.lock", ".writable"}
_NO_COMPANY = "; this snapshot is without company.db: the one of an older snapshot goes with it, none is removed"
_UNREADABLE = (errno.EACCES, errno.EPERM, errno.EIO)


@dataclass(frozen=True)
class Snapshot:
    """``files``: path inside the snapshot → SHA-256. ``head`` is the newest link of the chain of captures. ``lost``:
    what could not be taken whole, a line each. ``number`` counts the snapshots of a folder: clocks go wrong."""

    made: str
    captures: int
    head: str
    files: dict[str, str]
    lost: list[str] = field(default_factory=list)
    number: int = 0


def back_up(workspace: Workspace, to: Path, *, now: str, keep: int | None = None) -> tuple[Path, Snapshot]:
    """One more snapshot in the backup folder ``to``; with ``keep`` only so many of the newest stay.

    Raises WorkspaceError when ``to`` lies in the workspace, another backup is writing there or there is nothing to
    copy yet.
    """
    if not workspace.kb_path.exists():
        raise WorkspaceError(f"{workspace.kb_path} does not exist: there is nothing to back up yet")
    if to.resolve().is_relative_to(workspace.root.resolve()):
        raise WorkspaceError(f"{to} lies in the workspace: choose a folder outside it, best on another disk")
    make_folder(to, mode=0o700)
    try:
        with FileLock(to / ".lock", timeout=0):
            return _back_up(workspace, to, now, keep)
    except Timeout as error:
        raise WorkspaceError(f"another backup is writing to {to}: wait until it has ended") from error


def _back_up(workspace: Workspace, to: Path, now: str, keep: int | None) -> tuple[Path, Snapshot]:
    snapshot = to / now.replace(":", "-")
    if (snapshot / MANIFEST).exists():
        raise WorkspaceError(f"{snapshot} exists: a snapshot is never written over")
    for path in to.glob("[12]*T*Z"):
        if not (path / MANIFEST).exists():
            shutil.rmtree(path)
    for piece in to.glob(f"archive/*/{PIECE}*"):
        piece.unlink()
    make_folder(snapshot, mode=0o700)
    without_company = list(_copy_company(workspace, snapshot))
    with open_kb(workspace.kb_path) as kb:
        copy_database(kb, snapshot / "kb.db")
    with closing(open_unchanging(snapshot / "kb.db")) as copied:
        last = next(copied.query("select chain, seq from capture order by seq desc limit 1"), None)
        digests = [row["digest"] for row in copied.query("select distinct digest from capture order by 1")]
    not_copied = _copy_archive(Archive(workspace.archive_path), Archive(to / "archive"), digests)
    lost = [*without_company, *not_copied]
    for path in _other_files(workspace.root):
        try:
            _copy(path, snapshot / path.relative_to(workspace.root))
        except FileNotFoundError:  # removed since it was listed, as by `tidy`
            pass
        except OSError as error:
            if error.errno not in _UNREADABLE:
                raise
            lost.append(f"{path} cannot be read ({error.strerror}): check its rights and its disk, then back up again")
    number = 1 + max((_number(older) or 0 for older in snapshots(to)), default=0)
    made = Snapshot(now, last["seq"] if last else 0, last["chain"] if last else "", _digests(snapshot), lost, number)
    write_whole(snapshot / MANIFEST, json.dumps(asdict(made), indent=1).encode(), mode=0o600)
    if os.access(workspace.root, os.W_OK):  # one that cannot be written is backed up all the same
        write_whole(workspace.root / MARK, now.encode())
    if keep is not None and not without_company:
        for older in [one for one in snapshots(to) if _number(one) is not None][:-keep]:
            (older / MANIFEST).unlink()  # first, for what is half removed is no snapshot
            shutil.rmtree(older)
    return snapshot, made


def snapshots(folder: Path) -> list[Path]:
    """The whole snapshots of a backup folder, oldest first; last those whose list is damaged, which may be any."""
    found = [(_number(path.parent), path.parent) for path in folder.glob(f"*/{MANIFEST}")]
    return [path for _, _, path in sorted((number is None, number or 0, path) for number, path in found)]


def _number(snapshot: Path) -> int | None:
    """None where the list is damaged; 0 of one made before they were counted."""
    try:
        return _read_manifest(snapshot / MANIFEST).number
    except WorkspaceError:
        return None


def restore(backup: Path, workspace: Workspace) -> tuple[Snapshot, list[str]]:
    """Make a workspace of a snapshot (or of the newest one of a backup folder) and check it to the last byte; the
    faults of its evidence, a line each, come back beside it.

    One that was cut off is begun again.
    Raises WorkspaceError when ``workspace`` exists, nothing can be restored, or a file is not what was backed up.
    """
    snapshot = backup if (backup / MANIFEST).is_file() else next(reversed(snapshots(backup)), None)
    if snapshot is None:
        raise WorkspaceError(f"no snapshot in {backup}: name the folder that `regwatch backup` wrote")
    mark = workspace.root / RESTORING
    if workspace.root.exists() and any(workspace.root.iterdir()) and not mark.exists():
        raise WorkspaceError(f"{workspace.root} is not empty: restore into a new folder, then change the two over")
    made = _read_manifest(snapshot / MANIFEST)
    if changed := [name for name, digest in made.files.items() if _digest_or_none(snapshot / name) != digest]:
        raise WorkspaceError(f"{snapshot / changed[0]} is not as it was backed up: use another snapshot")
    make_folder(workspace.root, mode=0o700)
    mark.touch()
    sync_folder(workspace.root)
    for path in workspace.root.glob("*.db-*"):  # of a database that was restored before, and is written anew
        path.unlink()
    for name in made.files:
        _copy(snapshot / name, workspace.root / name)
    with open_kb(workspace.kb_path) as kb:
        digests = [row["digest"] for row in kb.query("select distinct digest from capture order by 1")]
        list(_copy_archive(Archive(snapshot.parent / "archive"), Archive(workspace.archive_path), digests))
        verdict = verify(kb, Archive(workspace.archive_path))  # what could not be copied is among its problems
    mark.unlink()
    if verdict.head != (made.head or verdict.head):
        verdict.problems.append(f"chain: it ends in {verdict.head}, and in {made.head} when it was backed up")
    verdict.problems += (line for line in made.lost if line.endswith(_NO_COMPANY))
    return made, verdict.problems


def _read_manifest(path: Path) -> Snapshot:
    """A backup comes from another disk: its list may name files of the snapshot and nothing outside it."""
    try:
        made = Snapshot(**load_json(path.read_bytes()))
        names = {name: PurePosixPath(name) for name in made.files}
        if not isinstance(made.number, int):
            raise TypeError("number")
    except (ValueError, TypeError, AttributeError) as error:
        raise WorkspaceError(f"{path} is not as `regwatch backup` wrote it ({error}): use another snapshot") from error
    for name, place in names.items():
        if (
            place.is_absolute()
            or ".." in place.parts
            or not (path.parent / place).resolve().is_relative_to(path.parent.resolve())
        ):
            raise WorkspaceError(f"{path} names {name!r}, which is no file of the snapshot: use another snapshot")
    return made


def _copy_company(workspace: Workspace, snapshot: Path) -> Iterator[str]:
    """What regulators published is backed up also while company.db cannot be opened."""
    if not workspace.company_path.exists():
        return
    try:
        with open_company(workspace.company_path) as company:
            copy_database(company, snapshot / "company.db")
    except WorkspaceError as error:
        yield f"{error}{_NO_COMPANY}"


def _copy_archive(source: Archive, target: Archive, digests: list[str]) -> Iterator[str]:
    """Both sides are read, so that neither a file altered here nor one altered there passes for a copy."""
    for digest in progress(digests, len(digests), "archive"):
        if not re.fullmatch("[0-9a-f]{64}", digest):
            yield f"archive: {digest!r} is no digest of a capture: `regwatch verify` says where"
            continue
        try:
            target.store(source.load(digest))
        except BytesLost as error:
            yield f"{error}{', which has it whole' if target.holds(digest) else ''}"
        except (NotADirectoryError, FileExistsError) as error:
            yield f"{error.filename}: {error.strerror}: move it away, then back up again"


def _other_files(root: Path) -> Iterator[Path]:
    for top in sorted(root.iterdir()):
        if top.name not in _LEFT_OUT and not top.name.startswith(("kb.db", "company.db")):
            below = [top] if top.is_file() else sorted(top.rglob("*"))
            yield from (path for path in below if path.is_file() and not path.name.startswith(PIECE))


def _copy(source: Path, target: Path) -> None:
    make_folder(target.parent, mode=0o700)
    copy_whole(source, target)


def _digests(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): digest_file(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def _digest_or_none(path: Path) -> str | None:
    return digest_file(path) if path.is_file() else None
