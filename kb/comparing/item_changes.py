"""Which data item of the old text is which of the new one, and what of it changed.

Owns pairing items by name (in their category first, then anywhere), then by similarity of name and description;
never by their number or place. Marks are kb.comparing.redline's, grades kb.comparing.grading's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

from kb.comparing.alignment import Pair, Side
from kb.comparing.grading import grade_change, gravest
from kb.comparing.redline import mark_edits
from kb.comparing.splits import find_splits
from kb.items.conditions import clause_marks, condition_json
from kb.model import Condition, DataItem, Edit, Grade, ItemChange
from kb.normalise import fold
from kb.vocabulary import types_of_item

_FIELDS = ("scenario", "subscenario", "category", "name", "description", "rule")
_ASPECTS = {
    "moved": {"scenario", "subscenario", "category"}, "renamed": {"name"}, "definition": {"description"},
    "rule": {"rule"},
}  # fmt: skip
_SIMILAR = 0.6  # name and description, for an item that was renamed inside its category
_SAME_TYPE = 0.1  # what it adds that the vocabulary knows both as one data type
_WORDS = 0.4  # likeness without which that says nothing: many items are of one type
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
    pairs = [Pair(one, at, _likeness(old[one], new[at])) for at, one in partner.items()]
    splits, merges = find_splits(_sides(old), _sides(new), pairs)
    part_of = {at: whole for whole, parts in splits.items() for at in parts}
    for at, item in enumerate(new):
        if at in part_of:
            yield replace(_compare(old[part_of[at]], item), kind="split")
        elif at in merges:
            yield from (replace(_compare(old[one], item), kind="merged") for one in merges[at])
        elif at in partner:
            yield _compare(old[partner[at]], item)
        else:
            yield ItemChange("added", None, item, "substantive")
    for at in sorted(
        set(range(len(old))) - set(partner.values()) - {one for parts in merges.values() for one in parts}
    ):
        yield ItemChange("removed", old[at], None, "substantive")


def _sides(items: Sequence[DataItem]) -> list[Side]:
    return [Side(fold(item.name + item.description), item.number, fold(item.category)) for item in items]


def aspects_of(change: ItemChange) -> list[str]:
    """What of an item changed, in words of the field: moved, renamed, definition, rule, condition."""
    changed = {name for name, _ in change.fields}
    told = [aspect for aspect, names in _ASPECTS.items() if changed & names]
    return [*told, "condition"] if changed_conditions(change) else told


def changed_conditions(change: ItemChange) -> list[dict[str, Any]]:
    """Conditions that only one side has, those of one measure together: {"measure", "unit", "from", "to"}.

    ``from`` and ``to`` are leaves as ``regwatch items`` prints them, or None; ``from_number`` and ``to_number`` their
    values.
    """
    if not (change.old and change.new):
        return []
    old, new = (list(_leaves(side.conditions)) for side in (change.old, change.new))
    gone = [leaf for leaf in old if _stated(leaf) not in map(_stated, new)]
    come = [leaf for leaf in new if _stated(leaf) not in map(_stated, old)]
    pairs: list[tuple[Condition | None, Condition | None]] = []
    for leaf in gone:
        same = next((other for other in come if (other.measure, other.unit) == (leaf.measure, leaf.unit)), None)
        if same:
            come.remove(same)
        pairs.append((leaf, same))
    return [_condition_json(*pair) for pair in [*pairs, *((None, leaf) for leaf in come)]]


def _leaves(condition: Condition | None) -> Iterator[Condition]:
    if condition and condition.logic:
        for part in condition.of:
            yield from _leaves(part)
    elif condition:
        yield condition


def _stated(leaf: Condition) -> Condition | str:
    """What a leaf states, whatever its words; one without a number is its words."""
    return replace(leaf, quote="") if leaf.value is not None else f"{leaf.measure}/{fold(leaf.quote)}"


def _condition_json(old: Condition | None, new: Condition | None) -> dict[str, Any]:
    side = new or old
    assert side
    return {
        "measure": side.measure,
        "unit": side.unit,
        "from": condition_json(old) if old else None,
        "to": condition_json(new) if new else None,
        "from_number": old.value if old else None,
        "to_number": new.value if new else None,
    }


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

    alike = Indel.normalized_similarity(fold(one.name + one.description), fold(other.name + other.description))
    return alike + _SAME_TYPE * bool(alike >= _WORDS and _exact_types(one) & _exact_types(other))


def _exact_types(item: DataItem) -> set[str]:
    return {target.id for target in types_of_item(item) if target.relation == "exact"}


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
    return ItemChange(kind, old, new, gravest(grades), tuple(fields), min(round(_likeness(old, new), 3), 0.999))
