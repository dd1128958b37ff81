"""One workspace folder: kb.db, company.db, archive/, outbox/ and a strict config.yml."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import WorkspaceError
from kb.whole_file import make_folder, write_whole

if TYPE_CHECKING:
    from kb.config import Config

RESTORING = ".restoring"  # in a workspace while `regwatch restore` fills it
TEMPLATE = Path(__file__).with_name("config_template.yml")


@dataclass(frozen=True)
class Workspace:
    """Paths of one workspace. Databases are opened by the rooms that own them."""

    root: Path

    @property
    def config_path(self) -> Path:
        return self.root / "config.yml"

    @property
    def kb_path(self) -> Path:
        return self.root / "kb.db"

    @property
    def company_path(self) -> Path:
        return self.root / "company.db"

    @property
    def archive_path(self) -> Path:
        return self.root / "archive"

    @property
    def outbox_path(self) -> Path:
        return self.root / "outbox"

    @property
    def lock_path(self) -> Path:
        return self.root / ".lock"

    @property
    def demo_mark(self) -> Path:
        """Present in a workspace that a demo made; holds the last simulated day."""
        return self.root / ".demo"

    @property
    def simulated_day(self) -> str | None:
        return self.demo_mark.read_text("utf-8").strip() or None if self.demo_mark.exists() else None

    @cached_property
    def config(self) -> Config:
        from kb.config import Config
        from kb.declarations import load_declaration

        return load_declaration(self.config_path, Config)


def find_workspace(root: str | Path, *, to_write: bool = False) -> Workspace:
    """An existing workspace. Raises WorkspaceError when there is none, or it is to be written and cannot be."""
    workspace = Workspace(Path(root))
    _refuse_half(workspace)
    if not workspace.config_path.is_file():
        _refuse_without_config(workspace)
        raise WorkspaceError(f"no workspace at {root}: run `regwatch init --workspace {root}` first")
    if to_write:
        with _writing(workspace):
            _probe(workspace)
    return workspace


def ensure_workspace(root: str | Path, *, config_anew: bool = False) -> Workspace:
    """The workspace at ``root``, made if absent. Raises WorkspaceError when it cannot be written, or its config.yml was
    lost: with the template's settings owners would be told into files. ``config_anew`` writes the template then."""
    workspace = Workspace(Path(root))
    _refuse_half(workspace)
    with _writing(workspace):
        make_folder(workspace.root)
        if not workspace.config_path.exists():
            if not config_anew:
                _refuse_without_config(workspace)
            write_whole(workspace.config_path, TEMPLATE.read_bytes(), mode=0o640)  # it will hold password hashes
        _probe(workspace)
    return workspace


def _refuse_half(workspace: Workspace) -> None:
    if (workspace.root / RESTORING).exists():
        raise WorkspaceError(f"{workspace.root} is half restored: run `regwatch restore` into it again")


def _refuse_without_config(workspace: Workspace) -> None:
    if workspace.kb_path.exists() or workspace.company_path.exists():
        raise WorkspaceError(f"{workspace.config_path} is gone: put it back from a backup, or write the template anew "
                             f"by `regwatch init --workspace {workspace.root}`")  # fmt: skip


def _probe(workspace: Workspace) -> None:
    probe = workspace.root / ".writable"
    probe.touch()
    probe.unlink()


@contextmanager
def _writing(workspace: Workspace) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WorkspaceError(
            f"workspace {workspace.root} is not writable ({error.strerror}): choose another with --workspace"
        ) from error
