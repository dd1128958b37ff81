"""One declared sample document: lines, headings and ruled tables. Owns no layout: PDF and HTML are made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from kb.declarations import Declaration, load_declaration

TEXTS = Path(__file__).parent / "texts"
HEADER = ("序号", "数据类别", "数据项", "数据项说明", "判定规则")
Kind = Literal["label", "title", "subtitle", "chapter", "section", "text"]
_CHAPTER = re.compile(r"第[一二三四五六七八九十]+章|[一二三四五六七八九十]+、")
_SECTION = re.compile(r"（[一二三四五六七八九十]+）[^，。；：]{1,20}$")
_TABLE = re.compile(r"\[表：(.+)\]$")


class Row(Declaration):
    """One data item. A category or rule that is left out is the cell above, merged over this row too."""

    category: str | None = None
    item: str
    about: str
    rule: str | None = None


class Annex(Declaration):
    label: str = ""
    title: str
    subtitle: str = ""
    text: str
    tables: Mapping[str, list[Row]] = Field(default_factory=dict)

    def lines(self) -> Iterator[tuple[Kind, str] | list[Row]]:
        """The document from top to bottom: lines with their kind, tables where they stand."""
        heads: tuple[tuple[Kind, str], ...] = (
            ("label", self.label),
            ("title", self.title),
            ("subtitle", self.subtitle),
        )
        yield from (head for head in heads if head[1])
        for line in self.text.splitlines():
            if table := _TABLE.match(line):
                yield self.tables[table[1]]
            elif line.strip():
                yield _kind(line), line.strip()


def _kind(line: str) -> Kind:
    if _CHAPTER.match(line):
        return "chapter"
    return "section" if _SECTION.match(line) else "text"


def load_annex(name: str) -> Annex:
    """Read ``texts/<name>.yml``. Raises DeclarationError."""
    return load_declaration(TEXTS / f"{name}.yml", Annex)


def merge_runs(cells: list[str | None]) -> list[tuple[int, int, str]]:
    """Merged cells of one column as (first row, last row, text): a cell left out belongs to the one above it."""
    starts = [place for place, cell in enumerate(cells) if cell is not None]
    ends = [start - 1 for start in starts[1:]] + [len(cells) - 1]
    return [(start, end, (cells[start] or "").strip()) for start, end in zip(starts, ends, strict=True)]
