"""One workspace folder: kb.db, company.db, archive/, outbox/ and a strict config.yml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import WorkspaceError

if TYPE_CHECKING:
    from kb.config import Config

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


def find_workspace(root: str | Path) -> Workspace:
    """An existing workspace. Raises WorkspaceError when there is none."""
    workspace = Workspace(Path(root))
    if not workspace.config_path.is_file():
        raise WorkspaceError(f"no workspace at {root}: run `regwatch init --workspace {root}` first")
    return workspace


def ensure_workspace(root: str | Path) -> Workspace:
    """The workspace at ``root``, made if absent. Raises WorkspaceError when it cannot be written."""
    workspace = Workspace(Path(root))
    try:
        workspace.root.mkdir(parents=True, exist_ok=True)
        if not workspace.config_path.exists():
            workspace.config_path.write_text(TEMPLATE.read_text("utf-8"), "utf-8")
            workspace.config_path.chmod(0o640)  # it will hold password hashes
        probe = workspace.root / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise WorkspaceError(
            f"workspace {root} is not writable ({error.strerror}): choose another with --workspace"
        ) from error
    return workspace
