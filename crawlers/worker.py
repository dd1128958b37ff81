"""One crawl job in a process of its own, because a Twisted reactor starts once a process.

Reads one line of JSON from standard input, the job; writes lines of JSON to standard output: ``{"say": …}`` while it
works, ``{"outcome": …}`` after each source, ``{"stop": …}`` when nothing can be recorded any more. Ends when its
standard input is closed: it never outlives who asked.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import threading
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.reactor import install_reactor
from twisted.internet.task import react
from twisted.python.failure import Failure

from crawlers.expectations import judge
from crawlers.items import Outcome
from crawlers.ledger import Ledger
from crawlers.pipelines import record_run
from crawlers.settings import build_settings
from crawlers.source import Source
from crawlers.spiders import load_kind
from crawlers.spiders.base import SourceSpider
from crawlers.tiers import Floor, load_tiers
from crawlers.wanted import wanted_of
from kb.db import open_kb
from kb.errors import database_advice, disk_advice
from kb.evidence.archive import Archive

REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"


class RecordingFailed(Exception):
    """The database or the archive could not be written: the whole job stops."""


def main() -> None:
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_die_with_parent, daemon=True).start()
    install_reactor(REACTOR)
    react(lambda _: deferred_from_coro(run_job(job)))


async def run_job(job: dict[str, Any]) -> None:
    """Fetch errors are counted and the job goes on; recording errors stop it."""
    ledger = Ledger(open_kb(Path(job["kb"])), Archive(Path(job["archive"])), job["now"])
    visited: dict[str, str] = {}
    floor = Floor(load_tiers().floor)
    try:
        for declared in job["sources"]:
            outcome = await run_source(Source.model_validate(declared), ledger, job, visited, floor)
            record_run(ledger, outcome)
            tell(outcome=asdict(outcome))
    except (RecordingFailed, sqlite3.Error, OSError) as error:
        tell(stop=_stopped_by(error))


async def run_source(
    source: Source, ledger: Ledger, job: dict[str, Any], visited: dict[str, str], floor: Floor
) -> Outcome:
    """Crawl one source to its end. The one catch is here: what goes wrong in a source is its outcome."""
    settings = build_settings(
        source, contact=job["contact"], base_url=job["base_urls"].get(source.id), proxies=job["proxies"],
        cookies=not source.allowed_hosts.isdisjoint(job["cookies"]),
    )  # fmt: skip
    crawler = AsyncCrawlerRunner(settings).create_crawler(SourceSpider)
    errors: list[str] = []
    unrecorded: list[str] = []

    def on_error(failure: Failure) -> None:
        errors.append(_place_of(failure))

    def on_unrecorded(failure: Failure) -> None:
        unrecorded.append(_stopped_by(failure.value) or _place_of(failure))
        deferred_from_coro(crawler.stop_async())

    crawler.signals.connect(on_error, signals.spider_error)
    crawler.signals.connect(on_unrecorded, signals.item_error)
    kind = load_kind(source)
    wanted = [] if source.id in job["base_urls"] else wanted_of(ledger.db, source, kind.HABIT)
    await crawler.crawl_async(
        wanted=wanted, source=source, kind=kind, ledger=ledger, topics=tuple(job["topics"]), visited=visited,
        floor=floor, say=lambda message: tell(say=message),
    )  # fmt: skip
    if unrecorded:
        raise RecordingFailed(unrecorded[0])
    return _outcome(crawler, source, ledger, errors)


def _outcome(crawler: Crawler, source: Source, ledger: Ledger, errors: list[str]) -> Outcome:
    spider = crawler.spider
    assert isinstance(spider, SourceSpider)
    spider.seen.broken = errors[0] if errors else ""
    health = judge(source, spider.seen, ledger.now)
    new = {id for id in spider.touched if ledger.is_news(id, source.id)}
    changed = {id for id in spider.touched - new if ledger.has_changed(id)}
    return Outcome(
        source.id, health.outcome, spider.seen.listed, len(new), len(changed),
        len(spider.touched) - len(new) - len(changed), health.detail, len(spider.seen.faults),
        int(spider.seen.deep), spider.seen.first_rows, len(spider.touched - spider.listed),
    )  # fmt: skip


def _stopped_by(error: BaseException | None) -> str:
    """Why nothing can be recorded any more, and what to do; '' for what nobody foresaw."""
    if isinstance(error, OSError):
        return f"{error.filename or 'the disk'}: {error.strerror or error}{disk_advice(error)}"
    if isinstance(error, sqlite3.Error):
        return f"{error}: {database_advice(str(error))}"
    return str(error) if isinstance(error, RecordingFailed) else ""


def _place_of(failure: Failure) -> str:
    error = failure.value
    place = traceback.extract_tb(error.__traceback__ if error else None)[-1:]
    where = f" ({Path(place[0].filename).name}:{place[0].lineno})" if place else ""
    return f"{type(error).__name__}: {error}{where}"


def tell(**message: Any) -> None:
    print(json.dumps(message, ensure_ascii=False), flush=True)


def _die_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)
