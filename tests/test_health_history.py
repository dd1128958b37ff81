"""kb/overview/health.py: a source's days by state, its uptime and outages, at the command line and on the site."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from agency_site import Reply, serve
from click.testing import CliRunner
from nda_site import NDA, at, nda_list, nda_page, page_path
from site_client import site

from crawlers.cli import sources
from crawlers.crawl import crawl_sources
from kb.overview.health import summarise
from kb.workspace import Workspace

LIST = f"{NDA}/list/index_pc_1.html"
GOOD, REFUSED = nda_list("A"), Reply("no", 403)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A source that was well, refused for two days and a day on which nobody asked, and was well again."""
    place = at(tmp_path)
    with serve({LIST: GOOD, page_path("A"): nda_page("A")}) as agency:
        for day, reply in [("01", GOOD), ("02", REFUSED), ("04", REFUSED), ("05", REFUSED), ("05", GOOD), ("06", GOOD)]:
            agency.replies[LIST] = reply
            time = f"2026-02-{day}T0{2 if reply is REFUSED else 4}:00:00Z"
            crawl_sources(place, ["nda-policies"], base_urls={"nda-policies": agency.url}, now=time)
    return place


def history(workspace: Workspace, since: str) -> dict[str, Any]:
    words = ["--since", since, "--json", "--workspace", str(workspace.root)]
    [found] = json.loads(CliRunner().invoke(sources, words, catch_exceptions=False).stdout)
    return dict(found)


def test_a_source_has_its_days_of_each_state_its_uptime_and_its_longest_outage(workspace: Workspace) -> None:
    found = history(workspace, "2026-01-01")
    assert (found["id"], found["since"]) == ("nda-policies", "2026-02-01")
    assert {state: n for state, n in found["days"].items() if state != "not_asked"} == {"healthy": 3, "blocked": 2}
    assert found["uptime"] == 0.6
    assert (found["outages"], found["longest_outage"]) == (
        1, {"since": "2026-02-02", "until": "2026-02-04", "days": 3},
    )  # fmt: skip
    assert [span["state"] for span in found["spans"]][:4] == ["healthy", "blocked", "not_asked", "blocked"]


def test_days_before_since_do_not_count(workspace: Workspace) -> None:
    found = history(workspace, "2026-02-05")
    assert (found["since"], found["uptime"], found["longest_outage"]) == ("2026-02-05", 1.0, None)


def test_the_table_says_it_in_words_and_a_workspace_without_runs_says_nothing(
    workspace: Workspace, tmp_path: Path
) -> None:
    words = ["--since", "2026-02-01", "--workspace"]
    told = CliRunner().invoke(sources, [*words, str(workspace.root)], catch_exceptions=False).stdout
    assert "60.0%" in told
    assert "2026-02-02 – 2026-02-04, 3 days" in told
    assert CliRunner().invoke(sources, [*words, str(at(tmp_path / "other").root)]).exit_code == 0


def test_a_run_counts_for_its_day_in_china(tmp_path: Path) -> None:
    place = at(tmp_path)
    with serve({LIST: GOOD, page_path("A"): nda_page("A")}) as agency:
        crawl_sources(place, ["nda-policies"], base_urls={"nda-policies": agency.url}, now="2026-02-01T22:30:00Z")
    assert history(place, "2026-01-01")["since"] == "2026-02-02"


def test_days_not_asked_begin_no_outage_and_end_none() -> None:
    days = {"2026-01-01": "healthy", "2026-01-03": "failed", "2026-01-05": "stale", "2026-01-07": "drifted"}
    found = summarise(days, "2026-01-01", "2026-01-09")
    assert (found["outages"], found["longest_outage"]) == (2, {"since": "2026-01-07", "until": "2026-01-09", "days": 3})
    assert found["uptime"] == 0.5
    assert summarise({}, "2026-01-01", "2026-01-02")["uptime"] is None


async def test_the_site_draws_every_sources_year_and_says_it_in_both_languages(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(workspace, monkeypatch, now="2026-02-06T05:00:00Z") as datasette:
        english = (await datasette.client.get("/sources?lang=en")).text
        assert english.count('class="day blocked" x=') == 2
        assert "read on 60% of the 5 days asked" in english
        assert "longest outage 3 days" in english
        assert "最长中断3天" in (await datasette.client.get("/sources?lang=zh")).text
        [row] = (await datasette.client.get("/sources.json")).json()["sources"]
    assert row["history"]["days"] == {"healthy": 3, "blocked": 2, "not_asked": 1}
