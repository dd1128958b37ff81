"""Feeds and calendars: stable ids, nothing twice, nothing of the company in public, private ones until revoked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alert_world import CHANGES, DRAFT, EVENT, FINAL, NOW, add_event, make_world
from click.testing import CliRunner
from icalendar import Calendar
from lxml import etree
from site_client import site
from sqlite_utils import Database

from kb.db import open_kb
from kb.workspace import Workspace
from mappings.alerts.acknowledgement import acknowledge
from mappings.alerts.calendars import Day, calendar, owner_days, public_days
from mappings.alerts.feeds import atom, json_feed, public_entries
from mappings.alerts.outbox import catch_up
from mappings.db import open_company
from mappings.feed_cli import calendar as calendar_command
from mappings.feed_cli import feed

VISION = "vision@example.invalid"
SPACES = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Workspace, Database, Database]]:
    workspace = make_world(tmp_path)
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        kb.execute("update version set first_seen = ?", [NOW])
        kb.execute("update publication set followed = 1, comments_close = '2026-03-05'")
        kb.execute("update version set comments_close = '2025-07' where stage = 'draft'")
        catch_up(kb, company, workspace.config, now=NOW)
        yield workspace, kb, company


def test_atom_is_what_the_standard_asks_and_ids_stay(world: tuple[Workspace, Database, Database]) -> None:
    _, kb, _ = world
    entries = public_entries(kb, "http://127.0.0.1:8001")
    page = etree.fromstring(atom(entries, title="Regwatch", id="feed", link="http://127.0.0.1:8001/feed.atom"))
    assert page.tag == "{http://www.w3.org/2005/Atom}feed"
    for place in [page, *page.findall("a:entry", SPACES)]:
        for name in ("id", "title", "updated"):  # RFC 4287, 4.1.1 and 4.1.2
            assert len(place.findall(f"a:{name}", SPACES)) == 1
    assert page.find("a:author/a:name", SPACES) is not None
    ids = [one.text for one in page.findall("a:entry/a:id", SPACES)]
    named = {f"change/{EVENT}", "publication/pub", f"version/{FINAL}", f"version/{DRAFT}"}
    assert set(ids) == {f"tag:regwatch,2026:{name}" for name in named}
    assert len(set(ids)) == len(ids)
    add_event(kb, "f" * 16, CHANGES, prefix="f-")
    assert {entry.id for entry in entries} < {entry.id for entry in public_entries(kb)}


def test_json_feed_holds_the_same(world: tuple[Workspace, Database, Database]) -> None:
    entries = public_entries(world[1])
    told = json.loads(json_feed(entries, title="Regwatch"))
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["id"] for item in told["items"]] == [entry.id for entry in entries]
    assert all(item["content_text"] for item in told["items"])


def test_better_readings_and_history_are_no_changes_in_the_feed(world: tuple[Workspace, Database, Database]) -> None:
    add_event(world[1], "f" * 16, CHANGES, origin="reread", prefix="f-")
    assert f"tag:regwatch,2026:change/{'f' * 16}" not in {entry.id for entry in public_entries(world[1])}


def test_a_hostile_title_breaks_neither_feed_nor_calendar(world: tuple[Workspace, Database, Database]) -> None:
    hostile = "指引\r\nBEGIN:VEVENT\x00\x1b<script>&\u202e" + "长" * 300
    world[1].execute("update version set title = ?", [hostile])
    assert etree.fromstring(atom(public_entries(world[1]), title="x", id="y")) is not None
    made = Calendar.from_ical(calendar(public_days(world[1]), name="x", now=NOW))
    assert len(list(made.walk("VEVENT"))) == len([day for day in public_days(world[1]) if len(day.date) == 10])


def test_a_calendar_has_whole_legal_dates_as_whole_days(world: tuple[Workspace, Database, Database]) -> None:
    made = Calendar.from_ical(calendar(public_days(world[1]), name="Regwatch", now=NOW))
    days = {(str(one["summary"]).split(" ")[0], one.decoded("dtstart")) for one in made.walk("VEVENT")}
    assert days == {("施行", date(2026, 3, 1)), ("意见反馈截止", date(2026, 3, 5))}
    first = next(iter(made.walk("VEVENT")))
    assert str(first["uid"]).endswith("@regwatch")
    again = calendar(public_days(world[1]), name="Regwatch", now=NOW)
    assert again == calendar(public_days(world[1]), name="Regwatch", now=NOW)
    for none in ("2026-02-30", "2026", "2026-03"):
        assert b"VEVENT" not in calendar([Day(none, "due", "x", "y")], name="x", now=NOW)


def test_transitions_and_ends_of_validity_are_days_too(world: tuple[Workspace, Database, Database]) -> None:
    _, kb, _ = world
    words = "第九条 本办法施行前已经开展的示例活动，应当自本办法施行之日起6个月内完成整改。\n第十条 本办法有效期5年。"
    kb.execute("update text set body = ? where id = ?", [words, f"{FINAL}~1"])
    found = {day.kind: day.date for day in public_days(kb)}
    assert (found["transition"], found["expiry"]) == ("2026-09-01", "2031-03-01")
    made = calendar(public_days(kb), name="x", now=NOW).decode()
    assert "过渡期满 transition ends" in made.replace("\r\n ", "")


def test_an_owner_has_what_is_due_and_what_they_promised(world: tuple[Workspace, Database, Database]) -> None:
    company = world[2]
    id = next(company.query("select id from alert where owner = ?", [VISION]))["id"]
    company.execute("update alert set due = '2026-03-31' where id = ?", [id])
    acknowledge(company, id, by="x", now=NOW, decision="will_act", until="2026-03-20")
    assert {(day.kind, day.date) for day in owner_days(company, VISION)} == {
        ("due", "2026-03-31"), ("will_act", "2026-03-20"),
    }  # fmt: skip


async def test_the_site_serves_them_and_says_304_when_nothing_is_new(
    world: tuple[Workspace, Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(world[0], monkeypatch) as datasette:
        for path, kind in (("/feed.atom", "atom+xml"), ("/feed.json", "feed+json"), ("/calendar.ics", "text/calendar")):
            page = await datasette.client.get(path)
            assert page.status_code == 200
            assert kind in page.headers["content-type"]
            assert "adas" not in page.text
            same = await datasette.client.get(path, headers={"if-none-match": page.headers["etag"]})
            assert (same.status_code, same.text) == (304, "")


async def test_a_private_address_works_until_it_is_revoked(
    world: tuple[Workspace, Database, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(feed, [*words, "--workspace", str(world[0].root)])

    made = json.loads(run("address", VISION, "--json").stdout)
    team = json.loads(run("address", "team", "--json").stdout)
    with site(world[0], monkeypatch) as datasette:
        for kind in ("atom", "json", "ics"):
            path = made[kind].removeprefix("http://127.0.0.1:8001")
            page = await datasette.client.get(path)
            assert page.status_code == 200
            assert page.headers["cache-control"] == "private, no-cache"
        assert "您的2个数据集" in (await datasette.client.get(made["json"].removeprefix("http://127.0.0.1:8001"))).text
        assert (await datasette.client.get(team["ics"].removeprefix("http://127.0.0.1:8001"))).status_code == 200
        assert run("revoke", VISION).exit_code == 0
        assert (await datasette.client.get(path)).status_code == 404
        assert (await datasette.client.get("/private/" + "x" * 32 + ".atom")).status_code == 404
    stored = json.dumps(list(world[2].query("select * from feed_address")))
    assert path.split("/")[-1].split(".")[0] not in stored
    assert run("revoke", VISION).exit_code == 1
    assert run("address", "nobody").exit_code == 1
    assert {row["revoked_at"] is None for row in json.loads(run("addresses", "--json").stdout)} == {True, False}


def test_the_commands_write_files(world: tuple[Workspace, Database, Database], tmp_path: Path) -> None:
    root, file = str(world[0].root), tmp_path / "x"
    for command, words in ((feed, ["write"]), (feed, ["write", "--format", "json"]), (calendar_command, []),
                           (calendar_command, ["--owner", "team"])):  # fmt: skip
        done = CliRunner().invoke(command, [*words, "--output", str(file), "--workspace", root])
        assert done.exit_code == 0, done.output
        assert file.stat().st_size > 100
    assert CliRunner().invoke(feed, ["write", "--workspace", root]).stdout.startswith("<?xml")
