"""Digests for the team: only news, once, previewed before they are saved, stopped with one click."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alert_world import NOW, make_world, serve_mail
from click.testing import CliRunner
from site_client import site
from sqlite_utils import Database

from kb.db import open_kb
from kb.declared_sources import store_sources
from kb.errors import NotFound, RegwatchError
from kb.workspace import Workspace
from mappings.alerts.channels import MAIL, build_message
from mappings.alerts.telling import Round, tell_owners
from mappings.alerts.watches import add_watch, end_watch, find_items, preview
from mappings.db import open_company
from mappings.saved_searches import save_search
from mappings.watch_cli import watch

START, FAR = "2026-02-03T08:00:00Z", "2027-01-01T00:00:00Z"


class World:
    def __init__(self, root: Path, **smtp: Any) -> None:
        workspace = make_world(root, **smtp)
        with workspace.config_path.open("a", encoding="utf-8") as file:
            file.write("\nsite_url: https://regwatch.example.invalid\n")
        self.workspace = Workspace(workspace.root)
        self.kb: Database = open_kb(workspace.kb_path)
        self.company: Database = open_company(workspace.company_path)
        self.tell(START)

    def tell(self, now: str) -> Round:
        return tell_owners(self.kb, self.company, self.workspace, now=now)

    def publish(self, id: str, day: str, *, published: str | None = None, followed: int = 1, title: str = "") -> None:
        at = f"{day}T01:00:00Z"
        self.kb.table("publication").insert(
            {"id": id, "agency": "miit", "key": id, "url": f"https://www.example.invalid/{id}",
             "title": title or f"数据出境示例通知{id}", "state": "recorded", "published": published or day,
             "columns": '["miit-notices"]', "followed": followed, "first_seen": at, "last_seen": at},
        )  # fmt: skip

    def crawl(self, day: str, outcome: str = "healthy") -> None:
        at = f"{day}T01:00:00Z"
        before = list(self.kb.query("select outcome from source_run order by rowid desc limit 1"))
        was = before[0]["outcome"] if before else None
        self.kb.table("source_run").insert({"id": f"run-{day}-{outcome}", "source": "miit-notices", "started": at,
                                            "outcome": outcome})  # fmt: skip
        if outcome != (was or "healthy"):
            self.kb.table("health_event").insert({"id": f"health-{day}-{outcome}", "source": "miit-notices",
                                                  "from": was, "to": outcome, "at": at})  # fmt: skip

    def digests(self) -> list[dict[str, Any]]:
        return list(self.company.query("select * from alert where kind = 'digest' order by rowid"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    with closing(made.kb), closing(made.company):
        yield made


def add(world: World, kind: str, words: str = "", every: str = "daily", address: str = "") -> str:
    return add_watch(world.company, "示例关注", kind, words, every, address, by="x", now=START)


def test_new_publications_on_a_topic_come_in_one_digest_a_day_and_none_twice(world: World) -> None:
    add(world, "publications", "数据出境 跨境")
    world.crawl("2026-01-01")
    world.publish("a1", "2026-02-04")
    world.publish("a2", "2026-02-04")
    world.publish("b", "2026-02-04", title="人事通知")
    world.publish("c", "2026-02-04", followed=0)
    assert world.tell("2026-02-04T02:00:00Z").digests == 1
    (digest,) = world.digests()
    assert digest["subject"].count("2") == 2
    assert "数据出境示例通知a1" in digest["body"]
    assert "人事" not in digest["body"]
    assert digest["nature"] == "notice"
    assert world.tell("2026-02-04T05:00:00Z").digests == 0
    assert world.tell("2026-02-05T05:00:00Z").digests == 0


def test_history_and_the_first_crawl_of_a_source_are_no_news(world: World) -> None:
    add(world, "publications")
    world.publish("first", "2026-02-04")
    world.crawl("2026-02-04")
    world.crawl("2026-02-06")
    world.publish("old", "2026-02-06", published="2021-08-16")
    assert world.tell("2026-02-06T02:00:00Z").digests == 0


def test_a_saved_search_finds_versions_seen_since(world: World) -> None:
    save_search(world.company, "tracks", "示例", {}, now=START)
    add(world, "search", "tracks")
    assert find_items(world.kb, world.company, "search", "tracks", START, FAR, 30) == []
    with pytest.raises(NotFound):
        add(world, "search", "nothing")


def test_a_deadline_is_told_two_weeks_before(world: World) -> None:
    add(world, "deadlines")  # 2026-03-01 takes effect
    assert world.tell("2026-02-14T08:00:00Z").digests == 0
    assert world.tell("2026-02-15T08:00:00Z").digests == 1
    body = world.digests()[0]["body"]
    assert "2026-03-01 施行: " in body
    assert "2026-03-01 takes effect: " in body
    assert world.tell("2026-02-16T08:00:00Z").digests == 0


def test_an_unhealthy_source_is_told_at_once_where_wanted(world: World) -> None:
    add(world, "sources", every="immediate", address="ops@example.invalid")
    source = {"id": "miit-notices", "agency": "miit", "title": "文件发布", "title_en": "Documents", "url": ""}
    store_sources(world.kb, [{**source, "crawlable": 1}])
    world.crawl("2026-02-05", "blocked")
    world.crawl("2026-02-05", "healthy")
    assert world.tell("2026-02-05T02:00:00Z").digests == 1
    (digest,) = world.digests()
    assert digest["address"] == "ops@example.invalid"
    assert "工业和信息化部 · 文件发布（miit-notices）：— → 被拒绝访问" in digest["body"]
    assert "Ministry of Industry and Information Technology · Documents (miit-notices): — → blocked" in digest["body"]
    assert "blocked → healthy" in digest["body"]
    world.crawl("2026-02-06", "healthy")
    assert world.tell("2026-02-06T02:00:00Z").digests == 0  # well as before


def test_a_clock_set_back_repeats_nothing(world: World) -> None:
    add(world, "publications", every="immediate")
    world.crawl("2026-01-01")
    world.publish("a", "2026-02-04")
    assert world.tell("2026-02-10T02:00:00Z").digests == 1
    assert world.tell("2026-02-04T02:00:00Z").digests == 0
    assert world.tell("2026-02-11T02:00:00Z").digests == 0


def test_a_preview_counts_messages_and_items_of_90_days(world: World) -> None:
    world.crawl("2026-01-01")
    for day in ("2026-02-10", "2026-02-11", "2026-02-12", "2026-03-12"):
        world.publish(day, day)
    world.publish("more", "2026-02-10")
    now = "2026-03-20T00:00:00Z"
    counts = [preview(world.kb, world.company, "publications", "", every, now=now, news=30)
              for every in ("immediate", "daily", "weekly")]  # fmt: skip
    assert [items for _, items in counts] == [5, 5, 5]
    assert [messages for messages, _ in counts] == [4, 4, 2]


@pytest.mark.parametrize("address", ["nobody", "a@b\nBcc: c@d"])
def test_an_address_that_cannot_work_is_refused(world: World, address: str) -> None:
    with pytest.raises(RegwatchError, match="address"):
        add(world, "sources", address=address)


def test_the_command_previews_asks_and_saves(world: World) -> None:
    def run(*words: str, answer: str = "") -> Any:
        return CliRunner().invoke(watch, [*words, "--workspace", str(world.workspace.root)], input=answer)

    words = ["add", "exports", "--kind", "publications"]
    asked = run(*words, answer="n\n")
    assert "in the last 90 days: 0 messages with 0 items" in asked.stderr
    assert asked.stdout.endswith("not saved\n")
    assert json.loads(run(*words, "--json").stdout) == {"id": None, "messages": 0, "items": 0}
    id = json.loads(run(*words, "--json", "--yes").stdout)["id"]
    assert [row["id"] for row in json.loads(run("list", "--json").stdout)] == [id]
    assert run("end", id).stdout == "exports: ended\n"
    assert run("end", "nothing").exit_code == 1


async def test_one_click_stops_a_digest_and_opening_its_address_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_mail() as (inbox, port):
        world = World(tmp_path, port=port)
        with closing(world.kb), closing(world.company):
            id = add(world, "sources")
            world.crawl("2026-02-05", "blocked")
            world.tell("2026-02-05T02:00:00Z")
            mail = inbox.messages[-1]
            assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            address = mail["List-Unsubscribe"].strip("<>")
            assert address.startswith("https://regwatch.example.invalid/unsubscribe/")
            row = world.digests()[0]
            assert f"List-Unsubscribe: <{address}>\r\n".encode() in build_message(row, "a@b", "a@b", MAIL).as_bytes()
            path = address.removeprefix("https://regwatch.example.invalid")
            with site(world.workspace, monkeypatch) as datasette:
                assert (await datasette.client.get(path)).status_code == 200
                sql = "select ended_at from watch where id = ?"
                assert next(world.company.query(sql, [id]))["ended_at"] is None
                assert (await datasette.client.post(path + "x", data={})).status_code == 403
                clicked = await datasette.client.post(path, data={"List-Unsubscribe": "One-Click"})
                assert clicked.status_code == 200
            assert next(world.company.query(sql, [id]))["ended_at"]
            world.crawl("2026-02-07", "blocked")
            assert world.tell("2026-02-07T02:00:00Z").digests == 0
            assert sum(bool(message["List-Unsubscribe"]) for message in inbox.messages) == 1  # alerts have none


def test_ending_twice_keeps_the_first(world: World) -> None:
    id = add(world, "sources")
    assert end_watch(world.company, id, by="x", now=NOW) == end_watch(world.company, id, by="y", now=FAR) == "示例关注"
    assert next(world.company.query("select ended_at, ended_by from watch")) == {"ended_at": NOW, "ended_by": "x"}
