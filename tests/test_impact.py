"""Which datasets and owners a change touches."""

from __future__ import annotations

from collections.abc import Mapping

from mappings.alerts.impact import Dataset, Link, Target, find_impacts

DATASETS = {
    "frames": Dataset("frames", "adas.frames", "vision", "sent"),
    "trips": Dataset("trips", "adas.trips", "vision", "none"),
    "cells": Dataset("cells", "bms.cells", None, None),
}
LINKS = [
    Link("frames", "img", "exterior-imagery"),
    Link("trips", "vin", "vehicle-identifier"),
    Link("cells", "", "battery-state"),
    Link("gone", "img", "exterior-imagery"),
]
SCOPES: Mapping[str, frozenset[str]] = {
    "personal-information": frozenset({"exterior-imagery", "vehicle-identifier"}),
    "every-export": frozenset({"exterior-imagery", "vehicle-identifier", "battery-state"}),
    "company": frozenset({"exterior-imagery", "vehicle-identifier", "battery-state"}),
}


def reached(*targets: Target) -> set[tuple[str, str, str | None, str]]:
    impacts = find_impacts(targets, LINKS, DATASETS, SCOPES.__getitem__)
    return {(one.dataset, one.field, one.owner, one.through) for one in impacts}


def test_a_data_type_reaches_the_fields_linked_to_it_and_only_datasets_that_still_exist() -> None:
    assert reached(Target("c1", "exterior-imagery", "data_type")) == {("frames", "img", "vision", "exterior-imagery")}


def test_a_link_of_a_whole_dataset_has_no_field_and_a_dataset_without_owner_has_none() -> None:
    assert reached(Target("c1", "battery-state", "data_type")) == {("cells", "", None, "battery-state")}


def test_personal_information_reaches_the_data_types_inside_it_wherever_they_are_stored() -> None:
    found = reached(Target("c1", "personal-information", "scope"))
    assert {dataset for dataset, *_ in found} == {"frames", "trips"}


def test_every_export_passes_over_what_stays_at_home_but_unknown_is_never_no() -> None:
    found = reached(Target("c1", "every-export", "scope"))
    assert {dataset for dataset, *_ in found} == {"frames", "cells"}


def test_a_duty_of_the_whole_company_is_for_the_team_and_reaches_no_dataset() -> None:
    assert reached(Target("c1", "company", "scope")) == set()


def test_what_is_reached_twice_is_reported_once_and_by_its_own_name() -> None:
    impacts = find_impacts(
        [Target("c1", "personal-information", "scope"), Target("c1", "exterior-imagery", "data_type")],
        LINKS, DATASETS, SCOPES.__getitem__,
    )  # fmt: skip
    assert sorted((one.data_type, one.through) for one in impacts) == [
        ("exterior-imagery", "exterior-imagery"), ("vehicle-identifier", "personal-information"),
    ]  # fmt: skip


def test_impacts_keep_the_order_of_the_changes() -> None:
    targets = [Target("c2", "every-export", "scope"), Target("c1", "exterior-imagery", "data_type")]
    impacts = find_impacts(targets, LINKS, DATASETS, SCOPES.__getitem__)
    assert list(dict.fromkeys(one.change for one in impacts)) == ["c2", "c1"]
