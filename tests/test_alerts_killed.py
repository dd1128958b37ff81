"""Killed at any moment and started again: no owner untold, no second alert, every repeat recognisable on the wire.

One child process composes and delivers by a real mail server. It is killed at random moments, and at the worst one:
after the server has taken a message and before that is recorded.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alert_world import CHANGES, add_dataset, add_event, add_link, make_world, serve_mail

from kb.db import open_kb
from kb.workspace import Workspace
from mappings.db import open_company

OWNERS, KILLS, SECONDS = 8, 24, 15

# Imports once, then forks a fresh run for each line it reads: a run is cheap, and as killable as any process.
NURSERY = """
import os, sys
from kb.db import open_kb
from kb.workspace import Workspace
from mappings.alerts.notify import deliver
from mappings.alerts.outbox import catch_up
from mappings.db import open_company
workspace = Workspace(__import__("pathlib").Path(sys.argv[1]))
workspace.config
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
            catch_up(kb, company, workspace.config, now="2026-02-03T08:00:00Z")
            deliver(company, workspace, now="2026-02-03T08:00:00Z")
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


def add_owners(workspace: Workspace) -> None:
    """Many owners of one data type."""
    with open_company(workspace.company_path) as company:
        for number in range(OWNERS):
            owner = f"owner{number}@example.invalid"
            company.table("owner").insert({"id": owner, "name": owner, "email": owner, "language": "en"})
            add_dataset(company, f"d{number}", f"lake.d{number}", owner, "none", ["picture"])
            add_link(company, f"d{number}", "picture", "exterior-imagery")


def add_work(workspace: Workspace, number: int) -> None:
    """One more event that reaches every one of them."""
    with open_kb(workspace.kb_path) as kb:
        add_event(kb, f"event-{number}", {"c-image": CHANGES["c-image"]}, prefix=f"{number}-")


def test_no_kill_leaves_an_owner_untold_or_told_under_two_names(tmp_path: Path) -> None:
    chance = random.Random(20260203)
    with serve_mail() as (inbox, port):
        workspace = make_world(tmp_path, port=port)
        add_owners(workspace)
        events, killed, cut_off = 1, 0, 0
        with nursery(workspace) as runs:
            until = time.monotonic() + SECONDS
            while killed < KILLS and time.monotonic() < until:
                add_work(workspace, events)
                events += 1
                worst = events % 4 == 0  # taken by the server, not yet recorded
                if worst:
                    inbox.on_data = runs.kill
                    runs.start()
                else:
                    runs.start()
                    time.sleep(chance.uniform(0, 0.2))
                    runs.kill()
                status = runs.finish()
                inbox.on_data = lambda: None
                assert status in (0, signal.SIGKILL)
                killed += status == signal.SIGKILL
                cut_off += worst and status == signal.SIGKILL
            for _ in range(2):  # the second has nothing left to do
                runs.start()
                assert runs.finish() == 0
        assert killed > 10
        assert cut_off > 2
        with open_company(workspace.company_path) as company:
            alerts = list(company.query("select * from alert"))
            unfinished = company.table("delivery").count_where("outcome = 'started'")
        told = {(row["owner"], row["event"]) for row in alerts}
        for number in range(OWNERS):
            assert sum(owner == f"owner{number}@example.invalid" for owner, _ in told) == events
        assert len(told) == len(alerts)
        assert {row["state"] for row in alerts} == {"sent"}

        arrived: dict[str, set[str]] = defaultdict(set)
        for message in inbox.messages:
            arrived[str(message["Message-ID"])].add(message.as_string())
        assert set(arrived) == {row["message_id"] for row in alerts}
        assert all(len(copies) == 1 for copies in arrived.values())  # a repeat is the same message, to the byte
        repeats = len(inbox.messages) - len(alerts)
        assert cut_off <= repeats <= unfinished  # each repeat on the wire has its unfinished attempt in the ledger
