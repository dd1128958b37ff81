"""Manners beyond Scrapy's own: robots.txt as RFC 9309 has it, and a host that says no is asked less often.

A robots.txt that is not there (404), or is refused (403), restricts nothing; one that fails (5xx, no answer) forbids
everything until it can be read.
"""

from __future__ import annotations

import re
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response

from crawlers.expectations import NO_ANSWER
from crawlers.settings import TIMEOUT_SECONDS

LONGEST_DELAY = 120.0  # seconds
# Bytes of a robots.txt that are read, as RFC 9309 has it: each rule is held against each URL.
LONGEST_ROBOTS = 500 * 1024
PLAIN: dict[type[Exception], str] = {
    DownloadTimeoutError: f"{NO_ANSWER} in {TIMEOUT_SECONDS} seconds",
    DownloadConnectionRefusedError: "connection refused",
    CannotResolveHostError: "the host name does not resolve",
    ResponseDataLossError: "cut off before the length that was announced",
}


def words_of(error: BaseException | None) -> str:
    """What went wrong on the wire, in a line: what Twisted hides in a list of failures, too."""
    for kind, what in PLAIN.items():
        if isinstance(error, kind):
            return what
    said = " ".join(str(error).split())
    for noise in _NOISE:
        said = noise.sub("", said)
    return f"{type(error).__name__}: {said.strip(' []<>')[:160]}"


_NOISE = (re.compile(r"twisted\.python\.failure\.Failure "), re.compile(r"(?<=[<\[ ])(?:\w+\.)+(?=\w+: )"))


class RobotsUnknown(IgnoreRequest):
    """The host's robots.txt could not be read."""


class Robots(RobotsTxtMiddleware):
    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.unknown: dict[str, str] = {}

    async def process_request(self, request: Request, spider: Any = None) -> None:
        await super().process_request(request)
        netloc = request.url.split("/")[2]
        if netloc in self.unknown and not request.meta.get("dont_obey_robotstxt"):
            raise RobotsUnknown(f"robots.txt: {self.unknown[netloc]}; nothing may be asked")

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 and response.status != 521:  # 521 is a refusal in front of the host, like 403
            self.unknown[netloc] = f"HTTP {response.status}"
        body = response.body[:LONGEST_ROBOTS] if response.status == 200 else b""
        await super()._parse_robots(response.replace(body=body), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        if not isinstance(exc, IgnoreRequest):
            self.unknown[netloc] = words_of(exc)
        super()._robots_error(exc, netloc)


class BackOff:
    """Doubles the wait before the next request of a host that answers 403, 412, 429, 521 or 5xx; keeps Retry-After."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BackOff:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status in (403, 412, 429) or response.status >= 500:
            downloader = self.crawler.engine.downloader if self.crawler.engine else None
            slot = downloader.slots.get(request.meta.get("download_slot", "")) if downloader else None
            if slot is not None:
                slot.delay = next_delay(slot.delay, (response.headers.get("Retry-After") or b"").decode("latin-1"))
        return response


def next_delay(delay: float, retry_after: str) -> float:
    """Seconds to wait from now on. No delay is a replay, which waits for nobody."""
    if not delay:
        return 0.0
    asked = float(retry_after) if retry_after.isascii() and retry_after.isdecimal() else 0.0
    return min(LONGEST_DELAY, max(2 * delay, asked))
