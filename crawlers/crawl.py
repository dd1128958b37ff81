"""Crawl sources: hand the job to a worker process, relay what it says, and give back one Outcome for each source."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from filelock import FileLock, Timeout

from crawlers.items import Outcome, State
from crawlers.ledger import Ledger
from crawlers.pipelines import record_run
from crawlers.source import Source, as_rows, find_sources, load_sources
from kb.config import is_example
from kb.db import open_kb
from kb.declared_sources import store_sources
from kb.errors import CrawlError, WorkspaceError, alike, some_of
from kb.evidence.archive import Archive
from kb.workspace import Workspace

Say = Callable[[str], None]
_WORK = """
from kb.light_start import load_sqlite_utils_alone

load_sqlite_utils_alone()
from crawlers.worker import main

main()
"""
WORKER = [sys.executable, "-P", "-c", _WORK]


@contextmanager
def crawl_lock(workspace: Workspace) -> Iterator[None]:
    """Hold the workspace for one crawl; the lock falls with the process. Raises CrawlError when another holds it."""
    try:
        with FileLock(workspace.lock_path, timeout=0):
            yield
    except Timeout as error:
        raise CrawlError(f"another crawl is running on {workspace.root}: wait until it has ended") from error
    except PermissionError as error:
        raise WorkspaceError(f"{workspace.lock_path}: {error.strerror}: choose another with --workspace") from error


def crawl_sources(
    workspace: Workspace,
    source_ids: Sequence[str],
    *,
    base_urls: Mapping[str, str],
    now: str,
    say: Say = lambda _: None,
) -> list[Outcome]:
    """Crawl these sources one after the other. What was fetched is in kb.db when this returns.

    ``base_urls``: source id → address that stands in for its host. If none are named, all are crawled; of a replay
    those that it stands in for. Raises NotFound for an unknown source, CrawlError
    when nothing can be recorded; a source that fails is an outcome.
    """
    find_sources(list(base_urls))
    return crawl_declared(
        workspace, find_sources(source_ids or sorted(base_urls)), base_urls=base_urls, now=now, say=say
    )


def crawl_declared(
    workspace: Workspace,
    sources: Sequence[Source],
    *,
    base_urls: Mapping[str, str],
    now: str,
    say: Say = lambda _: None,
) -> list[Outcome]:
    """As ``crawl_sources``, for sources that need not be declared in the package."""
    config = workspace.config
    with open_kb(workspace.kb_path) as db:
        store_sources(db, as_rows({**load_sources(), **{source.id: source for source in sources}}.values()))
    held = {source.id: why for source in sources if (why := _held_back(source, base_urls, config.contact))}
    outcomes = [_record_unasked(workspace, source, *held[source.id], now) for source in sources if source.id in held]
    for line in _summaries(outcomes):
        say(line)
    asked = [source for source in sources if source.id not in held]
    first = len(outcomes)
    while left := asked[len(outcomes) - first :]:
        job = {
            "kb": str(workspace.kb_path), "archive": str(workspace.archive_path), "now": now,
            "contact": config.contact, "topics": list(config.topics), "base_urls": dict(base_urls),
            "proxies": dict(config.crawl.proxies), "cookies": list(config.crawl.cookies),
            "sources": [source.model_dump(exclude_unset=True) for source in left],
        }  # fmt: skip
        done, last_words = _run_worker(job, say)
        outcomes += done
        if len(done) < len(left):  # the process died over a source; the others are crawled without it
            words = f"the crawler's process ended: {last_words}"
            outcomes.append(_record_unasked(workspace, left[len(done)], "failed", words, now))
            say(_summary(outcomes[-1]))
    order = [source.id for source in sources]
    return sorted(outcomes, key=lambda outcome: order.index(outcome.source))


def _held_back(source: Source, base_urls: Mapping[str, str], contact: str) -> tuple[State, str] | None:
    """Why nothing may be asked of a source, if so: no site is asked in the name of nobody."""
    if not source.crawlable:
        return "blocked", f"declared as not crawlable: {source.note} See {', '.join(source.second)}"
    if source.id not in base_urls and is_example(contact):
        return "failed", "set contact in config.yml to an address where you can be reached; nothing was asked"
    return None


def _record_unasked(workspace: Workspace, source: Source, state: State, why: str, now: str) -> Outcome:
    outcome = Outcome(source.id, state, 0, 0, 0, 0, why)
    with open_kb(workspace.kb_path) as db:
        record_run(Ledger(db, Archive(workspace.archive_path), now), outcome)
    return outcome


def _run_worker(job: dict[str, Any], say: Say) -> tuple[list[Outcome], str]:
    """Outcomes, and the last words of a worker that did not come to its end. Raises CrawlError if it cannot record."""
    outcomes: list[Outcome] = []
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors,
        subprocess.Popen(
            WORKER,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            text=True, encoding="utf-8", start_new_session=True,
        ) as worker,
    ):  # fmt: skip
        assert worker.stdin is not None
        assert worker.stdout is not None
        try:
            worker.stdin.write(json.dumps(job) + "\n")
            worker.stdin.flush()  # left open: the worker ends when it closes
        except BrokenPipeError:  # it ended before it was told anything; its last words are below
            with suppress(BrokenPipeError):
                worker.stdin.close()
        for line in worker.stdout:
            message = json.loads(line)
            if "say" in message:
                say(message["say"])
            elif "stop" in message:
                raise CrawlError(f"cannot record what was crawled: {message['stop']}")
            else:
                outcomes.append(Outcome(**message["outcome"]))
                say(_summary(outcomes[-1]))
        if worker.wait() == 0:
            return outcomes, "told to, by somebody else (SIGTERM or SIGINT)"
        errors.seek(0)
        words = [line.strip() for line in errors if line.strip()]
        return outcomes, words[-1] if words else f"exit code {worker.returncode}"


def _summaries(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """One line for all that were not asked for the same reason."""
    for (state, why), found in alike(outcomes, lambda outcome: (outcome.outcome, outcome.detail)).items():
        names = [outcome.source for outcome in found]
        yield _summary(found[0]) if len(found) == 1 else f"{some_of(names)}: {state} ({why})"


def _summary(outcome: Outcome) -> str:
    counts = f"{outcome.listed} listed, {outcome.new} new, {outcome.changed} changed"
    return f"{outcome.source}: {outcome.outcome}, {counts}" + (f" ({outcome.detail})" if outcome.detail else "")
