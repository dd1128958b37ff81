"""ODCS, DataHub, OpenMetadata and dbt: small files of our own for each trap, and the real ones where they are."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from kb.errors import CatalogError
from mappings.catalog.dataset import Dataset, Rejected
from mappings.catalog.formats import guess_format, reader_of

SHARED = Path(__file__).resolve().parents[2] / "shared" / "catalogs"
real = pytest.mark.skipif(not SHARED.exists(), reason="needs the shared real catalogs")


def put(tmp_path: Path, tree: Any, name: str) -> Path:
    path = tmp_path / name
    text = tree if isinstance(tree, str) else json.dumps(tree) if name.endswith("json") else yaml.safe_dump(tree)
    path.write_text(text, "utf-8")
    return path


def read(path: Path) -> tuple[dict[str, Dataset], list[Rejected]]:
    found = list(reader_of(guess_format(path))(path, None))
    return {d.id: d for d in found if isinstance(d, Dataset)}, [r for r in found if isinstance(r, Rejected)]


def owner(dataset: Dataset) -> tuple[str, str | None] | None:
    return (dataset.attributes.owner.name, dataset.attributes.owner.email) if dataset.attributes.owner else None


CONTRACT = {
    "kind": "DataContract", "apiVersion": "v3.1.0", "id": "c-1", "name": "telematics",
    "servers": [{"type": "snowflake"}],
    "customProperties": [{"property": "storageRegion", "value": "eu-central"},
                         {"property": "crossBorder", "value": "sent"}],
    "schema": [{
        "name": "trips", "description": "trips of cars",
        "customProperties": [{"property": "person_count", "value": 120000}],
        "properties": [
            {"name": "vin", "physicalType": "char(17)", "businessName": "vehicle number", "description": "the VIN"},
            {"name": "place", "logicalType": "object", "properties": [{"name": "lat"}, {"name": "lon"}]},
            {"name": "stops", "logicalType": "array", "items": {"properties": [{"name": "at"}]}},
            {"name": "vin"},
        ],
    }, {"description": "nameless"}],
}  # fmt: skip


def test_odcs_gives_nested_columns_custom_properties_and_what_was_left_out(tmp_path: Path) -> None:
    datasets, rejected = read(put(tmp_path, CONTRACT, "c.odcs.yaml"))
    trips = datasets["c-1.trips"]
    assert trips.name == "telematics.trips"
    assert [field.name for field in trips.fields] == ["vin", "place", "place.lat", "place.lon", "stops", "stops.at"]
    assert trips.fields[0].description == "vehicle number\nthe VIN"
    about = trips.attributes
    assert (about.storage_region, about.cross_border, about.person_count, about.platform) == (
        "eu-central", "sent", 120000, "snowflake",
    )  # fmt: skip
    assert owner(trips) is None
    assert "owner" in trips.stated  # the contract could have named one
    assert [r.row for r in rejected] == [1, 2]


@pytest.mark.parametrize(("team", "expected"), [
    ([{"username": "a@x.invalid", "role": "Owner"}], ("a@x.invalid", "a@x.invalid")),
    ({"name": "team t", "members": [{"username": "old", "role": "owner", "dateOut": "2022-01-01"},
                                    {"username": "new", "role": "Owner"}]}, ("new", None)),
    ({"name": "team t", "members": [{"username": "x", "role": "Data Scientist"}]}, ("team t", None)),
    (None, None),
])  # fmt: skip
def test_odcs_owner_is_the_member_who_owns_or_the_team(tmp_path: Path, team: Any, expected: Any) -> None:
    datasets, _ = read(put(tmp_path, {**CONTRACT, "team": team}, "c.yaml"))
    assert owner(datasets["c-1.trips"]) == expected


def mcp(urn: str, aspect: str, body: Any, as_text: bool = False) -> dict[str, Any]:
    holder = {"value": json.dumps(body)} if as_text else {"json": body}
    return {"entityType": "dataset", "entityUrn": urn, "aspectName": aspect, "aspect": holder}


OWNS = "urn:li:ownershipType:__system__"
URN = "urn:li:dataset:(urn:li:dataPlatform:hive,dwh.trips,PROD)"
FIELDS = {"fields": [{"fieldPath": "vin", "nativeDataType": "string", "description": "ingested"},
                     {"fieldPath": "[version=2.0].[type=struct].place.[type=double].lat"}]}  # fmt: skip


def test_datahub_reads_both_forms_of_an_aspect_and_prefers_what_people_wrote(tmp_path: Path) -> None:
    records = [
        mcp(URN, "schemaMetadata", FIELDS),
        mcp(URN, "editableSchemaMetadata",
            {"editableSchemaFieldInfo": [{"fieldPath": "vin", "description": "written"}]}, as_text=True),
        mcp(URN, "structuredProperties", {"properties": [
            {"propertyUrn": "urn:li:structuredProperty:co.storageRegion", "values": [{"string": "cn-east"}]}]}),
        mcp(URN, "ownership", {"owners": [
            {"owner": "urn:li:corpGroup:platform", "type": "NONE", "typeUrn": f"{OWNS}technical_owner"},
            {"owner": "urn:li:corpuser:steward", "type": "NONE", "typeUrn": f"{OWNS}business_owner"}]}),
        mcp("urn:li:corpuser:steward", "corpUserInfo", {"displayName": "Steward", "email": "s@x.invalid"}),
        mcp(URN.replace("PROD", "DEV"), "schemaMetadata", FIELDS),
        mcp(URN.replace("trips", "gone"), "status", {"removed": True}),
        {"entityUrn": URN, "aspectName": "x", "aspect": {"value": "{broken"}},
        "not a record",
    ]  # fmt: skip
    datasets, rejected = read(put(tmp_path, records, "d.json"))
    assert set(datasets) == {"hive.dwh.trips", "hive.dwh.trips@DEV"}
    trips = datasets["hive.dwh.trips"]
    assert [(field.name, field.description) for field in trips.fields] == [("vin", "written"), ("place.lat", "")]
    assert owner(trips) == ("Steward", "s@x.invalid")
    assert trips.attributes.storage_region == "cn-east"
    assert owner(datasets["hive.dwh.trips@DEV"]) is None
    assert [r.row for r in rejected] == [8, 9]


def test_openmetadata_reads_nested_columns_extension_and_owner(tmp_path: Path) -> None:
    tables = {"data": [
        {"fullyQualifiedName": "svc.db.s.trips", "serviceType": "Hive", "description": "trips",
         "owners": [{"name": "team-a", "displayName": "Team A", "email": "a@x.invalid"}],
         "extension": {"crossBorder": "accessed", "vehicleCount": "800"},
         "columns": [{"name": "place", "dataType": "STRUCT", "children": [{"name": "lat", "dataType": "DOUBLE"}]}]},
        {"fullyQualifiedName": "svc.db.s.old", "deleted": True, "columns": []},
        {"name": "no name"},
    ]}  # fmt: skip
    datasets, rejected = read(put(tmp_path, tables, "om.json"))
    (trips,) = datasets.values()
    assert [field.name for field in trips.fields] == ["place", "place.lat"]
    assert (trips.attributes.cross_border, trips.attributes.vehicle_count) == ("accessed_from_abroad", 800)
    assert owner(trips) == ("Team A", "a@x.invalid")
    assert [r.row for r in rejected] == [3]


def test_dbt_takes_owner_from_the_group_and_properties_from_config_meta(tmp_path: Path) -> None:
    manifest = {
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
                     "adapter_type": "duckdb"},
        "groups": {"group.p.a": {"name": "a", "owner": {"name": "Team A", "email": ["a@x.invalid"]}}},
        "nodes": {
            "model.p.trips": {"name": "trips", "schema": "Main", "group": "a",
                              "config": {"meta": {"storage_region": "eu"}},
                              "columns": {"VIN": {"name": "VIN", "description": "the VIN", "data_type": None}}},
            "test.p.t": {"name": "t"},
        },
        "sources": {"source.p.raw": {"identifier": "raw", "schema": "in", "columns": {}}},
    }  # fmt: skip
    datasets, _ = read(put(tmp_path, manifest, "manifest.json"))
    assert {id: dataset.name for id, dataset in datasets.items()} == {
        "model.p.trips": "main.trips",
        "source.p.raw": "in.raw",
    }
    trips = datasets["model.p.trips"]
    assert owner(trips) == ("Team A", "a@x.invalid")
    assert (trips.attributes.storage_region, trips.attributes.platform) == ("eu", "duckdb")
    assert trips.fields[0].name == "vin"


@pytest.mark.parametrize(("name", "text", "word"), [
    ("a.json", "{", "no known catalog"), ("a.json", '{"aspectName": [', "not JSON"), ("a.yaml", "a: [", "not YAML"),
    ("a.yaml", "a: 2026-13-40\n", "cannot be read"),
    ("a.yaml", "a: \x07", "cannot be read"), ("a.yaml", "kind: Other\n", "no ODCS"),
    ("a.yaml", "", "no ODCS"), ("a.json", '{"aspectName": 1}', "no list"),
    ("a.json", '{"fullyQualifiedName": 1, "data": []}', "no OpenMetadata"),
    ("a.json", '{"dbt_schema_version": 1}', "neither a manifest"), ("a.xlsx", "", "--format"),
    ("a.json", '{"aspectName":' + "[" * 100_000, "nested too deeply"),
])  # fmt: skip
def test_a_file_that_is_not_what_it_seems_is_one_clear_error(tmp_path: Path, name: str, text: str, word: str) -> None:
    with pytest.raises(CatalogError, match=word) as raised:
        read(put(tmp_path, text, name))
    assert "\n" not in str(raised.value)


@real
def test_the_real_adventureworks_contract_has_68_tables_without_owner() -> None:
    datasets, rejected = read(SHARED / "odcs" / "postgresql-adventureworks-contract.odcs.yaml")
    assert (len(datasets), sum(len(d.fields) for d in datasets.values()), rejected) == (68, 456, [])
    assert all(d.attributes.owner is None for d in datasets.values())


@real
def test_the_real_full_odcs_example_has_its_owner() -> None:
    datasets, _ = read(SHARED / "odcs" / "full-example.odcs.yaml")
    assert {owner(dataset) for dataset in datasets.values()} == {("daustin", None)}


@real
def test_the_real_datahub_pack_has_67_datasets_and_816_columns() -> None:
    datasets, rejected = read(SHARED / "datahub" / "02-data.json")
    assert (len(datasets), sum(len(d.fields) for d in datasets.values()), rejected) == (67, 816, [])
    assert sum(d.attributes.owner is not None for d in datasets.values()) == 33  # 1 by property, 12 by sibling


@real
def test_the_real_dbt_manifest_and_catalog_describe_the_same_datasets() -> None:
    manifest, _ = read(SHARED / "dbt" / "manifest_1.12.json")
    catalog, _ = read(SHARED / "dbt" / "catalog_1.12.json")
    assert set(manifest) == set(catalog)
    assert {id: d.name for id, d in manifest.items()} == {id: d.name for id, d in catalog.items()}
    assert sum(len(d.fields) for d in catalog.values()) == 138


VSS = (
    "Signal,Type,DataType,Deprecated,Unit,Min,Max,Desc,Comment,Allowed,Default\n"
    "Vehicle,branch,,,,,,Everything,,,\nVehicle.Speed,sensor,float,,km/h,,,Vehicle speed.,Own note,,\n"
    "Vehicle.Cabin,branch,,,,,,Inside,,,\nVehicle.Cabin.Seat,branch,,,,,,A seat,,,\n"
    "Vehicle.Cabin.Seat.IsOccupied,sensor,boolean,,,,,Is somebody there?,,,\n,sensor,,,,,,nameless,,,\n"
)


def test_vss_signals_are_fields_of_their_branch(tmp_path: Path) -> None:
    path = tmp_path / "vss.csv"
    path.write_text(VSS, "utf-8")
    datasets, rejected = read(path)
    assert {id: [f.name for f in d.fields] for id, d in datasets.items()} == {
        "Vehicle": ["Speed"], "Vehicle.Cabin.Seat": ["IsOccupied"],
    }  # fmt: skip
    speed = datasets["Vehicle"].fields[0]
    assert (speed.type, speed.unit, speed.description) == ("float", "km/h", "Vehicle speed.\nOwn note")
    assert datasets["Vehicle.Cabin.Seat"].attributes.description == "A seat"
    assert [(r.row, r.lost) for r in rejected] == [(7, True)]


def test_vss_json_says_the_same_as_vss_csv(tmp_path: Path) -> None:
    seat = {"type": "branch", "description": "A seat", "children": {
        "IsOccupied": {"type": "sensor", "datatype": "boolean", "description": "Is somebody there?"}}}  # fmt: skip
    tree = {"Vehicle": {"type": "branch", "description": "Everything", "children": {
        "Speed": {"type": "sensor", "datatype": "float", "unit": "km/h", "description": "Vehicle speed.",
                  "comment": "Own note"},
        "Cabin": {"type": "branch", "description": "Inside", "children": {"Seat": seat}}}}}  # fmt: skip
    csv = tmp_path / "vss.csv"
    csv.write_text(VSS, "utf-8")
    assert read(put(tmp_path, tree, "vss.json"))[0] == read(csv)[0]


def test_a_sibling_fills_what_is_missing_and_overrides_nothing(tmp_path: Path) -> None:
    dbt, table = (f"urn:li:dataset:(urn:li:dataPlatform:{p},db.t,PROD)" for p in ("dbt", "snowflake"))
    path = put(tmp_path, [
        mcp(table, "siblings", {"siblings": [dbt, 7], "primary": False}),
        mcp(table, "datasetProperties", {"description": "", "customProperties": {"region": "cn-north"}}),
        mcp(table, "schemaMetadata", {"fields": [{"fieldPath": "VIN"}, {"fieldPath": "B", "description": "own"}]}),
        mcp(dbt, "datasetProperties", {"description": "cars", "customProperties": {"region": "elsewhere"}}),
        mcp(dbt, "ownership", {"owners": [{"owner": "urn:li:corpuser:a", "type": "DATAOWNER"}]}),
        mcp(dbt, "schemaMetadata", {"fields": [
            {"fieldPath": "vin", "description": "number of the car"}, {"fieldPath": "b", "description": "other"}]}),
    ], "mcp.json")  # fmt: skip
    filled = read(path)[0]["snowflake.db.t"]
    assert owner(filled) == ("a", None)
    assert (filled.attributes.description, filled.attributes.storage_region) == ("cars", "cn-north")
    assert [(f.name, f.description) for f in filled.fields] == [("VIN", "number of the car"), ("B", "own")]
