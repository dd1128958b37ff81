"""What befalls a machine, as docs/faults.md has it: one line, exit code 1, nothing half-written, the next run heals."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from agency_site import Reply, serve
from click.testing import CliRunner, Result
from nda_site import DAYS, NDA, at, nda_list, nda_page, page_path, snapshot
from replay_world.warm_worker import warm_worker

from crawlers import settings
from crawlers.crawl import crawl_sources
from kb.db import open_kb
from kb.recording.record import record_pending
from kb.workspace import Workspace
from regwatch import main

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "crawlers" / "sample" / "annexes" / "guide-2026.pdf"
DRAFT = ROOT / "crawlers" / "sample" / "annexes" / "guide-2025-draft.pdf"
CATALOG = ROOT / "mappings" / "catalog" / "sample" / "catalog.csv"
REGWATCH = [sys.executable, "-c", "from regwatch import main; main()"]
RULE = "\n".join(f"第{n}条　示例单位应当在{n}日内登记第{n}号示例数据。" for n in "一二三四五六七八九")


def regwatch(*words: object, folder: Path) -> Result:
    return CliRunner().invoke(main, [*map(str, words), "--workspace", str(folder)])


def assert_one_line(code: int, words: str) -> None:
    """The promise of every failure: exit code 1, and as its last words one line that says what and what to do."""
    assert code == 1, words
    assert "Traceback" not in words
    last = words.strip().splitlines()[-1]
    assert last.startswith("error: "), words
    assert ": " in last.removeprefix("error: "), words


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two versions, a change between them and a catalog."""
    folder = tmp_path_factory.mktemp("filled") / "ws"
    (folder.parent / "rule.txt").write_text(RULE, "utf-8")
    assert regwatch("init", folder=folder).exit_code == 0
    for file, published in ((DRAFT, "2025-06-13"), (GUIDE, "2026-02-03"), (folder.parent / "rule.txt", "2026-02-01")):
        assert regwatch("add", file, "--published", published, folder=folder).exit_code in (0, 3)
    assert regwatch("catalog", "import", CATALOG, folder=folder).exit_code in (0, 3)
    return folder


@pytest.fixture
def workspace(filled: Path, tmp_path: Path) -> Path:
    shutil.copytree(filled, tmp_path / "ws")
    return tmp_path / "ws"


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    with warm_worker(tmp_path_factory.mktemp("worker")) as command:
        yield command


def rows(folder: Path, *tables: str) -> list[str]:
    connection = sqlite3.connect(folder / "kb.db")
    found = [str(row) for table in tables for row in connection.execute(f"select * from {table} order by 1")]
    connection.close()
    return found


@pytest.mark.parametrize("kilobytes", [60, 500])
def test_a_full_disk_is_one_line_and_the_next_run_heals(tmp_path: Path, kilobytes: int) -> None:
    """No file may grow beyond a size: what a full disk does to one that writes, on any machine."""
    words = [*REGWATCH, "add", str(GUIDE), "--published", "2026-02-03", "--workspace", str(tmp_path / "ws")]

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, kilobytes * 1024))

    broken = subprocess.run(words, capture_output=True, text=True, check=False, preexec_fn=limit)
    assert_one_line(broken.returncode, broken.stderr)
    assert "free the disk" in broken.stderr or "File too large" in broken.stderr
    healed = regwatch("add", GUIDE, "--published", "2026-02-03", folder=tmp_path / "ws")
    assert healed.exit_code in (0, 3), healed.output
    assert len(rows(tmp_path / "ws", "version")) == 1
    assert len(rows(tmp_path / "ws", "data_item")) > 10
    assert regwatch("verify", folder=tmp_path / "ws").exit_code == 0


READING = [["works"], ["search", "重要数据"], ["verify"], ["sources"], ["map", "check"], ["alert", "list"], ["triage"]]


