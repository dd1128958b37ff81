"""Runs of telling, killed at any moment and started again; a mail server and a webhook receiver count.

For tests/test_alerts_killed.py (a few kills) and tests/benchmarks/alerts_killed.py (a thousand).
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from alert_world import CHANGES, add_dataset, add_event, add_link, make_world, serve_mail

from kb.db import open_kb
from kb.workspace import Workspace
from mappings.db import open_company

# Imports once, then forks a fresh run for each line it reads: a run is cheap, and as killable as any process.
NURSERY = """
import os, sys
from kb.db import open_kb
from kb.workspace import Workspace
from mappings.alerts.telling import tell_owners
from mappings.db import open_company
workspace = Workspace(__import__("pathlib").Path(sys.argv[1]))
workspace.config
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
            tell_owners(kb, company, workspace, now="2026-02-03T08:00:00Z")
        os._exit(0)
    print(child, flush=True)
    sys.stdin.readline()  # until then its id is its own, even when it has ended
    print(os.waitpid(child, 0)[1], flush=True)
"""


class Nursery:
    """Starts runs, one at a time, and says how each ended."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.run = 0

    def _ask(self) -> int:
        assert self.process.stdin
        assert self.process.stdout
        print(file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())

    def start(self) -> None:
        self.run = self._ask()

    def kill(self) -> None:
        if self.run:
            os.kill(self.run, signal.SIGKILL)

    def finish(self) -> int:
        """Wait for the run: 0 when it ended by itself and well, or the signal that ended it."""
        status, self.run = self._ask(), 0
        return status


@contextmanager
def nursery(workspace: Workspace) -> Iterator[Nursery]:
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY, str(workspace.root)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).resolve().parents[1],
    ) as process:  # fmt: skip
        yield Nursery(process)
        assert process.stdin
        process.stdin.close()


def add_owners(workspace: Workspace, owners: int) -> None:
    """Many owners of one data type."""
    with open_company(workspace.company_path) as company:
        for number in range(owners):
            owner = f"owner{number}@example.invalid"
            company.table("owner").insert({"id": owner, "name": owner, "email": owner, "language": "en"})
            add_dataset(company, f"d{number}", f"lake.d{number}", owner, "none", ["picture"])
            add_link(company, f"d{number}", "picture", "exterior-imagery")


def add_work(workspace: Workspace, number: int) -> None:
    """One more event that reaches every one of them."""
    with open_kb(workspace.kb_path) as kb:
        add_event(kb, f"event-{number}", {"c-image": CHANGES["c-image"]}, prefix=f"{number}-")


@contextmanager
def serve_hook(got: dict[str, list[bytes]]) -> Iterator[int]:
    """A web server that keeps every body by its Idempotency-Key; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:  # its sender was killed in the middle: as every web server does, take no notice
                return
            got[self.headers["idempotency-key"]].append(body)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True)
class Tally:
    """``repeats`` arrived more than once, on mail and webhook together; ``unfinished`` attempts stand in the ledger."""

    killed: int
    cut_off: int
    events: int
    alerts: int
    untold: int
    doubled: int
    repeats: int
    unfinished: int
    strangers: int  # what arrived under a key or an id that the ledger does not know, or with other bytes


def kill_runs(folder: Path, *, kills: int, owners: int, seconds: float, every: int = 1, longest: float = 0.2) -> Tally:
    """Kill until so many runs have died, or the time is over; then let two runs end, and count.

    There is new work before each ``every``-th run; a run is killed within ``longest`` seconds, or, each fourth, at the
    worst moment: when the mail server has taken a message and that is not recorded yet.
    """
    chance, hooked = random.Random(20260203), defaultdict[str, list[bytes]](list)
    with serve_mail() as (inbox, port), serve_hook(hooked) as hook:
        workspace = make_world(folder, port=port)
        channel = {"kind": "webhook", "url": f"http://127.0.0.1:{hook}/", "recipients": ["everyone"],
                   "internal": True}  # fmt: skip
        with workspace.config_path.open("a", encoding="utf-8") as file:
            file.write(f"\nchannels:\n  tickets: {json.dumps(channel)}\n")
        add_owners(workspace, owners)
        events, runs_made, killed, cut_off = 1, 0, 0, 0
        with nursery(workspace) as runs:
            until = time.monotonic() + seconds
            while killed < kills and time.monotonic() < until:
                runs_made += 1
                if runs_made % every == 0:
                    add_work(workspace, events)
                    events += 1
                worst = runs_made % 4 == 0
                if worst:
                    inbox.on_data = runs.kill
                    runs.start()
                else:
                    runs.start()
                    time.sleep(chance.uniform(0, longest))
                    runs.kill()
                status = runs.finish()
                inbox.on_data = lambda: None
                assert status in (0, signal.SIGKILL)
                killed += status == signal.SIGKILL
                cut_off += worst and status == signal.SIGKILL
            for _ in range(2):  # the second has nothing left to do
                runs.start()
                assert runs.finish() == 0
        with open_company(workspace.company_path) as company:
            alerts = list(company.query("select * from alert"))
            unfinished = company.table("delivery").count_where("outcome = 'started'")
            waiting = company.table("dispatch").count_where("state <> 'delivered'")
    mailed: dict[str, list[bytes]] = defaultdict(list)
    for message in inbox.messages:
        mailed[str(message["Message-ID"])].append(message.as_bytes())
    told = [(row["owner"], row["event"]) for row in alerts]
    names = [f"owner{number}@example.invalid" for number in range(owners)]
    arrived = [*((row["message_id"], mailed) for row in alerts), *((row["id"], hooked) for row in alerts)]
    return Tally(
        killed=killed, cut_off=cut_off, events=events, alerts=len(alerts),
        untold=sum(told.count((name, f"event-{number}")) == 0 for name in names for number in range(1, events))
        + sum(key not in box for key, box in arrived) + sum(row["state"] != "sent" for row in alerts) + waiting,
        doubled=len(told) - len(set(told)),
        repeats=len(inbox.messages) + sum(map(len, hooked.values())) - len(arrived),
        unfinished=unfinished,
        strangers=len(set(mailed) - {row["message_id"] for row in alerts})
        + len(set(hooked) - {row["id"] for row in alerts})
        + sum(len(set(copies)) != 1 for box in (mailed, hooked) for copies in box.values()),
    )  # fmt: skip
