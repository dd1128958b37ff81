"""Every declared source has recorded pages, and its readers make of them what a person accepted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from accept_golden import RECORDED, as_text, read_recorded
from record_source import record_source

from crawlers.sample.server import serve_sample
from crawlers.source import load_sources
from kb.reading.page import GENERIC

SOURCES = {id: source for id, source in load_sources().items() if source.crawlable}
SILENT = ("static-list", "json-feed")  # such lists do not say how many rows there are


@pytest.mark.parametrize("id", SOURCES)
def test_a_source_reads_its_recorded_pages_as_accepted(id: str) -> None:
    folder = RECORDED / id
    assert (folder / "golden.json").exists() or next(folder.glob("list-1.*"), None), f"record a page of {id}"
    found = as_text(read_recorded(SOURCES[id], folder))
    golden, new = folder / "golden.json", folder / "golden.new.json"
    if golden.exists() and golden.read_text("utf-8") == found:
        new.unlink(missing_ok=True)
        return
    new.write_text(found, "utf-8")
    pytest.fail(f"{id} reads otherwise: compare {new.name} with golden.json, then python -m tests.accept_golden {id}")


@pytest.mark.parametrize("id", SOURCES)
def test_a_golden_shows_healthy_lists_and_an_article(id: str) -> None:
    path = RECORDED / id / "golden.json"
    assert path.exists(), f"{id}: read golden.new.json beside it, then python -m tests.accept_golden {id}"
    golden = json.loads(path.read_text("utf-8"))
    assert [page["faults"] for page in golden["lists"]] == [[]] * len(golden["lists"])
    keys = {row["key"] for page in golden["lists"] for row in page["rows"]}
    announced = {page["announced"] for page in golden["lists"]} - {None}
    assert keys
    assert announced or SOURCES[id].kind in SILENT
    for article in golden["articles"]:
        assert article["shape"] in (SOURCES[id].shapes or (GENERIC,))
        assert article["title"]
        assert article["published"] or not SOURCES[id].shapes
    assert golden["articles"]


def test_nothing_is_recorded_for_a_source_that_is_not_declared() -> None:
    assert {path.name for path in RECORDED.iterdir()} == set(SOURCES)


@pytest.mark.parametrize("id", ["miit-notices", "cac-releases", "nda-policies"])
def test_a_source_of_each_kind_can_be_recorded(id: str, tmp_path: Path) -> None:
    recorded = read_recorded(SOURCES[id], RECORDED / id)
    keys = [path.rstrip("/").rpartition("/")[2].rpartition(".")[0].removesuffix("_pc") for path in _urls(recorded)]
    with serve_sample("2026-02-10") as site:
        record_source(SOURCES[id], keys, tmp_path, site.base_urls[id], pause=0)
    again = read_recorded(SOURCES[id], tmp_path)
    assert [len(page["rows"]) for page in again["lists"]] == [len(page["rows"]) for page in recorded["lists"]]
    assert _urls(again) == _urls(recorded)


def _urls(golden: dict[str, list[dict[str, str]]]) -> list[str]:
    return [article["url"] for article in golden["articles"]]
