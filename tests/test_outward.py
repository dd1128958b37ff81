"""Where a webhook reaches, and what is known when it falls silent or runs long."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from alert_receiver import Receiver, after, company_with, serve_receiver
from alert_world import NOW

from mappings.alerts import webhook
from mappings.alerts.notify import DeliveryReport, deliver
from mappings.alerts.outward import fault_of_address

VISION = "vision@example.invalid"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serve_receiver() as kept:
        yield kept


@pytest.mark.parametrize(("address", "internal", "open_"), [
    ("8.8.8.8", False, True), ("2001:4860:4860::8888", False, True), ("10.1.2.3", True, True), ("::1", True, True),
    ("127.0.0.1", False, False), ("10.1.2.3", False, False), ("192.168.1.1", False, False), ("fc00::1", False, False),
    ("100.64.0.1", False, False), ("::ffff:127.0.0.1", False, False), ("::ffff:169.254.169.254", True, False),
    ("64:ff9b::a9fe:a9fe", True, False), ("2002:7f00:1::", False, False), ("64:ff9b::7f00:1", False, False),
    ("169.254.169.254", True, False), ("fe80::1%eth0", True, False), ("0.0.0.0", True, False), ("::", True, False),
    ("224.0.0.1", True, False),
])  # fmt: skip
def test_which_addresses_are_reached(address: str, internal: bool, open_: bool) -> None:
    assert (fault_of_address(address, internal=internal) == "") is open_


def has_localhost() -> bool:
    try:
        return bool(socket.getaddrinfo("localhost", 80))
    except socket.gaierror:
        return False


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"])
def test_a_name_that_leads_inside_is_not_reached_unless_that_is_meant(
    tmp_path: Path, receiver: Receiver, host: str
) -> None:
    if host == "localhost" and not has_localhost():
        pytest.skip("a machine so bare that it has no localhost")
    with company_with(tmp_path, url=f"http://{host}:{receiver.port}/", internal=False) as (workspace, company):
        report = deliver(company, workspace, now=NOW)
        assert "internal: true" in report.problems[0].why
        assert report.sent == 3  # mail goes on
    assert receiver.got == []


def test_a_receiver_that_took_the_message_and_said_nothing_is_repeated_and_counted(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", 0.2)
    receiver.hang = threading.Event()
    with company_with(tmp_path, url=f"http://127.0.0.1:{receiver.port}/", recipients=[VISION]) as (workspace, company):
        deliver(company, workspace, now=NOW)
        assert [row["outcome"] for row in company.query("select outcome from delivery where channel = 'tickets'")] == [
            "unclear"
        ]
        receiver.hang.set()
        receiver.hang = None
        assert deliver(company, workspace, now=after(hours=1)) == DeliveryReport(sent=1, repeated=1)
    assert len({headers["idempotency-key"] for _, headers, _ in receiver.got}) == 1


def test_a_long_run_stops_when_quiet_hours_begin(tmp_path: Path, receiver: Receiver) -> None:
    begins = "2026-02-03T13:59:59Z"  # 21:59:59 in Beijing
    with company_with(tmp_path, url=f"http://127.0.0.1:{receiver.port}/", quiet="22:00-07:00", per_minute=60) as (
        workspace, company,
    ):  # fmt: skip
        report = deliver(company, workspace, now=begins, sleep=lambda _: time.sleep(1))
    assert (len(receiver.got), report.delayed) == (1, 2)


@pytest.mark.parametrize("url", ["ftp://example.invalid/", "https://[", "tickets", "https://example.invalid:x/"])
def test_a_url_that_is_none_is_one_clear_line(tmp_path: Path, url: str) -> None:
    with company_with(tmp_path, url=url) as (workspace, company):
        assert "in config.yml" in deliver(company, workspace, now=NOW).problems[0].why
