"""A comparison in five lines at most: what got stricter, looser, new, gone, and which other numbers changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from kb.comparing.direction import direction_of
from kb.comparing.redline import redline
from kb.items.amounts import changed_amounts, find_amounts
from kb.items.conditions import clause_marks
from kb.model import Comparison, Edit, ItemChange, Provision, ProvisionChange

Topic = Literal["stricter", "looser", "added", "removed", "numbers"]
NAMES: dict[Topic, tuple[str, str]] = {
    "stricter": ("更严", "stricter"), "looser": ("更宽", "looser"), "added": ("新增", "new"),
    "removed": ("删除", "gone"), "numbers": ("其他数字", "other numbers"),
}  # fmt: skip
_COUNTED = 100_000  # characters of what is new or gone in which numbers are looked for
_SHOWN = 6  # in one line
_CITED = ("citation", None)
# A data item's rule says when it is important data: its numbers are triggers unless it says otherwise.
_RULE = "符合下列规则的，属于重要数据："


@dataclass(frozen=True)
class Headline:
    """One thing for the first screen: where it stands and, of a changed number, what it was and is."""

    topic: Topic
    where: str
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        if not self.old and not self.new:
            return self.where
        return f"{self.where} {self.old or '∅'}→{self.new or '∅'}"


def headlines(comparison: Comparison) -> list[str]:
    """Five lines at most, none for what did not happen. An empty list means that no number, duty or unit changed."""
    return [f"{' '.join(NAMES[topic])}: {told}" for topic, told in headlines_by_topic(comparison).items()]


def headlines_by_topic(comparison: Comparison) -> dict[Topic, str]:
    """The same without the names of the topics."""
    found = list(read_headlines(comparison))
    lines: dict[Topic, str] = {}
    for topic in NAMES:
        told = list(dict.fromkeys(str(one) for one in found if one.topic == topic))
        if told:
            more = f" … ({len(told)})" if len(told) > _SHOWN else ""
            lines[topic] = f"{'; '.join(told[:_SHOWN])}{more}"
    return lines


def read_headlines(comparison: Comparison) -> Iterator[Headline]:
    """Everything that the first screen may say, data items first, in the order of the comparison."""
    for item in comparison.items:
        yield from _of_item(item)
    above = {change.new.eid: change.new for change in comparison.provisions if change.new}
    for change in comparison.provisions:
        yield from _of_provision(change, above)


def _of_item(change: ItemChange) -> Iterator[Headline]:
    side = change.new or change.old
    assert side
    if change.kind in ("added", "removed"):
        yield Headline("added" if change.new else "removed", f"“{side.name}”{_counts(side.rule)}")
    if change.old and change.new:
        for name in ("description", "rule"):
            old, new = getattr(change.old, name), getattr(change.new, name)
            edits = dict(change.fields).get(name, ())
            runs = redline(old, new, clause_marks(old), clause_marks(new)) if edits else []
            for run, edit in zip((run for run in runs if not run.equal), edits, strict=True):
                direction = direction_of(old, new, run, edit, _RULE if name == "rule" else "")
                yield from _told(f"“{side.name}”", edit, direction, (old, new), (run.old, run.new))


def _of_provision(change: ProvisionChange, above: Mapping[str, Provision]) -> Iterator[Headline]:
    side = change.new or change.old
    assert side
    if change.kind in ("added", "removed"):
        yield Headline("added" if change.new else "removed", f"{side.number}{_counts(side.text)}")
    if change.old and change.new and change.grade in ("threshold", "deadline", "substantive"):
        old, new = change.old.text, change.new.text
        changed = [run for run in change.runs if not run.equal]
        edits = change.edits[len(change.edits) - len(changed) :]  # those of the heading stand first
        for run, edit in zip(changed, edits, strict=True):
            direction = direction_of(old, new, run, edit, _lead(change.new, above))
            yield from _told(side.number, edit, direction, (old, new), (run.old, run.new))


def _told(
    where: str,
    edit: Edit,
    direction: Literal["stricter", "looser"] | None,
    texts: tuple[str, str],
    spans: tuple[tuple[int, int], tuple[int, int]],
) -> Iterator[Headline]:
    if edit.old_number is None and edit.new_number is None:
        yield from _several(where, edit)
    numeric = edit.old_unit not in _CITED or edit.new_unit not in _CITED
    if not direction and not numeric:
        return
    if edit.old_number == edit.new_number and edit.old_unit == edit.new_unit and not direction:
        return
    old, new = (_counted(text, span) for text, span in zip(texts, spans, strict=True))
    if not direction:  # words that a number gave way to are no number
        old, new = old if edit.old_unit or edit.old_number else "", new if edit.new_unit or edit.new_number else ""
    yield Headline(direction or "numbers", where, old, new)


def _several(where: str, edit: Edit) -> Iterator[Headline]:
    """The numbers of a passage that has several, on either side: those that the other side has not."""
    gone, come = changed_amounts(edit.old, edit.new)
    old, new = ([words[a.start : a.end] for a in side] for words, side in ((edit.old, gone), (edit.new, come)))
    if len(old) == len(new) == 1:
        yield Headline("numbers", where, old[0], new[0])
    else:
        yield from (Headline("numbers", where, number, "") for number in old)
        yield from (Headline("numbers", where, "", number) for number in new)


def _counted(text: str, span: tuple[int, int]) -> str:
    """The words of an edit with the counter of their number: 100万 as 100万人."""
    start, end = span
    if start == end:
        return ""
    for amount in find_amounts(text[max(start - 14, 0) : end + 14]):
        first, last = amount.start + max(start - 14, 0), amount.end + max(start - 14, 0)
        if first < end and last > start:
            return text[first:last]
    return text[start:end] if end - start <= 24 else f"{text[start : start + 24]}…"


def _counts(text: str) -> str:
    """The numbers that something new or gone brings or takes: （3年、6个月）."""
    numbers = [text[amount.start : amount.end] for amount in find_amounts(text[:_COUNTED])]
    return f"（{'、'.join(dict.fromkeys(numbers))}）" if numbers else ""


def _lead(provision: Provision, above: Mapping[str, Provision]) -> str:
    words, parent = "", above.get(provision.parent or "")
    while parent:
        words = f"{parent.heading}{parent.text}\n{words}"
        parent = above.get(parent.parent or "")
    return words
