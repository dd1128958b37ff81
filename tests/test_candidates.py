"""The likeliest types of a field for a person who decides by hand: what is suggested first, then what was left out."""

from mappings.catalog.candidates import Candidate, rank_types
from mappings.catalog.dataset import Dataset, Field
from mappings.catalog.match import suggest_types


def ranked(dataset: str, field: str, type: str = "", description: str = "") -> list[Candidate]:
    return list(rank_types(Dataset(dataset, dataset, fields=(Field(field, type, description=description),))))


def test_what_is_suggested_stands_first_with_its_confidence() -> None:
    dataset = Dataset("v.trip", "v.trip", fields=(Field("longitude"), Field("vin")))
    first = {c.field: c for c in reversed(list(rank_types(dataset)))}
    for suggestion in suggest_types(dataset):
        found = first[suggestion.field]
        assert (found.data_type, found.confidence, found.against) == (suggestion.data_type, suggestion.confidence, "")


def test_a_rule_that_something_speaks_against_is_named_with_what_does() -> None:
    found = ranked("veh.gps", "longitudeAccuracy")
    assert not any(candidate.confidence for candidate in found)
    assert (found[0].data_type, found[0].against) == ("location-trajectory", "“accuracy” speaks against it")


def test_bookkeeping_and_kinds_of_table_are_said() -> None:
    (found,) = [c for c in ranked("ops.charging_station", "remark") if c.data_type == "charging-operation"]
    assert (found.confidence, found.against) == (None, "looks like bookkeeping")
    (found,) = [c for c in ranked("ops.dealer_shop", "latitude") if c.data_type == "location-trajectory"]
    assert found.against == "not in place"


def test_likeness_to_the_vocabulary_is_the_last_resort() -> None:
    found = ranked("t.x", "q1", description="crowds of people seen at places")
    assert ("traffic-flow", "likeness only") in {(candidate.data_type, candidate.against) for candidate in found}


def test_there_are_at_most_three_and_each_type_once() -> None:
    found = ranked("dms.driver_camera", "face_image_location_status_code")
    assert 0 < len(found) <= 3
    assert len({candidate.data_type for candidate in found}) == len(found)


def test_a_field_that_nothing_speaks_for_has_no_candidates() -> None:
    assert ranked("q", "zz") == []
