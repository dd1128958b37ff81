"""Bytes to characters, for pages and plain text: what the bytes are decides, what they claim breaks ties."""

from __future__ import annotations

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHINESE = {"gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "cp936", "hz-gb-2312"}
# Python knows more under this name (zlib, idna, unicode_escape, punycode …), none of which a page is written in.
_OF_PAGES = re.compile(r"utf-(?:8|16|32)|ascii|big5|gb|hz|euc|shift|iso|cp\d|koi8|mac-|tis-620|johab")
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""", re.IGNORECASE)


def decode(data: bytes, declared: str | None = None) -> tuple[str, str, int]:
    """Text, the encoding it was read in, and how many characters were unreadable (written as U+FFFD).

    Order: byte order mark, UTF-8, GB18030 (which contains GB2312 and GBK), the declared one; if none fits
    without a fault, the one with the fewest faults.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = data.decode(encoding, "replace")
            return text, encoding.removesuffix("-sig"), text.count("\ufffd")
    candidates = list(dict.fromkeys(["utf-8", *_order(declared or declared_encoding(data))]))
    best: tuple[str, str, int] | None = None
    for encoding in candidates:
        text = data.decode(encoding, "replace")
        faults = text.count("\ufffd")
        if best is None or faults < best[2]:
            best = text, encoding, faults
        if not faults:
            break
    assert best is not None
    return best


def declared_encoding(data: bytes) -> str | None:
    """The charset that the first two kilobytes of a page name, if any."""
    found = _DECLARED.search(data[:2048])
    return found[1].decode("ascii") if found else None


def _order(declared: str | None) -> list[str]:
    if declared is None or declared.lower() in _CHINESE:
        return ["gb18030"]
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):
        return ["gb18030"]
    return [name, "gb18030"] if _OF_PAGES.match(name) else ["gb18030"]
