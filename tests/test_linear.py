"""What a document costs after its reader grows with its length and no faster, to thousands of pages."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from kb.items.data_items import read_data_items
from kb.lineage.facts import read_facts
from kb.model import Document
from kb.reading import read_document
from kb.structure.provisions import read_provisions

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))
from record_pages import SAMPLE, repeated


@pytest.fixture(scope="module")
def guide() -> Document:
    return read_document(SAMPLE.read_bytes(), name=SAMPLE.name)


def cost(document: Document) -> float:
    """CPU seconds for everything that is read from a document."""
    begun = time.process_time()
    read_facts(document)
    read_data_items(document, read_provisions(document))
    return time.process_time() - begun


def test_eight_times_the_pages_cost_about_eight_times_as_much(guide: Document) -> None:
    short, long = repeated(guide, 10), repeated(guide, 80)
    cost(short)
    assert min(cost(long) for _ in range(2)) < 14 * min(cost(short) for _ in range(3))


def test_every_copy_of_the_items_is_read_with_its_scenario(guide: Document) -> None:
    once, twice = (read_data_items(repeated(guide, times)).items for times in (1, 2))
    assert [item.name for item in twice] == [item.name for item in once] * 2
    assert {item.scenario for item in twice} == {item.scenario for item in once}
