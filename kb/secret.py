"""A secret of the workspace: random, made at first use, in a file that its owner alone reads."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from kb.whole_file import make_folder, sync_folder, write_whole

LENGTH = 64  # hexadecimal digits


def kept_secret(path: Path) -> str:
    """The secret kept at ``path``. One cut short, by a full disk or with the power, would be guessed: it is made anew,
    and what was signed with it holds no longer. Raises OSError when it can be neither read nor written."""
    make_folder(path.parent, mode=0o700)
    if path.exists() and len(path.read_text("utf-8").strip()) < LENGTH:
        path.unlink()
    if not path.exists():
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        write_whole(beside, secrets.token_hex(LENGTH // 2).encode(), mode=0o600)
        with suppress(FileExistsError):  # another process was first: its secret holds
            os.link(beside, path)
        beside.unlink()
        sync_folder(path.parent)
    return path.read_text("utf-8")
