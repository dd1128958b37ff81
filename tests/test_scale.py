"""Matching on an engine gives the very links of matching in Python. Needs the extra `scale`; skipped without it."""

from pathlib import Path

import pytest
from sqlite_utils import Database

from kb.errors import CatalogError
from mappings.catalog.dataset import Attributes, Dataset, Field
from mappings.catalog.formats.csv_file import read
from mappings.catalog.importer import import_catalog
from mappings.catalog.lexicon import PATH
from mappings.catalog.links import suggest_links
from mappings.catalog.match import Suggestion, suggest_types
from mappings.catalog.scale import engine_match
from mappings.db import open_company

SHARED = Path(__file__).resolve().parents[2] / "shared"
SAMPLE = PATH.parent / "sample" / "catalog.csv"
NOW = "2026-01-01T00:00:00Z"


@pytest.fixture
def _scale() -> None:
    pytest.importorskip("ibis")
    pytest.importorskip("duckdb")


def in_python(datasets: list[Dataset]) -> dict[tuple[str, str, str], Suggestion]:
    return {(s.dataset, s.field, s.data_type): s for dataset in datasets for s in suggest_types(dataset)}


def on_duckdb(datasets: list[Dataset]) -> dict[tuple[str, str, str], Suggestion]:
    return {(s.dataset, s.field, s.data_type): s for s in engine_match("duckdb")(datasets)}


def datasets_of(path: Path) -> list[Dataset]:
    return [found for found in read(path) if isinstance(found, Dataset)]


@pytest.mark.usefixtures("_scale")
def test_the_sample_catalog_has_the_same_suggestions_word_for_word() -> None:
    datasets = datasets_of(SAMPLE)
    found = on_duckdb(datasets)
    assert len(found) > 100
    assert found == in_python(datasets)


@pytest.mark.usefixtures("_scale")
def test_tables_that_give_block_or_stand_alone_are_judged_alike() -> None:
    datasets = [
        Dataset(name, name, Attributes(description=about), fields=tuple(map(Field, ("phase", "id", "latitude", "gps"))))
        for name, about in (
            ("ops.charging_station", None), ("x", "充电桩运行数据"), ("dbc.can_bus", None), ("v2x.bsm", None),
            ("dealer.sites", None), ("sec.cve_training_set", None),
        )
    ]  # fmt: skip
    assert on_duckdb(datasets) == in_python(datasets)


@pytest.mark.usefixtures("_scale")
def test_types_and_units_are_evidence_on_an_engine_too() -> None:
    columns = (
        Field("speed", "float", "km/h"), Field("speed2", "float"), Field("fix", "NavSatFix"), Field("email", "bool"),
        Field("yaw_rt", "float", "deg/s"), Field("point", "geometry"), Field("lat", "float", "m/s2"), Field("创建时间"),
        Field("phase", "bool"), Field("elevation", "datetime"), Field("torque", "", "Nm"), Field("v", "", "V"),
    )  # fmt: skip
    names = ("drive.vehicle", "ops.charging_station", "v2x.bsm", "x.map_data", "t.status", "adas.front_camera")
    datasets = [Dataset(name, name, fields=columns) for name in names]
    found = in_python(datasets)
    assert len({data_type for _, _, data_type in found}) > 3
    assert on_duckdb(datasets) == found


@pytest.mark.usefixtures("_scale")
def test_datasets_whose_names_differ_by_a_number_only_are_judged_alike_and_others_are_not() -> None:
    names = ("ops.log_1", "ops.log_2", "充电桩.log_1", "车流.log_1", "ops.charging_station_1", "ops.log.1", "dbc.log_1")
    columns = tuple(map(Field, ("phase", "gps", "session.value", "latitude")))
    datasets = [Dataset(name, name, fields=columns) for name in names]
    assert on_duckdb(datasets) == in_python(datasets)


@pytest.mark.usefixtures("_scale")
def test_parents_modifiers_mentions_siblings_and_company_are_judged_alike() -> None:
    tables = (
        ("api.vehicle", ("engine.status", "throttle.value", "email.id", "evse.id", "wheel_rear_left_speed")),
        ("t.x", ("home.lat", "home.lon", "work.lat", "device_id", "annotation", "name", "phone")),
        ("t.x17", ("pile_code", "kwh", "start_time", "phase", "lat")), ("t.tbox", ("device_id", "name")),
    )  # fmt: skip
    prose = Field("a", description="Whether the longitude was set by hand")
    datasets = [Dataset(name, name, fields=(*map(Field, columns), prose)) for name, columns in tables]
    found = in_python(datasets)
    assert {"table/charged", "personal-identity/in-table", "network-identifier/device"} <= {
        one.rule for one in found.values()
    }
    assert on_duckdb(datasets) == found


@pytest.mark.usefixtures("_scale")
def test_an_empty_catalog_has_no_suggestions() -> None:
    assert on_duckdb([Dataset("t", "t", fields=(Field("q"),))]) == {}


@pytest.mark.usefixtures("_scale")
@pytest.mark.skipif(not SHARED.exists(), reason="needs the shared real catalogs")
def test_all_real_fields_have_the_same_links() -> None:
    files = sorted((SHARED / "catalogs" / "fields").glob("*.csv"))
    datasets = [dataset for path in files for dataset in datasets_of(path)]
    assert sum(len(dataset.fields) for dataset in datasets) > 39_000
    assert on_duckdb(datasets) == in_python(datasets)


@pytest.mark.usefixtures("_scale")
def test_links_written_by_either_are_the_same_rows(tmp_path: Path) -> None:
    def rows(name: str, **how: object) -> list[dict[str, object]]:
        with open_company(tmp_path / name) as db:
            import_catalog(db, [SAMPLE], now=NOW)
            suggest_links(db, now=NOW, **how)  # type: ignore[arg-type]
            return stored(db)

    def stored(db: Database) -> list[dict[str, object]]:
        return list(db.query("select * from link order by id"))

    assert rows("a.db", match=engine_match("duckdb")) == rows("b.db")


@pytest.mark.usefixtures("_scale")
def test_an_engine_that_cannot_be_reached_is_one_line() -> None:
    with pytest.raises(CatalogError, match="nosuch://x: no engine"):
        engine_match("nosuch://x")


def test_without_the_extra_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "ibis", None)
    with pytest.raises(CatalogError, match=r"regwatch\[scale\]"):
        engine_match("duckdb")
