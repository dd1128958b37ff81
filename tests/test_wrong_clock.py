"""The clock of the machine goes wrong, and right again: nothing is hidden, doubled or told twice by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from agency_site import Reply, serve
from alert_world import open_world
from click.testing import CliRunner
from nda_site import DAYS, NDA, at, nda_list, nda_page, page_path
from replay_world.warm_worker import warm_worker

from crawlers.crawl import crawl_sources
from kb.db import open_kb
from kb.queries import source_health
from kb.recording.record import record_pending
from mappings.alerts.watches import add_watch
from regwatch import main

LIST = f"{NDA}/list/index_pc_1.html"
RULE = "\n".join(f"第{n}条　示例单位应当在{n}日内登记第{n}号示例数据。" for n in "一二三四五六七八九")


@pytest.fixture(scope="module", autouse=True)
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with warm_worker(tmp_path_factory.mktemp("worker")) as command, pytest.MonkeyPatch.context() as patch:
        patch.setattr("crawlers.crawl.WORKER", command)
        yield


def rows(folder: Path, *tables: str) -> list[str]:
    with open_kb(folder / "kb.db") as db:
        return [str(row) for table in tables for row in db.query(f"select * from {table} order by 1")]


def test_a_clock_that_goes_back_and_far_ahead_invents_nothing(
    tmp_path: Path,
) -> None:
    workspace = at(tmp_path)
    page = nda_page("A", words=RULE.replace("\n", "</p><p>"))
    seen = []
    with serve({f"{NDA}/list/index_pc_1.html": nda_list("A"), page_path("A"): page}) as site:
        for now in (DAYS[1], "2020-01-01T00:00:00Z", "2049-01-01T00:00:00Z", DAYS[2]):
            base = {"nda-policies": site.url}
            [outcome] = crawl_sources(workspace, ["nda-policies"], base_urls=base, now=now)
            record_pending(workspace, now=now)
            assert outcome.outcome in ("healthy", "stale"), outcome
            seen.append(rows(workspace.root, "version", "event", "capture"))
    assert all(found == seen[0] for found in seen)
    assert CliRunner().invoke(main, ["verify", "--workspace", str(workspace.root)]).exit_code == 0


def test_what_a_clock_was_ahead_for_neither_hides_an_edit_nor_is_captured_twice(
    tmp_path: Path,
) -> None:
    texts = [RULE.replace("\n", "</p><p>").replace(f"第{n}号", "") for n in "一二三四"]
    told, base = [], "nda-policies"
    for name, wrong in (("right", "2026-02-04"), ("wrong", "2049-01-01")):
        (tmp_path / name).mkdir()
        workspace, days = at(tmp_path / name), ["02-03", wrong[5:], *(f"02-{day:02}" for day in range(5, 11))]
        with serve({LIST: nda_list("A")}) as site:
            for day, words in zip(days, (0, 1, 2, 2, 3, 1, 1, 0), strict=True):
                site.replies[page_path("A")] = nda_page("A", words=texts[words])
                now = f"{wrong[:4] if day == wrong[5:] else '2026'}-{day}T00:00:00Z"
                crawl_sources(workspace, [base], base_urls={base: site.url}, now=now)
                record_pending(workspace, now=now)
            site.replies[LIST] = Reply("", 503)
            crawl_sources(workspace, [base], base_urls={base: site.url}, now="2026-02-11T00:00:00Z")
        with open_kb(workspace.kb_path) as db:
            told.append([tuple(row) for row in db.execute("select old_text, new_text from event order by rowid")])
            told[-1].append(("captures", db.table("capture").count))
            told[-1].append(tuple(row["outcome"] for row in source_health(db)))
    assert len(told[0]) == 7
    assert told[0][-1] == ("failed",)
    assert told[1] == told[0]


RIGHT = ["2026-02-03", "2026-02-04", "2026-02-05", "2026-02-06", "2026-02-10", "2026-02-15", "2026-03-15", "2026-03-16"]


@pytest.mark.parametrize("wrong", ["2027-02-04", "1970-01-01"])
@pytest.mark.parametrize("before", [2, 6])
def test_owners_are_told_and_each_step_is_taken_once_whatever_the_clock_says_meanwhile(
    tmp_path: Path, wrong: str, before: int
) -> None:
    with open_world(tmp_path) as world:
        for day in [*RIGHT[:before], wrong, wrong[:-1] + "6", *RIGHT[before:]]:
            world.tell(f"{day}T08:00:00Z")
        told = [row for row in world.company.query("select * from alert") if row["kind"] != "reminder"]
        steps = [(row["alert"], row["step"]) for row in world.company.query("select * from reminder order by rowid")]
    assert len(told) == 3
    assert sorted(steps) == sorted(set(steps))
    assert [step for _, step in steps if step != "owner"] == ["deputy", "team"]


@pytest.mark.parametrize("before", [2, 6])
def test_a_digest_says_nothing_again_after_a_clock_that_was_years_behind(tmp_path: Path, before: int) -> None:
    with open_world(tmp_path) as world:
        add_watch(world.company, "示例", "deadlines", "", "daily", "", by="x", now="2026-02-01T00:00:00Z")
        for day in [*RIGHT[:before], "1970-01-01", "1970-01-02", *RIGHT[before:]]:
            world.tell(f"{day}T08:00:00Z")
        digests = [row["body"] for row in world.company.query("select body from alert where kind = 'digest'")]
    assert ["2026-03-01" in body for body in digests] == [True]
