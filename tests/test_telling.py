"""Telling under strain: answers that are passed on, owners who left, wrong clocks, two runs at once, readers abroad."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alert_world import CHARGING, NOW, VISION, Telling, open_world

from kb.config import Reminders
from kb.db import open_kb
from kb.errors import RegwatchError
from kb.workspace import Workspace
from mappings.alerts.acknowledgement import acknowledge
from mappings.alerts.reminders import next_step
from mappings.alerts.telling import Round, tell_owners
from mappings.alerts.watches import add_watch
from mappings.db import open_company
from mappings.queries import alert as alert_query

DAYS = Reminders()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Telling]:
    with open_world(tmp_path) as opened:
        yield opened


def test_what_is_passed_on_never_goes_back_to_who_passed_it_on(world: Telling) -> None:
    world.tell()
    first = world.alert(VISION)["id"]
    acknowledge(world.company, first, by="x", now=NOW, decision="not_mine", to=CHARGING)
    world.tell()
    second = world.alert(CHARGING, f"passed-on:{first}")["id"]
    with pytest.raises(RegwatchError, match="answered that this is not theirs"):
        acknowledge(world.company, second, by="y", now=NOW, decision="not_mine", to=VISION)
    acknowledge(world.company, second, by="y", now=NOW, decision="not_mine", to="team")
    world.tell()
    assert "frames" in world.alert("team", f"passed-on:{second}")["body"]


def test_a_message_whose_event_is_not_in_kb_is_passed_on_word_for_word(world: Telling) -> None:
    """Messages about transfers, or a kb.db that was made anew: one such answer must not stop every later run."""
    world.tell()
    old = world.alert(VISION)
    acknowledge(world.company, old["id"], by="影像组", now=NOW, decision="not_mine", to=CHARGING)
    for table in ("change_target", "change", "event"):
        world.kb.execute(f"delete from {table}")
    assert world.tell().told.composed == 1
    passed = world.alert(CHARGING, f"passed-on:{old['id']}")
    assert old["body"] in passed["body"]
    assert "“影像组” answered that this is not theirs" in passed["body"]
    assert (passed["nature"], world.tell().told.composed) == ("action", 0)


def test_an_owner_whose_datasets_all_went_to_others_is_not_reminded(world: Telling) -> None:
    world.tell()
    world.company.execute("update dataset set owner = ?", [CHARGING])
    world.tell("2026-03-01T08:00:00Z")
    told = {row["owner"] for row in world.company.query("select owner from alert where kind = 'reminder'")}
    assert VISION not in told


def test_who_needs_counsel_is_told_to_the_team_and_a_day_that_is_over_to_who_named_it(world: Telling) -> None:
    world.tell()
    acknowledge(world.company, world.alert(VISION)["id"], by="x", now=NOW, decision="needs_counsel", note="哪一条？")
    acknowledge(world.company, world.alert("fallback")["id"], by="y", now=NOW, decision="will_act", until="2026-02-10")
    acknowledge(world.company, world.alert("team")["id"], by="z", now=NOW)
    world.tell("2026-02-04T08:00:00Z")
    assert "哪一条？" in world.alert("team", "reminder")["body"]
    assert world.tell("2026-02-10T08:00:00Z").reminders == 0  # the day itself is not over
    assert world.tell("2026-02-11T08:00:00Z").reminders == 1
    assert "2026-02-10" in world.alert("fallback", "reminder")["body"]
    assert world.tell("2026-03-11T08:00:00Z").reminders == 0


def test_a_clock_that_was_a_decade_ahead_silences_no_reminder() -> None:
    ahead, now = "2036-02-03T08:00:00Z", "2026-02-03T08:00:00Z"
    assert next_step(ahead, {}, now, DAYS, True) == "owner"
    assert next_step(ahead, {"owner": now}, "2026-02-03T09:00:00Z", DAYS, True) is None
    assert next_step(ahead, {"owner": now}, "2026-02-08T08:00:00Z", DAYS, True) == "deputy"


def test_two_runs_at_once_remind_and_watch_once(world: Telling) -> None:
    world.tell()
    add_watch(world.company, "示例", "deadlines", "", "daily", "", by="x", now=NOW)

    def run(_: int) -> Round:
        with open_kb(world.workspace.kb_path) as kb, open_company(world.workspace.company_path) as company:
            return tell_owners(kb, company, world.workspace, now="2026-02-16T08:00:00Z")

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(run, range(3)))
    assert (sum(one.reminders for one in done), sum(one.digests for one in done)) == (3, 1)


@pytest.mark.parametrize("pattern", [VISION, "vision@*"])
def test_nothing_but_a_link_goes_abroad_whatever_the_message(world: Telling, pattern: str) -> None:
    path = world.workspace.config_path
    path.write_text(path.read_text("utf-8") + f"abroad:\n  recipients: ['{pattern}']\n", "utf-8")
    world.workspace = Workspace(world.workspace.root)
    world.tell()
    world.tell("2026-02-06T08:00:00Z")  # a reminder
    sent = list(world.company.query("select * from alert where owner = ?", [VISION]))
    assert {row["kind"] for row in sent} == {"alert", "reminder"}
    for row in sent:
        assert not [word for word in ("frames", "示例车辆", "100万") if word in row["subject"] + row["body"]]
        assert row["html"] is None
    full = next(row["words"] for row in sent if row["kind"] == "alert")
    assert "adas.frames" in full  # on the site, behind a sign-in
    assert alert_query(world.company, sent[0]["id"])["body"] == sent[0]["words"]
