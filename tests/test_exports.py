"""Accepted links in the forms of other catalogs: what is inherited is written out, exceptions are left out."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from sqlite_utils import Database

from mappings.catalog.dataset import Dataset
from mappings.catalog.exports import _dataset_urn, export_links
from mappings.catalog.formats.odcs import read as read_odcs
from mappings.catalog.formats.openmetadata import read as read_openmetadata
from mappings.catalog.importer import import_catalog
from mappings.catalog.links import decide_link
from mappings.db import open_company

NOW = "2026-01-01T00:00:00Z"
ROWS = (
    "dataset,column,entity,cross_border,platform\nhive.crm.people,name,示例公司,sent,hive\n"
    "hive.crm.people,colour,,,\nhive.crm.people,a/b~c,,,\ncars,vin,,,\n"
)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "c.csv"
    path.write_text(ROWS, "utf-8")
    with open_company(tmp_path / "company.db") as database:
        import_catalog(database, [path], now=NOW)
        for dataset, field, data_type, state, why in (
            ("hive.crm.people", "", "personal-identity", "accepted", "=cmd"),
            ("hive.crm.people", "colour", "personal-identity", "rejected", "a colour"),
            ("cars", "vin", "vehicle-identifier", "accepted", ""),
        ):
            decide_link(database, dataset, field, data_type, state, by="steward", now=NOW, why=why)  # type: ignore[arg-type]
        yield database


def test_csv_has_one_row_a_link_with_inherited_ones_and_no_formulas(db: Database) -> None:
    rows = list(csv.DictReader(io.StringIO(export_links(db, "csv"))))
    assert [(row["dataset"], row["field"], row["how"]) for row in rows] == [
        ("cars", "vin", "own"), ("hive.crm.people", "", "whole"), ("hive.crm.people", "name", "inherited"),
        ("hive.crm.people", "a/b~c", "inherited"),
    ]  # fmt: skip
    assert rows[1]["why"] == "'=cmd"


def test_datahub_gets_terms_and_patches_that_overwrite_nothing(db: Database) -> None:
    records = json.loads(export_links(db, "datahub"))
    assert {r["entityUrn"] for r in records if r["aspectName"] == "glossaryTermInfo"} == {
        "urn:li:glossaryTerm:regwatch.personal-identity", "urn:li:glossaryTerm:regwatch.vehicle-identifier",
    }  # fmt: skip
    patches = [r for r in records if r["entityType"] == "dataset"]
    assert all(r["changeType"] == "PATCH" for r in patches)
    assert {r["aspect"]["contentType"] for r in patches} == {"application/json-patch+json"}
    (fields,) = [r for r in patches if "people" in r["entityUrn"] and r["aspectName"] == "editableSchemaMetadata"]
    assert fields["entityUrn"] == "urn:li:dataset:(urn:li:dataPlatform:hive,crm.people,PROD)"
    operations = json.loads(fields["aspect"]["value"])
    term = "urn:li:glossaryTerm:regwatch.personal-identity"
    assert operations[1] == {
        "op": "add", "path": f"/editableSchemaFieldInfo/a~1b~0c/glossaryTerms/terms/{term}", "value": {"urn": term},
    }  # fmt: skip
    assert [o["path"].split("/")[2] for o in operations] == ["name", "a~1b~0c"]


def test_a_dataset_of_datahub_goes_back_under_its_own_urn() -> None:
    row = {"id": "snowflake.db.t@DEV", "platform": "snowflake"}
    assert _dataset_urn(row) == "urn:li:dataset:(urn:li:dataPlatform:snowflake,db.t,DEV)"


def test_openmetadata_gets_a_glossary_its_terms_and_tags_on_columns(db: Database, tmp_path: Path) -> None:
    document = json.loads(export_links(db, "openmetadata"))
    assert [term["name"] for term in document["glossaryTerms"]] == ["vehicle-identifier", "personal-identity"]
    (people,) = [table for table in document["data"] if table["fullyQualifiedName"] == "hive.crm.people"]
    assert people["tags"][0]["labelType"] == "Manual"
    assert {column["name"]: column["tags"][0]["labelType"] for column in people["columns"]} == {
        "name": "Propagated", "a/b~c": "Propagated",
    }  # fmt: skip
    path = tmp_path / "om.json"
    path.write_text(json.dumps(document), "utf-8")
    assert {d.id for d in read_openmetadata(path) if isinstance(d, Dataset)} == {"cars", "hive.crm.people"}


def test_odcs_is_a_contract_that_keeps_what_no_format_has(db: Database, tmp_path: Path) -> None:
    text = export_links(db, "odcs")
    contract = yaml.safe_load(text)
    (people,) = [table for table in contract["schema"] if table["name"] == "hive.crm.people"]
    assert people["properties"][0] == {
        "name": "name", "logicalType": "string",
        "customProperties": [{"property": "dataTypes", "value": ["personal-identity"]}],
    }  # fmt: skip
    path = tmp_path / "links.odcs.yaml"
    path.write_text(text, "utf-8")
    read = {d.name: d for d in read_odcs(path) if isinstance(d, Dataset)}
    attributes = read["Regwatch links.hive.crm.people"].attributes
    assert (attributes.entity, attributes.cross_border) == ("示例公司", "sent")


@pytest.mark.parametrize(("type", "logical"), [
    ("bigint", "integer"), ("DECIMAL(9,6)", "number"), ("varchar(17)", "string"), ("array<double>", "array"),
    ("STRUCT<lat DOUBLE>", "object"), ("timestamptz", "timestamp"), ("interval", "string"), ("", "string"),
])  # fmt: skip
def test_odcs_names_the_logical_type_of_each_property(tmp_path: Path, type: str, logical: str) -> None:
    with open_company(tmp_path / "one.db") as db:
        path = tmp_path / "c.csv"
        path.write_text(f'dataset,column,type\nt,vin,"{type}"\n', "utf-8")
        import_catalog(db, [path], now=NOW)
        decide_link(db, "t", "vin", "vehicle-identifier", "accepted", by="steward", now=NOW)
        (table,) = yaml.safe_load(export_links(db, "odcs"))["schema"]
    assert table["properties"][0]["logicalType"] == logical
    assert table["properties"][0].get("physicalType", "") == type
