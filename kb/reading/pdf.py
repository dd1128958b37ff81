"""PDF to Document: pages to lines and ruled tables, tables over page breaks made whole, page furniture left out."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfparser import PDFSyntaxError
from pdfminer.psexceptions import PSException
from pdfplumber.page import Page
from pdfplumber.utils.exceptions import PdfminerException

from kb.model import Document, Status
from kb.reading.furniture import strip_pages
from kb.reading.layout import Grid, Paragraph, build_document, clean
from kb.reading.lines import NOTE, Line, join_lines
from kb.reading.marks import drop_marks
from kb.reading.pdf_lines import PrintedLine, read_lines
from kb.reading.pdf_tables import Piece, read_pieces
from kb.reading.table_pieces import goes_on, join_pieces

READER = "pdf"
READER_VERSION = "1"
MAX_PAGES = 3_000
_TAIL = 4096  # bytes at the end in which %%EOF has to stand
_NOTE_SIZE = 0.85  # of the body's size
_UNMAPPED = re.compile(r"\(cid:\d+\)")


@dataclass(frozen=True)
class _PageRead:
    number: int
    lines: list[PrintedLine]
    pieces: list[Piece]
    pictures: int


def read_pdf(data: bytes) -> Document:
    """DAMAGED if cut off, broken or locked; SCANNED without any text; PARTLY if some pages are pictures."""
    if b"%%EOF" not in data[-_TAIL:]:
        return _refused(Status.DAMAGED, "the PDF is cut off: it has no end mark")
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # its warnings are about fonts, not about the text
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            if len(pdf.pages) > MAX_PAGES:
                return _refused(Status.TOO_LARGE, f"{len(pdf.pages)} pages; the limit is {MAX_PAGES}")
            title = clean(str(pdf.metadata.get("Title") or ""))
            pages = [_read_page(page) for page in pdf.pages]
    except (PDFPasswordIncorrect, PDFEncryptionError):
        return _refused(Status.DAMAGED, "the PDF is encrypted: open it and save it without a password")
    except PdfminerException as error:
        locked = any(isinstance(cause, PDFPasswordIncorrect | PDFEncryptionError) for cause in error.args)
        why = "is encrypted: open it and save it without a password" if locked else "cannot be opened: it is broken"
        return _refused(Status.DAMAGED, f"the PDF {why}")
    except (PSException, PDFSyntaxError, ValueError, KeyError, TypeError, IndexError, AssertionError) as error:
        # pdfminer meets broken objects with whatever the access raises
        return _refused(Status.DAMAGED, f"the PDF is broken: {type(error).__name__} in its objects")
    if not any(page.lines or page.pieces for page in pages):
        if any(page.pictures for page in pages):
            return _refused(Status.SCANNED, f"{len(pages)} pages are pictures without a text layer")
        return _refused(Status.EMPTY, "no text and no pictures in it")
    return _build(pages, title)


def _refused(status: Status, detail: str) -> Document:
    return Document("pdf", status, detail, reader=READER, reader_version=READER_VERSION)


def _read_page(page: Page) -> _PageRead:
    chars = page.chars
    pieces = read_pieces(page, chars)
    loose = [char for char in chars if not any(_inside(char, piece) for piece in pieces)]
    read = _PageRead(page.page_number, read_lines(loose), pieces, len(page.images))
    page.close()
    return read


def _inside(char: dict[str, float], piece: Piece) -> bool:
    x0, top, x1, bottom = piece.box
    return x0 <= (char["x0"] + char["x1"]) / 2 <= x1 and top <= (char["top"] + char["bottom"]) / 2 <= bottom


def _build(pages: Sequence[_PageRead], title: str) -> Document:
    furniture = strip_pages([[clean(line.text) for line in page.lines] for page in pages])
    pages = [
        replace(page, lines=[line for at, line in enumerate(page.lines) if at not in dropped])
        for page, dropped in zip(pages, furniture, strict=True)
    ]
    lines = _lines(pages)
    notes = frozenset(
        number
        for line in lines
        if line.note and (match := NOTE.match(line.text))
        for number in match.groups()
        if number
    )
    document = build_document(
        _without_marks(_parts(pages, lines), notes),
        format="pdf",
        status=Status.READ,
        meta={"pages": str(len(pages))} | ({"title": title} if title else {}),
        reader=READER,
        reader_version=READER_VERSION,
    )
    losses = tuple(_losses(pages, document))
    status = Status.PARTLY if losses and document.readable else document.status
    return replace(document, title=_title(document, lines), losses=losses, status=status)


def _lines(pages: Sequence[_PageRead]) -> list[Line]:
    """Every page's lines with what their place says, in the order of the pages."""
    printed = [line for page in pages for line in page.lines]
    if not printed:
        return []
    weight: Counter[float] = Counter()
    for line in printed:
        weight[line.size] += len(line.text)
    size = weight.most_common(1)[0][0]
    body = [line for line in printed if line.size == size]
    left = Counter(round(line.x0) for line in body).most_common(1)[0][0]
    right = max(line.x1 for line in body)
    pitch = _pitch(pages, size)
    found = []
    for page in pages:
        above: PrintedLine | None = None
        note = False
        for line in page.lines:
            small = line.size <= _NOTE_SIZE * size
            title_goes_on = above is not None and line.size == above.size > size and above.x1 > right - 2 * line.size
            note = small and (note or bool(NOTE.match(line.text)))
            found.append(
                Line(
                    line.text,
                    page.number,
                    full=line.x1 > right - 2 * line.size,
                    brim=line.x1 > right - line.size,
                    indented=line.x0 > left + 1.2 * line.size and not title_goes_on,
                    apart=above is not None and line.top - above.top > 1.6 * pitch,
                    size=line.size,
                    note=note,
                )
            )
            above = line
    return found


