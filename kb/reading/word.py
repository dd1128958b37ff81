"""DOCX to Document: everything in reading order, with the numbers Word makes, merged cells resolved, footnotes last."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from lxml import etree

from kb.model import Document, Status
from kb.reading.layout import Cell, Grid, Paragraph, Part, build_document, clean
from kb.reading.marks import MARK_CHARACTERS, drop_marks, wrap_mark
from kb.reading.word_numbers import Numbering

READER = "word"
READER_VERSION = "1"
MAX_UNPACKED = 500_000_000  # bytes

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOT_TEXT = {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}txbxContent", f"{_W}tbl", _FALLBACK}
_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": "\t", f"{_W}noBreakHyphen": "-"}
_HEADING = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)
_MOST_SPANNED = 63  # columns of a table in Word; a file may claim a milliard
_MOST_CELLS = 300_000  # of one table, spans counted; what claims more is read as running text
_FAULTS = (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, etree.XMLSyntaxError, AttributeError)


def read_word(data: bytes) -> Document:
    """DAMAGED if it cannot be opened. Deleted text of tracked changes is left out, inserted text is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(info.file_size for info in package.infolist()) > MAX_UNPACKED:
                return _refused(Status.TOO_LARGE, f"more than {MAX_UNPACKED:,} bytes unpacked")
        document = docx.Document(io.BytesIO(data))
    except _FAULTS as error:
        return _refused(Status.DAMAGED, f"the Word file cannot be opened: {type(error).__name__}")
    return _Reader(document).read()


class _Reader:
    def __init__(self, document: Any) -> None:
        self.document = document
        self.numbering = Numbering(_part(document, RELATIONSHIP_TYPE.NUMBERING), document.styles.element)
        self.style_names = {style.style_id: style.name or "" for style in document.styles}

    def read(self) -> Document:
        parts = [*self._parts(self.document.element.body), *self._footnotes()]
        title = self.document.core_properties.title or ""
        titled = next((part.text for part in parts if isinstance(part, Paragraph) and part.heading == 0), "")
        return build_document(
            [
                Paragraph(part.text, part.page) if isinstance(part, Paragraph) and part.heading == 0 else part
                for part in parts
            ],
            format="docx",
            status=Status.READ,
            title=clean(titled) or clean(title),
            reader=READER,
            reader_version=READER_VERSION,
        )

    def _parts(self, container: Any) -> Iterator[Part]:
        """Paragraphs and grids below ``container``; ``heading`` 0 marks the document's title."""
        for element in container.iterchildren():
            if element.tag == f"{_W}p":
                yield Paragraph(self._words(element), heading=self._heading(element))
                for box in _boxes(element):
                    yield from self._parts(box)
            elif element.tag == f"{_W}tbl" and _claimed(element) > _MOST_CELLS:
                for row in _parts(element, f"{_W}tr"):
                    for cell in _parts(row, f"{_W}tc"):
                        yield from self._parts(cell)
            elif element.tag == f"{_W}tbl":
                yield from self._table(element)
            elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
                yield from self._parts(element)

    def _table(self, table: Any) -> Iterator[Part]:
        """The table's grid; a frame of one column is what stands in it."""
        rows: list[list[Cell]] = []
        frames: list[Any] = []
        for row in _parts(table, f"{_W}tr"):
            header = row.find(f"{_W}trPr/{_W}tblHeader") is not None
            above = rows[-1] if rows else []
            cells = [Cell() for _ in range(_number(row.find(f"{_W}trPr/{_W}gridBefore")))]
            for element in _parts(row, f"{_W}tc"):
                properties = element.find(f"{_W}tcPr")
                merge = properties.find(f"{_W}vMerge") if properties is not None else None
                goes_on = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
                if goes_on and len(above) > len(cells):
                    cell = above[len(cells)]
                else:
                    cell = Cell(self._cell_text(element), header)
                    frames.append(element)
                span = properties.find(f"{_W}gridSpan") if properties is not None else None
                cells += [cell] * max(_number(span), 1)
            rows.append(cells)
        if max((len(set(row)) for row in rows), default=0) > 1:
            yield Grid(rows)
        else:
            for frame in frames:
                yield from self._parts(frame)

    def _cell_text(self, cell: Any) -> str:
        paragraphs = (
            p for p in cell.iter(f"{_W}p") if not any(parent.tag == _FALLBACK for parent in p.iterancestors())
        )
        return "\n".join(filter(None, map(self._words, paragraphs)))

    def _words(self, paragraph: Any) -> str:
        label = self.numbering.label(paragraph)  # an empty paragraph counts, too
        text = drop_marks("".join(_text(paragraph)), frozenset()).strip()
        return f"{label}{' ' if label.endswith('条') else ''}{text}" if text else ""

    def _heading(self, paragraph: Any) -> int | None:
        properties = paragraph.find(f"{_W}pPr")
        style = properties.find(f"{_W}pStyle") if properties is not None else None
        name = self.style_names.get(style.get(f"{_W}val"), "") if style is not None else ""
        if name.lower() in ("title", "标题"):
            return 0
        found = _HEADING.match(name)
        return int(found[1]) if found else None

    def _footnotes(self) -> Iterator[Part]:
        root = _part(self.document, RELATIONSHIP_TYPE.FOOTNOTES)
        notes = root.iterchildren(f"{_W}footnote") if root is not None else ()
        number = 0
        for note in notes:
            text = "".join("".join(_text(paragraph)) for paragraph in note.iter(f"{_W}p")).strip()
            if note.get(f"{_W}type") is None and text:
                number += 1
                yield Paragraph(f"注{number}：{text}")


def _text(element: Any) -> Iterator[str]:
    """The words of a paragraph's runs, in order, without what was deleted; raised digits wrapped as marks."""
    for child in element.iterchildren():
        if child.tag in _NOT_TEXT:
            continue
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif child.tag == f"{_W}r" and _is_raised(child):
            raised = "".join(_text(child))
            yield wrap_mark(raised) if raised and set(raised) <= MARK_CHARACTERS else raised
        else:
            yield from _text(child)


def _is_raised(run: Any) -> bool:
    align = run.find(f"{_W}rPr/{_W}vertAlign")
    return align is not None and align.get(f"{_W}val") == "superscript"


def _parts(element: Any, tag: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, also those that a content control holds."""
    for child in element.iterchildren():
        if child.tag == tag:
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml"):
            yield from _parts(child, tag)


def _boxes(element: Any) -> Iterator[Any]:
    """Text boxes of a paragraph, without those in them: whoever reads a box finds its own."""
    for child in element.iterchildren():
        if child.tag == f"{_W}txbxContent":
            yield child
        elif child.tag != _FALLBACK:
            yield from _boxes(child)


def _claimed(table: Any) -> int:
    """How many cells a table says that it has."""
    spans = (span for name in ("gridSpan", "gridBefore") for span in table.iter(f"{_W}{name}"))
    return sum(1 for _ in table.iter(f"{_W}tc")) + sum(map(_number, spans))


def _number(element: Any | None) -> int:
    value = element.get(f"{_W}val", "") if element is not None else ""
    return min(int(value[:6]), _MOST_SPANNED) if value.isdecimal() else 0


def _part(document: Any, relationship: str) -> Any | None:
    """The XML of a part that the document is related to, if it has one."""
    for related in document.part.rels.values():
        if related.reltype == relationship and not related.is_external:
            return etree.fromstring(related.target_part.blob, etree.XMLParser(resolve_entities=False))
    return None


def _refused(status: Status, detail: str) -> Document:
    return Document("docx", status, detail, reader=READER, reader_version=READER_VERSION)
