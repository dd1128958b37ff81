"""What columns give away together: within a dataset, across a shared key, and what must not be deduced."""

from pathlib import Path

import pytest

from kb.errors import DeclarationError
from mappings.catalog.dataset import Dataset, Field
from mappings.catalog.deduction import Deduction, deduce
from mappings.catalog.deduction_rules import PATH, load_deductions
from mappings.catalog.formats.csv_file import read
from mappings.catalog.match import suggest_types

SHARED = Path(__file__).resolve().parents[2] / "shared"
SAMPLE = PATH.parent / "sample" / "catalog.csv"
real = pytest.mark.skipif(not SHARED.exists(), reason="needs the shared real catalogs")


def table(id: str, *columns: str) -> Dataset:
    return Dataset(id, id, fields=tuple(Field(*column.split(":")) for column in columns))


def run(*datasets: Dataset) -> list[Deduction]:
    types: dict[tuple[str, str], frozenset[str]] = {}
    for suggestion in (s for dataset in datasets for s in suggest_types(dataset)):
        place = (suggestion.dataset, suggestion.field)
        types[place] = types.get(place, frozenset()) | {suggestion.data_type}
    return list(deduce(datasets, types))


def rules(*datasets: Dataset) -> set[tuple[str, str, str]]:
    return {(found.dataset, found.rule, found.key) for found in run(*datasets)}


def test_position_time_and_vehicle_give_the_trajectory_of_a_person() -> None:
    assert rules(table("t", "latitude", "longitude", "recorded_at", "vin")) == {("t", "trajectory-of-a-person", "")}


def test_short_names_bring_pictures_positions_persons_and_counts_too() -> None:
    clip = table("clip", "clip_id", "front_cam_jpg", "shot_at:timestamp")
    pose = table("pose", "clip_id", "utm_x", "utm_y")
    assert ("clip", "map-from-pictures", "scene") in rules(clip, pose)
    assert ("t", "flow-at-a-place", "") in rules(table("t", "junction_no", "veh_cnt", "at:timestamp"))
    assert ("t", "trajectory-of-a-person", "") in rules(table("t", "wei_du", "jing_du", "at:timestamp", "driver_name"))
    assert not rules(table("t", "front_cam_fault", "lat", "lon", "at:timestamp"))


@pytest.mark.parametrize("left_out", [0, 1, 2, 3])
def test_each_ingredient_is_needed(left_out: int) -> None:
    columns = ["weidu", "jingdu", "gather_time", "chejiahao"]
    assert rules(table("t", *columns))
    assert not rules(table("t", *(c for place, c in enumerate(columns) if place != left_out)))


def test_counts_at_a_junction_over_time_give_traffic_flow() -> None:
    (found,) = run(table("city.counts", "junction_id", "vehicle_count", "recorded_at"))
    assert (found.rule, found.reveals, found.gives) == ("flow-at-a-place", "infrastructure", "traffic-flow")
    (found,) = run(table("city.counts", "junction_id", "vehicle_count:int:/15min"))  # a unit per time is time enough
    assert found.rule == "flow-at-a-place"


def test_pictures_position_and_time_give_mapping_data() -> None:
    frames = table("adas.frames", "front_camera_image_path", "captured_at", "latitude", "longitude")
    assert ("adas.frames", "map-from-pictures", "") in rules(frames)


def test_a_shared_key_joins_what_two_datasets_hold() -> None:
    points, trips = table("points", "trip_id", "lat", "lon", "ts"), table("trips", "trip_id", "vin")
    (found,) = run(points, trips)
    assert (found.dataset, found.rule, found.key) == ("points", "trajectory-of-a-person", "trip")
    assert [(part.ingredient, part.dataset) for part in found.parts] == [
        ("position", "points"), ("time", "points"), ("person", "trips"),
    ]  # fmt: skip
    assert "joined by trip (trip_id) with person in trips (vin)" in found.reason
    assert not run(points, table("trips", "vin"))  # without the key in both nothing joins


def test_a_shared_place_does_not_tell_who_was_there() -> None:
    assert not rules(table("loads", "station_id", "recorded_at"), table("users", "station_id", "user_id"))


def test_across_is_less_sure_than_within_and_both_are_less_than_what_is_accepted_unseen() -> None:
    (within,) = run(table("t", "latitude", "longitude", "recorded_at", "vin"))
    (across,) = run(table("points", "trip_id", "lat", "lon", "ts"), table("trips", "trip_id", "vin"))
    assert 0.5 <= across.confidence < within.confidence < 0.8


def test_what_brings_an_ingredient_is_named_and_versioned() -> None:
    (found,) = run(table("t", "latitude", "longitude", "recorded_at", "vin"))
    assert "position (latitude, longitude) + time (recorded_at) + person (vin)" in found.reason
    assert found.reason.startswith("deduced (")
    assert found.version == load_deductions().version("trajectory-of-a-person")


def test_audit_columns_are_no_time_of_an_event() -> None:
    assert not rules(table("t", "latitude", "longitude", "updated_at:timestamp", "vin"))


def test_the_sample_catalog_gives_away_geography_infrastructure_and_behaviour() -> None:
    datasets = [found for found in read(SAMPLE) if isinstance(found, Dataset)]
    assert {found.reveals for found in run(*datasets)} == {"geographic", "infrastructure", "behavioural"}
    assert {dataset for dataset, _, _ in rules(*datasets)} == {
        "adas.camera_frames", "adas.lidar_sweeps", "telematics.trip_points", "v2x.junction_counts",
    }  # fmt: skip


@real
@pytest.mark.parametrize(("source", "most"), [("opendbc", 20), ("datahub_showcase", 0), ("android_vhal", 0)])
def test_real_catalogs_are_not_flooded(source: str, most: int) -> None:
    datasets = [d for d in read(SHARED / "catalogs" / "fields" / f"{source}.csv") if isinstance(d, Dataset)]
    assert len(run(*datasets)) <= most


@pytest.mark.parametrize(("old", "new", "fault"), [
    ("here: [[position], [time]]", "here: [[positoin], [time]]", "positoin is no ingredient"),
    ("gives: traffic-flow", "gives: no-such-type", "no-such-type is no data type"),
    ("by: [vehicle,", "by: [vehikel,", "vehikel is no key"),
])  # fmt: skip
def test_a_wrong_rule_is_refused(tmp_path: Path, old: str, new: str, fault: str) -> None:
    path, text = tmp_path / "deductions.yml", PATH.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(DeclarationError, match=fault):
        load_deductions(path)
