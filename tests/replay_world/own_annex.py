"""A file of one's own behind a link of a page: lines as PDF, lines and a ruled table as DOCX."""

from __future__ import annotations

import io
from pathlib import PurePosixPath
from typing import Literal

from docx import Document
from pydantic import Field

from crawlers.sample.annex import Annex
from crawlers.sample.make_annexes import set_annex
from kb.declarations import Declaration


class OwnAnnex(Declaration):
    name: str = Field(pattern=r"\.(pdf|docx)$")
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()  # a table below the lines; its first row is the head

    @property
    def suffix(self) -> Literal[".pdf", ".docx"]:
        return ".pdf" if PurePosixPath(self.name).suffix == ".pdf" else ".docx"

    def replaced(self, old: str, new: str) -> OwnAnnex:
        lines = tuple(line.replace(old, new) for line in self.lines)
        return self.model_copy(update={"lines": lines, "rows": tuple(
            tuple(cell.replace(old, new) for cell in row) for row in self.rows)})  # fmt: skip

    def says(self, words: str) -> bool:
        return any(words in text for text in (*self.lines, *(cell for row in self.rows for cell in row)))

    def data(self) -> bytes:
        return self._pdf() if self.suffix == ".pdf" else self._docx()

    def _pdf(self) -> bytes:
        if self.rows:
            raise ValueError(f"{self.name}: rows stand in a .docx")
        return set_annex(Annex(title=self.lines[0], text="\n".join(self.lines[1:])))

    def _docx(self) -> bytes:
        document = Document()
        for line in self.lines:
            document.add_paragraph(line)
        if self.rows:
            table = document.add_table(0, len(self.rows[0]), "Table Grid")
            for row in self.rows:
                for cell, words in zip(table.add_row().cells, row, strict=True):
                    cell.text = words
        target = io.BytesIO()
        document.save(target)
        return target.getvalue()
