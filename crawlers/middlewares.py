"""On the wire: which hosts may be asked, what is asked only if changed, and where a replay stands in for the real host.

Everything above this module sees public URLs only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

NOT_MODIFIED = "not modified"


class HostNotDeclared(IgnoreRequest):
    """A link or a redirect leads to a host that the source does not declare."""


class _OfSpider:
    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Any:
        return cls(crawler)

    @property
    def spider(self) -> Any:
        return self.crawler.spider


class DeclaredHosts(_OfSpider):
    """Refuses every host and port that the source does not declare, after redirects too."""

    def process_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.hostname not in self.spider.source.allowed_hosts or parts.port not in (None, 80, 443):
            raise HostNotDeclared(f"{parts.hostname or request.url} is not a declared host of {self.spider.source.id}")


class ConditionalGet(_OfSpider):
    """Asks whether a known document has changed; when it has not, answers with the bytes of the archive.

    Scrapy's own cache is no help here: with its standard policy an old Last-Modified makes it not ask at all.
    """

    def process_request(self, request: Request) -> None:
        publication = request.meta.get("publication")
        known = publication and self.spider.ledger.validators(publication, request.url)
        if known:
            for name, value in (("If-None-Match", known.etag), ("If-Modified-Since", known.last_modified)):
                if value:
                    request.headers[name] = value
            request.meta["known"] = known

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status != 304 or not (known := request.meta.get("known")):
            return response
        for name, value in (("ETag", known.etag), ("Last-Modified", known.last_modified)):
            if value:
                response.headers.setdefault(name, value)
        body = self.spider.ledger.archive.load(known.digest)
        return response.replace(status=200, body=body, flags=[*response.flags, NOT_MODIFIED])


class PublicHandler(HTTP11DownloadHandler):
    """Downloads; with REGWATCH_BASE_URL from there, while requests, responses and redirects keep the public URL."""

    async def download_request(self, request: Request) -> Response:
        base = self.crawler.settings.get("REGWATCH_BASE_URL")
        if not base:
            if proxy := self.crawler.settings.getdict("REGWATCH_PROXIES").get(urlsplit(request.url).hostname or ""):
                request.meta["proxy"] = proxy
            return await super().download_request(request)
        wire = request.replace(url=on_wire(request.url, base))
        wire.meta.pop("proxy", None)
        response = await super().download_request(wire)
        if location := response.headers.get("Location"):
            response.headers["Location"] = off_wire(location.decode("latin-1"), base, request.url)
        return response.replace(url=request.url)


def on_wire(url: str, base: str) -> str:
    """The URL that stands in for a public one: its path and query below ``base``."""
    parts = urlsplit(url)
    return base.rstrip("/") + (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def off_wire(location: str, base: str, asked: str) -> str:
    """A redirect of the stand-in to itself, as the public host would have written it."""
    below = location.removeprefix(base.rstrip("/"))
    if below == location or below[:1] not in ("", "/", "?"):
        return location
    parts = urlsplit(asked)
    return f"{parts.scheme}://{parts.netloc}{below or '/'}"
