"""What the company's pages are asked with: both databases at once, the exposure desk, and the number of a page.

kb.db is opened for reading only, beside the connection to company.db that a visit gives.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import RLock
from typing import TypeVar

from sqlite_utils import Database

from kb.workspace import Workspace
from mappings.exposure.assess import Exposure
from mappings.exposure.desk import Desk
from mappings.exposure.sentences import in_language
from pages.visit import Visit

T = TypeVar("T")


def workspace_of(visit: Visit) -> Workspace:
    return Workspace(visit.root)


class KeptDesk(Desk):
    """A desk whose exposures are kept until a database, a pack or the day is another: they are the same for everybody
    and take a while where there are thousands of transfers."""

    def expose(self, what_if: str | None) -> list[Exposure]:
        key = (self.workspace.root, self.day, what_if, _state(self.workspace))
        with _LOCK:
            if key not in _KEPT:
                _KEPT[key] = super().expose(what_if)
                while len(_KEPT) > MOST:
                    del _KEPT[next(iter(_KEPT))]
            return _KEPT[key]


def _state(workspace: Workspace) -> tuple[tuple[int, int], ...]:
    """Changes whenever somebody has written: the logs of both databases, and the company's own packs."""
    files = [path.with_name(path.name + end) for path in (workspace.kb_path, workspace.company_path) for end in
             ("", "-wal")] + sorted((workspace.root / "packs").glob("*.yml"))  # fmt: skip
    return tuple((told.st_mtime_ns, told.st_size) for path in files if path.exists() and (told := path.stat()))


_KEPT: dict[tuple[object, ...], list[Exposure]] = {}
_LOCK = RLock()  # what a draft asks may ask the law in force
MOST = 4


async def ask_desk(visit: Visit, question: Callable[[Desk], T]) -> T:
    """A question about transfers and the law of the visit's day; sentences in the answer are in the visitor's
    language."""

    def ask(kb: Database, company: Database) -> T:
        answer: T = in_language(question(KeptDesk(workspace_of(visit), kb, company, visit.today)), visit.language)
        return answer

    return await ask_both(visit, ask)


async def ask_both(visit: Visit, question: Callable[[Database, Database], T]) -> T:
    """``question`` gets kb.db and company.db."""

    def ask(company: Database) -> T:
        with _open_kb(visit) as kb:
            return question(kb, company)

    return await visit.company(ask)


async def write_with_kb(visit: Visit, deed: Callable[[Database, Database], T]) -> T:
    """``deed`` gets kb.db to read and company.db to write, in one transaction."""

    def write(company: Database) -> T:
        with _open_kb(visit) as kb:
            return deed(kb, company)

    return await visit.write_company(write)


@contextmanager
def _open_kb(visit: Visit) -> Iterator[Database]:
    path = workspace_of(visit).kb_path.resolve()
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        yield Database(connection, execute_plugins=False)
