"""Importing and refreshing catalogs: what is new, changed, removed; nothing half-written, nothing deleted."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from kb.errors import CatalogError
from mappings.catalog.importer import ImportReport, import_catalog
from mappings.catalog.links import decide_link, suggest_links
from mappings.db import open_company

NOW, LATER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
SHARED = Path(__file__).resolve().parents[2] / "shared"
SAMPLE = Path(__file__).resolve().parents[1] / "mappings" / "catalog" / "sample" / "catalog.csv"
HEADER = "dataset,column,type,owner,owner_email\n"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_company(tmp_path / "company.db") as database:
        yield database


def put(tmp_path: Path, rows: str, name: str = "main.csv", header: str = HEADER) -> Path:
    path = tmp_path / name
    path.write_text(header + rows, "utf-8")
    return path


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.removed, report.unchanged


def states(db: Database) -> dict[str, str]:
    return {f"{row['dataset']}.{row['name']}": row["state"] for row in db.query("select * from field")}


def everything(db: Database, *, but: str = "") -> list[list[dict[str, object]]]:
    return [list(db.query(f"select * from {table}")) for table in ("owner", "dataset", "field") if table != but]


def test_a_first_import_is_all_new(db: Database, tmp_path: Path) -> None:
    report = import_catalog(db, [put(tmp_path, "t,a,int,Team,t@x.invalid\nt,b,int,,\nu,c,int,,\n")], now=NOW)
    assert (report.datasets, report.fields, report.owners, report.rejected) == (2, 3, 1, ())
    assert counts(report) == (3, 0, 0, 0)
    owners = {row["id"]: row["owner"] for row in db.query("select * from dataset")}
    assert owners == {"t": "t@x.invalid", "u": None}


def test_importing_twice_changes_nothing(db: Database, tmp_path: Path) -> None:
    path = put(tmp_path, "t,a,int,Team,\nt,a,int,,\n")
    import_catalog(db, [path], now=NOW)
    before = [*everything(db), *[list(db.query(f"select * from {t}")) for t in ("catalog_import", "rejected_row")]]
    assert counts(import_catalog(db, [path], now=NOW)) == (0, 0, 0, 1)
    after = [*everything(db), *[list(db.query(f"select * from {t}")) for t in ("catalog_import", "rejected_row")]]
    assert after == before


def test_a_refresh_tells_new_changed_removed_and_unchanged(db: Database, tmp_path: Path) -> None:
    import_catalog(db, [put(tmp_path, "t,a,int,,\nt,b,int,,\nt,c,int,,\nu,d,int,,\n")], now=NOW)
    report = import_catalog(db, [put(tmp_path, "t,a,int,,\nt,b,text,,\nt,e,int,,\n")], now=LATER)
    assert counts(report) == (1, 1, 2, 1)
    assert states(db) == {"t.a": "active", "t.b": "active", "t.c": "removed", "u.d": "removed", "t.e": "active"}
    assert {row["id"]: row["state"] for row in db.query("select * from dataset")} == {"t": "active", "u": "removed"}
    seen = {row["name"]: (row["first_seen"], row["last_seen"]) for row in db.query("select * from field")}
    assert seen["b"] == (NOW, LATER)
    assert seen["c"] == (NOW, NOW)


def test_what_comes_back_is_active_again(db: Database, tmp_path: Path) -> None:
    import_catalog(db, [put(tmp_path, "t,a,int,,\nu,b,int,,\n")], now=NOW)
    import_catalog(db, [put(tmp_path, "t,a,int,,\n")], now=NOW)
    assert counts(import_catalog(db, [put(tmp_path, "t,a,int,,\nu,b,int,,\n")], now=LATER)) == (1, 0, 0, 1)
    assert set(states(db).values()) == {"active"}


def test_another_file_does_not_remove_the_first(db: Database, tmp_path: Path) -> None:
    import_catalog(db, [put(tmp_path, "t,a,int,,\nt,b,int,,\n", "one.csv")], now=NOW)
    report = import_catalog(db, [put(tmp_path, "u,c,int,,\nt,x,int,,\n", "two.csv")], now=NOW)
    assert report.removed == 0
    report = import_catalog(db, [put(tmp_path, "t,a,int,,\n", "one.csv")], now=LATER)
    assert report.removed == 1
    assert states(db) == {"t.a": "active", "t.b": "removed", "u.c": "active", "t.x": "active"}
    import_catalog(db, [put(tmp_path, "v,y,int,,\n", "two.csv")], now=LATER)
    assert states(db)["t.a"] == "active"
    assert {row["id"]: row["state"] for row in db.query("select * from dataset")}["t"] == "active"


def test_a_named_catalog_is_refreshed_from_any_file(db: Database, tmp_path: Path) -> None:
    import_catalog(db, [put(tmp_path, "t,a,int,,\nt,b,int,,\n", "january.csv")], now=NOW, catalog="dwh")
    report = import_catalog(db, [put(tmp_path, "t,a,int,,\n", "february.csv")], now=LATER, catalog="dwh")
    assert counts(report) == (0, 0, 1, 1)


def test_an_owner_that_the_file_no_longer_names_is_gone_and_counted_once(db: Database, tmp_path: Path) -> None:
    import_catalog(db, [put(tmp_path, "t,a,int,Team A,\nt,b,int,,\n")], now=NOW)
    assert counts(import_catalog(db, [put(tmp_path, "t,a,int,Team B,\nt,b,int,,\n")], now=NOW)) == (0, 1, 0, 2)
    assert counts(import_catalog(db, [put(tmp_path, "t,a,int,,\nt,b,int,,\n")], now=NOW)) == (0, 1, 0, 2)
    assert next(db.query("select owner from dataset"))["owner"] is None


def test_datasets_that_moved_to_another_owner_are_counted(db: Database, tmp_path: Path) -> None:
    rows = "t,a,int,Team A,\nu,b,int,Team A,\nv,c,int,,\n"
    assert import_catalog(db, [put(tmp_path, rows)], now=NOW).moved == 0
    moved = "t,a,int,Team B,\nu,b,text,Team A,\nv,c,int,Team A,\n"
    assert import_catalog(db, [put(tmp_path, moved)], now=LATER).moved == 1
    assert import_catalog(db, [put(tmp_path, moved)], now=LATER).moved == 0


def test_a_file_that_cannot_speak_of_an_owner_leaves_the_owner(db: Database, tmp_path: Path) -> None:
    import_catalog(db, [put(tmp_path, "t,a,int,Team A,\n")], now=NOW)
    import_catalog(db, [put(tmp_path, "t,a,eu\n", "side.csv", "dataset,column,storage_region\n")], now=NOW)
    row = next(db.query("select owner, storage_region from dataset"))
    assert (row["owner"], row["storage_region"]) == ("team a", "eu")


def test_a_row_that_could_not_be_read_removes_nothing(db: Database, tmp_path: Path) -> None:
    import_catalog(db, [put(tmp_path, "t,a,int,,\nt,b,int,,\nt,c,int,,\n")], now=NOW)
    report = import_catalog(db, [put(tmp_path, 't,a,int,,\nt,b,"int,,\nt,c,int,,\n')], now=LATER)
    assert [rejected.row for rejected in report.rejected] == [3]
    assert (report.removed, report.kept) == (0, 1)
    assert states(db)["t.b"] == "active"


def test_two_files_of_one_call_are_laid_together(db: Database, tmp_path: Path) -> None:
    one = put(tmp_path, "t,a,words\n", "one.csv", "dataset,column,description\n")
    two = put(tmp_path, "t,a,int\nt,b,int\n", "two.csv", "dataset,column,type\n")
    report = import_catalog(db, [one, two], now=NOW)
    assert (report.datasets, report.fields, report.rejected) == (1, 2, ())
    assert [(r["type"], r["description"]) for r in db.query("select * from field order by name")] == [
        ("int", "words"), ("int", ""),
    ]  # fmt: skip


def test_rejected_rows_are_remembered_with_their_reason(db: Database, tmp_path: Path) -> None:
    import_catalog(db, [put(tmp_path, "t,a,int,,\nt,a,int,,\n,b,int,,\n")], now=NOW)
    assert [(row["row"], row["why"]) for row in db.query("select * from rejected_row order by row")] == [
        (3, "t.a stands in row 2 already: duplicate"), (4, "names no dataset"),
    ]  # fmt: skip


def test_a_file_that_is_no_catalog_leaves_everything_as_it_was(db: Database, tmp_path: Path) -> None:
    good = put(tmp_path, "t,a,int,,\n")
    import_catalog(db, [good], now=NOW)
    before = everything(db)
    bad = put(tmp_path, "1,2\n", "bad.csv", "x,y\n")
    for paths in ([bad], [put(tmp_path, "u,z,int,,\n", "new.csv"), bad], [tmp_path / "absent.csv"], [tmp_path]):
        with pytest.raises(CatalogError):
            import_catalog(db, paths, now=LATER)
    with pytest.raises(CatalogError, match="describes no dataset"):
        import_catalog(db, [put(tmp_path, "")], now=LATER)
    assert everything(db) == before
    assert db.table("catalog_import").count == 1


def test_a_failure_in_the_middle_of_writing_writes_nothing(db: Database, tmp_path: Path) -> None:
    db.execute("create trigger fail before insert on field when new.name = 'z' begin select raise(abort, 'full'); end")
    with pytest.raises(Exception, match="full"):
        import_catalog(db, [put(tmp_path, "t,a,int,Team,\nt,z,int,,\n")], now=NOW)
    assert everything(db) == [[], [], []]


def test_decisions_stay_with_the_field_through_removal_and_return(db: Database, tmp_path: Path) -> None:
    import_catalog(db, [put(tmp_path, "t,vin,text,,\nt,a,int,,\n")], now=NOW)
    suggest_links(db, now=NOW)
    decide_link(db, "t", "vin", "vehicle-identifier", "accepted", by="steward", now=NOW, why="checked")
    for rows in ("t,a,int,,\n", "t,vin,text,,\nt,a,int,,\n"):
        import_catalog(db, [put(tmp_path, rows)], now=LATER)
        suggest_links(db, now=LATER)
    assert [(row["state"], row["decided_by"]) for row in db.query("select * from link")] == [("accepted", "steward")]


def test_the_sample_catalog_is_a_car_makers(db: Database) -> None:
    report = import_catalog(db, [SAMPLE], now=NOW)
    assert report.rejected == ()
    assert report.datasets >= 24
    assert report.fields >= 140
    assert db.table("dataset").count_where("owner is null") == 2
    assert {row["cross_border"] for row in db.query("select distinct cross_border from dataset")} == {
        "sent", "accessed_from_abroad", "none", "unknown",
    }  # fmt: skip
    assert all(row["email"].endswith("@example.invalid") for row in db.query("select email from owner"))


@pytest.mark.skipif(not SHARED.exists(), reason="needs the shared real catalogs")
@pytest.mark.parametrize("name", ["vss", "gbt32960_emqx", "ocpp201", "nuscenes", "android_vhal", "datahub_showcase"])
def test_real_field_lists_are_imported_as_they_are(db: Database, name: str) -> None:
    path = SHARED / "catalogs" / "fields" / f"{name}.csv"
    with path.open(newline="", encoding="utf-8") as stream:
        wanted = {(row["dataset"], row["column"]) for row in csv.DictReader(stream)}
    report = import_catalog(db, [path], now=NOW)
    assert report.rejected == ()
    assert {(row["dataset"], row["name"]) for row in db.query("select dataset, name from field")} == wanted


def attributes(db: Database, id: str = "t") -> tuple[object, ...]:
    row = next(db.query("select entity, cross_border, person_count, owner from dataset where id = ?", [id]))
    return tuple(row.values())


SIDE = "dataset,entity,cross_border,person_count\n"


def test_a_side_file_adds_what_the_catalog_cannot_say_and_a_refresh_keeps_it(db: Database, tmp_path: Path) -> None:
    main = put(tmp_path, "t,a,int,Team,t@x.invalid\n")
    import_catalog(db, [main], now=NOW)
    report = import_catalog(db, [put(tmp_path, "t,示例公司,sent,2万\n", "legal.csv", SIDE)], now=LATER)
    assert (report.datasets, report.fields, report.changed, report.removed) == (1, 0, 1, 0)
    assert attributes(db) == ("示例公司", "sent", 20000, "t@x.invalid")
    assert import_catalog(db, [main], now=LATER).removed == 0
    assert attributes(db)[:3] == ("示例公司", "sent", 20000)
    assert states(db) == {"t.a": "active"}


def test_empty_and_absurd_cells_of_a_side_file_say_nothing(db: Database, tmp_path: Path) -> None:
    import_catalog(db, [put(tmp_path, "t,a,int,,\n")], now=NOW)
    import_catalog(db, [put(tmp_path, "t,示例公司,sent,5\n", "legal.csv", SIDE)], now=NOW)
    report = import_catalog(db, [put(tmp_path, "t,,perhaps,-3\n", "legal.csv", SIDE)], now=LATER)
    assert attributes(db)[:3] == ("示例公司", "sent", 5)
    assert [(r.row, "perhaps" in r.why, "-3" in r.why) for r in report.rejected] == [(2, True, True)]


def test_a_side_file_makes_no_datasets(db: Database, tmp_path: Path) -> None:
    import_catalog(db, [put(tmp_path, "t,a,int,,\n")], now=NOW)
    report = import_catalog(db, [put(tmp_path, "t,A,,\nghost,B,,\n", "legal.csv", SIDE)], now=NOW)
    assert [(r.file, "ghost" in r.why) for r in report.rejected] == [("legal.csv", True)]
    assert {row["id"] for row in db.query("select id from dataset")} == {"t"}


def test_a_catalog_and_its_side_file_come_in_one_call(db: Database, tmp_path: Path) -> None:
    side = put(tmp_path, "t,示例公司,none,\n", "legal.csv", SIDE)
    report = import_catalog(db, [side, put(tmp_path, "t,a,int,,\n")], now=NOW)
    assert not report.rejected
    assert attributes(db)[:2] == ("示例公司", "none")


def test_a_catalog_with_an_unknown_header_for_fields_is_no_side_file(db: Database, tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no column for field"):
        import_catalog(db, [put(tmp_path, "t,A,x\n", "odd.csv", "dataset,entity,Merkmal\n")], now=NOW)
