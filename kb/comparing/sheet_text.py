"""A sheet for terminals: [-what is gone-]{+what stands in its place+}."""

from __future__ import annotations

from collections.abc import Iterator

from kb.comparing.marked import Row
from kb.comparing.sheets import GRADES, KINDS, Sheet, where

_MARK = {"same": ("", ""), "old": ("[-", "-]"), "new": ("{+", "+}")}
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
        for _, edit in row.edits:
            yield f"    {_marked('old', edit.old)}{_marked('new', edit.new)}"
        if row.kind in ("added", "removed"):
            yield f"    {_whole(row)[:_TOLD]}"


def _paragraphs(sheet: Sheet) -> Iterator[str]:
    for paragraph in sheet.paragraphs:
        words = "".join(_marked(kind, words) for kind, words in paragraph.runs)
        yield f"\n{paragraph.label}\n{words}".rstrip()
        if paragraph.note:
            yield f"【{paragraph.note}】"


def _marked(kind: str, words: str) -> str:
    before, after = _MARK[kind]
    return f"{before}{words}{after}" if words else ""


def _whole(row: Row) -> str:
    return "\n".join("".join(words for _, words in field.old or field.new) for field in row.fields)
