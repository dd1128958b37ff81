"""CSV catalogs as they come: any header, any encoding, broken rows among good ones."""

from pathlib import Path

import pytest

from kb.errors import CatalogError
from mappings.catalog.dataset import Dataset, Rejected
from mappings.catalog.formats.csv_file import load_columns, read

HEADER = "dataset,column,type,description\n"


def split(path: Path, columns: dict[str, str] | None = None) -> tuple[dict[str, Dataset], list[Rejected]]:
    found = list(read(path, columns))
    return {d.id: d for d in found if isinstance(d, Dataset)}, [r for r in found if isinstance(r, Rejected)]


def write(tmp_path: Path, text: str | bytes, name: str = "c.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def names(dataset: Dataset) -> list[str]:
    return [field.name for field in dataset.fields]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    text = "表名,字段名,字段类型,字段中文名\n行程点,weidu,double,纬度\n行程点,jingdu,double,经度\n"
    datasets, rejected = split(write(tmp_path, text.encode(encoding)))
    assert [(f.name, f.description) for f in datasets["行程点"].fields] == [("weidu", "纬度"), ("jingdu", "经度")]
    assert not rejected


def test_one_line_of_another_encoding_costs_that_line(tmp_path: Path) -> None:
    good = [f"t,f{i},int,字段{i}\n".encode() for i in range(5)]
    good.insert(3, "t,broken,int,坏的\n".encode("gb18030"))
    datasets, rejected = split(write(tmp_path, HEADER.encode() + b"".join(good)))
    assert names(datasets["t"]) == ["f0", "f1", "f2", "f3", "f4"]
    assert [(r.row, r.lost) for r in rejected] == [(5, True)]
    assert "not UTF-8 text" in rejected[0].why


def test_duplicate_rows_are_listed_and_the_first_is_kept(tmp_path: Path) -> None:
    datasets, rejected = split(write(tmp_path, HEADER + "t,a,int,one\nt,b,int,\nt,a,text,two\n"))
    assert [(f.name, f.type) for f in datasets["t"].fields] == [("a", "int"), ("b", "int")]
    assert [(r.row, r.lost) for r in rejected] == [(4, False)]
    assert "row 2" in rejected[0].why
    assert "duplicate" in rejected[0].why


def test_an_unclosed_quote_costs_one_row_and_not_the_rest_of_the_file(tmp_path: Path) -> None:
    rows = 't,a,int,fine\nt,b,int,"never closed\nt,c,int,"closed, with comma"\nt,d,int,"two\nlines"\nt,e,int,x\n'
    datasets, rejected = split(write(tmp_path, HEADER + rows))
    assert names(datasets["t"]) == ["a", "c", "d", "e"]
    assert datasets["t"].fields[2].description == "two lines"
    assert [r.row for r in rejected] == [3]


def test_an_unclosed_quote_at_the_end_costs_one_row(tmp_path: Path) -> None:
    datasets, rejected = split(write(tmp_path, HEADER + 't,a,int,"open\nt,b,int,plain\nt,c,int,plain\n'))
    assert names(datasets["t"]) == ["b", "c"]
    assert [r.row for r in rejected] == [2]


def test_rows_without_names_or_with_too_many_cells_are_listed(tmp_path: Path) -> None:
    rows = "t,a,int,\n,b,int,\nt,,int,\njust a line\nt,c,int,x,y,z\nt,d,int,trailing commas,,\n\nt,e\n"
    datasets, rejected = split(write(tmp_path, HEADER + rows))
    assert names(datasets["t"]) == ["a", "d", "e"]
    assert [r.row for r in rejected] == [3, 4, 5, 6]


def test_a_line_of_100_mb_is_listed_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    with path.open("wb") as stream:
        stream.write(HEADER.encode() + b"t,a,int,\nt,huge,int,")
        for _ in range(100):
            stream.write(b"x" * 1024 * 1024)
        stream.write(b"\nt,b,int,\n")
    datasets, rejected = split(path)
    assert names(datasets["t"]) == ["a", "b"]
    assert [r.row for r in rejected] == [3]
    assert "longer than" in rejected[0].why


def test_a_nul_or_a_very_long_name_is_listed(tmp_path: Path) -> None:
    datasets, rejected = split(write(tmp_path, HEADER + f"t,a\0,int,\nt,{'n' * 600},int,\nt,b,int,\n"))
    assert names(datasets["t"]) == ["b"]
    assert [r.row for r in rejected] == [2, 3]


@pytest.mark.parametrize(("text", "word"), [
    ("a,b\n1,2\n", "has no column for dataset and field: it has a, b"),
    ("dataset,meaning\nx,y\n", "has no column for field"),
    ("", "is empty"),
])  # fmt: skip
def test_a_catalog_without_its_columns_is_one_clear_error(tmp_path: Path, text: str, word: str) -> None:
    with pytest.raises(CatalogError, match=word) as raised:
        split(write(tmp_path, text))
    assert "\n" not in str(raised.value)


def test_an_excel_file_named_csv_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="Excel"):
        split(write(tmp_path, b"PK\x03\x04rest"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_excel_saves_in_china_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = (("表名", "字段名", "字段说明", "负责人"), ("车主", "手机", "手机号", "数据部"), ("车主", "姓名", "", ""))
    text = "\r\n".join(delimiter.join(row) for row in rows)
    datasets, rejected = split(write(tmp_path, text.encode(encoding)))
    assert [(field.name, field.description) for field in datasets["车主"].fields] == [("手机", "手机号"), ("姓名", "")]
    assert not rejected


def test_a_line_that_tells_only_excel_the_delimiter_is_no_header(tmp_path: Path) -> None:
    datasets, _ = split(write(tmp_path, "sep=|\r\ndataset|column|description\r\nt|a|one, two; three\r\n"))
    assert datasets["t"].fields[0].description == "one, two; three"


def test_a_broken_line_of_utf16_costs_that_line(tmp_path: Path) -> None:
    whole = "dataset,column\nt,a\nt,!\nt,b\n".encode("utf-16-le").replace("!".encode("utf-16-le"), b"\x00\xd8")
    datasets, rejected = split(write(tmp_path, b"\xff\xfe" + whole))
    assert [field.name for field in datasets["t"].fields] == ["a", "b"]
    assert [row.row for row in rejected] == [3]


def test_a_line_of_utf16_that_is_too_long_costs_that_line(tmp_path: Path) -> None:
    text = f"dataset,column\nt,{'x' * 300_000}\nt,b\n"
    datasets, rejected = split(write(tmp_path, text.encode("utf-16")))
    assert [field.name for field in datasets["t"].fields] == ["b"]
    assert [row.row for row in rejected] == [2]


def test_headers_are_guessed_without_case_blanks_and_punctuation(tmp_path: Path) -> None:
    text = "TABLE_SCHEMA;TABLE_NAME;Column Name;DATA_TYPE;Column-Comment\ndwh;trips;lat;double;Breite\n"
    datasets, _ = split(write(tmp_path, text))
    assert datasets["dwh.trips"].fields[0].description == "Breite"
    assert datasets["dwh.trips"].fields[0].type == "double"


def test_a_mapping_file_overrides_the_guess(tmp_path: Path) -> None:
    mapping = write(tmp_path, "dataset: Objekt\nfield: Merkmal\nowner: Wer\n", "m.yml")
    datasets, _ = split(write(tmp_path, "Objekt,column,Merkmal,Wer\nt,ignored,a,Team A\n"), load_columns(mapping))
    assert names(datasets["t"]) == ["a"]
    assert datasets["t"].attributes.owner is not None
    assert datasets["t"].attributes.owner.name == "Team A"


def test_a_wrong_mapping_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="nonsense is no key"):
        load_columns(write(tmp_path, "nonsense: x\n", "m.yml"))
    with pytest.raises(CatalogError, match="has no column 'Absent'"):
        split(write(tmp_path, HEADER + "t,a,,\n"), {"dataset": "Absent"})


ABOUT = "dataset,column,owner,owner_email,cross_border,person_count,vehicle_count,storage_region\n"


@pytest.mark.parametrize(("said", "meant"), [
    ("是", "sent"), ("sent", "sent"), ("境外访问", "accessed_from_abroad"), ("none", "none"), ("否", "none"),
    ("", "unknown"), ("unknown", "unknown"),
])  # fmt: skip
def test_a_missing_cross_border_flag_is_unknown_and_never_no(tmp_path: Path, said: str, meant: str) -> None:
    datasets, rejected = split(write(tmp_path, ABOUT + f"t,a,,,{said},,,\n"))
    assert datasets["t"].attributes.cross_border == meant
    assert not rejected


def test_without_the_column_the_flag_is_unknown_too(tmp_path: Path) -> None:
    datasets, _ = split(write(tmp_path, HEADER + "t,a,,\n"))
    assert datasets["t"].attributes.cross_border == "unknown"
    assert datasets["t"].attributes.owner is None
    assert "cross_border" not in datasets["t"].stated


@pytest.mark.parametrize(("said", "meant", "faults"), [
    ("120000", 120000, 0), ('"1,200,000"', 1200000, 0), ("12万", 120000, 0), ("", None, 0), ("未知", None, 0),
    ("-5", None, 1), ("99999999999999", None, 1), ("many", None, 1), ("1.5", None, 1),
])  # fmt: skip
def test_an_impossible_count_is_left_out_and_listed(tmp_path: Path, said: str, meant: int | None, faults: int) -> None:
    datasets, rejected = split(write(tmp_path, ABOUT + f"t,a,,,,{said},,\n"))
    assert datasets["t"].attributes.person_count == meant
    assert len(rejected) == faults
    assert names(datasets["t"]) == ["a"]  # the field itself is taken


def test_a_word_that_is_no_flag_or_address_is_left_out_and_listed(tmp_path: Path) -> None:
    datasets, rejected = split(write(tmp_path, ABOUT + "t,a,Team,not an address,perhaps,,,\n"))
    attributes = datasets["t"].attributes
    assert attributes.owner is not None
    assert (attributes.owner.name, attributes.owner.email) == ("Team", None)
    assert attributes.cross_border == "unknown"
    assert [(r.row, r.lost) for r in rejected] == [(2, False)]
    assert "perhaps" in rejected[0].why
    assert "not an address" in rejected[0].why


def test_rows_that_contradict_each_other_about_a_dataset_are_listed(tmp_path: Path) -> None:
    text = ABOUT + "t,a,Team A,a@example.invalid,,,,eu\nt,b,,,,,,\nt,c,Team B,a@example.invalid,,,,eu\n"
    datasets, rejected = split(write(tmp_path, text))
    assert datasets["t"].attributes.owner is not None
    assert datasets["t"].attributes.owner.name == "Team A"
    assert names(datasets["t"]) == ["a", "b", "c"]
    assert [r.row for r in rejected] == [4]


def test_a_senseless_value_is_listed_once_and_a_later_one_that_makes_sense_is_taken(tmp_path: Path) -> None:
    rows = "t,a,-5\nt,b,-5\nt,c,1200\nt,d,1300\n"
    datasets, rejected = split(write(tmp_path, "dataset,column,person_count\n" + rows))
    assert datasets["t"].attributes.person_count == 1200
    assert [(r.row, "differs" in r.why) for r in rejected] == [(2, False), (5, True)]


def test_an_address_in_the_column_of_the_owner_is_an_address(tmp_path: Path) -> None:
    datasets, _ = split(write(tmp_path, "dataset,column,owner\nt,a,Team@Example.invalid\n"))
    assert datasets["t"].attributes.owner is not None
    assert datasets["t"].attributes.owner.email == "Team@Example.invalid"
    assert datasets["t"].attributes.owner.id == "team@example.invalid"
