"""Files that appear whole or not at all, and stay when the power fails: written beside, forced to the disk, renamed.

A kill leaves at most a ``.new-…`` beside the place; nothing takes that for the file.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PIECE = ".new-"  # how the names of what is not whole yet begin
_NO_FOLDER_SYNC = (errno.EINVAL, errno.ENOTSUP)  # some network and user-space file systems


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A place beside ``path`` to write to, which takes its name at the end. A link stays one; a device, such as
    /dev/stdout, is written itself. Raises OSError as writing does, and then ``path`` is as it was."""
    place = Path(os.path.realpath(path)) if path.is_symlink() else path
    if place.exists() and not place.is_file():
        yield place
        return
    beside = place.with_name(f"{PIECE}{secrets.token_hex(8)}")
    try:
        yield beside
        _sync(beside)
        os.replace(beside, place)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(place.parent)


def write_whole(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """``mode`` is what the file may be read and written by, less the process's umask."""
    with whole_file(path) as beside, open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)


def copy_whole(source: Path, target: Path) -> None:
    """With its times and rights."""
    with whole_file(target) as beside:
        shutil.copy2(source, beside)


def make_folder(folder: Path, *, mode: int = 0o777) -> None:
    """With those above it; each stays once this returns."""
    if not folder.is_dir():
        make_folder(folder.parent, mode=mode)
        folder.mkdir(mode=mode, exist_ok=True)
        sync_folder(folder.parent)


def make_way(folder: Path) -> None:
    """A plain file that a hand left where a folder of ours is to be stays, under another name."""
    if folder.is_file():
        put_aside(folder)


def put_aside(path: Path) -> None:
    path.rename(path.with_name(f"{path.name}-{secrets.token_hex(4)}"))


def sync_folder(folder: Path) -> None:
    """What was made, renamed or removed in it stays so."""
    try:
        _sync(folder)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
