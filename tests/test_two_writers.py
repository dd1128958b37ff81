"""Two processes on one database: the second waits, also when it reads before it writes; an upgrade is whole or none."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from kb.db import one_view, open_kb
from mappings.db import open_company

OWNER = "insert into owner (id, name) values (?, ?)"


def test_who_reads_and_then_writes_waits_for_who_writes_meanwhile(tmp_path: Path) -> None:
    path, seen = tmp_path / "company.db", []

    def write() -> None:
        with closing(open_company(path)) as second, second.atomic():
            seen.extend(row["id"] for row in second.query("select id from owner"))
            second.execute(OWNER, ["b", "b"])

    with closing(open_company(path)) as first:
        first.execute("begin immediate")
        first.execute(OWNER, ["a", "a"])
        writer = threading.Thread(target=write)
        writer.start()
        time.sleep(0.3)
        first.commit()
        writer.join()
        assert seen == ["a"]
        assert first.table("owner").count == 2


def test_one_view_is_of_one_moment_and_holds_up_nobody(tmp_path: Path) -> None:
    path = tmp_path / "company.db"
    with closing(open_company(path)) as reader, closing(open_company(path)) as writer:
        with one_view(reader):
            assert reader.table("owner").count == 0
            with writer.atomic():
                writer.execute(OWNER, ["a", "a"])
            assert reader.table("owner").count == 0
        assert reader.table("owner").count == 1


def test_four_first_starts_at_once_make_one_database(tmp_path: Path) -> None:
    processes = [multiprocessing.Process(target=open_kb, args=(tmp_path / "kb.db",)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4


def form(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as db:
        return {row[0] for row in db.execute("select sql from sqlite_master where name not like '_sqlite_migrations%'")}


def statements(path: Path, open_one: Callable[[Path], Database], dies_at: int) -> int:
    """Open in a process of its own that is killed at a statement; how many it began, or 0 when it was killed."""
    counting, told = os.pipe()
    child = os.fork()
    if child == 0:
        connect, begun = sqlite3.connect, [0]

        def counted(*words: Any, **more: Any) -> sqlite3.Connection:
            connection = connect(*words, **more)

            def count(_: str) -> None:
                begun[0] += 1
                if begun[0] == dies_at:
                    os.kill(os.getpid(), signal.SIGKILL)

            connection.set_trace_callback(count)
            return connection

        sqlite3.connect = counted  # type: ignore[assignment]
        open_one(path).close()
        os.write(told, str(begun[0]).encode())
        os._exit(0)
    os.close(told)
    os.waitpid(child, 0)
    with os.fdopen(counting) as said:
        return int(said.read() or 0)


@pytest.mark.parametrize("open_one", [open_kb, open_company])
def test_an_upgrade_killed_at_any_statement_is_done_by_the_next_start(
    tmp_path: Path, open_one: Callable[[Path], Database]
) -> None:
    whole, seed = tmp_path / "whole.db", random.randrange(2**32)
    most = statements(whole, open_one, 0)
    assert most > 100
    for number, dies_at in enumerate(random.Random(seed).sample(range(5, most), 6)):
        path = tmp_path / f"{number}.db"
        assert statements(path, open_one, dies_at) == 0
        open_one(path).close()
        assert form(path) == form(whole), f"seed {seed}, statement {dies_at}"
