"""What the commands of catalog and map share: the company's database, rejected rows, who sits at the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from kb.terminal import say

if TYPE_CHECKING:
    from sqlite_utils import Database


@contextmanager
def open_catalog(workspace: str, *, to_write: bool = False) -> Iterator[Database]:
    from kb.workspace import find_workspace
    from mappings.db import open_company

    with closing(open_company(find_workspace(workspace, to_write=to_write).company_path)) as db:
        yield db


def list_rejected(rejected: list[dict[str, Any]]) -> None:
    for row in rejected[:20]:
        say(f"{row.get('file') or ''} row {row['row']}: {row['why']}".lstrip())
    if len(rejected) > 20:
        say(f"… and {len(rejected) - 20} more: use --json for all")


def this_user() -> str:
    """Who sits at this terminal, as the system knows them."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
