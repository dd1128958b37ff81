"""Crawl sources: hand the job to a worker process, relay what it says, and give back one Outcome for each source."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from filelock import FileLock, Timeout

from crawlers.items import Outcome
from crawlers.source import Source, find_sources
from kb.db import open_kb
from kb.errors import CrawlError, WorkspaceError
from kb.workspace import Workspace

Say = Callable[[str], None]


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
    """Crawl these sources, all if none are named, one after the other. What was fetched is in kb.db when this returns.

    ``base_urls``: source id → address that stands in for its host. Raises NotFound for an unknown source, CrawlError
    when nothing can be recorded; a source that fails is an outcome.
    """
    find_sources(list(base_urls))
    return crawl_declared(workspace, find_sources(source_ids), base_urls=base_urls, now=now, say=say)


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
    open_kb(workspace.kb_path).close()
    job: dict[str, object] = {
        "kb": str(workspace.kb_path), "archive": str(workspace.archive_path), "now": now, "contact": config.contact,
        "topics": list(config.topics), "base_urls": dict(base_urls),
        "sources": [source.model_dump(exclude_unset=True) for source in sources],
    }  # fmt: skip
    outcomes, failure = _run_worker(job, say)
    if failure:
        raise CrawlError(f"the crawl stopped after {len(outcomes)} of {len(sources)} sources: {failure}; run it again")
    return outcomes


def _run_worker(job: dict[str, object], say: Say) -> tuple[list[Outcome], str]:
    """Outcomes, and the last words of a worker that did not come to its end."""
    outcomes: list[Outcome] = []
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "crawlers.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            text=True, encoding="utf-8", start_new_session=True,
        ) as worker,
    ):  # fmt: skip
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(json.dumps(job) + "\n")
        worker.stdin.flush()  # left open: the worker ends when it closes
        for line in worker.stdout:
            message = json.loads(line)
            if "say" in message:
                say(message["say"])
            else:
                outcomes.append(Outcome(**message["outcome"]))
                say(_summary(outcomes[-1]))
        if worker.wait() == 0:
            return outcomes, ""
        errors.seek(0)
        words = [line.strip() for line in errors if line.strip()]
        return outcomes, words[-1] if words else f"its process ended with {worker.returncode}"


def _summary(outcome: Outcome) -> str:
    counts = f"{outcome.listed} listed, {outcome.new} new, {outcome.changed} changed"
    return f"{outcome.source}: {outcome.outcome}, {counts}" + (f" ({outcome.detail})" if outcome.detail else "")
