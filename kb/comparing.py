"""Compare two things a person names: versions or texts of kb.db, or files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from kb.compare import compare_texts
from kb.errors import NotFound
from kb.model import Comparison, DataItem, Provision
from kb.queries import load_reading


@dataclass(frozen=True)
class Side:
    name: str
    provisions: tuple[Provision, ...]
    items: tuple[DataItem, ...]
    problems: tuple[str, ...] = ()


def compare_sides(db: Database | None, old: str, new: str) -> tuple[Comparison, list[str]]:
    """The comparison of two sides, and what of them could not be read. Raises NotFound."""
    before, after = load_side(db, old), load_side(db, new)
    return compare_readings(before, after), [*before.problems, *after.problems]


def compare_readings(old: Side, new: Side) -> Comparison:
    """Data items are compared only where both sides have them: lost tables are not removed items."""
    if bool(old.items) != bool(new.items):
        bare = new if old.items else old
        note = f"data items are not compared: no table of {bare.name} was read"
        return compare_texts(old.provisions, new.provisions, note=note)
    return compare_texts(old.provisions, new.provisions, old.items, new.items)


def load_side(db: Database | None, name: str) -> Side:
    """A file if there is one of that name, otherwise a version or text of kb.db."""
    path = Path(name)
    if path.is_file():
        return _read_file(path)
    if db is None:
        raise NotFound(f"{name}: no such file, and no workspace to look for a version of that name")
    return Side(name, *load_reading(db, name))


def _read_file(path: Path) -> Side:
    from kb.publication import read_bytes

    row = {"id": path.name, "url": f"hand:{path.name}", "name": path.name, "role": "page", "capture": None}
    reading = read_bytes(row, path.read_bytes())
    problems = (f"{path}: {reading.status}: {reading.detail}",) if reading.status != "read" else ()
    return Side(path.name, reading.provisions, reading.items, problems)
