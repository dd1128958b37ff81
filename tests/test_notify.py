"""Delivery: at least once, each repeat recognisable, each attempt a row, a failure no reason to stop."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from alert_world import CHANGES, NOW, Inbox, add_event, make_world, serve_mail
from filelock import FileLock
from sqlite_utils import Database

from kb.db import open_kb
from kb.errors import RegwatchError
from kb.workspace import Workspace
from mappings.alerts import mail_talk, notify
from mappings.alerts.address import fault_of
from mappings.alerts.notify import DeliveryReport, deliver
from mappings.alerts.outbox import catch_up
from mappings.db import open_company

VISION = "vision@example.invalid"
LATER, MUCH_LATER = "2026-02-03T08:01:00Z", "2026-02-03T09:00:00Z"


def tell(workspace: Workspace, company: Database) -> None:
    with open_kb(workspace.kb_path) as kb:
        catch_up(kb, company, workspace.config, now=NOW)


@contextmanager
def company_of(root: Path, **smtp: Any) -> Iterator[tuple[Workspace, Database]]:
    """A world whose alerts are composed and wait."""
    workspace = make_world(root, **smtp)
    with open_company(workspace.company_path) as company:
        tell(workspace, company)
        yield workspace, company


def states(company: Database) -> dict[str, tuple[str, int]]:
    return {row["owner"]: (row["state"], row["attempts"]) for row in company.query("select * from alert")}


@pytest.fixture
def mail() -> Iterator[tuple[Inbox, int]]:
    with serve_mail() as server:
        yield server


def test_without_a_mail_server_each_alert_is_one_readable_file(tmp_path: Path) -> None:
    with company_of(tmp_path) as (workspace, company):
        assert deliver(company, workspace, now=NOW) == DeliveryReport(sent=3)
        assert deliver(company, workspace, now=NOW) == DeliveryReport()
        alerts = {row["id"]: row for row in company.query("select * from alert")}
    files = sorted(workspace.outbox_path.iterdir())
    assert [file.name for file in files] == sorted(f"{id}.eml" for id in alerts)
    for file in files:
        assert "为什么发给您" in file.read_text("utf-8")  # an editor shows the words, not an encoding
        message = message_from_bytes(file.read_bytes(), policy=default)
        alert = alerts[file.stem]
        assert (message["Message-ID"], message["To"], message["Subject"]) == (
            alert["message_id"], alert["address"], alert["subject"],
        )  # fmt: skip
        plain, html = message.get_body(("plain",)), message.get_body(("html",))
        assert plain is not None
        assert html is not None
        assert plain.get_content() == alert["body"]
        assert html.get_content() == alert["html"]


def test_a_file_lost_between_writing_and_recording_is_written_again_byte_for_byte(tmp_path: Path) -> None:
    with company_of(tmp_path) as (workspace, company):
        deliver(company, workspace, now=NOW)
        before = {file.name: file.read_bytes() for file in workspace.outbox_path.iterdir()}
        company.execute("update alert set state = 'composed', sent_at = null")
        company.execute("insert into delivery (alert, channel, attempted_at, outcome) "
                        "select id, 'file', composed_at, 'started' from alert")  # fmt: skip
        (workspace.root / "journal.jsonl").unlink()  # the crash came before it was noted
        assert deliver(company, workspace, now="2026-02-05T00:00:00Z") == DeliveryReport(sent=3, repeated=3)
        assert {file.name: file.read_bytes() for file in workspace.outbox_path.iterdir()} == before


def test_by_mail_each_recipient_gets_plain_and_html(tmp_path: Path, mail: tuple[Inbox, int]) -> None:
    inbox, port = mail
    with company_of(tmp_path, port=port) as (workspace, company):
        assert deliver(company, workspace, now=NOW) == DeliveryReport(sent=3)
        attempts = list(company.query("select channel, outcome, attempted_at from delivery"))
        alert = next(company.query("select * from alert where owner = ?", [VISION]))
    assert attempts == [{"channel": "smtp", "outcome": "sent", "attempted_at": NOW}] * 3
    message = next(one for one in inbox.messages if one["To"] == VISION)
    assert (message["Message-ID"], message["From"]) == (alert["message_id"], "Regwatch <regwatch@example.invalid>")
    assert message["Subject"] == alert["subject"]
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().splitlines() == alert["body"].splitlines()
    assert html.get_content_type() == "text/html"
    assert (alert["state"], alert["sent_at"]) == ("sent", NOW)


def test_a_server_that_is_away_keeps_alerts_waiting_and_the_next_run_sends_them(tmp_path: Path) -> None:
    with serve_mail() as (_, port):
        pass
    with company_of(tmp_path, port=port) as (workspace, company):
        report = deliver(company, workspace, now=NOW)
        assert (report.sent, report.failed) == (0, 3)
        assert set(states(company).values()) == {("composed", 1)}
        assert all("check smtp in config.yml" in problem.why for problem in report.problems)
        assert next(company.query("select last_error from alert"))["last_error"]
        path = workspace.config_path
        with serve_mail() as (inbox, other):
            path.write_text(path.read_text("utf-8").replace(f"port: {port}", f"port: {other}"), "utf-8")
            assert deliver(company, Workspace(workspace.root), now=NOW) == DeliveryReport(delayed=3)
            assert deliver(company, Workspace(workspace.root), now=LATER) == DeliveryReport(sent=3)
            assert len(inbox.messages) == 3
        assert set(states(company).values()) == {("sent", 2)}
        assert {row["last_error"] for row in company.query("select last_error from alert")} == {None}
        outcomes = [row["outcome"] for row in company.query("select outcome from delivery order by id")]
        assert outcomes == ["failed"] * 3 + ["sent"] * 3


def test_a_server_that_takes_nothing_now_is_tried_again(tmp_path: Path, mail: tuple[Inbox, int]) -> None:
    inbox, port = mail
    inbox.answer = "451 try again later"
    with company_of(tmp_path, port=port) as (workspace, company):
        assert deliver(company, workspace, now=NOW).failed == 3
        assert inbox.messages == []
        inbox.answer = "250 OK"
        assert deliver(company, workspace, now=LATER) == DeliveryReport(sent=3)


def test_after_three_failures_in_a_row_the_server_is_left_alone(tmp_path: Path, mail: tuple[Inbox, int]) -> None:
    inbox, port = mail
    inbox.answer = "451 try again later"
    knocks: list[int] = []
    inbox.on_data = lambda: knocks.append(1)
    with company_of(tmp_path, port=port) as (workspace, company):
        with open_kb(workspace.kb_path) as kb:
            add_event(kb, "f" * 16, CHANGES, prefix="f-")
        tell(workspace, company)
        assert deliver(company, workspace, now=NOW).failed == 6
        assert len(knocks) == 3


def test_a_broken_address_stays_undelivered_the_team_is_told_once_and_others_go_on(
    tmp_path: Path, mail: tuple[Inbox, int]
) -> None:
    inbox, port = mail
    workspace = make_world(tmp_path, port=port)
    with open_company(workspace.company_path) as company:
        company.execute("update owner set email = 'vision at example' where id = ?", [VISION])
        tell(workspace, company)
        report = deliver(company, workspace, now=NOW)
        assert report.sent == 3  # the fallback, the team, and the notice
        assert [problem.owner for problem in report.problems] == [VISION]
        assert "'vision at example' has no name before an @" in report.problems[0].why
        notices = [one for one in inbox.messages if "无法送达" in str(one["Subject"])]
        assert [one["To"] for one in notices] == [workspace.config.team.address]
        assert "vision at example" in notices[0].get_content()

        assert deliver(company, workspace, now=NOW).sent == 0  # told once
        with open_kb(workspace.kb_path) as kb:
            add_event(kb, "f" * 16, CHANGES, prefix="f-")
        tell(workspace, company)
        deliver(company, workspace, now=NOW)
        assert sum("无法送达" in str(one["Subject"]) for one in inbox.messages) == 1

        company.execute("update owner set email = 'vision@example.invalid' where id = ?", [VISION])
        assert deliver(company, workspace, now=NOW) == DeliveryReport(sent=2)
        assert sum(one["To"] == VISION for one in inbox.messages) == 2


def test_an_address_that_the_server_does_not_know_is_told_to_the_team_too(
    tmp_path: Path, mail: tuple[Inbox, int]
) -> None:
    inbox, port = mail
    inbox.refuse.add(VISION)
    with company_of(tmp_path, port=port) as (workspace, company):
        report = deliver(company, workspace, now=NOW)
        assert "550 no such user" in report.problems[0].why
        assert report.sent == 3
        assert states(company)[VISION] == ("composed", 1)
        assert deliver(company, workspace, now=NOW).sent == 0


def test_alerts_about_datasets_that_went_to_another_owner_do_not_wait_forever(tmp_path: Path) -> None:
    with company_of(tmp_path) as (workspace, company):
        company.execute(
            "insert into owner (id, name, email) values ('new@example.invalid', 'n', 'new@example.invalid')"
        )
        company.execute("update dataset set owner = 'new@example.invalid' where owner = ?", [VISION])
        tell(workspace, company)
        assert deliver(company, workspace, now=NOW) == DeliveryReport(sent=3)
        assert states(company)[VISION] == ("composed", 0)
        assert states(company)["new@example.invalid"] == ("sent", 1)
        company.execute("update dataset set owner = ? where owner = 'new@example.invalid'", [VISION])
        assert deliver(company, workspace, now=NOW) == DeliveryReport(sent=1)


def test_a_password_that_is_not_set_is_a_clear_reason(
    tmp_path: Path, mail: tuple[Inbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REGWATCH_TEST_PASSWORD", raising=False)
    with company_of(tmp_path, port=mail[1], user="u", password_env="REGWATCH_TEST_PASSWORD") as (workspace, company):
        report = deliver(company, workspace, now=NOW)
    assert "set the environment variable REGWATCH_TEST_PASSWORD" in report.problems[0].why


def test_a_server_that_accepts_and_then_hangs_does_not_hang_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_talk, "TIMEOUT", 0.2)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        company_of(tmp_path, port=silent.getsockname()[1]) as (workspace, company),
    ):
        assert deliver(company, workspace, now=NOW).failed == 3
        assert set(states(company).values()) == {("composed", 1)}


def test_a_server_that_drops_the_connection_gets_the_message_again(tmp_path: Path, mail: tuple[Inbox, int]) -> None:
    inbox, port = mail
    inbox.answer = "421 closing"
    with company_of(tmp_path, port=port) as (workspace, company):
        inbox.on_data = lambda: setattr(inbox, "answer", "250 OK")
        report = deliver(company, workspace, now=NOW)
        assert (report.sent, report.failed) == (2, 1)
        assert deliver(company, workspace, now=LATER) == DeliveryReport(sent=1)


def test_a_sender_that_is_no_address_is_a_clear_reason(tmp_path: Path) -> None:
    with company_of(tmp_path) as (workspace, company):
        path = workspace.config_path
        path.write_text(path.read_text("utf-8").replace("address: compliance@", "address: compliance at "), "utf-8")
        report = deliver(company, Workspace(workspace.root), now=NOW)
        assert (report.sent, report.failed) == (0, 3)
        assert "config.yml" in report.problems[0].why


def test_an_outbox_that_cannot_be_written_is_a_clear_reason(tmp_path: Path) -> None:
    with company_of(tmp_path) as (workspace, company):
        workspace.outbox_path.write_text("a file in the way", "utf-8")
        report = deliver(company, workspace, now=NOW)
        assert (report.sent, report.failed) == (0, 3)
        assert "make it a folder that can be written" in report.problems[0].why


def test_two_runs_do_not_deliver_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "PATIENCE", 0.1)
    with company_of(tmp_path) as (workspace, company):
        with FileLock(workspace.root / ".deliver.lock"), pytest.raises(RegwatchError, match="another run"):
            deliver(company, workspace, now=NOW)
        assert deliver(company, workspace, now=NOW) == DeliveryReport(sent=3)


@pytest.mark.parametrize(
    "address",
    ["", "vision", "@example.invalid", "a b@example.invalid", "a@", "a@b..c", "a@-b.c", "影像@example.invalid",
     "a@example.invalid\nBcc: b@example.invalid", "a..b@example.invalid", "x" * 65 + "@example.invalid",
     "Vision <a@example.invalid>", "a@example.invalid,b@example.invalid"],
)  # fmt: skip
def test_addresses_that_cannot_work_are_known_before_sending(address: str) -> None:
    assert fault_of(address)


@pytest.mark.parametrize(
    "address", ["a@b", "data.team+cn@sub.example.invalid", "o'neil@example.invalid", "root@localhost"]
)
def test_addresses_that_can_work_pass(address: str) -> None:
    assert fault_of(address) == ""
