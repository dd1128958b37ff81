"""Ways to tell beside mail, and when nothing is sent: webhooks, chat, rates, quiet hours, waits that grow."""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from alert_receiver import Receiver, after, company_with, copies, serve_receiver
from alert_world import NOW
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from kb.clock import FORMAT
from mappings.alerts import webhook
from mappings.alerts.backoff import is_due, is_exhausted, is_quiet, next_attempt
from mappings.alerts.notify import DeliveryReport, deliver

VISION = "vision@example.invalid"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serve_receiver() as kept:
        yield kept


def test_a_webhook_is_signed_has_a_key_and_counts_as_delivered(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGWATCH_TEST_SECRET", "s3cret")
    with company_with(tmp_path, url=f"http://127.0.0.1:{receiver.port}/hook", secret_env="REGWATCH_TEST_SECRET",
                      content="full") as (workspace, company):  # fmt: skip
        assert deliver(company, workspace, now=NOW) == DeliveryReport(sent=6)
        assert copies(company) == [("delivered", 1)] * 3
    for path, headers, body in receiver.got:
        told = json.loads(body)
        assert (path, headers["idempotency-key"]) == ("/hook", told["id"])
        expected = hmac.new(b"s3cret", f"{NOW}.".encode() + body, hashlib.sha256).hexdigest()
        assert headers["regwatch-signature"] == f"t={NOW},v1={expected}"
    mine = next(json.loads(body) for _, _, body in receiver.got if json.loads(body)["owner"] == VISION)
    assert mine["nature"] == "action"
    assert "adas.frames" in mine["body"]


def test_without_leave_only_a_link_and_an_id_leave_the_house(tmp_path: Path, receiver: Receiver) -> None:
    with company_with(tmp_path, url=f"http://127.0.0.1:{receiver.port}/") as (workspace, company):
        deliver(company, workspace, now=NOW)
    assert not any(b"adas" in body or "示例".encode() in body for _, _, body in receiver.got)


def test_a_repeat_after_a_crash_has_the_same_key_and_bytes_and_is_counted(tmp_path: Path, receiver: Receiver) -> None:
    with company_with(tmp_path, url=f"http://127.0.0.1:{receiver.port}/", recipients=[VISION]) as (workspace, company):
        deliver(company, workspace, now=NOW)
        company.execute("update dispatch set state = 'composed'")
        company.execute("insert into delivery (alert, channel, attempted_at, outcome) select alert, channel, ?, "
                        "'started' from dispatch", [NOW])  # fmt: skip
        (workspace.root / "journal.jsonl").unlink()  # the crash came before it was noted
        assert deliver(company, workspace, now=after(hours=1)) == DeliveryReport(sent=1, repeated=1)
    first, second = receiver.got
    assert (first[1]["idempotency-key"], first[2]) == (second[1]["idempotency-key"], second[2])


def test_429_with_retry_after_is_kept_and_the_others_are_not_tried(tmp_path: Path, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": "3600"}
    with company_with(tmp_path, url=f"http://127.0.0.1:{receiver.port}/") as (workspace, company):
        report = deliver(company, workspace, now=NOW)
        assert (report.sent, report.failed, report.delayed) == (3, 1, 2)  # mail went on
        receiver.status = 200
        assert deliver(company, workspace, now=after(minutes=59)) == DeliveryReport(delayed=3)
        assert len(receiver.got) == 1
        assert deliver(company, workspace, now=after(minutes=60)) == DeliveryReport(sent=3)


def test_a_redirect_is_never_followed(tmp_path: Path, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 307, {"Location": f"http://127.0.0.1:{receiver.port}/inside"}
    with company_with(tmp_path, url=f"http://127.0.0.1:{receiver.port}/hook") as (workspace, company):
        report = deliver(company, workspace, now=NOW)
    assert {path for path, _, _ in receiver.got} == {"/hook"}
    assert all("redirects (307), which is never followed" in problem.why for problem in report.problems)


def test_a_receiver_that_hangs_does_not_hang_us(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", 0.3)
    receiver.hang = threading.Event()
    with company_with(tmp_path, url=f"http://127.0.0.1:{receiver.port}/") as (workspace, company):
        report = deliver(company, workspace, now=NOW)
        receiver.hang.set()
    assert (report.sent, report.failed) == (3, 3)


@pytest.mark.parametrize("settings", [
    {"url": "http://127.0.0.1:9/"}, {"url": "not a url"}, {}, {"url_env": "REGWATCH_TEST_NOT_SET"},
    {"url": "http://127.0.0.1:9/", "secret_env": "REGWATCH_TEST_NOT_SET"},
    {"kind": "chat", "url": "nothing://known"}, {"kind": "chat"},
])  # fmt: skip
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Apprise's own imports
def test_a_channel_that_cannot_work_says_what_to_do_and_mail_goes_on(tmp_path: Path, settings: dict[str, str]) -> None:
    with company_with(tmp_path, **settings) as (workspace, company):
        report = deliver(company, workspace, now=NOW)
        assert (report.sent, report.failed) == (3, 3)
        assert "tickets" in report.problems[0].why
        assert company.table("alert").count_where("state = 'sent'") == 3


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_chat_goes_by_apprise(tmp_path: Path, receiver: Receiver) -> None:
    pytest.importorskip("apprise")
    with company_with(tmp_path, kind="chat", url=f"json://127.0.0.1:{receiver.port}/", recipients=["team"],
                      content="full") as (workspace, company):  # fmt: skip
        assert deliver(company, workspace, now=NOW) == DeliveryReport(sent=4)
        assert copies(company) == [("sent", 1)]
        receiver.status = 500
        company.execute("update dispatch set state = 'composed'")
        (workspace.root / "journal.jsonl").unlink()
        assert "tickets" in deliver(company, workspace, now=after(hours=1)).problems[0].why
    assert "无人认领" in json.loads(receiver.got[0][2])["title"]


def test_what_fails_waits_longer_each_time_and_after_two_days_the_team_is_told_once(
    tmp_path: Path, receiver: Receiver
) -> None:
    receiver.status = 500
    with company_with(tmp_path, url=f"http://127.0.0.1:{receiver.port}/", recipients=[VISION]) as (workspace, company):
        attempts, now, dead = [NOW], NOW, deliver(company, workspace, now=NOW).dead
        while not dead and len(attempts) < 50:
            now = next(company.query("select next_attempt_at from dispatch"))["next_attempt_at"]
            earlier = (datetime.strptime(now, FORMAT) - timedelta(seconds=1)).strftime(FORMAT)
            assert deliver(company, workspace, now=earlier) == DeliveryReport(delayed=1)
            dead = deliver(company, workspace, now=now).dead
            attempts.append(now)
        assert attempts[:5] == [NOW, *(after(minutes=minutes) for minutes in (1, 3, 7, 15))]
        assert after(days=2) <= now <= after(days=2, hours=8)
        assert len(attempts) < 20
        assert copies(company) == [("dead", len(attempts))]
        notices = list(company.query("select body from alert where kind = 'undeliverable'"))
        assert ["channel tickets" in notice["body"] for notice in notices] == [True]
        receiver.status = 200
        assert deliver(company, workspace, now=after(days=5)).sent == 0  # given up …
        assert deliver(company, workspace, now=after(days=5), retry=True).sent == 1  # … until somebody asks


def test_a_rate_is_kept_and_quiet_hours_hold_everything(tmp_path: Path, receiver: Receiver) -> None:
    pauses: list[float] = []
    with company_with(tmp_path, url=f"http://127.0.0.1:{receiver.port}/", per_minute=30,
                      quiet="22:00-07:00") as (workspace, company):  # fmt: skip
        night = "2026-02-03T15:00:00Z"  # 23:00 in Beijing
        assert deliver(company, workspace, now=night, sleep=pauses.append) == DeliveryReport(sent=3, delayed=3)
        assert receiver.got == []
        assert deliver(company, workspace, now=after(days=1), sleep=pauses.append) == DeliveryReport(sent=3)
        assert pauses == [2.0, 2.0]


@pytest.mark.parametrize(("hours", "clock", "quiet"), [
    ("22:00-07:00", "14:00", True), ("22:00-07:00", "13:59", False), ("22:00-07:00", "22:59", True),
    ("22:00-07:00", "23:00", False), ("12:00-13:00", "04:30", True), ("12:00-13:00", "05:00", False),
    (None, "14:00", False),
])  # fmt: skip
def test_quiet_hours_are_those_of_beijing(hours: str | None, clock: str, quiet: bool) -> None:
    assert is_quiet(hours, f"2026-02-03T{clock}:00Z") is quiet


def test_a_clock_that_jumps_neither_holds_a_message_for_a_year_nor_gives_it_up_at_once() -> None:
    assert next_attempt(1, NOW) == after(minutes=1)
    assert next_attempt(50, NOW) == after(hours=8)
    assert next_attempt(1, NOW, 10**9) == after(days=1)
    assert not is_due(after(hours=8), NOW)
    assert is_due("2027-02-03T08:00:00Z", NOW)  # written while the clock was a year ahead
    assert not is_exhausted([NOW, after(minutes=1), "2027-02-03T08:00:00Z"])
    assert not is_exhausted([NOW, "2027-02-03T08:00:00Z", NOW])
    assert is_exhausted([NOW, after(days=1), after(days=2)])


def test_retry_after_is_a_number_or_a_date() -> None:
    assert webhook.seconds_of("120", NOW) == 120
    assert webhook.seconds_of("Tue, 03 Feb 2026 08:10:00 GMT", NOW) == 600
    assert webhook.seconds_of("Mon, 02 Feb 2026 08:10:00 GMT", NOW) == 0
    assert {webhook.seconds_of(value, NOW) for value in (None, "", "soon", "-1")} == {60}


def test_a_certificate_that_expired_and_nobody_vouches_for_is_not_accepted(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(expired_certificate(tmp_path / "expired.pem"))
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"https://127.0.0.1:{server.server_address[1]}/"
        with company_with(tmp_path, url=url, recipients=["team"]) as (workspace, company):
            report = deliver(company, workspace, now=NOW)
        server.shutdown()
        thread.join()
    assert report.sent == 3
    assert "certificate" in report.problems[0].why


def expired_certificate(path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    day = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(day).not_valid_after(day + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return path
