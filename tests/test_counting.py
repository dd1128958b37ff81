"""Persons are counted per entity and calendar year, each once; exempt flows are not; what is not known is a range."""

import math

from mappings.exposure.counting import Flow, count_persons, signs_of_splitting
from mappings.exposure.evaluate import Fact


def flow(id: str, persons: float | None, uncounted: bool | None = False, **more: str) -> Flow:
    facts = {} if persons is None else {"persons": Fact(low=persons, high=persons)}
    facts["sensitive_persons"] = Fact(low=0, high=0)
    return Flow(id, more.pop("entity", "e"), facts, uncounted, **more)  # type: ignore[arg-type]


def persons(*flows: Flow, stated: float | None = None) -> Fact:
    said = {} if stated is None else {"persons": Fact(low=stated, high=stated, because="legal")}
    return count_persons(flows, said, 2026).facts["persons"]


def test_one_transfer_counts_as_it_says() -> None:
    assert (persons(flow("a", 80_000)).low, persons(flow("a", 80_000)).high) == (80_000, 80_000)


def test_transfers_that_may_share_persons_give_a_range_until_the_entity_states_its_total() -> None:
    both = [flow("a", 80_000), flow("b", 60_000)]
    assert (persons(*both).low, persons(*both).high) == (80_000, 140_000)
    assert (persons(*both, stated=100_000).low, persons(*both, stated=100_000).high) == (100_000, 100_000)


def test_an_exempt_flow_is_not_counted_and_one_that_may_be_exempt_only_widens_the_range() -> None:
    assert persons(flow("a", 10), flow("hr", 500, uncounted=True)).high == 10
    maybe = persons(flow("a", 10), flow("hr", 500, uncounted=None))
    assert (maybe.low, maybe.high) == (10, 510)
    assert "1 exempt not counted" in persons(flow("a", 10), flow("hr", 500, uncounted=True)).because


def test_a_transfer_without_a_count_leaves_the_upper_end_open_and_is_named() -> None:
    fact = persons(flow("a", 10), flow("silent", None))
    assert (fact.low, fact.high) == (10, math.inf)
    assert "silent" in fact.because


def test_a_stated_total_that_does_not_fit_the_transfers_is_unknown_with_a_line() -> None:
    for wrong in (50_000, 900_000):
        count = count_persons([flow("a", 80_000)], {"persons": Fact(low=wrong, high=wrong)}, 2026)
        assert count.facts["persons"].low is None
        assert "does not fit" in count.problems[0]


def test_an_entity_without_flows_counts_nobody() -> None:
    assert persons().high == 0


def test_flows_to_one_recipient_that_together_reach_a_threshold_are_a_sign_of_splitting() -> None:
    split = [flow("a", 60_000, entity="one", group="g", recipient="R", purpose="p"),
             flow("b", 60_000, entity="two", group="g", recipient="R", purpose="p")]  # fmt: skip
    (sign,) = signs_of_splitting(split)
    assert "a, b" in sign
    assert "100,000 persons" in sign
    assert "120,000" in sign


def test_no_sign_for_other_recipients_other_groups_exempt_flows_or_small_sums() -> None:
    far = flow("b", 60_000, entity="two", group="other", recipient="R")
    assert signs_of_splitting([flow("a", 60_000, entity="one", group="g", recipient="R"), far]) == []
    exempt = flow("b", 60_000, True, group="g", recipient="R")
    assert signs_of_splitting([flow("a", 60_000, group="g", recipient="R"), exempt]) == []
    assert signs_of_splitting([flow("a", 6, group="g", recipient="R"), flow("b", 6, group="g", recipient="R")]) == []
    assert signs_of_splitting([flow("a", 60_000, group="g"), flow("b", 60_000, group="g")]) == []
