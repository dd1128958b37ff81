"""What the check says of links whose column or whose data items have changed since somebody accepted them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from kb.db import open_kb
from mappings.catalog.check import check_links
from mappings.catalog.importer import import_catalog
from mappings.catalog.links import decide_link
from mappings.db import open_company

BEFORE, SEEN, AFTER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"
TYPE = "vehicle-identifier"
Item = tuple[str, str, str]  # data type, number, name


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_company(tmp_path / "company.db") as database:
        load(database, tmp_path, "text")
        accept(database, BEFORE)
        yield database


def load(db: Database, tmp_path: Path, type: str) -> None:
    path = tmp_path / "c.csv"
    path.write_text(f"dataset,column,type,owner_email\ncars,vin,{type},t@x.invalid\n", "utf-8")
    import_catalog(db, [path], now=BEFORE)


def accept(db: Database, now: str, why: str = "") -> None:
    decide_link(db, "cars", "vin", TYPE, "accepted", by="steward", now=now, why=why)


def kb(tmp_path: Path, old: list[Item], new: list[Item]) -> Database:
    database = open_kb(tmp_path / "kb.db")
    database.table("work").insert({"id": "w", "title": "示例", "title_key": "示例", "status": "extracted"})
    for id, before, items in (("w@draft", None, old), ("w@final", "w@draft", new)):
        database.table("version").insert({
            "id": id, "work": "w", "stage": "final", "title": "示例", "status": "extracted", "text": f"{id}~1",
            "predecessor": before,
        })  # fmt: skip
        database.table("text").insert(
            {"id": f"{id}~1", "version": id, "body": "示例", "digest": "d", "observed_from": SEEN}
        )
        for ordinal, (data_type, number, name) in enumerate(items):
            row = {"id": f"{id}{ordinal}", "text": f"{id}~1", "version": id, "ordinal": ordinal, "number": number}
            database.table("data_type").insert({"id": data_type, "name_zh": "示例", "name_en": "sample"}, ignore=True)
            database.table("data_item").insert(row | {"name": name})
            database.table("item_type").insert({"item": row["id"], "data_type": data_type, "relation": "exact"})
    return database


def found(db: Database, kb_db: Database | None = None) -> list[tuple[str, str]]:
    return [(f.kind, f.why) for f in check_links(db, kb_db).findings if f.kind != "unmapped"]


OLD = [(TYPE, "3", "车辆识别码"), ("biometric", "4", "指纹")]
REST = ("biometric", "4", "指纹")


@pytest.mark.parametrize(("new", "kind", "words"), [
    ([REST], "dropped", "3 车辆识别码"),
    ([(TYPE, "7", "车辆识别码"), REST], "renumbered", "车辆识别码: 3 → 7"),
    ([(TYPE, "3", "车辆识别码"), (TYPE, "5", "可还原的识别码"), REST], "split", "2 items"),
])  # fmt: skip
def test_links_to_items_that_a_version_changed_are_found(
    db: Database, tmp_path: Path, new: list[Item], kind: str, words: str
) -> None:
    with kb(tmp_path, OLD, new) as kb_db:
        ((got, why),) = found(db, kb_db)
        assert got == kind
        assert words in why
        assert "w@final" in why
        accept(db, AFTER, "read the final")
        assert found(db, kb_db) == []


def test_items_that_stand_where_they_stood_are_no_finding(db: Database, tmp_path: Path) -> None:
    with kb(tmp_path, OLD, [*OLD, ("rd-design", "9", "图纸")]) as kb_db:
        assert found(db, kb_db) == []


def test_a_version_without_a_list_of_items_drops_nothing(db: Database, tmp_path: Path) -> None:
    with kb(tmp_path, OLD, []) as kb_db:
        assert found(db, kb_db) == []


def test_a_column_that_changed_after_it_was_accepted_is_found_until_it_is_accepted_again(
    db: Database, tmp_path: Path
) -> None:
    assert found(db) == []
    load(db, tmp_path, "blob")
    ((kind, why),) = found(db)
    assert kind == "changed"
    assert "since steward accepted it (2026-01-01)" in why
    accept(db, AFTER)
    assert found(db) == []
