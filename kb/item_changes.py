"""Which data item of the old text is which of the new one, and what of it changed.

Owns pairing items by name (in their category first, then anywhere), then by similarity of name and description;
never by their number or place. Marks are kb.redline's, grades kb.grading's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from kb.conditions import clause_marks
from kb.grading import grade_change, gravest
from kb.model import DataItem, Edit, Grade, ItemChange
from kb.normalise import fold
from kb.redline import mark_edits

_FIELDS = ("scenario", "subscenario", "category", "name", "description", "rule")
_SIMILAR = 0.6  # name and description, for an item that was renamed inside its category
_SIMILAR_ELSEWHERE = 0.75  # the same in another category

_KEYS: tuple[Callable[[DataItem], tuple[str, ...]], ...] = (
    lambda item: (item.scenario, item.subscenario, item.category, item.name),
    lambda item: (item.scenario, item.category, item.name),
    lambda item: (item.category, item.name),
    lambda item: (item.name,),
)


def compare_items(old: Sequence[DataItem], new: Sequence[DataItem]) -> Iterator[ItemChange]:
    """Changes in the order of the new items, then the items that are gone."""
    partner = _pair(old, new)
    for at, item in enumerate(new):
        if at in partner:
            yield _compare(old[partner[at]], item)
        else:
            yield ItemChange("added", None, item, "substantive")
    for at in sorted(set(range(len(old))) - set(partner.values())):
        yield ItemChange("removed", old[at], None, "substantive")


def _pair(old: Sequence[DataItem], new: Sequence[DataItem]) -> dict[int, int]:
    """Place of each new item's partner among the old ones: exact names first, then what resembles most."""
    partner: dict[int, int] = {}
    for key in _KEYS:
        waiting: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for at in sorted(set(range(len(old))) - set(partner.values())):
            waiting[tuple(map(fold, key(old[at])))].append(at)
        for at in range(len(new)):
            candidates = waiting.get(tuple(map(fold, key(new[at])))) if at not in partner else None
            if candidates:
                partner[at] = candidates.pop(0)
    free = sorted(set(range(len(old))) - set(partner.values()))
    ranked = [(_likeness(old[one], new[at]), one, at) for at in range(len(new)) if at not in partner for one in free]
    for score, one, at in sorted(ranked, key=lambda entry: (-entry[0], entry[1], entry[2])):
        asked = _SIMILAR if fold(old[one].category) == fold(new[at].category) else _SIMILAR_ELSEWHERE
        if score >= asked and at not in partner and one not in partner.values():
            partner[at] = one
    return partner


def _likeness(one: DataItem, other: DataItem) -> float:
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(fold(one.name + one.description), fold(other.name + other.description))


def _compare(old: DataItem, new: DataItem) -> ItemChange:
    fields: list[tuple[str, tuple[Edit, ...]]] = []
    grades: list[Grade] = []
    for name in _FIELDS:
        before, after = getattr(old, name), getattr(new, name)
        edits = mark_edits(before, after, clause_marks(before), clause_marks(after))
        grade = grade_change(before, after, edits)
        if edits and grade:
            fields.append((name, edits))
            grades.append(grade)
    if not fields:
        return ItemChange("unchanged", old, new, None, (), 1.0)
    renamed = any(name == "name" for name, _ in fields)
    kind: Literal["renamed", "modified"] = "renamed" if renamed else "modified"
    return ItemChange(kind, old, new, gravest(grades), tuple(fields), round(_likeness(old, new), 3))
