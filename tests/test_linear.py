"""What a document costs after its reader grows with its length and no faster, to thousands of pages."""

from __future__ import annotations

import re
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
from test_regex_time import PATTERNS, given_up_after


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


def words() -> list[str]:
    """What our patterns look for, and the marks around it."""
    texts = [pattern.pattern for pattern in PATTERNS.values() if isinstance(pattern.pattern, str)]
    found = {word for text in texts for word in re.findall(r"[\u4e00-\u9fff]{1,12}", text)}
    return sorted(found | set("《》（）〔〕“”、，。；：—-.…|#*1 "))


def slow(words: list[str]) -> dict[str, float]:
    """The words of which some thousand characters, again and again, cost more than others of their length do."""
    taken: dict[str, float] = {}
    for word in words:
        for pump in (word, f"{word}甲"):
            run = (pump * 3000)[:3000]
            try:
                with given_up_after(LIMIT):
                    taken[pump] = cost(read_document(f"示例办法\n{run}\n第一条　{run}".encode(), name="a.txt"))
            except TimeoutError:
                taken[pump] = LIMIT
    return {pump: seconds for pump, seconds in taken.items() if seconds > ALLOWED}


LIMIT, ALLOWED = 1.0, 0.15  # CPU seconds; one hundredth is usual


def test_no_word_that_is_looked_for_makes_a_page_slow() -> None:
    found = words()
    assert len(found) > 500
    assert slow(found) == {}


def test_a_pattern_with_a_large_price_for_each_character_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    dear = re.compile("([^，。；《》]{2,60}?)(?:会同[^，。《》]{0,60})?(?:研究)?(?:组织)?起草了《")
    monkeypatch.setattr("kb.lineage.issuing._SPOKE", dear)
    assert "会同" in slow(["会同"])


@pytest.mark.parametrize("tags", ["<select><option>", "<nav>", "<button><form>", "<td>", "<b><i>", "<ul><li>甲"])
def test_elements_within_elements_cost_no_more_than_beside_each_other(tags: str) -> None:
    def seconds(times: int) -> float:
        begun = time.process_time()
        read_document(f"<html><body>{tags * times}</body></html>".encode(), name="a.html")
        return time.process_time() - begun

    few = min(seconds(1000) for _ in range(2))
    with given_up_after(20):
        assert min(seconds(8000) for _ in range(2)) < 24 * few + 1  # a walk of each element for each held it for ten
