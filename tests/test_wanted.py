"""Law in force that nobody has read is asked for before any list, in its own source, and only until it is here."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request

from crawlers.items import Answer, FetchedAnnex, Item, Listed
from crawlers.ledger import Ledger
from crawlers.pipelines import record_item
from crawlers.source import Source, load_sources
from crawlers.spiders import load_kind
from crawlers.spiders.base import SourceSpider
from crawlers.wanted import wanted_of
from kb.db import open_kb
from kb.evidence.archive import Archive

GUIDE = "https://www.miit.gov.cn/jgsj/waj/wjfb/art/2026/art_4d98b542f9ba44d3b4ecf50cd034e14b.html"
PDF = "https://www.miit.gov.cn/cms_files/filemanager/1226211233/attach/20261/f0dca91f7bfe4722a49e5c231c7b2b6e.pdf"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_kb(tmp_path / "kb.db") as db:
        yield Ledger(db, Archive(tmp_path / "archive"), "2026-11-22T00:00:00Z")


def declared(id: str) -> Source:
    return load_sources()[id]


def budget() -> dict[str, Any]:
    """The job's budget of visits, where spiders take one."""
    if "floor" not in inspect.signature(SourceSpider.__init__).parameters:
        return {}
    return {"floor": importlib.import_module("crawlers.tiers").Floor(0)}


async def asked(ledger: Ledger, source: Source) -> list[Item | Request]:
    kind = load_kind(source)
    spider = SourceSpider(
        source=source, kind=kind, ledger=ledger, topics=(), visited={}, say=lambda _: None,
        wanted=wanted_of(ledger.db, source, kind.HABIT), **budget(),
    )  # fmt: skip
    return [one async for one in spider.start()]


async def test_the_final_guide_s_pdf_is_the_first_thing_that_a_live_crawl_fetches(ledger: Ledger) -> None:
    listed, *requests = await asked(ledger, declared("miit-cybersecurity"))
    assert isinstance(listed, Listed)
    assert (listed.row.url, listed.followed) == (GUIDE, True)
    assert [one.url for one in requests if isinstance(one, Request)][:2] == [PDF, GUIDE]
    priorities = [one.priority for one in requests if isinstance(one, Request)]
    assert priorities == sorted(priorities, reverse=True)


async def test_what_is_already_here_is_not_fetched_again(ledger: Ledger) -> None:
    listed = (await asked(ledger, declared("miit-cybersecurity")))[0]
    assert isinstance(listed, Listed)
    for item in (listed, FetchedAnnex(listed.publication, "guide.pdf", Answer(PDF, 200, b"%PDF-1.4 sample"))):
        record_item(ledger, "miit", "miit-cybersecurity", item)
    again = await asked(ledger, declared("miit-cybersecurity"))
    assert PDF not in [one.url for one in again if isinstance(one, Request)]


def test_a_work_is_wanted_of_the_one_column_that_bears_it(ledger: Ledger) -> None:
    columns = {id: source for id, source in load_sources().items() if source.agency == "miit"}
    wanted = {id: wanted_of(ledger.db, source, load_kind(source).HABIT) for id, source in columns.items()}
    bearing = [id for id, found in wanted.items() if GUIDE in [one.row.url for one in found]]
    assert bearing == ["miit-cybersecurity"]
