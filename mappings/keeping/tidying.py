"""What of a workspace may go: pieces of cut-off writes, laid-out copies, old letters on file. Evidence never does.

Captures, decisions, alerts and acknowledgements are kept for ever: they are what is shown to an auditor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.db import BEFORE_UPGRADE
from kb.workspace import Workspace

HOUR = 3600


@dataclass(frozen=True)
class Leftover:
    path: Path
    bytes: int
    why: str


def leftovers(workspace: Workspace, *, days: int, at: float) -> Iterator[Leftover]:
    """What may go at ``at`` (seconds since 1970). ``days``: letters on file, and copies from before an upgrade, stay
    that long; their text stays in company.db, and the database they were copied from is in the backups."""
    old = at - days * 24 * HOUR
    rules = (
        ("archive/*/.new-*", at - HOUR, "a capture that was cut off while it was written"),
        (f"{BEFORE_UPGRADE}/.new-*", at - HOUR, "a copy that was cut off in an upgrade"),
        ("layouts/**/.new-*", at - HOUR, "a laid-out copy that was cut off while it was written"),
        ("layouts/**/[!.]*", at + 1, "can be laid out again"),  # ``at`` is told in whole seconds
        ("outbox/*.eml", old, f"older than {days} days; its text stays in company.db"),
        (f"{BEFORE_UPGRADE}/[!.]*", old, f"from before an upgrade more than {days} days ago"),
    )
    for pattern, before, why in rules:
        for path in sorted(workspace.root.glob(pattern)):
            if path.is_file() and path.stat().st_mtime <= before:
                yield Leftover(path, path.stat().st_size, why)
