"""`regwatch impact` and `regwatch alert`, as scripts call them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
from alert_world import DRAFT, EVENT, FINAL, NOW, make_world
from click.testing import CliRunner, Result

from kb.workspace import Workspace
from mappings.alert_cli import alert, impact
from mappings.db import open_company
from mappings.feed_cli import feed
from mappings.watch_cli import watch

VISION = "vision@example.invalid"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_world(tmp_path)


def run(workspace: Workspace, command: click.Command, *words: str) -> Result:
    result = CliRunner().invoke(command, [*words, "--workspace", str(workspace.root)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def answer(workspace: Workspace, command: click.Command, *words: str) -> Any:
    return json.loads(run(workspace, command, *words, "--json").stdout)


def test_impact_lists_change_data_type_dataset_field_and_owner(workspace: Workspace) -> None:
    rows = answer(workspace, impact, "--from", DRAFT, "--to", FINAL)
    image = next(row for row in rows if row["change"] == "c-image" and row["field"] == "img_front")
    assert image == {
        "change": "c-image", "data_type": "exterior-imagery", "dataset": "frames", "field": "img_front",
        "owner": VISION, "through": "exterior-imagery", "grade": "threshold", "where": "3 示例车外影像",
        "event": EVENT, "dataset_name": "adas.frames", "system": "", "transfers": [],
    }  # fmt: skip
    assert {row["owner"] for row in rows} == {VISION, None}
    assert "2 changes that no accepted link claims" in run(workspace, impact, "--from", DRAFT, "--to", FINAL).stderr
    assert answer(workspace, impact, "--event", EVENT) == rows
    assert run(workspace, impact, "--from", DRAFT).exit_code == 2
    assert "no event" in run(workspace, impact, "--event", "nothing").stderr


@pytest.mark.parametrize(("old", "new", "words"), [
    ("nothing", FINAL, "no version nothing"), (FINAL, DRAFT, f"use --from {DRAFT} --to {FINAL}"),
])  # fmt: skip
def test_impact_without_a_comparison_is_one_clear_line(workspace: Workspace, old: str, new: str, words: str) -> None:
    result = run(workspace, impact, "--from", old, "--to", new)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: ")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_send_delivers_what_is_due_once(workspace: Workspace) -> None:
    assert answer(workspace, alert, "send") == {
        "composed": 3, "supplements": 0, "held": 0, "reminders": 0, "digests": 0, "shifts": 0,
        "sent": 3, "known": 0, "failed": 0, "repeated": 0, "delayed": 0, "dead": 0, "problems": [],
    }  # fmt: skip
    assert answer(workspace, alert, "send")["sent"] == 0
    assert len(list(workspace.outbox_path.glob("*.eml"))) == 3


def test_send_says_that_what_went_out_was_a_reminder(workspace: Workspace) -> None:
    first = run(workspace, alert, "send", "--now", NOW[:10]).stdout
    assert first.startswith("3 alerts and 0 supplements composed, 0 reminders, 3 messages sent, ")
    later = run(workspace, alert, "send", "--now", "2026-06-01").stdout
    assert re.match(r"0 alerts and 0 supplements composed, ([1-9]) reminders, \1 messages sent, ", later), later


def test_send_exits_3_when_an_alert_was_not_delivered(workspace: Workspace) -> None:
    with open_company(workspace.company_path) as company:
        company.execute("update owner set email = 'broken' where id = ?", [VISION])
    result = run(workspace, alert, "send", "--json")
    assert result.exit_code == 3
    (problem,) = json.loads(result.stdout)["problems"]
    assert (problem["owner"], problem["address"]) == (VISION, "broken")
    assert "not delivered" in result.stderr
    assert "waits: address 'broken'" in run(workspace, alert, "list").stderr


def test_list_says_what_was_sent_to_whom_and_what_is_open(workspace: Workspace) -> None:
    run(workspace, alert, "send", "--now", "2026-02-10")
    rows = answer(workspace, alert, "list")
    assert {(row["owner"], row["state"], row["sent_at"]) for row in rows} == {
        (owner, "sent", "2026-02-10T00:00:00Z") for owner in (VISION, "team", "fallback")
    }
    (mine,) = answer(workspace, alert, "list", "--owner", VISION)
    run(workspace, alert, "ack", mine["id"], "--by", "影像组")
    assert {row["owner"] for row in answer(workspace, alert, "list", "--open")} == {"team", "fallback"}
    assert mine["id"] in run(workspace, alert, "list").stdout


def test_acknowledging_twice_says_so_and_the_first_stands(workspace: Workspace) -> None:
    run(workspace, alert, "send")
    id = answer(workspace, alert, "list", "--owner", VISION)[0]["id"]
    first = run(workspace, alert, "ack", id, "--by", "影像组", "--note", "已调整", "--now", NOW)
    assert (first.exit_code, first.stdout) == (0, f"{id}: acknowledged by 影像组\n")
    again = run(workspace, alert, "ack", id, "--by", "别组")
    assert (again.exit_code, again.stdout) == (0, f"{id}: already acknowledged by 影像组 on {NOW}\n")
    assert answer(workspace, alert, "ack", id, "--by", "别组") == {
        "alert": id, "by": "影像组", "at": NOW, "note": "已调整", "first": False, "decision": "seen",
        "until": None, "reassigned_to": None,
    }  # fmt: skip


def test_an_unknown_alert_and_a_missing_workspace_are_one_clear_line(workspace: Workspace, tmp_path: Path) -> None:
    result = run(workspace, alert, "ack", "nothing")
    assert (result.exit_code, result.stderr) == (1, "error: no alert nothing: see `regwatch alert list`\n")
    result = run(Workspace(tmp_path / "elsewhere"), alert, "list")
    assert result.exit_code == 1
    assert "init" in result.stderr
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["send", "--help"],
        ["list", "--help"],
        ["ack", "--help"],
        ["verify", "--help"],
        ["bounce", "--help"],
        ["audit", "--help"],
    ],
)
def test_every_command_shows_how_it_is_called(words: list[str]) -> None:
    shown = CliRunner().invoke(alert, words).stdout
    assert words == ["--help"] or re.search(r"Example:\n +regwatch alert ", shown)


def test_verify_exits_3_on_a_gap_and_0_without_one(workspace: Workspace) -> None:
    result = run(workspace, alert, "verify")
    assert (result.exit_code, "3 gaps" in result.stderr) == (3, True)
    run(workspace, alert, "send")
    for row in answer(workspace, alert, "list"):
        run(workspace, alert, "ack", row["id"], "--by", "x", "--decision", "not_affected")
    assert run(workspace, alert, "verify").exit_code == 0
    assert {row["decision"] for row in answer(workspace, alert, "verify")} == {"not_affected"}


def test_the_ledger_says_who_was_told_what_on_what_evidence_and_what_they_answered(
    workspace: Workspace, tmp_path: Path
) -> None:
    run(workspace, alert, "send", "--now", "2026-02-10")
    id = answer(workspace, alert, "list", "--owner", VISION)[0]["id"]
    run(workspace, alert, "ack", id, "--by", "影像组", "--note", "=1+1", "--now", "2026-02-11")
    mine = [row for row in answer(workspace, alert, "audit") if row["alert"] == id]
    assert [row["what"] for row in mine] == ["composed alert", "sent", "answered: seen"]
    assert mine[0]["evidence"].split() == ["c-export", "c-image", "c-persons", "c-vin"]
    table = tmp_path / "audit.csv"
    run(workspace, alert, "audit", "--since", "2026-02-11", "--output", str(table))
    lines = table.read_text("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "'=1+1" in lines[1]


def test_the_ledger_says_who_added_and_ended_a_watch_and_a_private_address(workspace: Workspace) -> None:
    def call(command: click.Command, *words: str, by: str, day: str) -> Any:
        return answer(workspace, command, *words, "--by", by, "--now", day)

    kept = call(watch, "add", "exports", "--kind", "publications", "--words", "数据出境", "--every", "daily", "--yes",
                by="ann", day="2026-02-10")  # fmt: skip
    call(watch, "end", kept["id"], by="bob", day="2026-02-11")
    call(watch, "end", kept["id"], by="eve", day="2026-02-12")
    call(feed, "address", VISION, by="ann", day="2026-02-13")
    call(feed, "revoke", VISION, by="bob", day="2026-02-14")
    told = [(row["at"][:10], row["what"], row["owner"], row["by"]) for row in answer(workspace, alert, "audit")]
    assert told == [
        ("2026-02-10", "watch added", "team", "ann"), ("2026-02-11", "watch ended", "team", "bob"),
        ("2026-02-13", "private address made", VISION, "ann"),
        ("2026-02-14", "private address revoked", VISION, "bob"),
    ]  # fmt: skip


def test_a_report_that_came_back_marks_the_alert_and_tells_the_team_once(workspace: Workspace, tmp_path: Path) -> None:
    run(workspace, alert, "send")
    (mine,) = answer(workspace, alert, "list", "--owner", VISION)
    with open_company(workspace.company_path) as company:
        key = next(company.query("select message_id from alert where id = ?", [mine["id"]]))["message_id"]
    report = tmp_path / "returned.eml"
    report.write_text(BOUNCE.format(action="failed", key=key), "utf-8")
    assert answer(workspace, alert, "bounce", str(report))[0]["alert"] == mine["id"]
    assert answer(workspace, alert, "bounce", str(report))[0]["new"] is False
    assert answer(workspace, alert, "send")["sent"] == 1
    assert answer(workspace, alert, "send")["sent"] == 0
    notice = max(workspace.outbox_path.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns).read_text("utf-8")
    assert "mailbox full" in notice
    assert ("bounced", mine["id"]) in {(row["gap"], row["alert"]) for row in answer(workspace, alert, "verify")}


@pytest.mark.parametrize(("action", "key", "said"), [
    ("delayed", "<0123456789abcdef@regwatch.example.invalid>", "decides nothing"),
    ("failed", "<0123456789abcdef@elsewhere.invalid>", "not about a message of ours"),
    ("failed", "<0123456789abcdef@regwatch.example.invalid>", "no alert 0123456789abcdef"),
])  # fmt: skip
def test_a_report_about_something_else_changes_nothing(
    workspace: Workspace, tmp_path: Path, action: str, key: str, said: str
) -> None:
    report = tmp_path / "returned.eml"
    report.write_text(BOUNCE.format(action=action, key=key), "utf-8")
    result = run(workspace, alert, "bounce", str(report))
    assert (result.exit_code, said in result.stderr) == (1, True)
    report.write_bytes(b"\xff\x00 not a mail")
    assert "no delivery report" in run(workspace, alert, "bounce", str(report)).stderr


BOUNCE = """From: mailer-daemon@example.invalid
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Message-ID: <ffffffffffffffff@regwatch.example.invalid>

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.invalid

Final-Recipient: rfc822; vision@example.invalid
Action: {action}
Status: 5.2.2
Diagnostic-Code: smtp; 552 mailbox full

--b
Content-Type: text/rfc822-headers

Subject: x
Message-ID: {key}

--b--
"""
