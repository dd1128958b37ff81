"""Who may be told of a change, and who lets it be told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from alert_world import CHANGES, DRAFT, EVENT, NOW, add_change, add_dataset, add_event, add_link, make_world
from click.testing import CliRunner, Result
from sqlite_utils import Database

from kb.config import Config, Team
from kb.db import open_kb
from kb.workspace import Workspace
from mappings.alerts.outbox import TellReport, catch_up
from mappings.alerts.triage import release_mode
from mappings.alerts.triage_list import one_event, waiting_events
from mappings.db import open_company
from mappings.triage_cli import triage

VISION = "vision@example.invalid"
LATER = "f" * 16


class World:
    def __init__(self, root: Path, **settings: Any) -> None:
        self.workspace = make_world(root)
        path = self.workspace.config_path
        text = path.read_text("utf-8").replace("release: automatic", f"release: {settings.pop('release', 'automatic')}")
        path.write_text(text + "".join(f"{key}: {json.dumps(value)}\n" for key, value in settings.items()), "utf-8")
        self.workspace = Workspace(self.workspace.root)
        self.kb: Database = open_kb(self.workspace.kb_path)
        self.company: Database = open_company(self.workspace.company_path)

    def tell(self) -> TellReport:
        return catch_up(self.kb, self.company, self.workspace.config, now=NOW)

    def told(self) -> set[tuple[str, str]]:
        return {(row["owner"], row["kind"]) for row in self.company.query("select owner, kind from alert")}

    def alert(self, owner: str) -> dict[str, Any]:
        return next(self.company.query("select * from alert where owner = ? order by rowid desc", [owner]))

    def run(self, *words: str) -> Result:
        result = CliRunner().invoke(triage, [*words, "--workspace", str(self.workspace.root)])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result


@pytest.fixture
def held(tmp_path: Path) -> Iterator[World]:
    """A world where an analyst releases."""
    world = World(tmp_path, release="analyst")
    yield world
    world.kb.close()
    world.company.close()


def config(**settings: Any) -> Config:
    return Config(contact="mailto:a@example.invalid", team=Team(address="a@example.invalid"), fallback_owner="a@b",
                  **settings)  # fmt: skip


@pytest.mark.parametrize(("title", "stage", "settings", "mode"), [
    ("示例", "final", {}, "analyst"), ("示例", "final", {"release": "automatic"}, "automatic"),
    ("示例", "draft", {}, "analyst"), ("示例", "approval_draft", {}, "analyst"),
    ("示例", "", {}, "analyst"), ("示例", "draft", {"release": "four_eyes"}, "four_eyes"),
    ("数据出境示例", "final", {"release_by_topic": {"数据出境": "four_eyes", "数据": "analyst"}}, "four_eyes"),
    ("数据出境示例", "final", {"release": "four_eyes", "release_by_topic": {"数据出境": "automatic"}}, "automatic"),
    ("数据出境示例", "draft", {"release_by_topic": {"数据出境": "automatic"}}, "analyst"),
])  # fmt: skip
def test_drafts_always_wait_and_a_topic_goes_before_the_general_rule(
    title: str, stage: str, settings: dict[str, Any], mode: str
) -> None:
    assert release_mode(title, stage, config(**settings)) == mode


def test_until_a_change_is_released_the_team_alone_is_told_once(held: World) -> None:
    assert held.tell() == TellReport(composed=1, held=1)
    assert held.told() == {("team", "triage")}
    body = held.alert("team")["body"]
    assert "等待研判" in body
    assert "涉及3个数据集、2位负责人；另有1条待确认的建议对应关系" in body
    assert f"regwatch triage list --event {EVENT}" in body
    add_dataset(held.company, "garage", "ops.garage", VISION, "none", ["plate"])
    add_link(held.company, "garage", "plate", "exterior-imagery")
    assert held.tell() == TellReport(held=1)


def test_a_draft_waits_even_where_release_is_automatic(tmp_path: Path) -> None:
    world = World(tmp_path)
    add_event(world.kb, LATER, CHANGES, old=DRAFT, new=DRAFT, kind="edit", origin="edit", prefix="f-")
    world.tell()
    assert {row["owner"] for row in world.company.query("select owner from alert where event = ?", [LATER])} == {"team"}


def test_what_waits_lists_unclaimed_changes_first_and_says_what_each_would_reach(held: World) -> None:
    rows = json.loads(held.run("--json").stdout)
    assert [row["change"] for row in rows[:2]] == ["c-battery", "c-moved"]
    battery, image = rows[0], next(row for row in rows if row["change"] == "c-image")
    assert battery["suggested"] == ["cells.voltage"]
    assert (image["datasets"], image["owners"]) == (2, ["", VISION])
    assert (image["before"], image["after"]) == ("100万人", "50万人")
    assert {row["needs"] for row in rows} == {"decision"}


def test_a_released_event_tells_owners_what_an_analyst_found_applicable_with_the_instruction(held: World) -> None:
    held.tell()
    words = ["--by", "法务", "--interpretation", "门槛减半", "--instruction", "重新计数", "--due", "2026-03-31"]
    assert held.run("not-applicable", EVENT, "--by", "法务").exit_code == 0
    assert held.run("applicable", "c-image", *words).exit_code == 0
    assert held.run("release", EVENT, "--by", "法务").exit_code == 0
    assert held.tell() == TellReport(composed=2)
    alert = held.alert(VISION)
    lines = list(held.company.query('select "change" from alert_line where alert = ?', [alert["id"]]))
    assert {row["change"] for row in lines} == {"c-image"}
    assert (alert["nature"], alert["due"]) == ("action", "2026-03-31")
    for said in ("期限：2026-03-31", "研判：门槛减半", "要求：重新计数", "Instruction: 重新计数"):
        assert said in alert["body"]
    assert "需处理" in alert["subject"]
    assert json.loads(held.run("--json").stdout) == []
    assert {row["needs"] for row in json.loads(held.run("list", "--all", "--json").stdout)} == {""}


def test_what_is_applicable_without_an_instruction_is_for_information(held: World) -> None:
    held.run("applicable", EVENT, "--by", "法务")
    held.run("release", EVENT, "--by", "法务")
    held.tell()
    assert held.alert(VISION)["nature"] == "information"
    assert "供知悉" in held.alert(VISION)["subject"]


def test_automatic_release_asks_for_action_where_an_adopted_text_changed_in_substance(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.tell()
    assert world.alert(VISION)["nature"] == "action"
    assert "请核对下列数据集" in world.alert(VISION)["body"]


def test_nothing_undecided_or_for_counsel_is_released(held: World) -> None:
    refused = held.run("release", EVENT, "--by", "法务")
    assert refused.exit_code == 1
    assert "changes: 6 undecided" in refused.stderr
    held.run("applicable", EVENT, "--by", "法务")
    held.run("needs-counsel", "c-image", "--by", "法务")
    assert "1 for counsel" in held.run("release", EVENT, "--by", "法务").stderr
    assert {row["needs"] for row in json.loads(held.run("--json").stdout)} == {"counsel"}
    held.run("not-applicable", "c-image", "--by", "法务")
    assert held.run("release", EVENT, "--by", "法务").exit_code == 0
    assert "released already, by 法务" in held.run("release", EVENT, "--by", "法务").stderr


def test_four_eyes_are_two_persons(tmp_path: Path) -> None:
    world = World(tmp_path, release="four_eyes")
    world.run("applicable", EVENT, "--by", "Legal")
    assert {row["needs"] for row in json.loads(world.run("--json").stdout)} == {"second person"}
    assert "a second person releases it" in world.run("release", EVENT, "--by", " legal ").stderr
    assert "second person" in world.run("release", EVENT, "--by", "").stderr
    assert world.tell().composed == 1
    assert world.run("release", EVENT, "--by", "Chief").exit_code == 0
    assert world.tell() == TellReport(composed=2)  # the team knows already


def test_a_reading_improved_while_an_event_waits_is_told_and_one_improved_afterwards_is_not(held: World) -> None:
    held.tell()
    words = ("12", "示例影像特征", "10万张以上")
    add_change(held.kb, EVENT, "c-better", 9, "data_item", "added", "threshold", None, words, "exterior-imagery")
    held.run("applicable", EVENT, "--by", "法务")
    held.run("release", EVENT, "--by", "法务")
    held.tell()
    assert "示例影像特征" in held.alert(VISION)["body"]
    add_change(held.kb, EVENT, "c-late", 10, "data_item", "added", "threshold", None, words, "exterior-imagery")
    assert held.tell() == TellReport()


def test_events_told_before_a_stricter_setting_stay_released(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.tell()
    path = world.workspace.config_path
    path.write_text(path.read_text("utf-8").replace("release: automatic", "release: four_eyes"), "utf-8")
    world.workspace = Workspace(world.workspace.root)
    assert json.loads(world.run("--json").stdout) == []
    add_dataset(world.company, "garage", "ops.garage", VISION, "none", ["plate"])
    add_link(world.company, "garage", "plate", "exterior-imagery")
    assert world.tell() == TellReport(supplements=1)


@pytest.mark.parametrize(("words", "said"), [
    (["applicable", "nothing", "--by", "x"], "no change or event nothing"),
    (["applicable", EVENT, "--by", " "], "needs a name"),
    (["applicable", EVENT, "--by", "x", "--due", "soon"], "is not a date"),
    (["release", "nothing", "--by", "x"], "no change or event"),
    (["list", "--event", "nothing"], "no event nothing"),
])  # fmt: skip
def test_what_cannot_be_decided_is_one_clear_line(held: World, words: list[str], said: str) -> None:
    result = held.run(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_help_of_every_subcommand_shows_an_example() -> None:
    assert isinstance(triage, click.Group)
    for name in triage.commands:
        assert "Example" in CliRunner().invoke(triage, [name, "--help"]).stdout


def test_what_waits_is_grouped_by_event_and_every_decision_is_remembered(held: World) -> None:
    held.tell()
    databases = (held.kb, held.company, held.workspace.config)
    (event,) = waiting_events(*databases)["events"]
    assert (event["event"], event["kind"], event["needs"]) == (EVENT, "new_version", "decision")
    assert (event["changes"], event["unclaimed"], event["undecided"], event["datasets"]) == (6, 2, 6, 3)
    held.run("not-applicable", EVENT, "--by", "ann")
    held.run("applicable", EVENT, "--by", "ann", "--instruction", "check")
    held.run("release", EVENT, "--by", "bob")
    held.tell()
    one = one_event(*databases, EVENT)
    assert {owner for change in one["changes"] for owner in change["owners"]} == {"", VISION}
    assert [row["decision"] for row in one["decisions"]] == ["not_applicable", "applicable"]
    assert (one["release"]["released_by"], one["needs"], len(one["changes"])) == ("bob", "", 6)
    assert {(row["owner"], row["kind"]) for row in one["alerts"]} == {(VISION, "alert"), ("fallback", "alert")}
    assert waiting_events(*databases)["events"] == []


def test_what_no_link_claims_is_counted_after_release_too_until_a_link_claims_it(held: World) -> None:
    databases = (held.kb, held.company, held.workspace.config)

    def unclaimed() -> set[str]:
        return {change["change"] for change in one_event(*databases, EVENT)["changes"] if not change["datasets"]}

    held.run("applicable", EVENT, "--by", "ann")
    held.run("release", EVENT, "--by", "bob")
    assert unclaimed() == {"c-moved", "c-battery"}
    assert waiting_events(*databases, everything=True)["events"][0]["unclaimed"] == 2
    add_link(held.company, "cells", "voltage", "battery-state")
    assert unclaimed() == {"c-moved"}


def test_a_change_found_applicable_after_its_event_was_released_is_told_then(held: World) -> None:
    held.tell()
    held.run("applicable", EVENT, "--by", "ann")
    held.run("not-applicable", "c-vin", "--by", "ann")
    held.run("release", EVENT, "--by", "bob")
    held.tell()
    told = {row["change"] for row in held.company.query('select "change" from alert_line where owner = ?', [VISION])}
    assert "c-vin" not in told
    held.run("applicable", "c-vin", "--by", "ann", "--instruction", "see to it")
    assert held.tell().supplements == 1
    assert "see to it" in held.alert(VISION)["body"]
    assert held.tell().supplements == 0
