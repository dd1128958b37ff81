"""Killed at each step between a change and the ledger: told once, and what arrives twice carries the same key."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from alert_world import make_world, serve_mail
from killing import serve_hook

from kb.db import open_kb
from kb.workspace import Workspace
from mappings.alerts.telling import tell_owners
from mappings.db import open_company

NOW, LATER = "2026-02-03T08:00:00Z", "2026-02-03T09:00:00Z"
# Imports once; for each line it forks a run that dies by SIGKILL before or after the n-th call of the named step.
NURSERY = """
import importlib, json, os, signal, sys
from pathlib import Path
from kb.db import open_kb
from kb.workspace import Workspace
from mappings.alerts import channels, notify, webhook
from mappings.alerts.telling import tell_owners
from mappings.db import open_company
for line in sys.stdin:
    root, place, when, count = json.loads(line)
    child = os.fork()
    if child == 0:
        module, owner, name = place.split(":")
        holder = getattr(importlib.import_module(module), owner)
        step, calls = getattr(holder, name), []
        def dying(*given, **named):
            calls.append(1)
            if when == "before" and len(calls) == count:
                os.kill(os.getpid(), signal.SIGKILL)
            answer = step(*given, **named)
            if when == "after" and len(calls) == count:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer
        setattr(holder, name, dying)
        workspace = Workspace(Path(root))
        with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
            tell_owners(kb, company, workspace, now="2026-02-03T08:00:00Z")
        os._exit(0)
    print(os.waitpid(child, 0)[1], flush=True)
"""
A = "mappings.alerts"
STEPS = [  # step, when, at which call, how many arrive twice
    (f"{A}.outbox:Outbox:put", "after", 2, 0),
    (f"{A}.outbox:Outbox:write", "after", 3, 0), (f"{A}.queue:Queue:start", "after", 1, 0),
    (f"{A}.channels:SmtpChannel:_hand_over", "before", 1, 0), (f"{A}.channels:SmtpChannel:_hand_over", "after", 2, 1),
    (f"{A}.journal:Journal:note_left", "before", 1, 1), (f"{A}.journal:Journal:note_left", "after", 1, 0),
    (f"{A}.queue:Queue:succeed", "after", 3, 0),
    (f"{A}.queue:Queue:succeed", "after", 4, 0), (f"{A}.webhook:WebhookChannel:send", "after", 2, 1),
]  # fmt: skip


@pytest.fixture(scope="module")
def nursery() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          cwd=Path(__file__).resolve().parents[1]) as process:  # fmt: skip
        yield process
        assert process.stdin
        process.stdin.close()


@pytest.mark.parametrize(("step", "when", "call", "twice"), STEPS)
def test_killed_at_a_step_everybody_is_told_once(
    nursery: subprocess.Popen[str], tmp_path: Path, step: str, when: str, call: int, twice: int
) -> None:
    hooked: dict[str, list[bytes]] = defaultdict(list)
    with serve_mail() as (inbox, port), serve_hook(hooked) as hook:
        workspace = make_world(tmp_path, port=port)
        channel = {"kind": "webhook", "url": f"http://127.0.0.1:{hook}/", "recipients": ["everyone"], "internal": True}
        with workspace.config_path.open("a", encoding="utf-8") as file:
            file.write(f"\nchannels:\n  tickets: {json.dumps(channel)}\n")
        assert nursery.stdin
        assert nursery.stdout
        print(json.dumps([str(workspace.root), step, when, call]), file=nursery.stdin, flush=True)
        assert os.WTERMSIG(int(nursery.stdout.readline())) == signal.SIGKILL
        with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
            done = tell_owners(kb, company, Workspace(workspace.root), now=LATER)
            again = tell_owners(kb, company, Workspace(workspace.root), now=LATER)
            alerts = list(company.query("select * from alert"))
            states = {row["state"] for row in company.query("select state from dispatch")}
    mailed = Counter(str(message["Message-ID"]) for message in inbox.messages)
    assert set(mailed) == {row["message_id"] for row in alerts}
    assert set(hooked) == {row["id"] for row in alerts}
    assert {row["state"] for row in alerts} == {"sent"}
    assert states == {"delivered"}
    assert len({row["owner"] for row in alerts}) == len(alerts) == 3
    assert sum(mailed.values()) + sum(map(len, hooked.values())) == 6 + twice
    assert all(len(set(copies)) == 1 for copies in hooked.values())
    assert done.delivery.repeated >= twice
    assert (again.told.composed, again.delivery.sent, again.delivery.known) == (0, 0, 0)
