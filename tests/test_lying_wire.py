"""A server that lies on the wire, below what HTTP allows: each document fails alone, in words, and the next is read."""

from __future__ import annotations

import socketserver
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from nda_site import DAYS, NDA, at, nda_list, nda_page, page_path

from crawlers.crawl import crawl_sources
from kb.db import open_kb
from kb.recording.record import record_pending

RULE = "</p><p>".join(f"第{n}条　示例单位应当在{n}日内登记第{n}号示例数据。" for n in "一二三四五六七八九")
HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
PAGE = nda_page("Z", RULE).data
# letter → what is sent, in pieces; what is said of it
LIES: dict[str, tuple[bytes, str]] = {
    "A": (HEAD + b"Content-Length: 99999\r\n\r\n" + PAGE, "cut off before the length that was announced"),
    "B": (HEAD + b"Content-Length: -5\r\n\r\n" + PAGE, "b'-5'"),
    "C": (HEAD + b"Content-Length: 10\r\nContent-Length: 20\r\n\r\n" + PAGE, "conflicting Content-Length"),
    "D": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + PAGE, "cut off before the length that was announced"),
    "E": (HEAD + b"Transfer-Encoding: rot13\r\n\r\n" + PAGE, "rot13"),
    "F": (b"\xff\xfe\x00garbage\r\n\r\n", "wrong number of parts"),
    "G": (b"", "closed"),
    "H": (HEAD + b"Content-Encoding: br\r\nContent-Length: 9\r\n\r\nxyzxyzxyz", "brotli"),
    "I": (b"HTTP/1.1 302 x\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n", "Invalid IPv6"),
    "J": (b"HTTP/1.1 302 x\r\nLocation: ?\r\nContent-Length: 0\r\n\r\n", "redirections"),
    "K": (b"HTTP/1.1 304 x\r\n\r\n", "HTTP 304"),
    "L": (HEAD + b"Content-Length: 99999999999999999999\r\n\r\n" + PAGE, "larger than"),
    "M": (HEAD + b"\r\n<html>", "no answer in"),  # and then drops, without end
}
WORKER = "import crawlers.settings as s; s.TIMEOUT_SECONDS = 1\nfrom crawlers.worker import main; main()"


def whole(body: bytes) -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


@contextmanager
def serve_lies() -> Iterator[str]:
    ended = threading.Event()
    lists = whole(nda_list(*LIES, "Z").data)
    answers = {f"{NDA}/list/index_pc_1.html": lists, page_path("Z"): whole(PAGE)}
    answers |= {page_path(letter): lie for letter, (lie, _) in LIES.items()}

    class Liar(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().split()[1].decode()
            while self.rfile.readline().strip():
                pass
            try:
                self.wfile.write(answers.get(path, b"HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n"))
                while path == page_path("M") and not ended.wait(0.05):
                    self.wfile.write(b"x")
            except OSError:
                return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Liar) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            ended.set()
            server.shutdown()
            thread.join()


def test_lies_on_the_wire_fail_alone_and_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.crawl.WORKER", [sys.executable, "-c", WORKER])
    workspace, began = at(tmp_path), time.monotonic()
    with serve_lies() as url:
        [outcome] = crawl_sources(workspace, ["nda-policies"], base_urls={"nda-policies": url}, now=DAYS[0])
    record_pending(workspace, now=DAYS[0])
    assert (outcome.outcome, outcome.listed) == ("failed", len(LIES) + 1)
    assert time.monotonic() - began < 60
    with open_kb(workspace.kb_path) as db:
        said = {row["url"]: (row["status"], row["detail"] or "") for row in db.query("select * from document")}
    for letter, (_, words) in LIES.items():
        [(status, detail)] = [found for url, found in said.items() if url.endswith(page_path(letter))]
        assert (status in ("expected", "too_large"), words in detail) == (True, True), (letter, status, detail)
    assert [status for url, (status, _) in said.items() if url.endswith(page_path("Z"))] == ["read"]
