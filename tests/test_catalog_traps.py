"""Traps of other people's catalogs: older records, addresses that hide, edits under other paths, names given twice."""

from pathlib import Path

import pytest
from sqlite_utils import Database

from mappings.catalog.importer import import_catalog
from mappings.db import open_company
from tests.test_catalog_formats import CONTRACT, OWNS, mcp, owner, put, read

TABLE, MODEL = (f"urn:li:dataset:(urn:li:dataPlatform:{platform},db.t,PROD)" for platform in ("snowflake", "dbt"))
CLASS = "com.linkedin.pegasus2avro"


def owned_by(urn: str) -> dict[str, object]:
    return mcp(TABLE, "ownership", {"owners": [{"owner": urn, "type": "NONE", "typeUrn": f"{OWNS}technical_owner"}]})


def test_datahub_change_events_of_the_older_form_are_read(tmp_path: Path) -> None:
    field = {"fieldPath": "speed", "description": {"string": "of the car"}, "nativeDataType": "int",
             "type": {"type": {f"{CLASS}.schema.NumberType": {}}}}  # fmt: skip
    aspects = [
        {f"{CLASS}.common.Ownership": {"owners": [{"owner": "urn:li:corpuser:a@x.invalid", "type": "DATAOWNER"}]}},
        {f"{CLASS}.schema.SchemaMetadata": {"schemaName": "t", "fields": [field]}},
        {f"{CLASS}.dataset.DatasetProperties": {"customProperties": {"storage_region": "cn-north"}}},
    ]
    snapshot = {f"{CLASS}.metadata.snapshot.DatasetSnapshot": {"urn": TABLE, "aspects": aspects}}
    records = [{"auditHeader": None, "proposedSnapshot": snapshot, "proposedDelta": None}]
    datasets, rejected = read(put(tmp_path, records, "mce.json"))
    table = datasets["snowflake.db.t"]
    assert [(f.name, f.type, f.description) for f in table.fields] == [("speed", "int", "of the car")]
    assert owner(table) == ("a@x.invalid", "a@x.invalid")
    assert table.attributes.storage_region == "cn-north"
    assert not rejected


@pytest.mark.parametrize(("urn", "aspects", "expected"), [
    ("urn:li:corpuser:a@x.invalid", {"corpUserInfo": {"displayName": "A"}}, ("A", "a@x.invalid")),
    ("urn:li:corpuser:a", {"corpUserInfo": {"displayName": "old", "email": "old@x.invalid"},
                           "corpUserEditableInfo": {"displayName": "A", "email": "a@x.invalid"}}, ("A", "a@x.invalid")),
    ("urn:li:corpGroup:g", {"corpGroupInfo": {"displayName": "G"},
                            "corpGroupEditableInfo": {"email": "g@x.invalid"}}, ("G", "g@x.invalid")),
    ("urn:li:corpGroup:g", {}, ("g", None)),
])  # fmt: skip
def test_an_address_of_a_datahub_owner_is_found_where_it_is(
    tmp_path: Path, urn: str, aspects: dict[str, object], expected: tuple[str, str | None]
) -> None:
    records = [owned_by(urn), *(mcp(urn, name, body) for name, body in aspects.items())]
    assert owner(read(put(tmp_path, records, "d.json"))[0]["snowflake.db.t"]) == expected


def test_an_edited_description_meets_its_field_under_either_version_of_a_path(tmp_path: Path) -> None:
    edited = {"editableSchemaFieldInfo": [{"fieldPath": "place.lat", "description": "written"}]}
    fields = {"fields": [{"fieldPath": "[version=2.0].[type=struct].place.[type=double].lat", "description": "found"}]}
    records = [mcp(TABLE, "schemaMetadata", fields), mcp(TABLE, "editableSchemaMetadata", edited)]
    (field,) = read(put(tmp_path, records, "d.json"))[0]["snowflake.db.t"].fields
    assert (field.name, field.description) == ("place.lat", "written")


