"""Mail servers and webhooks that misbehave at every step: no alert is lost, none is told twice but as "once" is said to
mean (docs/alerts.md), none holds up a run."""

from __future__ import annotations

import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alert_receiver import after, company_with
from alert_world import NOW, make_world
from odd_mail import DRIP, DROP, HANG, STEPS, serve_odd_mail

from kb.db import open_kb
from mappings.alerts import mail_talk, outward
from mappings.alerts.notify import deliver
from mappings.alerts.outbox import catch_up
from mappings.db import open_company

SAYS = {
    "4xx": b"451-later\r\n451 today", "5xx": b"554 no", "421": b"421 bye", "drops": DROP, "hangs": HANG,
    "goes on and on": DRIP,
    "garbage": b"\xff\xfe\x00 what", "another yes": b"250 OK\r\n250 OK", "a line too long": b"250 " + b"x" * 20_000,
}  # fmt: skip


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_talk, "TIMEOUT", 0.2)
    monkeypatch.setattr(mail_talk, "LONGEST", 0.4)
    monkeypatch.setattr(outward, "LONGEST", 0.4)


@pytest.mark.parametrize("says", SAYS)
@pytest.mark.parametrize("step", STEPS)
def test_whatever_a_mail_server_says_every_alert_is_heard_and_repeats_are_known(
    tmp_path: Path, step: str, says: str
) -> None:
    with serve_odd_mail(**{step: SAYS[says]}) as mail:
        workspace = make_world(tmp_path, port=mail.port)
        with open_company(workspace.company_path) as company:
            with open_kb(workspace.kb_path) as kb:
                catch_up(kb, company, workspace.config, now=NOW)
            first = deliver(company, workspace, now=NOW)
            assert first.sent + first.failed >= 3
            assert all("127.0.0.1" in problem.why and "\n" not in problem.why for problem in first.problems)
            early = len(mail.heard)
            mail.odd.clear()
            second = deliver(company, workspace, now=after(hours=3))
            assert second.failed == 0
            assert {row["state"] for row in company.query("select state from alert")} == {"sent"}
            ids = {row["message_id"] for row in company.query("select message_id from alert")}
        heard = [re.findall(rb"^Message-ID: (\S+)", message, re.M)[0].decode() for message in mail.heard]
    assert set(heard) == ids
    if step != "message" or says == "another yes":
        assert len(heard) == len(ids)
    elif says not in ("4xx", "5xx", "421"):  # it heard the whole message and said neither yes nor no
        assert second.repeated == early == 3


@pytest.mark.parametrize(("features", "answer", "password"), [
    (("AUTH PLAIN",), b"235 welcome", "pässwörd"), (("AUTH CRAM-MD5",), b"334 PDEyMz4=", "密"),
    (("AUTH CRAM-MD5",), b"334 a", "secret"), (("AUTH LOGIN",), b"334 VXNlcm5hbWU6", "secret"), ((), b"", "secret"),
])  # fmt: skip
def test_a_log_in_that_cannot_be_is_a_reason_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, features: tuple[str, ...], answer: bytes, password: str
) -> None:
    monkeypatch.setenv("REGWATCH_TEST_PASSWORD", password)
    with serve_odd_mail(AUTH=answer) as mail:
        mail.features = features
        workspace = make_world(tmp_path, port=mail.port, user="u", password_env="REGWATCH_TEST_PASSWORD")
        with open_company(workspace.company_path) as company:
            with open_kb(workspace.kb_path) as kb:
                catch_up(kb, company, workspace.config, now=NOW)
            report = deliver(company, workspace, now=NOW)
    assert report.failed == 3
    for problem in report.problems:
        assert "check smtp in config.yml" in problem.why
        assert password not in problem.why


@pytest.mark.parametrize("host", ["a..example.invalid", "x" * 70 + ".invalid"])
def test_a_mail_server_under_no_name_is_a_reason_and_other_ways_go_on(tmp_path: Path, host: str) -> None:
    with serve_hook(b"HTTP/1.1 204 OK\r\n\r\n") as (url, got), company_with(tmp_path, url=url) as (workspace, company):
        path = workspace.config_path
        path.write_text(path.read_text("utf-8") + f"\nsmtp: {{host: {host}, sender: regwatch@example.invalid}}\n")
        report = deliver(company, type(workspace)(workspace.root), now=NOW)
    assert (report.sent, report.failed, len(got)) == (3, 3, 3)
    assert "check smtp in config.yml" in report.problems[0].why


@contextmanager
def serve_hook(words: bytes, drops: bytes = b"") -> Iterator[tuple[str, list[bytes]]]:
    """A receiver that says ``words`` to everything, and then ``drops`` without end."""
    got: list[bytes] = []
    ended = threading.Event()

    class Hook(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            head = b""
            while (line := self.rfile.readline()).strip():
                head += line
            got.append(self.rfile.read(int(re.findall(rb"(?i)content-length: (\d+)", head)[0])))
            try:
                self.wfile.write(words)
                while drops and not ended.wait(0.05):
                    self.wfile.write(drops)
            except OSError:
                return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Hook) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/", got
        finally:
            ended.set()
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(("words", "drops"), [
    (b"HTTP/1.1 200 OK\r\nX: ", b"x"), (b"", b"HTTP/1.1 100 Continue\r\n\r\n"), (b"", b""), (b"\xff\xfe\r\n\r\n", b""),
    (b"HTTP/1.1 200 OK\r\nContent-Le", b""),
], ids=["a header in drops", "wait, wait, wait", "drops the connection", "garbage", "half an answer"])  # fmt: skip
def test_a_webhook_that_gives_no_answer_may_have_the_alert_and_a_repeat_is_counted(
    tmp_path: Path, words: bytes, drops: bytes
) -> None:
    with serve_hook(words, drops) as (url, got), company_with(tmp_path, url=url) as (workspace, company):
        began = time.monotonic()
        report = deliver(company, workspace, now=NOW)
        assert (report.sent, report.failed, len(got)) == (3, 3, 1)  # the others are not tried, mail went on
        assert time.monotonic() - began < 5
        with serve_hook(b"HTTP/1.1 204 OK\r\n\r\n") as (whole, again):
            path = workspace.config_path
            path.write_text(path.read_text("utf-8").replace(url, whole), "utf-8")
            report = deliver(company, type(workspace)(workspace.root), now=after(hours=3))
        assert (report.sent, report.repeated, len(again)) == (3, 1, 3)
        assert got[0] in again


@pytest.mark.parametrize("url", ["http://影..像/", "http://[::1/", "http://a..b/", "http://127.0.0.1:99999/"])
def test_a_webhook_under_no_name_is_a_reason_and_mail_goes_on(tmp_path: Path, url: str) -> None:
    with company_with(tmp_path, url=url) as (workspace, company):
        report = deliver(company, workspace, now=NOW)
    assert (report.sent, report.failed) == (3, 3)
    assert "config.yml" in report.problems[0].why
