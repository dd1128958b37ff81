"""Hits per rule before a lexicon goes live: what floods is seen, what is in use is not warned of again."""

from pathlib import Path

import pytest
from lexicons import changed_lexicon

from mappings.catalog.dataset import Dataset, Field
from mappings.catalog.hits import RuleHits, count_hits
from mappings.catalog.lexicon import load_lexicon

CADS = Dataset("dbc.ford_cads", "dbc.ford_cads", fields=tuple(Field(f"cadsignal{n} cads") for n in range(60)))
CARS = Dataset("cars", "cars", fields=(Field("vin"), Field("colour"), *(Field(f"other {n}") for n in range(200))))


def lexicon_with(tmp_path: Path, rule: str) -> Path:
    return changed_lexicon(tmp_path, "types/vehicle-identifier.yml", "vin:\n", f"added:\n{rule}vin:\n")


def of(found: list[RuleHits], rule: str) -> RuleHits:
    return next(hits for hits in found if hits.rule == rule)


FLOOD = "  words: [cads, cad]\n  weight: 0.9\n"


def test_every_rule_is_counted_also_those_that_hit_nothing() -> None:
    found = count_hits([CADS, CARS], load_lexicon())
    vin = of(found, "vehicle-identifier/vin")
    assert (vin.fields, vin.datasets, vin.examples, vin.before) == (1, 1, ("cars.vin",), None)
    assert vin.reason == "column says “vin”"
    assert of(found, "network-identifier/sim").fields == 0
    assert not any(hits.floods for hits in found)


def test_a_rule_that_floods_is_named_with_the_word_that_does_it(tmp_path: Path) -> None:
    found = count_hits([CADS, CARS], load_lexicon(lexicon_with(tmp_path, FLOOD)), load_lexicon())
    added = of(found, "vehicle-identifier/added")
    assert (added.fields, added.before, added.floods) == (60, 0, True)
    assert "cad" in added.reason
    assert found[0] == added


def test_a_rule_in_use_is_warned_of_only_when_it_is_asked_about(tmp_path: Path) -> None:
    flooding = load_lexicon(lexicon_with(tmp_path, FLOOD))
    assert of(count_hits([CADS, CARS], flooding), "vehicle-identifier/added").floods
    assert not any(hits.floods for hits in count_hits([CADS, CARS], flooding, flooding))


@pytest.mark.parametrize(("flood", "floods"), [(0.2, True), (0.3, False)])
def test_the_share_that_is_a_flood_can_be_said(tmp_path: Path, flood: float, floods: bool) -> None:
    found = count_hits([CADS, CARS], load_lexicon(lexicon_with(tmp_path, FLOOD)), flood=flood)
    assert of(found, "vehicle-identifier/added").floods is floods


def test_versions_are_those_that_links_remember() -> None:
    from mappings.catalog.match import suggest_types

    (vin,) = [s for s in suggest_types(CARS) if s.field == "vin"]
    assert of(count_hits([CARS], load_lexicon()), "vehicle-identifier/vin").version == vin.rule_version
