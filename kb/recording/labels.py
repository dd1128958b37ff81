"""The change of what a page says of itself, not of a text: its title, a day, its stage."""

from __future__ import annotations

from collections.abc import Sequence

from kb.rows import Row


def change_of_label(document: str | None, label: str, grade: str, edits: Sequence[Row], words: str) -> Row:
    """As a change is kept; ``document`` says so, ``words`` are quoted, and an edit is ``{"from": …, "to": …}``."""
    return {
        "subject": "passage", "kind": "modified", "grade": grade, "old": None, "new": document, "old_label": label,
        "new_label": label, "edits": list(edits), "similarity": None, "quote": words,
    }  # fmt: skip