@pytest.mark.parametrize(("name", "first"), [("kb.db", 0), ("kb.db", 7), ("company.db", 0), ("company.db", 1)])
def test_damaged_pages_of_a_database_are_one_line_for_every_command(workspace: Path, name: str, first: int) -> None:
    chance, path = random.Random(first), workspace / name
    for suffix in ("-wal", "-shm"):
        path.with_name(name + suffix).unlink(missing_ok=True)
    with path.open("r+b") as file:
        for place in range(first * 4096, path.stat().st_size, 3 * 4096):
            file.seek(place)
            file.write(chance.randbytes(4096))
    failed = 0
    for words in [*READING, ["add", workspace.parent / "none.txt"], ["map", "suggest"], ["items", "x@draft"]]:
        result = regwatch(*words, folder=workspace)
        assert result.exception is None or isinstance(result.exception, SystemExit), (words, result.exception)
        failed += result.exit_code == 1
        if result.exit_code not in (0, 3):
            assert_one_line(result.exit_code, result.stderr)
    assert failed
    assert regwatch("doctor", folder=workspace).exit_code == 3


@pytest.mark.parametrize("how", ["gone", "empty"])
def test_a_lost_kb_is_not_taken_for_a_new_one(workspace: Path, how: str) -> None:
    for suffix in ("", "-wal", "-shm"):
        (workspace / f"kb.db{suffix}").unlink(missing_ok=True)
    if how == "empty":
        (workspace / "kb.db").touch()
    result = regwatch("run", "--now", "2026-02-10", folder=workspace)
    assert_one_line(result.exit_code, result.stderr)
    assert "restore it from a backup" in result.stderr
    assert (workspace / "kb.db").exists() == (how == "empty")


def test_a_lost_file_of_the_archive_is_named_and_comes_back_with_the_next_visit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worker: list[str]
) -> None:
    monkeypatch.setattr("crawlers.crawl.WORKER", worker)
    workspace = at(tmp_path)
    page = nda_page("A", words=RULE.replace("\n", "</p><p>"), ETag='"one"')
    with serve({f"{NDA}/list/index_pc_1.html": nda_list("A"), page_path("A"): page}) as site:
        crawl_sources(workspace, ["nda-policies"], base_urls={"nda-policies": site.url}, now=DAYS[0])
        record_pending(workspace, now=DAYS[0])
        with open_kb(workspace.kb_path) as db:
            digest = next(db.query("select digest from capture where url like '%' || ?", [page_path("A")]))["digest"]
        lost = workspace.archive_path / digest[:2] / digest
        lost.unlink()
        verified = regwatch("verify", folder=workspace.root)
        assert verified.exit_code == 3
        assert digest in verified.output
        crawl_sources(workspace, ["nda-policies"], base_urls={"nda-policies": site.url}, now=DAYS[1])
    assert lost.exists()
    assert regwatch("verify", folder=workspace.root).exit_code == 0
    assert len(snapshot(workspace)["capture"]) == len({row["id"] for row in snapshot(workspace)["capture"]})


@pytest.mark.parametrize(
    "words",
    [
        ["add", GUIDE, "--published", "2026-02-03"],
        ["catalog", "import", CATALOG],
        ["reread"],
        ["map", "suggest"],
    ],
    ids=lambda words: words[0],
)
def test_a_command_killed_at_any_moment_is_simply_run_again(filled: Path, tmp_path: Path, words: list[object]) -> None:
    def command(folder: Path) -> list[str]:
        return [*REGWATCH, *map(str, words), "--workspace", str(folder)]

    for name in ("whole", "killed"):
        shutil.copytree(filled, tmp_path / name)
    began = time.monotonic()
    whole = subprocess.run(command(tmp_path / "whole"), capture_output=True, check=False).returncode
    took, seed = time.monotonic() - began, random.randrange(2**32)
    chance = random.Random(seed)
    for _ in range(2 if words[0] == "add" else 1):
        child = subprocess.Popen(command(tmp_path / "killed"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.2, 1) * took)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    again = subprocess.run(command(tmp_path / "killed"), capture_output=True, text=True, check=False)
    assert again.returncode == whole, again.stderr
    tables = ("work", "version", "provision", "data_item", "event")
    same = [len(rows(tmp_path / name, *tables)) for name in ("whole", "killed")]
    assert same[0] == same[1] > 0, f"seed {seed}"
    assert regwatch("verify", folder=tmp_path / "killed").exit_code == 0


