"""crawlers/cli.py: `regwatch crawl` and `regwatch sources` as scripts see them, and the sample site through HTTP."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from agency_site import Reply, serve
from click.testing import CliRunner, Result

from crawlers.cli import crawl, sources
from crawlers.sample.server import serve_sample
from crawlers.sample.timeline import load_timeline
from crawlers.source import load_sources
from kb.db import open_kb
from kb.declared_sources import never_checked
from kb.workspace import ensure_workspace

ONE_ROW = Reply(
    '<ul class="u-list"><li><a href="/sjj/zwgk/zcfb/0203/20260203000000000001_pc.html" title="水泵示例">x</a>'
    "<span>2026.02.03</span></li></ul>"
)


def regwatch(command: Any, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), catch_exceptions=False)


@pytest.fixture
def workspace(tmp_path: Path) -> str:
    return str(ensure_workspace(tmp_path / "ws").root)


def test_a_healthy_crawl_prints_one_json_document_and_exits_0(workspace: str) -> None:
    with serve({"*": ONE_ROW}) as site:
        result = regwatch(
            crawl, "nda-policies", "--base-url", f"nda-policies={site.url}", "--now", "2026-02-10", "--json",
            "--workspace", workspace,
        )  # fmt: skip
    assert result.exit_code == 0
    [outcome] = json.loads(result.stdout)
    assert outcome == {
        "source": "nda-policies", "title": "政策发布", "outcome": "healthy", "listed": 1, "new": 1, "changed": 0,
        "unchanged": 0, "revisited": 0, "detail": "", "faults": 0,
    }  # fmt: skip
    assert "nda-policies: healthy" in result.stderr
    listed = {row["id"]: row for row in json.loads(regwatch(sources, "--json", "--workspace", workspace).stdout)}
    assert listed["nda-policies"]["last_success"] == "2026-02-10T00:00:00Z"
    assert listed["nda-policies"]["newest_publication"] == "2026-02-03"
    assert listed["nda-notices"]["last_run"] is None
    with open_kb(Path(workspace) / "kb.db") as db:  # what a crawl declares is known to the brief and the site
        never = {row["source"] for row in never_checked(db)}
    assert {id for id, row in listed.items() if row["kind"] != "not-crawlable"} - never == {"nda-policies"}


def test_a_host_that_does_not_answer_is_a_failed_source_and_exits_3(workspace: str) -> None:
    base = "nda-policies=http://127.0.0.1:9"
    result = regwatch(crawl, "nda-policies", "--base-url", base, "--workspace", workspace)
    assert result.exit_code == 3
    assert re.search("nda-policies +政策发布 +failed .* connection refused", result.stdout)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["nowhere"], 1, "no source nowhere: known sources are cac-consultations"),
        (["--base-url", "nowhere=http://127.0.0.1:1"], 1, "no source nowhere"),
        (["--base-url", "nda-policies"], 2, "write it as SOURCE=http://host:port"),
        (["--base-url", "nda-policies=file:///etc"], 2, "write it as SOURCE=http://host:port"),
        (["--now", "yesterday"], 2, "is not a date"),
        (["--now", "0001-01-01"], 2, "is not a date"),
    ],
)
def test_a_wrong_call_is_told_in_a_line_and_prints_no_answer(
    workspace: str, arguments: list[str], code: int, says: str
) -> None:
    result = regwatch(crawl, *arguments, "--workspace", workspace)
    assert (result.exit_code, result.stdout) == (code, "")
    assert says in result.stderr
    assert code == 2 or result.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [crawl, sources])
def test_a_workspace_that_is_not_there_is_told(tmp_path: Path, command: Any) -> None:
    result = regwatch(command, "--workspace", str(tmp_path / "nowhere"))
    assert result.exit_code == 1
    assert "no workspace at" in result.stderr


def test_sources_are_listed_before_the_first_run(workspace: str) -> None:
    rows = json.loads(regwatch(sources, "--json", "--workspace", workspace).stdout)
    assert {row["id"] for row in rows} == set(load_sources())
    assert {
        "agency",
        "title",
        "url",
        "kind",
        "certainty",
        "last_run",
        "last_success",
        "outcome",
        "newest_publication",
    } <= set(rows[0])
    assert not Path(workspace, "kb.db").exists()
    assert "miit-notices" in regwatch(sources, "--workspace", workspace).stdout


# ── the sample site ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def sample(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Outcomes of the second day, and every publication by title."""
    from crawlers.crawl import crawl_sources

    workspace = ensure_workspace(tmp_path_factory.mktemp("sample") / "ws")
    with serve_sample("2025-06-20") as site:
        crawl_sources(workspace, [], base_urls=site.base_urls, now="2025-06-20T00:00:00Z")
        site.move_to("2026-02-10")
        outcomes = crawl_sources(workspace, [], base_urls=site.base_urls, now="2026-02-10T00:00:00Z")
    with open_kb(workspace.kb_path) as db:
        publications = {row["title"]: row for row in db.query("select * from publication")}
    return [vars(outcome) for outcome in outcomes], publications


Sample = tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]


def test_every_source_of_the_sample_is_healthy_on_both_days(sample: Sample) -> None:
    assert {row["source"]: row["outcome"] for row in sample[0]} == dict.fromkeys(load_timeline().columns, "healthy")
    assert all(row["listed"] > 0 for row in sample[0])


def test_an_edit_in_place_is_counted_once(sample: Sample) -> None:
    assert {row["source"]: row["changed"] for row in sample[0] if row["changed"]} == {"cac-regulations": 1}


def test_dates_numbers_and_deadlines_come_from_where_the_site_keeps_them(sample: Sample) -> None:
    final = sample[1]["三部门关于印发《智能网联汽车数据出境示例指引（2026版）》的通知"]
    assert (final["doc_number"], final["signed"], final["published"]) == (
        "工信示例〔2026〕1号",
        "2026-01-30",
        "2026-02-03",
    )
    draft = sample[1]["公开征求《智能网联汽车数据出境示例指引（2025版）（征求意见稿）》意见"]
    assert draft["comments_close"] == "2025-07-13"


def test_a_policy_of_two_columns_is_one_publication_and_leads_to_its_interpretation(sample: Sample) -> None:
    policy = sample[1]["三部门印发《智能网联汽车数据出境示例指引（2026版）》"]
    assert set(json.loads(policy["columns"])) == {"nda-notices", "nda-policies"}
    reading = sample[1]["《智能网联汽车数据出境示例指引（2026版）》解读"]
    assert (reading["kind"], reading["interpretation_of"]) == ("interpretation", policy["id"])


def test_what_is_of_no_interest_is_listed_and_not_followed(sample: Sample) -> None:
    pump = sample[1]["公开征求《小型农用水泵示例规范条件（2025年本）（征求意见稿）》意见"]
    assert (pump["followed"], pump["state"]) == (0, "listed")
