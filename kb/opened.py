"""kb.db for a command: of the workspace it was given, or none for what works on files and declarations alone."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def open_kb_of(workspace: str) -> Database:
    """kb.db of a workspace. Raises WorkspaceError where there is none."""
    from kb.db import open_kb
    from kb.workspace import find_workspace

    return open_kb(find_workspace(workspace).kb_path)


def open_kb_if_any(workspace: str, *sides: str) -> AbstractContextManager[Database | None]:
    """kb.db where there is a workspace, or where one of ``sides`` can only be a version; otherwise nothing."""
    from kb.workspace import Workspace

    if Workspace(Path(workspace)).kb_path.exists() or any("@" in side and not Path(side).exists() for side in sides):
        return open_kb_of(workspace)
    return nullcontext(None)
