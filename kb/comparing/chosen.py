"""Compare two things a person names: versions or texts of kb.db, or files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sqlite_utils import Database

from kb.comparing.compare import compare_texts
from kb.errors import NotFound
from kb.model import Comparison, DataItem, Provision
from kb.queries import load_reading
from kb.structure.preamble import read_preamble, resembles

MAX_TEXT = 2_000_000  # bytes: some 1,000 pages of law; more would keep a person waiting
_BODY = "select body from text where id = coalesce((select text from version where id = ?1), ?1)"


@dataclass(frozen=True)
class Side:
    name: str
    provisions: tuple[Provision, ...]
    items: tuple[DataItem, ...]
    problems: tuple[str, ...] = ()
    preamble: Provision | None = None


def compare_sides(db: Database | None, old: str, new: str) -> tuple[Comparison, list[str]]:
    """The comparison of two sides, and what of them could not be read. Raises NotFound."""
    before, after = load_side(db, old), load_side(db, new)
    problems = [*before.problems, *after.problems]
    unread = [side.name for side in (before, after) if side.problems and not side.provisions and not side.items]
    if unread:  # a side that could not be read is not a side that says nothing
        return Comparison((), (), {}, note=f"nothing is compared: {' and '.join(unread)} could not be read"), problems
    return compare_readings(before, after, preambles=True), problems


def compare_readings(old: Side, new: Side, *, preambles: bool = False) -> Comparison:
    """Data items are compared only where both sides have them: lost tables are not removed items.

    ``preambles`` compares those, too, for a person to read; they are no provisions and have no place in kb.db. A note
    to a draft and the order that promulgates a final are two things, not one that changed.
    """
    if preambles and old.preamble and new.preamble and resembles(old.preamble, new.preamble):
        old = replace(old, provisions=(old.preamble, *old.provisions))
        new = replace(new, provisions=(new.preamble, *new.provisions))
    if bool(old.items) != bool(new.items):
        bare = new if old.items else old
        note = f"data items are not compared: no table of {bare.name} was read"
        return compare_texts(old.provisions, new.provisions, note=note)
    return compare_texts(old.provisions, new.provisions, old.items, new.items)


def load_side(db: Database | None, name: str) -> Side:
    """A file if there is one of that name, otherwise a version or text of kb.db; with its preamble."""
    path = Path(name)
    if path.is_file():
        return _read_file(path)
    if db is None:
        raise NotFound(f"{name}: no such file, and no workspace to look for a version of that name")
    if "@" not in name:
        raise NotFound(f"{name}: no such file, and no version is called so: see `regwatch works`")
    return load_version(db, name)


def load_version(db: Database, name: str) -> Side:
    """A version or text of kb.db, with its preamble. Raises NotFound."""
    provisions, items = load_reading(db, name)
    body = next((row["body"] for row in db.query(_BODY, [name])), "")
    return Side(name, provisions, items, preamble=read_preamble(body, provisions))


def _read_file(path: Path) -> Side:
    from kb.reading.detect import detect_format
    from kb.recording.publication import read_bytes

    data = path.read_bytes()
    if len(data) > MAX_TEXT and detect_format(data, path.name, "") in ("text", "markdown", "html"):
        what = f"{path}: {len(data):,} bytes of text; files of at most {MAX_TEXT:,} are compared"
        return Side(path.name, (), (), (f"{what}: `regwatch add` both and compare the versions",))
    row = {"id": path.name, "url": f"hand:{path.name}", "name": path.name, "role": "page", "capture": None}
    reading = read_bytes(row, data)
    problems = (f"{path}: {reading.status}: {reading.detail}",) if reading.status != "read" else ()
    preamble = read_preamble(reading.document.body, reading.provisions)
    return Side(path.name, reading.provisions, reading.items, problems, preamble)
