"""From what Scrapy hands over to plain values: an Answer of a response, a Fault of a failure."""

from __future__ import annotations

import re
from urllib.parse import unquote

from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.expectations import Fault
from crawlers.items import Answer
from crawlers.manners import RobotsUnknown, words_of
from crawlers.source import Source

_FILENAME = re.compile(r"filename\*\s*=\s*(?:UTF-8|utf-8)''([^;]+)|filename\s*=\s*\"?([^\";]+)\"?")


def answer_of(response: Response, url: str) -> Answer:
    """``url`` is what was asked for; where redirects led is the site's own affair."""

    def header(name: str) -> str | None:
        value = response.headers.get(name)
        return value.decode("latin-1") if value else None

    return Answer(
        url,
        response.status,
        response.body,
        content_type=header("Content-Type"),
        filename=filename_of(header("Content-Disposition")),
        etag=header("ETag"),
        last_modified=header("Last-Modified"),
    )


def filename_of(disposition: str | None) -> str | None:
    """The name in a Content-Disposition; Chinese sites write raw UTF-8 or GBK where RFC 6266 wants ``filename*``."""
    found = _FILENAME.search(disposition or "")
    if not found:
        return None
    raw = unquote(found[1]) if found[1] else unquote(found[2])
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.encode("latin-1").decode(encoding)
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return raw


def is_too_large(failure: Failure) -> bool:
    return isinstance(failure.value, DownloadCancelledError) or "DOWNLOAD_MAXSIZE" in str(failure.value)


def fault_of(failure: Failure, source: Source) -> Fault:
    if is_too_large(failure):
        return Fault("failed", f"larger than {source.max_megabytes} MB")
    if isinstance(failure.value, RobotsUnknown):
        return Fault("failed", str(failure.value))
    if isinstance(failure.value, IgnoreRequest):
        refused = "robots.txt" in str(failure.value)
        return Fault("blocked", "robots.txt does not allow it") if refused else Fault("failed", str(failure.value))
    return Fault("failed", words_of(failure.value))
