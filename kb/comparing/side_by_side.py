"""Two versions side by side, as the site shows them: rows of two marked texts, runs of unchanged rows together.

Takes its differences from compare and its marks from marked. Compares versions and texts of kb.db, never files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlite_utils import Database

from kb.comparing import marked
from kb.comparing.chosen import compare_readings, load_version
from kb.comparing.compare import comparison_json
from kb.comparing.headlines import headlines_by_topic
from kb.model import ItemChange, ProvisionChange
from kb.rows import Row, missing, rows

GRADES = ("threshold", "deadline", "substantive", "editorial", "renumbered")


def compare_versions(db: Database, old: str, new: str) -> Row:
    """Both sides, how many changes of each grade, and the rows; with them what `regwatch diff --json` prints.

    ``old`` and ``new`` are ids of versions or of texts (for an edit in place). Raises NotFound.
    """
    sides = head_of(db, old), head_of(db, new)
    comparison = compare_readings(load_version(db, old), load_version(db, new), preambles=True)
    listed: list[ItemChange | ProvisionChange] = [*comparison.items, *comparison.provisions]
    counted: Counter[str] = Counter(change.grade or "substantive" for change in listed if change.kind != "unchanged")
    return {
        "old": sides[0],
        "new": sides[1],
        "note": comparison.note,
        "grades": {grade: counted[grade] for grade in GRADES if counted[grade]},
        **comparison_json(comparison),
        "topics": headlines_by_topic(comparison),
        "item_rows": _runs(map(marked.item_row, comparison.items)),
        "provision_rows": _runs(map(marked.provision_row, comparison.provisions)),
    }


def _runs(listed: Iterable[marked.Row]) -> list[Row]:
    return [
        {"changed": changed, "rows": [_row(row) for row in members]} for changed, members in marked.stretches(listed)
    ]


def _row(row: marked.Row) -> Row:
    return {name: value for name, value in asdict(row).items() if name != "edits"}


def head_of(db: Database, id: str) -> dict[str, Any]:
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
