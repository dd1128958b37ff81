"""Serves the sample sites on loopback, one host for each agency. Owns sockets and the day shown, no markup.

with serve_sample("2025-06-20") as site:
    crawl(site.base_urls); site.move_to("2026-02-10"); crawl(site.base_urls)
"""

from __future__ import annotations

import datetime as dt
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl, urlsplit

from crawlers.sample import cac, miit, nda
from crawlers.sample.exchange import Reply, Request
from crawlers.sample.timeline import Column, Page, Timeline, load_timeline
from kb.errors import ServeError


class Agency(NamedTuple):
    respond: Callable[[Timeline, dt.date, Request], Reply | None]
    host: str
    article_path: Callable[[Page, Column], str]


AGENCIES = {
    "miit": Agency(miit.respond, miit.HOST, miit.article_path),
    "cac": Agency(cac.respond, cac.HOST, cac.article_path),
    "nda": Agency(nda.respond, nda.HOST, nda.article_path),
}


@dataclass
class SampleSite:
    """The three hosts as seen on ``day``. A reply put into ``faults`` under an agency answers all its requests."""

    day: dt.date
    timeline: Timeline
    hosts: dict[str, str] = field(default_factory=dict)
    faults: dict[str, Reply] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    @property
    def base_urls(self) -> dict[str, str]:
        """The server of each source that the sample has, by source id."""
        return {source: self.hosts[source.partition("-")[0]] for source in self.timeline.columns}

    def address(self, page_id: str, column: str = "") -> str:
        """The public address of a page, as captures keep it; ``column`` where NDA lists it twice."""
        page = self.timeline.all_pages()[page_id]
        agency = AGENCIES[page.agency]
        path = agency.article_path(page, self.timeline.columns[column or page.columns[0]])
        return f"https://{agency.host.removeprefix('https:').removeprefix('//')}{path}"

    def move_to(self, day: str) -> None:
        self.day = dt.date.fromisoformat(day)

    def answer(self, agency: str, request: Request) -> Reply:
        self.requests.append(f"{agency} {request.path}")
        try:
            found = self.faults.get(agency) or AGENCIES[agency].respond(self.timeline, self.day, request)
        except ValueError as error:  # a number that is none, JSON that is none
            return Reply(f"400 Bad Request: {error}".encode(), "text/plain; charset=utf-8", status=400)
        return found or Reply(b"<html><body><h1>404 Not Found</h1></body></html>", status=404)


SiteT = TypeVar("SiteT", bound=SampleSite)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # closing after each answer would race with the next request
    wbufsize = -1  # head and body in one packet: two of them wait 40 ms for each other

    def __init__(self, site: SampleSite, agency: str, *args: Any) -> None:
        self.site, self.agency = site, agency
        super().__init__(*args)

    def do_GET(self) -> None:
        self._reply(urlsplit(self.path).query)

    def do_HEAD(self) -> None:
        self._reply(urlsplit(self.path).query)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self._reply(self.rfile.read(length).decode("utf-8", "replace"))

    def _reply(self, pairs: str) -> None:
        request = Request(urlsplit(self.path).path, dict(parse_qsl(pairs, keep_blank_values=True, errors="replace")))
        reply = self.site.answer(self.agency, request)
        tag = reply.headers.get("ETag")
        if tag and self.headers.get("If-None-Match") == tag:
            reply = Reply(b"", reply.content_type, 304, reply.headers)
        self.send_response(reply.status)
        for name, value in {"Content-Type": reply.content_type, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def log_message(self, *_: object) -> None:
        """Silent: the crawler tells what it asked for."""


class Host(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A crawler that was killed hangs up in the middle: nothing to report. Anything else is a fault of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serve_sample(at: str, port: int = 0) -> Iterator[SampleSite]:
    """Serve the sites as of day ``at`` on three ports: free ones, or ``port`` and the two after it.

    Raises ServeError when a port cannot be had.
    """
    with serve(SampleSite(dt.date.fromisoformat(at), load_timeline()), port) as site:
        yield site


@contextmanager
def serve(site: SiteT, port: int = 0) -> Iterator[SiteT]:
    """Serve any site of this form, as ``serve_sample`` does the declared one."""
    with ExitStack() as stack:
        for place, agency in enumerate(AGENCIES):
            server = _open_server(port and port + place, partial(Handler, site, agency))
            stack.callback(server.server_close)
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            site.hosts[agency] = f"http://127.0.0.1:{server.server_port}"
        yield site


def _open_server(port: int, handler: partial[Handler]) -> Host:
    try:
        return Host(("127.0.0.1", port), handler)
    except (OSError, OverflowError) as error:
        raise ServeError(f"port {port} of 127.0.0.1: {error}; choose another with --port") from error