@contextmanager
def stalling(first_words: bytes) -> Iterator[str]:
    """A host that takes every connection, says so much, and then nothing more."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            while True:
                try:
                    taken.append(server.accept()[0])
                except OSError:
                    return
                taken[-1].sendall(first_words)

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for one in taken:
            one.close()


def test_a_network_that_stalls_is_given_up_and_the_source_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawlers.crawl.WORKER", [
        sys.executable, "-c",
        "import crawlers.settings as s; s.TIMEOUT_SECONDS = 0.3\nfrom crawlers.worker import main; main()",
    ])  # fmt: skip
    assert settings.TIMEOUT_SECONDS <= 60
    with stalling(b"") as mute, stalling(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n<html>") as halting:
        bases = {"nda-policies": mute, "nda-notices": halting}
        outcomes = crawl_sources(at(tmp_path), list(bases), base_urls=bases, now=DAYS[0])
    assert [outcome.outcome for outcome in outcomes] == ["failed", "failed"]
    assert all(outcome.detail for outcome in outcomes)


LIST = f"{NDA}/list/index_pc_1.html"
PAGES = {page_path(letter): nda_page(letter, words=RULE.replace("示例数据", f"示例{letter}数据")) for letter in "AB"}
GOOD = {LIST: nda_list("A", "B"), **PAGES}
LIES = {
    "a count that is not so": ({LIST: nda_list("A", "B", total=400)}, "drifted failed"),
    "another page for the list": ({LIST: Reply("<html><form>请登录</form></html>")}, "drifted"),
    "unchanged, though never asked before": (dict.fromkeys(PAGES, Reply("", 304)), "failed"),
    "gzip that is none": (dict.fromkeys(PAGES, Reply("x", headers={"Content-Encoding": "gzip"})), "failed drifted"),
    "an answer that is empty": (dict.fromkeys(PAGES, Reply("")), "failed"),
    "a page of another site": (dict.fromkeys(PAGES, Reply("<html><body><p>彩票</p></body></html>")), "drifted"),
}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory, worker: list[str]) -> Path:
    """A workspace after a day on which the site told the truth."""
    workspace = at(tmp_path_factory.mktemp("crawled"))
    with pytest.MonkeyPatch.context() as patch, serve(dict(GOOD)) as site:
        patch.setattr("crawlers.crawl.WORKER", worker)
        crawl_sources(workspace, ["nda-policies"], base_urls={"nda-policies": site.url}, now=DAYS[0])
    record_pending(workspace, now=DAYS[0])
    return workspace.root


@pytest.mark.parametrize("lie", LIES)
def test_a_site_that_lies_is_not_healthy_and_changes_nothing(
    crawled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worker: list[str], lie: str
) -> None:
    monkeypatch.setattr("crawlers.crawl.WORKER", worker)
    workspace = Workspace(shutil.copytree(crawled, tmp_path / "ws"))
    lies, states = LIES[lie]
    replies = dict(GOOD)
    with serve(replies) as site:
        base = {"nda-policies": site.url}
        before = snapshot(workspace)["document"]
        replies |= lies
        [outcome] = crawl_sources(workspace, ["nda-policies"], base_urls=base, now=DAYS[1])
        record_pending(workspace, now=DAYS[1])
        assert outcome.outcome in states.split(), outcome
        after = snapshot(workspace)["document"]
        assert [row["capture"] for row in after] == [row["capture"] for row in before]
        replies |= GOOD
        [outcome] = crawl_sources(workspace, ["nda-policies"], base_urls=base, now=DAYS[2])
    assert outcome.outcome == "healthy", outcome
