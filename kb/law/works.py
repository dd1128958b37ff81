"""Reviewed facts of single regulations, declared in works/<id>.yml: versions, dates, aliases, disputes, sources.

Owns reading and checking the declarations. What agencies' pages say is extracted elsewhere and never overwrites these;
a fact that sources dispute is stored with every claim and is filled in nowhere.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import DeclarationError
from kb.lineage.resolve import KnownVersion, KnownWork, version_id
from kb.lineage.titles import title_key

if TYPE_CHECKING:
    from kb.law.works_form import DeclaredVersion, DeclaredWork

DECLARED = Path(__file__).parents[1] / "works"


@functools.cache
def load_works(folder: Path = DECLARED) -> dict[str, DeclaredWork]:
    """Every declared work by its id, the stem of its file. Raises DeclarationError with file, line and reason."""
    from kb.declarations import load_declaration
    from kb.law.works_form import DeclaredWork

    works = {path.stem: load_declaration(path, DeclaredWork) for path in sorted(folder.glob("*.yml"))}
    for stem, work in works.items():
        path = folder / f"{stem}.yml"
        if work.id != stem:
            raise DeclarationError(f"{path}:1: id: {work.id} is not the name of the file: rename one of them")
        unknown = [relation.work for relation in work.relations if relation.work not in works]
        if unknown:
            raise DeclarationError(f"{path}:1: relations: no work {unknown[0]}: declare it or remove the relation")
    return works


@functools.cache
def load_work(id: str, folder: Path = DECLARED) -> DeclaredWork | None:
    """One declared work, read alone; None where nothing declares it."""
    path = folder / f"{id}.yml"
    if "/" in id or not path.is_file():
        return None
    from kb.declarations import load_declaration
    from kb.law.works_form import DeclaredWork

    return load_declaration(path, DeclaredWork)


@functools.cache
def known_from_declared(folder: Path = DECLARED) -> tuple[KnownWork, ...]:
    """Declared works as lineage wants them. Their versions are not recorded: they lend ids, dates and titles."""
    return tuple(
        KnownWork(work.id, _keys(work), tuple(_known_version(work.id, v) for v in work.versions), work.agencies)
        for work in load_works(folder).values()
    )


def _keys(work: DeclaredWork) -> tuple[str, ...]:
    titles = (work.title_zh, *work.aliases, *(version.title for version in work.versions))
    return tuple(dict.fromkeys(title_key(title) for title in titles))


def _known_version(work: str, version: DeclaredVersion) -> KnownVersion:
    id = version_id(work, version.stage, version.edition, version.issued)
    return KnownVersion(id, version.stage, version.edition, version.issued, version.title, recorded=False)
