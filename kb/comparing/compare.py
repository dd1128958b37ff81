"""Text ↔ text: which provisions and data items were added, removed, changed or moved, and how grave each change is.

Owns the kinds of change; units are kb.structure.units', pairing is alignment's, marks redline's, grades grading's, data
items item_changes'. Pure.

The provisions in a Comparison are the units of kb.structure.units: an article with all it holds, or one outline unit.
``moved`` is the same law under another number, or with citations that only follow the new numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from kb.comparing.alignment import Pair, Side, align
from kb.comparing.grading import grade_change
from kb.comparing.headlines import headlines
from kb.comparing.item_changes import aspects_of, changed_conditions, compare_items
from kb.comparing.redline import edits_of, mark_edits, redline
from kb.comparing.sentences import sentences_at
from kb.comparing.splits import find_splits, merged_changes, split_changes
from kb.items.amounts import changed_amounts
from kb.model import Comparison, DataItem, Edit, ItemChange, Provision, ProvisionChange, Run
from kb.normalise import fold
from kb.structure.units import Unit, read_units

_COUNTED = 100_000  # characters of what is new or gone in which numbers are looked for
_TOLD = ("name", "description", "rule")  # of an item that is new or gone


def compare_texts(
    old: Sequence[Provision],
    new: Sequence[Provision],
    old_items: Sequence[DataItem] = (),
    new_items: Sequence[DataItem] = (),
    note: str = "",
) -> Comparison:
    """The difference of two texts. ``summary`` counts kinds and grades, those of data items as ``items_…``."""
    provisions = tuple(_compare_units(read_units(old), read_units(new)))
    items = tuple(compare_items(old_items, new_items))
    return Comparison(provisions, items, _summary(provisions, items), note)


def _compare_units(old: Sequence[Unit], new: Sequence[Unit]) -> Iterator[ProvisionChange]:
    before, after = _sides(old), _sides(new)
    pairs = align(before, after)
    splits, merges = find_splits(before, after, pairs)
    # An annex may count its articles anew (a standard contract): the law's own, which stand first, are what it cites.
    renumbered = {old[pair.old].provision.number: new[pair.new].provision.number for pair in reversed(pairs)}
    told: dict[int, list[ProvisionChange]] = {pair.new: [] for pair in pairs}
    for pair in pairs:
        if pair.old not in splits and pair.new not in merges:
            told[pair.new].append(_compare_pair(old[pair.old], new[pair.new], pair, renumbered))
    for whole, parts in splits.items():
        changes = split_changes(old[whole], [new[at] for at in parts], renumbered)
        told |= {at: [change] for at, change in zip(parts, changes, strict=True)}
    for whole, parts in merges.items():
        told[whole] = list(merged_changes([old[at] for at in parts], new[whole], renumbered))
    kept = {pair.old for pair in pairs}.union(*merges.values())
    gone = _gone([at for at in range(len(old)) if at not in kept], pairs)
    for at in range(len(new) + 1):
        for left in gone.get(at, ()):
            yield ProvisionChange("removed", old[left].provision, None, "substantive")
        if at < len(new):
            yield from told.get(at) or [ProvisionChange("added", None, new[at].provision, "substantive")]


def _gone(removed: Sequence[int], pairs: Sequence[Pair]) -> dict[int, list[int]]:
    """Removed units by the new place they stood before: behind their old neighbour."""
    after = {pair.old + 1: pair.new + 1 for pair in pairs}
    waiting: dict[int, list[int]] = {}
    for at in removed:
        after[at + 1] = place = after.get(at, 0)
        waiting.setdefault(place, []).append(at)
    return waiting


def _sides(units: Sequence[Unit]) -> list[Side]:
    return [Side(fold(unit.words), unit.provision.number, _pairs_as(unit.provision.kind)) for unit in units]


def _pairs_as(kind: str) -> str:
    """Articles pair with articles; outline units pair with each other at any depth."""
    return kind if kind in ("article", "note", "annex", "chapter", "part") else "outline"


def _compare_pair(old: Unit, new: Unit, pair: Pair, renumbered: Mapping[str, str]) -> ProvisionChange:
    before, after = old.provision, new.provision
    if pair.equal:
        return _same_words(before, after)
    runs = tuple(redline(before.text, after.text, old.marks, new.marks))
    edits = (*mark_edits(before.heading, after.heading), *edits_of(before.text, after.text, runs))
    if not edits:
        return _same_words(before, after)
    told = _changed(replace(before, text=old.plain), replace(after, text=new.plain), runs)
    grade = grade_change(*told, edits, renumbered)
    kind: Literal["moved", "modified"] = "moved" if grade == "renumbered" else "modified"
    return ProvisionChange(kind, before, after, grade, edits, pair.similarity, runs)


def _changed(old: Provision, new: Provision, runs: Sequence[Run]) -> tuple[str, str]:
    """The sentences of both sides that changed, and the headings if they did; numbers elsewhere are the same."""
    changed = [run for run in runs if not run.equal]
    sides = sentences_at(old.text, [run.old for run in changed]), sentences_at(new.text, [run.new for run in changed])
    if old.heading == new.heading:
        return sides
    return f"{old.heading}\n{sides[0]}", f"{new.heading}\n{sides[1]}"


def _same_words(before: Provision, after: Provision) -> ProvisionChange:
    runs = (Run((0, len(before.text)), (0, len(after.text)), True),) if before.text or after.text else ()
    if before.number == after.number:
        return ProvisionChange("unchanged", before, after, None, (), 1.0, runs)
    return ProvisionChange("moved", before, after, "renumbered", (), 1.0, runs)


def _summary(provisions: Sequence[ProvisionChange], items: Sequence[ItemChange]) -> dict[str, int]:
    counts = dict.fromkeys(("added", "removed", "modified", "moved", "unchanged"), 0)
    counts |= Counter(change.kind for change in provisions)
    counts |= Counter(change.grade for change in provisions if change.grade)
    for change in items:
        for name in (change.kind, change.grade):
            if name:
                counts[f"items_{name}"] = counts.get(f"items_{name}", 0) + 1
    return counts


def comparison_json(comparison: Comparison, everything: bool = False) -> dict[str, Any]:
    """The document that ``regwatch diff --json`` prints; unchanged rows only with ``everything``.

    A change whose sides hold one number each has it as ``from_number``, ``to_number`` and ``unit`` (units of
    measures.yml; ``from_unit`` and ``to_unit`` where they differ). ``numbers`` are all amounts that stand on one side
    only. ``headlines`` are the five lines for the first screen.
    """
    return {
        "provisions": [_provision_json(c) for c in comparison.provisions if everything or c.kind != "unchanged"],
        "data_items": [_item_json(c) for c in comparison.items if everything or c.kind != "unchanged"],
        "summary": comparison.summary,
        "headlines": headlines(comparison),
        "note": comparison.note,
    }


def _provision_json(change: ProvisionChange) -> dict[str, Any]:
    sides = tuple(f"{side.heading}\n{side.text[:_COUNTED]}" if side else "" for side in (change.old, change.new))
    if change.old and change.new:
        sides = _changed(change.old, change.new, change.runs)
    return {
        "kind": change.kind,
        "old": change.old.number if change.old else None,
        "new": change.new.number if change.new else None,
        "grade": change.grade,
        "changes": [_edit_json(edit) for edit in change.edits or _whole(change)],
        "numbers": _numbers_json(*sides),
        "similarity": change.similarity,
    }


def _item_json(change: ItemChange) -> dict[str, Any]:
    fields = change.fields or _whole_item(change)
    return {
        "kind": change.kind,
        "old": change.old.name if change.old else None,
        "new": change.new.name if change.new else None,
        "grade": change.grade,
        "aspects": aspects_of(change),
        "changes": [{"field": name, **_edit_json(edit)} for name, edits in fields for edit in edits],
        "conditions": changed_conditions(change),
        "numbers": _numbers_json(*(side.rule if side else "" for side in (change.old, change.new))),
        "similarity": change.similarity,
    }


def _whole(change: ProvisionChange) -> list[Edit]:
    """What is new or gone is one edit of all its words."""
    old, new = ("\n".join(filter(None, (side.heading, side.text))) if side else "" for side in (change.old, change.new))
    return [Edit(old, new)] if change.kind in ("added", "removed") else []


def _whole_item(change: ItemChange) -> list[tuple[str, list[Edit]]]:
    if change.kind not in ("added", "removed"):
        return []
    sides = [(name, *(getattr(side, name) if side else "" for side in (change.old, change.new))) for name in _TOLD]
    return [(name, [Edit(old, new)]) for name, old, new in sides if old or new]


def _edit_json(edit: Edit) -> dict[str, Any]:
    told: dict[str, Any] = {"from": edit.old, "to": edit.new}
    if edit.old_number is not None or edit.new_number is not None:
        told |= {"from_number": edit.old_number, "to_number": edit.new_number, "unit": edit.new_unit or edit.old_unit}
        if edit.old_unit != edit.new_unit and edit.old_unit and edit.new_unit:
            told |= {"from_unit": edit.old_unit, "to_unit": edit.new_unit}
    return told


def _numbers_json(old: str, new: str) -> dict[str, list[dict[str, Any]]]:
    sides = zip(("from", "to"), (old, new), changed_amounts(old, new), strict=True)
    return {
        name: [
            {"text": words[a.start : a.end], "value": a.date or a.value, "unit": a.unit, "comparator": a.comparator}
            for a in amounts
        ]
        for name, words, amounts in sides
    }
