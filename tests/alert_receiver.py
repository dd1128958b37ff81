"""A web server on loopback that receives alerts, and a world with a channel to it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from alert_world import NOW, make_world
from sqlite_utils import Database

from kb.clock import FORMAT
from kb.db import open_kb
from kb.workspace import Workspace
from mappings.alerts.outbox import catch_up
from mappings.db import open_company


@dataclass
class Receiver:
    """A real web server on loopback that keeps what it gets and answers as told."""

    port: int = 0
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    hang: threading.Event | None = None


@contextmanager
def serve_receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kept.got.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            if kept.hang:
                kept.hang.wait(5)
            self.send_response(kept.status)
            for name, value in kept.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *words: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield kept
        server.shutdown()
        thread.join()


@contextmanager
def company_with(root: Path, **channel: Any) -> Iterator[tuple[Workspace, Database]]:
    """A world with one more channel, whose alerts are composed."""
    workspace = make_world(root)
    path = workspace.config_path
    settings = {"kind": "webhook", "recipients": ["everyone"], "internal": True, **channel}
    path.write_text(path.read_text("utf-8") + f"\nchannels:\n  tickets: {json.dumps(settings)}\n", "utf-8")
    workspace = Workspace(workspace.root)
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        catch_up(kb, company, workspace.config, now=NOW)
        yield workspace, company


def copies(company: Database) -> list[tuple[str, int]]:
    return [(row["state"], row["attempts"]) for row in company.query("select * from dispatch order by alert")]


def after(**time: int) -> str:
    return (datetime.strptime(NOW, FORMAT).replace(tzinfo=UTC) + timedelta(**time)).strftime(FORMAT)