def test_a_sibling_helps_whichever_of_the_two_names_the_other(tmp_path: Path) -> None:
    records = [
        mcp(TABLE, "schemaMetadata", {"fields": [{"fieldPath": "vin"}]}),
        mcp(MODEL, "siblings", {"siblings": [TABLE, MODEL], "primary": True}),
        mcp(MODEL, "editableDatasetProperties", {"description": "cars"}),
        mcp(MODEL, "ownership", {"owners": [{"owner": "urn:li:corpuser:a@x.invalid", "type": "DATAOWNER"}]}),
    ]
    table = read(put(tmp_path, records, "d.json"))[0]["snowflake.db.t"]
    assert (table.attributes.description, owner(table)) == ("cars", ("a@x.invalid", "a@x.invalid"))


def test_openmetadata_topics_and_containers_have_fields_too(tmp_path: Path) -> None:
    vin = [{"name": "position", "dataType": "RECORD", "children": [{"name": "vin", "dataType": "STRING"}]}]
    tree = {"data": [
        {"fullyQualifiedName": "kafka.positions", "messageSchema": {"schemaFields": vin}},
        {"fullyQualifiedName": "s3.frames", "dataModel": {"columns": [{"name": "image", "dataType": "BYTES"}]}},
    ]}  # fmt: skip
    datasets, _ = read(put(tmp_path, tree, "om.json"))
    assert {id: [f.name for f in d.fields] for id, d in datasets.items()} == {
        "kafka.positions": ["position", "position.vin"], "s3.frames": ["image"],
    }  # fmt: skip


@pytest.mark.parametrize("node", [
    {"config": {"group": "a"}},
    {"config": {"meta": {"owner": {"name": "Team A", "email": "a@x.invalid"}}}},
])  # fmt: skip
def test_dbt_has_groups_and_owners_under_config(tmp_path: Path, node: dict[str, object]) -> None:
    manifest = {
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"},
        "groups": {"group.p.a": {"name": "a", "owner": {"name": "Team A", "email": "a@x.invalid"}}},
        "nodes": {"model.p.trips": {"name": "trips", "schema": "main"} | node},
    }
    assert owner(read(put(tmp_path, manifest, "m.json"))[0]["model.p.trips"]) == ("Team A", "a@x.invalid")


def test_an_object_described_twice_is_laid_together_and_listed(tmp_path: Path) -> None:
    twice = CONTRACT | {"schema": [{"name": "trips", "properties": [{"name": name}]} for name in ("vin", "speed")]}
    db: Database = open_company(tmp_path / "company.db")
    report = import_catalog(db, [put(tmp_path, twice, "c.yaml")], now="2026-03-01T00:00:00Z")
    assert [(row.row, "described twice" in row.why) for row in report.rejected] == [(0, True)]
    assert [row["name"] for row in db.query("select name from field order by ordinal")] == ["vin", "speed"]
    db.close()


def test_dbt_manifest_and_catalog_given_one_after_the_other_lose_nothing(tmp_path: Path) -> None:
    manifest, catalog = (
        {"metadata": {"dbt_schema_version": f"https://schemas.getdbt.com/dbt/{kind}/v1.json"},
         "nodes": {"model.p.trips": {"name": "trips", "schema": "main", "columns": {"vin": {"name": "vin"} | said}}}}
        for kind, said in (("manifest", {"description": "the VIN"}), ("catalog", {"type": "char(17)"}))
    )  # fmt: skip
    db: Database = open_company(tmp_path / "company.db")
    for name, tree in (("manifest", manifest), ("catalog", catalog), ("manifest", manifest)):
        report = import_catalog(db, [put(tmp_path, tree, f"{name}.json")], now="2026-03-01T00:00:00Z")
        (row,) = db.query("select description, type from field")
        assert row["description"] == "the VIN"
    assert row["type"] == "char(17)"
    assert report.unchanged == 1
    db.close()
