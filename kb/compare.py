"""Text ↔ text: which provisions and data items were added, removed, changed or moved, and how grave each change is.

Owns the unit of comparison and the kinds; pairing is kb.alignment's, marks kb.redline's, grades kb.grading's, data
items kb.item_changes'. Pure.

A law is compared by article, an article being one unit with its paragraphs and items; headings, notes and annexes
stand for themselves. An outline is compared by numbered unit, each with its own words. The provisions in a Comparison
are these units: ``number`` is the printed path (第四条; 一、（三）1.（2）), ``text`` holds all words of the unit.
``moved`` is the same law under another number, or with citations that only follow the new numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kb.alignment import Pair, Side, align
from kb.grading import grade_change, grade_presence
from kb.item_changes import compare_items
from kb.model import Comparison, DataItem, Edit, ItemChange, Provision, ProvisionChange
from kb.normalise import fold
from kb.redline import Span, mark_edits

_TOLD = ("name", "description", "rule")  # of an item that is new or gone


@dataclass(frozen=True)
class Unit:
    """``provision`` with the printed path and all its words; ``marks`` are the spans of printed item numbers in it."""

    provision: Provision
    marks: tuple[Span, ...]

    @property
    def words(self) -> str:
        """Heading and text without the printed numbers of items."""
        text, at, parts = self.provision.text, 0, [self.provision.heading]
        for start, end in self.marks:
            parts.append(text[at:start])
            at = end
        return "\n".join([*parts, text[at:]])


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


def read_units(provisions: Sequence[Provision]) -> list[Unit]:
    """The units of a text in order."""
    by_eid = {provision.eid: provision for provision in provisions}
    within: dict[str, str | None] = {}  # eid → eid of the article that holds it
    children: dict[str, list[Provision]] = {}
    units = []
    for provision in provisions:
        parent = by_eid.get(provision.parent or "")
        holder = within.get(parent.eid) if parent else None
        if parent and (holder or parent.kind == "article"):
            within[provision.eid] = holder or parent.eid
            children.setdefault(holder or parent.eid, []).append(provision)
        elif provision.kind == "article" or provision.heading or provision.text:
            units.append(provision)
    return [_unit(provision, children.get(provision.eid, ()), by_eid) for provision in units]


def _unit(provision: Provision, inside: Sequence[Provision], by_eid: Mapping[str, Provision]) -> Unit:
    text, marks = provision.text, []
    for part in inside:
        text += "\n" * bool(text)
        if part.number:
            marks.append((len(text), len(text) + len(part.number)))
        text += part.number + part.heading + part.text
    return Unit(replace(provision, number=_printed_path(provision, by_eid), text=text), tuple(marks))


def _printed_path(provision: Provision, by_eid: Mapping[str, Provision]) -> str:
    if not provision.number:
        return f"¶{provision.ordinal}"
    parent = by_eid.get(provision.parent or "")
    outer = parent and (parent.kind == "annex" or provision.kind not in ("article", "chapter"))
    return (_printed_path(parent, by_eid) if parent and outer else "") + provision.number


def _compare_units(old: Sequence[Unit], new: Sequence[Unit]) -> Iterator[ProvisionChange]:
    pairs = align(_sides(old), _sides(new))
    partner = {pair.new: pair for pair in pairs}
    renumbered = {old[pair.old].provision.number: new[pair.new].provision.number for pair in pairs}
    kept = {pair.old for pair in pairs}
    removed = [at for at in range(len(old)) if at not in kept]
    after = {pair.old + 1: pair.new + 1 for pair in pairs}  # where removed units stood: behind their neighbour
    waiting: dict[int, list[int]] = {}
    for at in removed:
        place = after.get(at, 0)
        after[at + 1] = place
        waiting.setdefault(place, []).append(at)
    for at in range(len(new) + 1):
        for gone in waiting.get(at, ()):
            unit = old[gone]
            yield ProvisionChange("removed", unit.provision, None, grade_presence(unit.words))
        if at == len(new):
            break
        pair = partner.get(at)
        if pair:
            yield _compare_pair(old[pair.old], new[at], pair, renumbered)
        else:
            yield ProvisionChange("added", None, new[at].provision, grade_presence(new[at].words))


def _sides(units: Sequence[Unit]) -> list[Side]:
    return [Side(fold(unit.words), unit.provision.number, _pairs_as(unit.provision.kind)) for unit in units]


def _pairs_as(kind: str) -> str:
    """Articles pair with articles; outline units pair with each other at any depth."""
    return kind if kind in ("article", "note", "annex", "chapter", "part") else "outline"


def _compare_pair(old: Unit, new: Unit, pair: Pair, renumbered: Mapping[str, str]) -> ProvisionChange:
    before, after = old.provision, new.provision
    if pair.equal:
        return _same_words(before, after)
    edits = (*mark_edits(before.heading, after.heading), *mark_edits(before.text, after.text, old.marks, new.marks))
    if not edits:
        return _same_words(before, after)
    grade = grade_change(old.words, new.words, edits, renumbered)
    if grade == "renumbered":
        return ProvisionChange("moved", before, after, grade, edits, pair.similarity)
    return ProvisionChange("modified", before, after, grade, edits, pair.similarity)


def _same_words(before: Provision, after: Provision) -> ProvisionChange:
    if before.number == after.number:
        return ProvisionChange("unchanged", before, after, None, (), 1.0)
    return ProvisionChange("moved", before, after, "renumbered", (), 1.0)


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
    """The document that ``regwatch diff --json`` prints; unchanged rows only with ``everything``."""
    provisions = [
        {
            "kind": change.kind,
            "old": change.old.number if change.old else None,
            "new": change.new.number if change.new else None,
            "grade": change.grade,
            "changes": [_edit_json(edit) for edit in change.edits or _whole(change)],
            "similarity": change.similarity,
        }
        for change in comparison.provisions
        if everything or change.kind != "unchanged"
    ]
    items = [
        {
            "kind": change.kind,
            "old": change.old.name if change.old else None,
            "new": change.new.name if change.new else None,
            "grade": change.grade,
            "changes": [
                {"field": name, **_edit_json(edit)}
                for name, edits in change.fields or _whole_item(change)
                for edit in edits
            ],
            "similarity": change.similarity,
        }
        for change in comparison.items
        if everything or change.kind != "unchanged"
    ]
    return {"provisions": provisions, "data_items": items, "summary": comparison.summary, "note": comparison.note}


def _whole(change: ProvisionChange) -> list[Edit]:
    """What is new or gone is one edit of all its words."""
    old, new = (f"{side.heading}{side.text}" if side else "" for side in (change.old, change.new))
    return [Edit(old, new)] if change.kind in ("added", "removed") else []


def _whole_item(change: ItemChange) -> list[tuple[str, list[Edit]]]:
    if change.kind not in ("added", "removed"):
        return []
    sides = [(name, *(getattr(side, name) if side else "" for side in (change.old, change.new))) for name in _TOLD]
    return [(name, [Edit(old, new)]) for name, old, new in sides if old or new]


def _edit_json(edit: Edit) -> dict[str, str]:
    return {"from": edit.old, "to": edit.new}
