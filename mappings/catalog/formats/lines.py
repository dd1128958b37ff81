"""The lines of a text file, decoded one by one: a line that cannot be read costs that line, not the file.

Owns encodings and limits of length; knows nothing of CSV.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.errors import CatalogError

LONGEST = 131_072  # bytes of one line; also the limit of Python's csv module for one cell
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # Excel's "Unicode text"
_WORKBOOK = b"PK\x03\x04"


@dataclass(frozen=True)
class Line:
    """``text`` is None when the line cannot be read, and ``why`` says so. Numbers begin at 1."""

    number: int
    text: str | None
    why: str = ""


def read_lines(path: Path) -> Iterator[Line]:
    """Decoded lines with their ends: UTF-16 with a BOM, else UTF-8 or GB18030, whichever more lines of the file are.

    Never holds more than one line, and of a line never more than LONGEST. Raises CatalogError when the file cannot be
    opened or is no text of these encodings.
    """
    encoding = guess_encoding(path)
    if encoding == "utf-16":
        yield from _wide_lines(path)
        return
    for number, raw, whole in _raw_lines(path):
        if not whole:
            yield Line(number, None, f"the line is longer than {LONGEST:,} bytes")
            continue
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as error:
            yield Line(number, None, f"not {encoding.upper()} text: {error.reason} at byte {error.start + 1}")
            continue
        yield Line(number, text.lstrip("\ufeff"), "") if "\0" not in text else Line(number, None, "has a NUL character")


def guess_encoding(path: Path) -> str:
    """``utf-16`` by its BOM; ``utf-8`` or ``gb18030`` by a count of the lines that are more than ASCII."""
    utf8 = other = 0
    for number, raw, _ in _raw_lines(path):
        if number == 1 and raw.startswith(_WIDE):
            return "utf-16"
        if number == 1 and raw.startswith(_WORKBOOK):
            raise CatalogError(f"{path}: is an Excel workbook or ZIP: save it as CSV in UTF-8 or GB18030")
        if not raw.isascii():
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError:
                other += 1
            else:
                utf8 += 1
    return "utf-8" if utf8 >= other else "gb18030"


def _wide_lines(path: Path) -> Iterator[Line]:
    """Lines of UTF-16, whose line ends are two bytes."""
    with path.open(encoding="utf-16", errors="replace", newline="") as stream:
        number = 0
        while text := stream.readline(LONGEST):
            number += 1
            whole = text.endswith("\n") or len(text) < LONGEST
            while text and not text.endswith("\n") and not whole:
                text = stream.readline(LONGEST)
            if not whole:
                yield Line(number, None, f"the line is longer than {LONGEST:,} characters")
            elif "\ufffd" in text or "\0" in text:
                yield Line(number, None, "not UTF-16 text, or has a NUL character")
            else:
                yield Line(number, text)


def _raw_lines(path: Path) -> Iterator[tuple[int, bytes, bool]]:
    """Number, bytes and whether the line is whole; of a longer one the first part."""
    number = 0
    try:
        with path.open("rb") as stream:
            while raw := stream.readline(LONGEST + 1):
                number += 1
                whole = len(raw) <= LONGEST
                rest = raw
                while not rest.endswith(b"\n") and len(rest) > LONGEST:
                    rest = stream.readline(LONGEST + 1)
                yield number, raw if whole else b"", whole
    except OSError as error:
        raise CatalogError(f"{path}: cannot be read: {error.strerror}") from error
