"""Is an answer the whole document, and a document at all? Pure: bytes before and bytes now, in; what is wrong, out.

Where a server says no length, a connection that breaks looks like the end: half a page would be told as an edit. So an
answer that lacks the end that the document had is not taken at once; the same one coming again is what the site has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawlers.expectations import Fault, is_challenge, unexpected
from kb.reading.detect import detect_format, has_too_many_tags, is_page

CHALLENGE = Fault("blocked", "a challenge page")
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
    if is_page(now) and not is_page(before):
        return unexpected(now, "a page where a file was")
    end = _end_of(now)
    if before.startswith(now) or (end and end.search(before) and not end.search(now)):
        return challenge(now) or CUT_OFF
    return None


def has_end(data: bytes) -> bool | None:
    """Has it the end that its kind of file has? None of a kind without one."""
    end = _end_of(data)
    return bool(end.search(data)) if end else None


def _end_of(data: bytes) -> re.Pattern[bytes] | None:
    return next((end for start, end in _ENDS if start.search(data)), None)


def challenge(body: bytes) -> Fault | None:
    """The fault of a riddle in place of a document."""
    return CHALLENGE if is_page(body) and is_challenge(body) else None


def another_form(body: bytes, url: str, shape: str | None, shapes: Sequence[str] = ()) -> Fault | None:
    """The fault of an answer, under a page's address, that is a page of none of the ``shapes`` (any, if there are
    none), or is neither a page nor a file that anybody reads. ``shape`` is that of the page, if it is one."""
    if shape is not None and shapes and shape not in shapes:
        return unexpected(body, f"a page of another form than {' or '.join(shapes)}")
    if is_page(body) or has_too_many_tags(body) or detect_format(body, url) not in _NO_DOCUMENT:
        return None
    return unexpected(body, "neither a page nor a document")