def _pitch(pages: Sequence[_PageRead], size: float) -> float:
    """The usual distance from line to line."""
    steps = Counter(
        round(below.top - above.top)
        for page in pages
        for above, below in zip(page.lines, page.lines[1:], strict=False)
        if above.size == below.size == size
    )
    return float(steps.most_common(1)[0][0]) if steps else 2 * size


def _parts(pages: Sequence[_PageRead], lines: Sequence[Line]) -> Iterator[Paragraph | Grid]:
    """Paragraphs and whole tables in reading order."""
    waiting: list[Line] = []
    pieces: list[Piece] = []
    rest = iter(lines)
    for page in pages:
        content: list[tuple[float, Line | Piece]] = [(line.top, next(rest)) for line in page.lines]
        content += [(piece.box[1], piece) for piece in page.pieces]
        for _, thing in sorted(content, key=lambda entry: entry[0]):
            if isinstance(thing, Line):
                if pieces and not thing.note:  # a note at the foot of the page does not end its table
                    yield join_pieces(pieces)
                    pieces = []
                waiting.append(thing)
                continue
            if pieces and not goes_on(pieces[-1], thing):
                yield join_pieces(pieces)
                pieces = []
            if not pieces:
                yield from join_lines(waiting)
                waiting = []
            pieces.append(thing)
    if pieces:
        yield join_pieces(pieces)
    yield from join_lines(waiting)


def _without_marks(parts: Iterator[Paragraph | Grid], notes: frozenset[str]) -> Iterator[Paragraph | Grid]:
    for part in parts:
        if isinstance(part, Paragraph):
            yield replace(part, text=drop_marks(part.text, notes))
            continue
        for cell in {cell for row in part.rows for cell in row}:
            cell.text = drop_marks(cell.text, notes)
        yield part


def _title(document: Document, lines: Sequence[Line]) -> str:
    """The biggest words of the first page, with a bracket that follows them (（征求意见稿）)."""
    first = [line for line in lines if line.page == lines[0].page and not line.note] if lines else []
    if not first:
        return ""
    biggest = max(line.size for line in first)
    if biggest <= 1.15 * min(line.size for line in first):
        return ""
    title = clean("\n".join(line.text for line in first if line.size == biggest))
    at = next((at for at, line in enumerate(first) if line.size == biggest), 0)
    after = next((line.text for line in first[at:] if line.size != biggest), "")
    return title + after if re.fullmatch(r"[（(].{2,12}[）)]", after) and not title.endswith(after) else title


def _losses(pages: Sequence[_PageRead], document: Document) -> Iterator[str]:
    pictures = [page.number for page in pages if page.pictures and not page.lines and not page.pieces]
    if pictures:
        yield f"pages without a text layer: {', '.join(map(str, pictures))}"
    if unmapped := len(_UNMAPPED.findall(document.body)):
        yield f"{unmapped} characters have no code in their font"
