"""The three views of a comparison that Chinese lawyers know, as sheets for text, HTML and DOCX.

对照版: both texts in two columns. 编注版: the new text, every change marked in it, with a note of what it was.
整理版: the new text as it stands, without marks. Owns what a view holds; looks are sheet_text's, sheet_html's and
sheet_docx's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.comparing.headlines import headlines
from kb.comparing.marked import Row, RunKind, in_one, rows
from kb.model import Comparison, DataItem, Edit, ItemChange, Provision, ProvisionChange

VIEWS = ("对照版", "编注版", "整理版")
KINDS = {
    "added": "新增", "removed": "删除", "modified": "修改", "moved": "移动", "renamed": "更名", "split": "拆分",
    "merged": "合并", "unchanged": "未变",
}  # fmt: skip
GRADES = {
    "threshold": "数值", "deadline": "期限", "substantive": "实质", "editorial": "文字", "renumbered": "条号",
}  # fmt: skip


@dataclass(frozen=True)
class Paragraph:
    """One unit of the new text: label, words in runs, and what a note says of it ('' in a clean text)."""

    label: str
    runs: tuple[tuple[RunKind, str], ...]
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """What is printed: a title, five lines at most on top, counts, then rows (two columns) or paragraphs."""

    title: str
    old: str
    new: str
    headlines: tuple[str, ...]
    counts: str
    rows: tuple[Row, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()


def make_sheet(comparison: Comparison, view: str, old: str, new: str) -> Sheet:
    """The sheet of one of VIEWS; ``old`` and ``new`` name the sides."""
    told = tuple(headlines(comparison))
    if view == "对照版":
        return Sheet("新旧条文对照表", old, new, told, counts(comparison), rows=tuple(rows(comparison)))
    marked = view == "编注版"
    paragraphs = (*_paragraphs(comparison.items, marked), *_paragraphs(comparison.provisions, marked))
    title = f"{new}（{view}）"
    return Sheet(title, old, new, told if marked else (), counts(comparison) if marked else "", paragraphs=paragraphs)


def counts(comparison: Comparison) -> str:
    """How many of each kind and grade, in one line, and the note."""
    told = "  ".join(f"{name} {count}" for name, count in comparison.summary.items() if count)
    return "\n".join(filter(None, (told or ("" if comparison.note else "no difference"), comparison.note)))


def where(row: Row) -> str:
    """The label of a row: 第七条 → 第四条 where it moved."""
    old, new = row.old_label, row.new_label
    return f"{old} → {new}" if old and new and old != new else new or old or ""


def _paragraphs(changes: Sequence[ItemChange | ProvisionChange], marked: bool) -> Iterator[Paragraph]:
    told: set[int] = set()
    for change in changes:
        side = change.new or change.old
        assert side
        if marked:
            yield _annotated(change, side)
        elif change.new and id(side) not in told:  # what was merged from several comes several times
            told.add(id(side))
            yield Paragraph(_label(side), (("same", _words(side)),))


def _label(side: Provision | DataItem) -> str:
    return side.name if isinstance(side, DataItem) else f"{side.number} {side.heading}".strip()


def _words(side: Provision | DataItem) -> str:
    return f"{side.description}\n{side.rule}" if isinstance(side, DataItem) else side.text


def _annotated(change: ItemChange | ProvisionChange, side: Provision | DataItem) -> Paragraph:
    if not (change.old and change.new):
        kind: RunKind = "new" if change.new else "old"
        was = "" if change.new else "原"  # its number may be another one's now
        return Paragraph(f"{was}{_label(side)}", ((kind, _words(side)),), KINDS[change.kind])
    note = ""
    if change.kind != "unchanged":
        old, new = _label(change.old), _label(change.new)
        note = f"{KINDS[change.kind]}（{GRADES[change.grade or 'substantive']}）" + f"，原{old}" * (old != new)
    if isinstance(change, ItemChange):
        edits = "；".join(_said(edit) for _, listed in change.fields for edit in listed)
        return Paragraph(_label(side), (("same", _words(side)),), f"{note}：{edits}" if edits else note)
    return Paragraph(_label(side), in_one(change.runs, change.old.text, change.new.text), note)


def _said(edit: Edit) -> str:
    if edit.old and edit.new:
        return f"“{edit.old}”改为“{edit.new}”"
    return f"删去“{edit.old}”" if edit.old else f"增加“{edit.new}”"
