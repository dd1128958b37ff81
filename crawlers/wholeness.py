"""Is an answer the whole document, and a document at all? Pure: bytes before and bytes now, in; what is wrong, out.

Where a server says no length, a connection that breaks looks like the end: half a page would be told as an edit. So an
answer that lacks the end that the document had is not taken at once; the same one coming again is what the site has.
"""

from __future__ import annotations

import re

from crawlers.expectations import Fault, is_challenge, unexpected
from kb.reading.detect import detect_format, has_too_many_tags, is_page

CUT_OFF = Fault("failed", "cut off before its end")
_NO_DOCUMENT = frozenset({"unknown", "text", "json", "gzip", "picture"})
_ENDS = (
    (re.compile(rb"\A\s*<|</html", re.I), re.compile(rb"</html\s*>", re.I)),
    (re.compile(rb"\A.{0,1024}?%PDF-", re.S), re.compile(rb"%%EOF")),
    (re.compile(rb"\APK\x03\x04"), re.compile(rb"PK\x05\x06")),
)


def loss(before: bytes | None, now: bytes) -> Fault | None:
    """What is missing in an answer for a document that was ``before``; None when it may be taken."""
    if before is None or before == now:
        return None
    if is_page(now) and (is_challenge(now) or not is_page(before)):
        return unexpected(now, "a page where a file was")
    if before.startswith(now):
        return CUT_OFF
    kind = next((end for start, end in _ENDS if start.search(now)), None)
    return CUT_OFF if kind and kind.search(before) and not kind.search(now) else None


def no_document(body: bytes, url: str) -> Fault | None:
    """The fault of an answer, under a page's address, that is neither a page nor a file that anybody reads."""
    if is_page(body) or has_too_many_tags(body) or detect_format(body, url) not in _NO_DOCUMENT:
        return None
    return unexpected(body, "neither a page nor a document")
