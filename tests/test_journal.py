"""What left the house is known beside company.db: a restored backup tells nobody twice, and loses nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alert_world import NOW, Inbox, add_dataset, add_link, make_world, serve_mail

from kb.db import open_kb
from kb.workspace import Workspace
from mappings.alerts.acknowledgement import acknowledge
from mappings.alerts.journal import Journal, open_journal
from mappings.alerts.telling import Round, tell_owners
from mappings.alerts.undelivered import record_bounce
from mappings.alerts.watches import add_watch
from mappings.db import open_company

VISION, CHARGING = "vision@example.invalid", "charging@example.invalid"
SOON, LATER, MUCH_LATER = "2026-02-03T09:00:00Z", "2026-02-04T08:00:00Z", "2026-03-10T08:00:00Z"


@pytest.fixture
def mail() -> Iterator[tuple[Inbox, int]]:
    with serve_mail() as served:
        yield served


class World:
    def __init__(self, root: Path, port: int) -> None:
        self.workspace = make_world(root, port=port)
        self.kept = root / "backup.db"
        self.back_up()

    def back_up(self) -> None:
        with open_company(self.workspace.company_path) as company:
            company.execute("pragma wal_checkpoint(truncate)")
        shutil.copy(self.workspace.company_path, self.kept)

    def restore(self) -> None:
        for left in self.workspace.root.glob("company.db-*"):
            left.unlink()
        shutil.copy(self.kept, self.workspace.company_path)

    def tell(self, now: str = NOW) -> Round:
        with open_kb(self.workspace.kb_path) as kb, open_company(self.workspace.company_path) as company:
            return tell_owners(kb, company, Workspace(self.workspace.root), now=now)

    @contextmanager
    def company(self) -> Iterator[Any]:
        with open_company(self.workspace.company_path) as company:
            yield company


@pytest.fixture
def world(tmp_path: Path, mail: tuple[Inbox, int]) -> World:
    return World(tmp_path, mail[1])


def test_a_restored_backup_tells_nobody_again_and_the_ledger_says_when_it_left(
    world: World, mail: tuple[Inbox, int]
) -> None:
    assert world.tell().delivery.sent == 3
    world.restore()
    again = world.tell(LATER)
    assert (again.told.composed, again.delivery.sent, again.delivery.known) == (3, 0, 3)
    assert len(mail[0].messages) == 3
    with world.company() as company:
        assert {(row["state"], row["sent_at"]) for row in company.query("select * from alert")} == {("sent", NOW)}
        assert {row["outcome"] for row in company.query("select outcome from delivery")} == {"known"}
    assert world.tell(LATER).delivery.known == 0


def test_what_was_never_said_is_sent_though_its_alert_has_an_id_that_was(world: World, mail: tuple[Inbox, int]) -> None:
    world.tell()
    world.restore()
    with world.company() as company:  # the backup is corrected before it tells: another dataset is in the alert
        add_dataset(company, "garage", "ops.garage", VISION, "none", ["plate"])
        add_link(company, "garage", "plate", "exterior-imagery")
    assert (done := world.tell(LATER).delivery).sent == 1
    assert done.known == 2
    assert "ops.garage" in str(mail[0].messages[-1].get_body(("plain",)).get_content())  # type: ignore[union-attr]


def test_a_corrected_address_gets_what_the_old_one_got(world: World, mail: tuple[Inbox, int]) -> None:
    world.tell()
    world.restore()
    with world.company() as company:
        company.execute("update owner set email = 'new@example.invalid' where id = ?", [VISION])
    assert world.tell(LATER).delivery.sent == 1
    assert mail[0].messages[-1]["To"] == "new@example.invalid"


def test_what_came_back_may_go_out_again(world: World, mail: tuple[Inbox, int]) -> None:
    world.tell()
    with world.company() as company:
        (id,) = [row["id"] for row in company.query("select id from alert where owner = ?", [VISION])]
        assert record_bounce(company, id, "mailbox full", now=SOON)
        assert not record_bounce(company, id, "mailbox full", now=SOON)
        ledger = [row["outcome"] for row in company.query("select outcome from delivery where alert = ?", [id])]
    assert ledger == ["sent", "bounced"]
    with open_kb(world.workspace.kb_path) as kb, world.company() as company:
        tell_owners(kb, company, Workspace(world.workspace.root), now=LATER, retry=True)
    assert [message["X-Regwatch-Alert"] for message in mail[0].messages].count(id) == 2


def test_answers_that_a_backup_does_not_know_are_put_back_and_nobody_is_reminded(world: World) -> None:
    world.tell()
    with world.company() as company:
        for row in list(company.query("select id from alert")):
            acknowledge(company, row["id"], by="甲组", now=SOON, note="看过")
    world.restore()
    assert world.tell(MUCH_LATER).reminders == 0
    with world.company() as company:
        assert {(row["acknowledged_by"], row["note"]) for row in company.query("select * from acknowledgement")} == {
            ("甲组", "看过")
        }


def test_a_watch_looks_on_from_where_it_had_looked(world: World, mail: tuple[Inbox, int]) -> None:
    with world.company() as company:
        add_watch(company, "示例", "deadlines", "", "daily", "", by="x", now=NOW)
    world.back_up()
    assert world.tell("2026-02-16T08:00:00Z").digests == 1
    world.restore()
    assert world.tell("2026-02-16T09:00:00Z").digests == 0


def test_a_crash_between_sending_and_recording_is_no_repeat_once_the_journal_has_it(
    world: World, mail: tuple[Inbox, int]
) -> None:
    world.tell()
    with world.company() as company:
        company.execute("update alert set state = 'composed', sent_at = null")
        company.execute("insert into delivery (alert, channel, attempted_at, outcome) "
                        "select id, 'smtp', composed_at, 'started' from alert")  # fmt: skip
    done = world.tell(SOON).delivery
    assert (done.sent, done.repeated, done.known) == (0, 0, 3)
    assert len(mail[0].messages) == 3


SPOILED = (
    '{"what": "left", "at": "2026-02-03"}', '{"what": "left", "key": ["a"], "at": "2026-02-03"}',
    '{"what": "returned", "at": "2026-02-03"}', '{"what": "looked", "at": "2026-02-03"}',
    '{"what": ["left"], "key": "a", "at": "2026-02-03"}', '{"what": "answered", "at": "2026-02-03"}',
    '{"what": "answered", "at": "x", "answer": "yes"}', '{"what": "answered", "at": "x", "answer": {"alert": {}}}',
    '{"what": "answered", "at": "x", "answer": {"alert": "ALERT", "acknowledged_by": "a"}}',
    '{"what": "answered", "at": "x", "answer": {"alert": "ALERT", "acknowledged_by": "a", "acknowledged_at": "x", '
    '"colour": "red"}}', "[" * 100_000, "\0" * 100, "\ufeff{}",
)  # fmt: skip


def test_lines_that_a_hand_spoiled_say_nothing_and_stop_nothing(world: World) -> None:
    world.tell()
    with world.company() as company:
        alert = next(company.query("select id from alert"))["id"]
        journal = open_journal(company)
        before, looks = dict(journal.left), journal.looks()
        with journal.path.open("a", encoding="utf-8") as file:
            file.writelines(line.replace("ALERT", alert) + "\n" for line in SPOILED)
        journal = open_journal(company)
        assert (journal.left, journal.looks(), journal.restore_answers(company)) == (before, looks, 0)
        assert journal.count_unreadable() == len(SPOILED)
    assert world.tell(LATER).delivery.sent == 0


def test_a_torn_or_foreign_line_is_passed_over_and_the_next_one_stands_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text('{"what": "left", "key": "a", "at": "2026-02-03T08:00:00Z"}\n[1]\n{"what": "le', "utf-8")
    journal = Journal(path)
    assert journal.left == {"a": NOW}
    journal.note_left("b", LATER)
    assert Journal(path).left == {"a": NOW, "b": LATER}
    assert path.stat().st_mode & 0o077 == 0 or path.read_text("utf-8").count("\n") == 4
