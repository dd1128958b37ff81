"""The loop as cron runs it: the demo's two days, a kill at any moment, two at once."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from filelock import FileLock

from crawlers.crawl import crawl_lock
from crawlers.sample.server import SampleSite, serve_sample
from kb.workspace import ensure_workspace
from regwatch import main

REGWATCH = [sys.executable, "-c", "from regwatch import main; main()"]


def run_command(site: SampleSite, workspace: Path, day: str) -> list[str]:
    pairs = [f"--base-url={source}={url}" for source, url in site.base_urls.items()]
    return [*REGWATCH, "run", "--json", "--workspace", str(workspace), "--now", day, *pairs]


def dump(workspace: Path) -> list[str]:
    """Every row of both databases, in whatever order written; of deliveries only what came of them.

    A kill between sending and recording is one attempt more, counted on purpose.
    """
    found: list[str] = []
    for name in ("kb.db", "company.db"):
        connection = sqlite3.connect(workspace / name)
        lines = [line for line in connection.iterdump() if "_sqlite_migrations" not in line]
        found += [line for line in lines if not line.startswith(('INSERT INTO "alert" ', 'INSERT INTO "delivery" '))]
        if name == "company.db":
            found += map(str, connection.execute("select id, owner, event, kind, body, message_id, state from alert"))
        connection.close()
    return sorted(found)


def test_the_demo_runs_the_main_job_from_nothing_and_again(tmp_path: Path) -> None:
    words = ["demo", "--json", "--workspace", str(tmp_path / "demo")]
    first = CliRunner().invoke(main, words, catch_exceptions=False)
    assert first.exit_code == 0
    counts = json.loads(first.stdout)
    names = ("sources", "publications", "versions", "data_items", "changes", "datasets", "links", "alerts")
    assert all(counts[name] > 0 for name in names)
    assert len(list((tmp_path / "demo" / "outbox").glob("*.eml"))) == counts["alerts"]
    again = json.loads(CliRunner().invoke(main, words, catch_exceptions=False).stdout)
    assert {name: again[name] for name in names} == {name: counts[name] for name in names}


def test_a_demo_never_takes_the_folder_from_under_another(tmp_path: Path) -> None:
    running = ensure_workspace(tmp_path / "demo")
    running.demo_mark.write_text("", "utf-8")
    with crawl_lock(running):
        result = CliRunner().invoke(main, ["demo", "--workspace", str(running.root)])
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert running.config_path.exists()


def test_a_demo_never_takes_a_folder_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    result = CliRunner().invoke(main, ["demo", "--workspace", str(tmp_path)])
    assert result.exit_code == 1
    assert "choose another" in result.stderr
    assert (tmp_path / "mine.txt").exists()


def test_a_run_killed_at_any_moment_and_run_again_gives_the_same_databases(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    with serve_sample("2025-06-20") as site:
        for day in ("2025-06-20", "2026-02-10"):
            site.move_to(day)
            started = time.monotonic()
            whole = subprocess.run(run_command(site, tmp_path / "whole", day), capture_output=True, check=False)
            took = time.monotonic() - started
            assert whole.returncode in (0, 3), whole.stderr.decode()
            for _ in range(3):
                child = subprocess.Popen(
                    run_command(site, tmp_path / "killed", day), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
                time.sleep(chance.uniform(0.5, took))
                os.kill(child.pid, signal.SIGKILL)
                child.wait()
                time.sleep(0.5)  # the crawler's process notices and ends
            last = subprocess.run(run_command(site, tmp_path / "killed", day), capture_output=True, check=False)
            assert last.returncode == whole.returncode, last.stderr.decode()
            assert dump(tmp_path / "killed") == dump(tmp_path / "whole"), f"seed {seed}"


def test_running_the_same_day_twice_changes_nothing(tmp_path: Path) -> None:
    with serve_sample("2025-06-20") as site:
        subprocess.run(run_command(site, tmp_path, "2025-06-20"), capture_output=True, check=True)
        before = dump(tmp_path)
        subprocess.run(run_command(site, tmp_path, "2025-06-20"), capture_output=True, check=True)
    assert dump(tmp_path) == before


def test_two_runs_at_once_are_refused_with_a_clear_line(tmp_path: Path) -> None:
    CliRunner().invoke(main, ["init", "--workspace", str(tmp_path)])
    with FileLock(tmp_path / ".lock"):
        result = CliRunner().invoke(main, ["run", "--workspace", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stderr.startswith("error: another crawl is running")


@pytest.mark.parametrize("words", [["run"], ["crawl"]])
def test_a_base_url_for_an_unknown_source_is_an_error(tmp_path: Path, words: list[str]) -> None:
    CliRunner().invoke(main, ["init", "--workspace", str(tmp_path)])
    result = CliRunner().invoke(
        main, [*words, "--workspace", str(tmp_path), "--base-url", "no-such=http://127.0.0.1:9"]
    )
    assert result.exit_code == 1
    assert "no-such" in result.stderr
