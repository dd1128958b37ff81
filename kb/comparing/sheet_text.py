"""A sheet for terminals: [-what is gone-]{+what stands in its place+}."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent

from kb.comparing.marked import Field, Row
from kb.comparing.sheets import GRADES, KINDS, Sheet, where

_MARK = {"same": ("", ""), "old": ("[-", "-]"), "new": ("{+", "+}")}
_BESIDE = 12  # characters that stay on either side of a mark
_TOLD = 200  # characters of what is new or gone as a whole


def sheet_text(sheet: Sheet, everything: bool = False) -> str:
    """The sheet in lines. Unchanged rows of two columns only with ``everything``."""
    top = [*sheet.headlines, *filter(None, [sheet.counts])]
    return "\n".join([*top, *_rows(sheet, everything), *_paragraphs(sheet)])


def _rows(sheet: Sheet, everything: bool) -> Iterator[str]:
    for row in sheet.rows:
        if not everything and row.kind == "unchanged":
            continue
        yield f"\n{KINDS[row.kind]} {GRADES.get(row.grade or '', '')}  {where(row)}"
        edited = {name for name, _ in row.edits}
        yield from (f"    {_in_context(field)}" for field in row.fields if field.name in edited)
        if row.kind in ("added", "removed"):
            yield indent(_whole(row)[:_TOLD], "    ")


def _paragraphs(sheet: Sheet) -> Iterator[str]:
    for paragraph in sheet.paragraphs:
        words = "".join(_marked(kind, words) for kind, words in paragraph.runs)
        yield f"\n{paragraph.label}\n{words}".rstrip()
        if paragraph.note:
            yield f"【{paragraph.note}】"


def _in_context(field: Field) -> str:
    """What changed, with the words beside it that say what it is about."""
    last = len(field.both) - 1
    return "".join(
        _marked(kind, _near(words, at > 0, at < last) if kind == "same" else words)
        for at, (kind, words) in enumerate(field.both)
    ).replace("\n", " ")


def _near(words: str, after: bool, before: bool) -> str:
    """Of words that stay those that stand close after and before a mark."""
    if len(words) <= _BESIDE * (after + before) + 1:
        return words
    return (words[:_BESIDE] if after else "") + "…" + (words[-_BESIDE:] if before else "")


def _marked(kind: str, words: str) -> str:
    before, after = _MARK[kind]
    return f"{before}{words}{after}" if words else ""


def _whole(row: Row) -> str:
    return "\n".join("".join(words for _, words in field.old or field.new) for field in row.fields)
