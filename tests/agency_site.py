"""A tiny agency host for tests that need a site at fault: paths to replies, and a log of what was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass
class Reply:
    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


Replies = dict[str, Reply | Callable[[Mapping[str, str]], Reply]]
NOT_FOUND = Reply("<html><body>404</body></html>", 404)


@dataclass
class AgencySite:
    """``replies`` by path, or by path and query; ``*`` answers what has no reply of its own."""

    replies: Replies
    url: str = ""
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)  # method, path with query, headers

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.asked if path != "/robots.txt"]


@contextmanager
def serve(replies: Replies) -> Iterator[AgencySite]:
    site = AgencySite(replies)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # closing after each answer would race with the client's next request
        wbufsize = -1  # head and body in one packet: two of them wait 40 ms for each other

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            site.asked.append((self.command, self.path, dict(self.headers)))
            plain = urlsplit(self.path).path
            reply = site.replies.get(self.path) or site.replies.get(plain)
            if reply is None:
                reply = site.replies.get("*", NOT_FOUND) if plain != "/robots.txt" else NOT_FOUND
            if callable(reply):
                reply = reply(self.headers)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.data)))
            self.end_headers()
            self.wfile.write(reply.data)

        do_GET = do_POST = answer

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
