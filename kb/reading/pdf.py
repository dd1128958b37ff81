"""PDF to Document: pages to lines and ruled tables, tables over page breaks made whole, page furniture left out."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfparser import PDFSyntaxError
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psexceptions import PSException
from pdfplumber.page import Page
from pdfplumber.utils.exceptions import PdfminerException

from kb.model import Document, Status
from kb.reading.layout import Grid, LostTable, Part, build_document, clean
from kb.reading.lines import Line
from kb.reading.lost_tables import describe_loss, paragraphs
from kb.reading.pdf_lines import PrintedLine, read_lines
from kb.reading.pdf_tables import Piece, read_pieces
from kb.reading.printed import PrintedPage, full_width, place_lines, strip_furniture, title_of, without_marks
from kb.reading.table_pieces import goes_on, join_pieces

READER = "pdf"
READER_VERSION = "1"
MAX_PAGES = 3_000
_TAIL = 4096  # bytes at the end in which %%EOF has to stand
_MOST_UNMAPPED = 0.2  # of all characters
_UNMAPPED = re.compile(r"\(cid:\d+\)")


@dataclass(frozen=True)
class _PageRead:
    number: int
    lines: list[PrintedLine]
    pieces: list[Piece]
    pictures: int
    broken: bool  # its content could not be unpacked


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
        if any(page.broken for page in pages):
            return _refused(Status.DAMAGED, "the PDF is broken: the content of its pages cannot be unpacked")
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
    read = _PageRead(page.page_number, read_lines(loose), pieces, len(page.images), _is_broken(page))
    page.close()
    return read


def _is_broken(page: Page) -> bool:
    """pdfminer reads a stream that it cannot unpack as an empty one and goes on."""
    streams = [resolve1(stream) for stream in page.page_obj.contents]
    return any(
        not isinstance(stream, PDFStream) or (resolve1(stream.attrs.get("Length", 0)) and not stream.get_data())
        for stream in streams
    )


def _inside(char: dict[str, float], piece: Piece) -> bool:
    x0, top, x1, bottom = piece.box
    return x0 <= (char["x0"] + char["x1"]) / 2 <= x1 and top <= (char["top"] + char["bottom"]) / 2 <= bottom


def _build(pages: Sequence[_PageRead], title: str) -> Document:
    printed = strip_furniture([PrintedPage(page.number, page.lines) for page in pages])
    lines = place_lines(printed)
    parts = list(without_marks(_parts(pages, printed, lines), lines))
    lost = [part for part in parts if isinstance(part, LostTable)]
    document = build_document(
        parts,
        format="pdf",
        status=Status.READ,
        title=title_of(lines),
        meta={"pages": str(len(pages))} | ({"title": title} if title else {}),
        layout=not lost,
        reader=READER,
        reader_version=READER_VERSION,
    )
    unmapped = len(_UNMAPPED.findall(document.body))
    if unmapped > _MOST_UNMAPPED * len(_UNMAPPED.sub("x", document.body)):
        return _refused(Status.SCANNED, "its fonts have no codes for characters: it can be seen but not read")
    losses = [*document.losses, *([describe_loss(lost)] if lost else [])]
    losses += [doubt for part in parts if isinstance(part, Grid) for doubt in part.doubts]
    losses += _losses(pages, unmapped)
    status = Status.PARTLY if losses and document.readable else document.status
    return replace(document, losses=tuple(losses), status=status)


def _parts(pages: Sequence[_PageRead], printed: Sequence[PrintedPage], lines: Sequence[Line]) -> Iterator[Part]:
    """Paragraphs and whole tables in reading order."""
    waiting: list[Line] = []
    pieces: list[Piece] = []
    placed = iter(lines)
    wide = full_width(lines)
    for page, kept in zip(pages, printed, strict=True):
        content: list[tuple[float, Line | Piece]] = [(line.top, next(placed)) for line in kept.lines]
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
                yield from paragraphs(waiting, wide=wide)
                waiting = []
            pieces.append(thing)
    if pieces:
        yield join_pieces(pieces)
    yield from paragraphs(waiting, wide=wide)


def _losses(pages: Sequence[_PageRead], unmapped: int) -> Iterator[str]:
    if broken := [page.number for page in pages if page.broken]:
        yield f"pages whose content is damaged: {', '.join(map(str, broken))}"
    if pictures := [page.number for page in pages if page.pictures and not page.lines and not page.pieces]:
        yield f"pages without a text layer: {', '.join(map(str, pictures))}"
    if unmapped:
        yield f"{unmapped} characters have no code in their font"
