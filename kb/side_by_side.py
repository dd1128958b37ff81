"""Two versions side by side, as the site shows them: rows of two marked texts, runs of unchanged rows together.

Takes its differences from kb.compare and only lays them out. Compares versions and texts of kb.db, never files.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlite_utils import Database

from kb.compare import comparison_json
from kb.comparing import Side, compare_readings
from kb.model import DataItem, Edit, ItemChange, Provision, ProvisionChange
from kb.queries import load_reading
from kb.redline import redline
from kb.rows import Row, missing, rows

Parts = list[tuple[str, str]]  # ("same" | "changed", words)
GRADES = ("threshold", "deadline", "substantive", "editorial", "renumbered")
FIELDS = ("category", "name", "description", "rule")


def compare_versions(db: Database, old: str, new: str) -> Row:
    """Both sides, how many changes of each grade, and the rows; with them what `regwatch diff --json` prints.

    ``old`` and ``new`` are ids of versions or of texts (for an edit in place). Raises NotFound.
    """
    sides = _head(db, old), _head(db, new)
    comparison = compare_readings(Side(old, *load_reading(db, old)), Side(new, *load_reading(db, new)))
    listed: list[ItemChange | ProvisionChange] = [*comparison.items, *comparison.provisions]
    counted: Counter[str] = Counter(change.grade or "substantive" for change in listed if change.kind != "unchanged")
    return {
        "old": sides[0],
        "new": sides[1],
        "note": comparison.note,
        "grades": {grade: counted[grade] for grade in GRADES if counted[grade]},
        **comparison_json(comparison),
        "item_rows": runs(map(item_row, comparison.items)),
        "provision_rows": runs(map(provision_row, comparison.provisions)),
    }


def item_row(change: ItemChange) -> Row:
    """One data item: the fields that differ, or all of them where there is only one side."""
    edits = dict(change.fields)
    if change.old and change.new:
        shown = [name for name in FIELDS if name in edits] or ["rule"]
    else:
        shown = ["category", "description", "rule"]
    fields = [_field(name, _words(change.old, name), _words(change.new, name), edits.get(name, ())) for name in shown]
    old, new = (side.name if side else None for side in (change.old, change.new))
    return _row(change.kind, change.grade, old, new, fields)


def provision_row(change: ProvisionChange) -> Row:
    """One provision: its number and heading as label, its own words as text."""
    old, new = (side.text if side else "" for side in (change.old, change.new))
    fields = [_field("text", old, new, change.edits)] if old or new else []
    return _row(change.kind, change.grade, _label(change.old), _label(change.new), fields)


def runs(listed: Iterable[Row]) -> list[Row]:
    """Rows in order, neighbours gathered into runs of changed and of unchanged ones."""
    return [
        {"changed": changed, "rows": list(members)}
        for changed, members in itertools.groupby(listed, lambda row: row["kind"] != "unchanged")
    ]


def _field(name: str, old: str, new: str, edits: Sequence[Edit]) -> Row:
    """Both texts in parts. A text that has no counterpart is all new, or all gone."""
    if edits and old and new:
        marked = redline(old, new)
        before = [("same" if run.equal else "changed", old[slice(*run.old)]) for run in marked]
        after = [("same" if run.equal else "changed", new[slice(*run.new)]) for run in marked]
    else:
        kind = "changed" if edits or not (old and new) else "same"
        before, after = [(kind, old)], [(kind, new)]
    return {"name": name, "old": _kept(before), "new": _kept(after)}


def _row(kind: str, grade: str | None, old: str | None, new: str | None, fields: list[Row]) -> Row:
    return {"kind": kind, "grade": grade, "old_label": old, "new_label": new, "fields": fields}


def _kept(parts: Parts) -> Parts:
    return [part for part in parts if part[1]]


def _words(item: DataItem | None, name: str) -> str:
    return str(getattr(item, name)) if item else ""


def _label(provision: Provision | None) -> str | None:
    return f"{provision.number} {provision.heading}".strip() if provision else None


def _head(db: Database, id: str) -> dict[str, Any]:
    """What is said above one side: the version, and the text if a text was named."""
    found = rows(
        db,
        "select version.id, version.work, stage, title, published, signed, "
        "case when version.id = ?1 then null else ?1 end as text from version "
        "where version.id = coalesce((select version from text where id = ?1), ?1)",
        [id],
    )
    if not found:
        raise missing("version", id)
    return found[0]
