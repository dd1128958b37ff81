"""A comparison as rows of two marked texts, for pages and prints: what stands where, and which words of it changed.

Owns laying out; the differences are compare's. Every place of a text is in exactly one part, so that a mark is
never put on another occurrence of the same words.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.comparing.redline import redline
from kb.items.conditions import clause_marks
from kb.model import Comparison, DataItem, Edit, ItemChange, Provision, ProvisionChange, Run

PartKind = Literal["same", "changed", "number"]
RunKind = Literal["same", "old", "new"]
Parts = list[tuple[PartKind, str]]
FIELDS = ("scenario", "subscenario", "category", "name", "description", "rule")
_ALONE = ("category", "description", "rule")  # of an item that is new or gone


@dataclass(frozen=True)
class Field:
    """One text on both sides in parts; the sides of what is new or gone are empty or all ``changed``.

    ``both`` is the two in one: what stays, what goes (old) and what stands in its place (new); empty where only one is.
    """

    name: str
    old: Parts
    new: Parts
    both: tuple[tuple[RunKind, str], ...] = ()


@dataclass(frozen=True)
class Row:
    """One change: number and heading of a provision or the name of an item as label (None: not on that side)."""

    kind: str
    grade: str | None
    old_label: str | None
    new_label: str | None
    fields: tuple[Field, ...]
    edits: tuple[tuple[str, Edit], ...]  # with the field each is in


def item_row(change: ItemChange) -> Row:
    """One data item: the fields that differ, or all of them where there is only one side."""
    edits = dict(change.fields)
    both = change.old and change.new
    shown = ([name for name in FIELDS if name in edits] or ["rule"]) if both else _ALONE
    fields = []
    for name in shown:
        old, new = _words(change.old, name), _words(change.new, name)
        runs = redline(old, new, clause_marks(old), clause_marks(new)) if both and name in edits else None
        fields.append(_field(name, old, new, runs if both else ()))
    old_name, new_name = (side.name if side else None for side in (change.old, change.new))
    told = tuple((name, edit) for name, listed in change.fields for edit in listed)
    return Row(change.kind, change.grade, old_name, new_name, tuple(fields), told)


def provision_row(change: ProvisionChange) -> Row:
    """One provision: its number and heading as label, its own words as text."""
    old, new = (side.text if side else "" for side in (change.old, change.new))
    fields = []
    if change.old and change.new and change.old.heading != change.new.heading:
        headings = change.old.heading, change.new.heading
        fields.append(_field("heading", *headings, redline(*headings)))
    if old or new:
        fields.append(_field("text", old, new, change.runs))
    told = tuple(("text", edit) for edit in change.edits)
    return Row(change.kind, change.grade, _label(change.old), _label(change.new), tuple(fields), told)


def rows(comparison: Comparison) -> Iterator[Row]:
    """All rows, data items first."""
    yield from map(item_row, comparison.items)
    yield from map(provision_row, comparison.provisions)


def stretches(listed: Iterable[Row]) -> Iterator[tuple[bool, list[Row]]]:
    """Neighbours gathered into stretches of changed (True) and of unchanged rows (False)."""
    for changed, members in itertools.groupby(listed, lambda row: row.kind != "unchanged"):
        yield changed, list(members)


def _field(name: str, old: str, new: str, runs: Sequence[Run] | None) -> Field:
    """``runs`` None: the same words on both sides. None of them: one side only, which is all new or all gone."""
    if runs is None:
        return Field(name, _kept([("same", old)]), _kept([("same", new)]))
    if not runs:
        return Field(name, _kept([("changed", old)]), _kept([("changed", new)]))
    before: Parts = [(_kind(run, old, new), old[slice(*run.old)]) for run in runs]
    after: Parts = [(_kind(run, old, new), new[slice(*run.new)]) for run in runs]
    return Field(name, _kept(before), _kept(after), in_one(runs, old, new))


def in_one(runs: Sequence[Run], old: str, new: str) -> tuple[tuple[RunKind, str], ...]:
    """Both texts in one, as a lawyer marks a text up."""
    laid: list[tuple[RunKind, str]] = []
    for run in runs:
        before, after = old[slice(*run.old)], new[slice(*run.new)]
        laid += [("same", after)] if run.equal else [("old", before), ("new", after)]
    return tuple(part for part in laid if part[1])


def _kind(run: Run, old: str, new: str) -> PartKind:
    if run.equal:
        return "same"
    sides = old[slice(*run.old)], new[slice(*run.new)]
    return "number" if all(side and _is_number(side) for side in sides) else "changed"


def _is_number(words: str) -> bool:
    from kb.structure.numerals import read_number

    return read_number(words) is not None


def _kept(parts: Parts) -> Parts:
    return [part for part in parts if part[1]]


def _words(item: DataItem | None, name: str) -> str:
    return str(getattr(item, name)) if item else ""


def _label(provision: Provision | None) -> str | None:
    return f"{provision.number} {provision.heading}".strip() if provision else None
