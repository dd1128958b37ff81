"""Every declared source has recorded pages, and its readers make of them what a person accepted."""

from __future__ import annotations

import json

import pytest
from accept_golden import RECORDED, as_text, read_recorded

from crawlers.source import load_sources

SOURCES = load_sources()


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
    golden = json.loads((RECORDED / id / "golden.json").read_text("utf-8"))
    assert [page["faults"] for page in golden["lists"]] == [[]] * len(golden["lists"])
    keys = {row["key"] for page in golden["lists"] for row in page["rows"]}
    announced = {page["announced"] for page in golden["lists"]} - {None}
    assert keys
    assert announced
    for article in golden["articles"]:
        assert article["shape"] == SOURCES[id].page
        assert article["title"]
        assert article["published"]
    assert golden["articles"]


def test_nothing_is_recorded_for_a_source_that_is_not_declared() -> None:
    assert {path.name for path in RECORDED.iterdir()} == set(SOURCES)
