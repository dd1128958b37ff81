"""5,000 owners × 200 changes: composed, composed again, and delivered to a mail server on loopback. Run by hand:

    .venv/bin/python tests/benchmarks/alerts_volume.py [OWNERS] [CHANGES]

Bars: composed in 60 s and 500 MB, delivered at 100 a second or more with flat memory. Beside it, in the same run, the
named alternative for delivery: a plain smtplib loop that keeps no ledger and can repeat nothing.
"""

from __future__ import annotations

import resource
import smtplib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from alert_world import CHANGES, add_event, make_world  # noqa: E402

from kb.db import open_kb  # noqa: E402
from kb.workspace import Workspace  # noqa: E402
from mappings.alerts.channels import build_message  # noqa: E402
from mappings.alerts.notify import deliver  # noqa: E402
from mappings.alerts.outbox import catch_up  # noqa: E402
from mappings.db import open_company  # noqa: E402

NOW = "2026-02-03T08:00:00Z"
SINK = """
import socketserver
class Sink(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 sink\\r\\n")
        data = False
        for line in self.rfile:
            if data:
                if line == b".\\r\\n":
                    data = False
                    self.wfile.write(b"250 taken\\r\\n")
                continue
            word = line[:4].upper()
            data = word == b"DATA"
            self.wfile.write(b"354 go\\r\\n" if data else b"221 bye\\r\\n" if word == b"QUIT" else b"250 ok\\r\\n")
server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Sink)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill(workspace: Workspace, owners: int, changes: int) -> None:
    with open_kb(workspace.kb_path) as kb, kb.atomic():
        kb.execute("update event set origin = 'backfill'")  # the world's own event tells nobody
        add_event(kb, "f" * 16, {f"{number}": CHANGES["c-image"] for number in range(changes)}, prefix="big-")
    with open_company(workspace.company_path) as company, company.atomic():
        names = [f"owner{number}@example.invalid" for number in range(owners)]
        company.table("owner").insert_all(
            {"id": name, "name": name, "email": name, "language": ("zh", "en", "both")[len(name) % 3]} for name in names
        )
        company.table("dataset").insert_all(
            {"id": f"d-{name}", "name": f"lake.{name}", "owner": name, "catalog": "c", "state": "active"}
            for name in names
        )
        company.table("field").insert_all(
            {"id": f"f-{name}", "dataset": f"d-{name}", "name": "picture", "ordinal": 0, "state": "active"}
            for name in names
        )
        company.table("link").insert_all(
            {"id": f"l-{name}", "dataset": f"d-{name}", "field": "picture", "data_type": "exterior-imagery",
             "state": "accepted"} for name in names
        )  # fmt: skip


def main(owners: int, changes: int) -> None:
    sink = subprocess.Popen([sys.executable, "-c", SINK], stdout=subprocess.PIPE, text=True)
    assert sink.stdout
    port = int(sink.stdout.readline())
    try:
        with tempfile.TemporaryDirectory() as folder:
            workspace = make_world(Path(folder), port=port)
            fill(workspace, owners, changes)
            with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
                for name in ("composed", "composed again, nothing new"):
                    start = time.perf_counter()
                    report = catch_up(kb, company, workspace.config, now=NOW)
                    seconds = time.perf_counter() - start
                    print(f"{name}: {report.composed} alerts in {seconds:.1f} s, peak {peak():.0f} MB")
                before, start = peak(), time.perf_counter()
                sent = deliver(company, workspace, now=NOW).sent
                ours = sent / (time.perf_counter() - start)
                print(f"delivered: {sent} at {ours:.0f} a second, peak {peak():.0f} MB ({peak() - before:+.0f} MB)")
                start = time.perf_counter()
                rows = list(company.query("select * from alert limit 500"))
                with smtplib.SMTP("127.0.0.1", port) as server:
                    for row in rows:
                        server.send_message(build_message(row, "a@example.invalid", "a@example.invalid", _policy()))
                plain = len(rows) / (time.perf_counter() - start)
                print(f"plain smtplib without a ledger: {plain:.0f} a second; ours is {ours / plain:.2f} of it")
    finally:
        sink.kill()
        sink.wait()


def _policy():  # type: ignore[no-untyped-def]
    from email.policy import SMTP

    return SMTP


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:] + ["5000", "200"][len(sys.argv) - 1 :])))
