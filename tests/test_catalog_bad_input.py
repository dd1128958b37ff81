"""Catalogs that are wrong in the middle: what can be taken is taken, the rest is listed with its reason, at once."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from kb.errors import CatalogError
from mappings.catalog.importer import import_catalog
from mappings.catalog.links import suggest_links
from mappings.catalog.together import list_deductions
from mappings.db import open_company

NOW = "2026-01-01T00:00:00Z"
MEGABYTE = 1_000_000


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_company(tmp_path / "company.db") as database:
        yield database


def csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "c.csv"
    path.write_text(text, "utf-8")
    return path


def fields(db: Database) -> list[str]:
    return [row["name"] for row in db.query("select name from field where state = 'active' order by ordinal")]


def test_many_rows_with_a_broken_one_in_the_middle(db: Database, tmp_path: Path) -> None:
    rows = [f"t{n % 50},column_{n},text" for n in range(20_000)]
    rows.insert(10_000, 't,"never closed,text')
    report = import_catalog(db, [csv(tmp_path, "dataset,column,type\n" + "\n".join(rows))], now=NOW)
    assert (report.fields, [r.row for r in report.rejected]) == (20_000, [10_002])


def test_a_folder_is_not_called_missing(db: Database, tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="is a folder: name the files in it"):
        import_catalog(db, [tmp_path], now=NOW)


def test_a_description_of_a_megabyte_costs_its_row_in_csv_and_is_cut_in_json(db: Database, tmp_path: Path) -> None:
    long = "经纬度 latitude " * (MEGABYTE // 16)
    path = csv(tmp_path, f"dataset,column,description\nt,a,x\nt,b,{long}\nt,c,x\n")
    report = import_catalog(db, [path], now=NOW)
    assert fields(db) == ["a", "c"]
    assert [(r.row, "longer than" in r.why) for r in report.rejected] == [(3, True)]
    table = {"fullyQualifiedName": "s.t", "columns": [{"name": "lat", "description": long}]}
    path = tmp_path / "om.json"
    path.write_text(json.dumps({"data": [table]}), "utf-8")
    assert import_catalog(db, [path], now=NOW).rejected == ()
    started = time.process_time()
    suggest_links(db, now=NOW)
    assert time.process_time() - started < 5


def test_siblings_and_lineage_that_run_in_a_circle_end(db: Database, tmp_path: Path) -> None:
    urns = [f"urn:li:dataset:(urn:li:dataPlatform:hive,db.t{n},PROD)" for n in range(3)]
    records = []
    for n, urn in enumerate(urns):
        other = urns[(n + 1) % 3]
        for aspect, body in (
            ("siblings", {"siblings": [other, urn], "primary": False}),
            ("upstreamLineage", {"upstreams": [{"dataset": other, "type": "COPY"}]}),
            ("schemaMetadata", {"fields": [{"fieldPath": "vin"}]}),
        ):
            records.append({"entityUrn": urn, "aspectName": aspect, "aspect": {"json": body}})
    path = tmp_path / "mcp.json"
    path.write_text(json.dumps(records), "utf-8")
    report = import_catalog(db, [path], now=NOW)
    assert (report.datasets, report.fields, report.rejected) == (3, 3, ())


def test_an_owner_without_address_and_absurd_counts_are_listed_and_taken_as_unknown(
    db: Database, tmp_path: Path
) -> None:
    text = "dataset,column,owner,owner_email,person_count,vehicle_count\nt,a,Team,not an address,-5,99999999999999\n"
    (rejected,) = import_catalog(db, [csv(tmp_path, text)], now=NOW).rejected
    assert all(word in rejected.why for word in ("not an address", "-5", "99999999999999"))
    row = next(db.query("select person_count, vehicle_count, owner.email from dataset join owner on owner = owner.id"))
    assert list(row.values()) == [None, None, None]


def test_thousands_of_tables_that_share_a_key_are_deduced_in_seconds(db: Database, tmp_path: Path) -> None:
    rows = [f"points_{n},{column}" for n in range(400) for column in ("trip_id", "lat", "lon", "ts")]
    rows += [f"trips_{n},{column}" for n in range(400) for column in ("trip_id", "vin")]
    import_catalog(db, [csv(tmp_path, "dataset,column\n" + "\n".join(rows))], now=NOW)
    started = time.process_time()
    found = list_deductions(db)
    suggest_links(db, now=NOW)
    found = list_deductions(db)
    assert time.process_time() - started < 15
    assert len(found) == 400
    assert max(len(deduction.parts) for deduction in found) <= 5  # a few partners are named, not all of them
