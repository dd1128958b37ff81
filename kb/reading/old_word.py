"""The bare text of a DOC or WPS file, for machines without LibreOffice: its pieces, in order (MS-DOC, 2.4.1).

What Word makes and does not store as text is missing and said to be: automatic numbers, and which cells of a table
belong together.
"""

from __future__ import annotations

import io
import re
import struct

import olefile

from kb.model import Document, Status
from kb.reading.layout import LostTable, build_document
from kb.reading.lines import Line
from kb.reading.lost_tables import describe_loss, paragraphs

READER = "old_word"
READER_VERSION = "1"
LOSS = "read without LibreOffice: numbers that Word makes itself and the layout of tables are missing"

_FIB = 0xA5EC
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200  # flags of the file information block
_PIECES_AT, _LENGTH_AT, _FLAGS_AT = 0x01A2, 0x004C, 0x000A
_NARROW = 0x4000_0000  # a piece of one byte a character
_FIELD = re.compile("\x13[^\x13\x15]*\x14|\x13[^\x13\x14\x15]*\x15|\x15")  # what a field says, without its instruction
_END = re.compile("[\r\x07\x0c]")  # of a paragraph, a cell, a page
_MADE_OF = str.maketrans({"\x0b": "\n", "\x1e": "-", "\xa0": " "} | dict.fromkeys("\x01\x02\x03\x04\x05\x08\x1f"))
_WIDE = 40  # columns


def read_old_word(data: bytes) -> Document | None:
    """None if the file is locked or is not built as Word builds it."""
    try:
        text = read_pieces(data)
    except (OSError, ValueError, IndexError, struct.error, UnicodeDecodeError):
        return None
    while (bare := _FIELD.sub("", text)) != text:
        text = bare
    lines = [Line(line) for line in _END.split(text.translate(_MADE_OF)) if line.strip()]
    parts = list(paragraphs(lines, wide=_WIDE, wrapped=False))
    lost = [part for part in parts if isinstance(part, LostTable)]
    losses = (LOSS, *([describe_loss(lost)] if lost else ()))
    return build_document(
        parts, format="doc", status=Status.PARTLY, losses=losses, layout=not lost, reader=READER,
        reader_version=READER_VERSION,
    )  # fmt: skip


def read_pieces(data: bytes) -> str:
    """The characters of the main text, with Word's marks. Raises ValueError for a locked file or another format."""
    with olefile.OleFileIO(io.BytesIO(data)) as package:
        main = package.openstream("WordDocument").read()
        flags = struct.unpack_from("<H", main, _FLAGS_AT)[0]
        if struct.unpack_from("<H", main)[0] != _FIB or flags & _ENCRYPTED:
            raise ValueError("locked, or no Word file")
        table = package.openstream("1Table" if flags & _TABLE_1 else "0Table").read()
    start, size = struct.unpack_from("<II", main, _PIECES_AT)
    length = struct.unpack_from("<i", main, _LENGTH_AT)[0]
    pieces = table[start : start + size]
    while pieces[:1] == b"\x01":  # formatting kept aside
        pieces = pieces[3 + struct.unpack_from("<H", pieces, 1)[0] :]
    if pieces[:1] != b"\x02":
        raise ValueError("no table of pieces")
    count = (struct.unpack_from("<I", pieces, 1)[0] - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", pieces, 5)
    words = []
    for at in range(count):
        place = struct.unpack_from("<I", pieces, 5 + 4 * (count + 1) + 8 * at + 2)[0]
        characters = ends[at + 1] - ends[at]
        if place & _NARROW:
            first = (place & ~_NARROW) // 2
            words.append(main[first : first + characters].decode("cp1252", "replace"))
        else:
            words.append(main[place : place + 2 * characters].decode("utf-16-le", "replace"))
    return "".join(words)[:length]
