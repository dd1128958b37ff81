"""OFD (GB/T 33190, the format of official documents) to Document: the text where it stands on its pages.

ofdkit gives text with its place but no rules, so a table in an OFD file is a lost one: known by its header, not read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import ofdkit
from ofdkit.errors import OFDError, OFDLimitError

from kb.model import Document, Status
from kb.reading.layout import LostTable, build_document, clean
from kb.reading.lost_tables import describe_loss, paragraphs
from kb.reading.pdf_lines import Char, PrintedLine, read_lines
from kb.reading.printed import PrintedPage, full_width, place_lines, strip_furniture, title_of, without_marks

READER = "ofd"
READER_VERSION = "1"
_POINTS = 72 / 25.4  # in a millimetre


def read_ofd(data: bytes) -> Document:
    """DAMAGED if it cannot be opened, SCANNED without text, PARTLY if pages or the layout of tables were lost."""
    losses: list[str] = []
    try:
        with ofdkit.open(io.BytesIO(data)) as file:
            pages = [PrintedPage(page.index + 1, _lines(page, losses)) for page in file.pages]
            title = clean(file.info.title or "")
            losses += file.warnings
    except OFDLimitError as error:
        return _refused(Status.TOO_LARGE, f"the OFD file is too large to read: {error}")
    except OFDError as error:
        return _refused(Status.DAMAGED, f"the OFD file cannot be opened: {error}")
    if not any(page.lines for page in pages):
        return _refused(Status.DAMAGED if losses else Status.SCANNED, "; ".join(losses) or "its pages have no text")
    pages = strip_furniture(pages)
    lines = place_lines(pages)
    parts = list(without_marks(paragraphs(lines, wide=full_width(lines)), lines))
    if lost := [part for part in parts if isinstance(part, LostTable)]:
        losses.append(describe_loss(lost))
    return build_document(
        parts,
        format="ofd",
        status=Status.PARTLY if losses else Status.READ,
        title=title_of(lines) or title,
        meta={"pages": str(len(pages))},
        losses=tuple(losses),
        layout=not lost,
        reader=READER,
        reader_version=READER_VERSION,
    )


def _lines(page: ofdkit.Page, losses: list[str]) -> list[PrintedLine]:
    try:
        return read_lines(_chars(page))
    except OFDError as error:
        losses.append(f"page {page.index + 1} cannot be read: {error}")
        return []


def _chars(page: ofdkit.Page) -> Iterator[Char]:
    """A page's runs as single characters: each takes its share of the width of its run."""
    for run in page.runs:
        share = run.width / max(len(run.text), 1)
        for at, text in enumerate(run.text):
            x0 = run.x + at * share
            yield {
                "text": text,
                "size": run.size * _POINTS,
                "x0": x0 * _POINTS,
                "x1": (x0 + share) * _POINTS,
                "top": (run.y - run.size) * _POINTS,
                "bottom": run.y * _POINTS,
                "upright": True,
            }


def _refused(status: Status, detail: str) -> Document:
    return Document("ofd", status, " ".join(detail.split()), reader=READER, reader_version=READER_VERSION)
