"""Search: every substring of Chinese is found, and nothing else."""

import time
from pathlib import Path

import pytest
from sqlite_utils import Database

from kb.db import open_kb
from kb.searching.search import index_rows, match_query, search, snippet, unindex_version

TEXTS = {
    "one": "向境外提供位置轨迹数据的，应当申报；示例。",
    "two": "收集车外影像 32像素以上的，境内存储，外部不得访问。",
    "three": "The VIN 车辆识别码 shall stay, see GB/T 44464.",
}


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = open_kb(tmp_path / "kb.db")
    db.table("work").insert({"id": "w", "title": "示例", "title_key": "示例", "status": "extracted"})
    db.table("version").insert({"id": "w@draft", "work": "w", "stage": "draft", "title": "示例", "status": "extracted",
                                "agencies": '["miit"]', "published": "2025-06-13"})  # fmt: skip
    db.table("text").insert({"id": "t", "version": "w@draft", "body": "", "digest": "", "observed_from": "x"})
    for n, (key, words) in enumerate(TEXTS.items()):
        db.table("provision").insert({"id": key, "text": "t", "version": "w@draft", "eid": key, "kind": "article",
                                      "number": f"第{n}条", "heading": "", "body": words})  # fmt: skip
    index_rows(db, [("provision", key, "w@draft", words) for key, words in TEXTS.items()])
    return db


def hits(db: Database, words: str, **filters: str) -> set[str]:
    return {hit["id"] for hit in search(db, words, **filters)}  # type: ignore[arg-type]


def test_every_substring_of_chinese_characters_is_found(db: Database) -> None:
    for key, text in TEXTS.items():
        for run in "".join(c if "\u4e00" <= c <= "\u9fff" else " " for c in text).split():
            for size in range(1, 7):
                for start in range(len(run) - size + 1):
                    part = run[start : start + size]
                    assert hits(db, part) == {k for k, v in TEXTS.items() if part in v}, part
        assert key in hits(db, text[:4])


def test_a_phrase_does_not_match_across_punctuation(db: Database) -> None:
    assert "储外" in "".join(c for c in TEXTS["two"] if c not in "，。")
    assert hits(db, "储外") == set()


def test_operators_and_filters(db: Database) -> None:
    assert hits(db, "境 NOT 像素") == {"one"}
    assert hits(db, "申报 OR 像素") == {"one", "two"}
    assert hits(db, "境 像素") == {"two"}
    assert hits(db, "境", agency="cac") == set()
    assert hits(db, "境", since="2025-06-14") == set()
    assert hits(db, "境", stage="draft") == {"one", "two"}


def test_english_finds_chinese_through_the_vocabulary(db: Database) -> None:
    assert "one" in hits(db, "trajectory")
    assert "three" in hits(db, "vehicle identification number")


@pytest.mark.parametrize(
    "words", ['"', "AND", "a* NEAR(b)", "body:x", "') --", "^", "\x00", "(((", "NOT", "OR 境", "*" * 9999]
)
def test_nothing_typed_becomes_query_syntax(db: Database, words: str) -> None:
    assert isinstance(search(db, words), list)


def test_what_was_taken_out_is_not_found(db: Database) -> None:
    unindex_version(db, "w@draft", {("provision", key): words for key, words in TEXTS.items()})
    assert hits(db, "境") == set()
    db.execute("insert into provision_fts (provision_fts) values ('integrity-check')")


def test_a_snippet_marks_the_hit() -> None:
    assert snippet(TEXTS["one"], ["位置轨迹"]) == "向境外提供⟦位置轨迹⟧数据的，应当申报；示例。"
    assert match_query("重要 数据") == '("重 要") AND "数 据"'


def add_title(db: Database, id: str, title: str, **columns: str) -> None:
    db.table("version").insert({"id": id, "work": "w", "title": title, "status": "extracted", "agencies": "[]",
                                "stage": "draft", "published": "2024-01-01", **columns})  # fmt: skip
    index_rows(db, [("version", id, id, title)])


def add_places(db: Database, words: dict[str, str], version: str = "w@draft") -> None:
    for key, text in words.items():
        db.table("provision").insert({"id": key, "text": "t", "version": version, "eid": key, "kind": "article",
                                      "number": key, "heading": "", "body": text})  # fmt: skip
    index_rows(db, [("provision", key, version, text) for key, text in words.items()])


def test_titles_come_first_then_what_says_it_most(db: Database) -> None:
    add_title(db, "w@final-2024", "示例位置轨迹办法", stage="final")
    add_places(db, {"often": "轨迹、轨迹、轨迹。", "once": "轨迹" + "和其他示例内容" * 20})
    order = [hit["id"] for hit in search(db, "轨迹")]
    assert order[0] == "w@final-2024"
    assert order.index("often") < order.index("once")


def test_adopted_law_comes_before_a_draft_and_the_newer_before_the_older(db: Database) -> None:
    for id, columns in {
        "w@final-2024": {"stage": "final"}, "w@draft-2024": {}, "w@draft-2015": {"published": "2015-01-01"},
    }.items():  # fmt: skip
        add_title(db, id, "示例", **columns)
        add_places(db, {id + "#a": "同样的示例充电条文。"}, id)
    assert [hit["version"] for hit in search(db, "充电")] == ["w@final-2024", "w@draft-2024", "w@draft-2015"]


def test_all_pages_together_are_all_hits_each_once(db: Database) -> None:
    add_title(db, "w@final-2024", "示例充电办法", stage="final")
    places = {f"p{n}": f"第{n}处充电桩示例。" for n in range(1230)}
    add_places(db, places)
    found = [hit["id"] for page in range(1, 15) for hit in search(db, "充电", limit=100, page=page)]
    assert sorted(found) == sorted([*places, "w@final-2024"])
    assert search(db, "充电", limit=100, page=14) == []


def test_hits_are_filtered_by_data_type(db: Database) -> None:
    db.table("data_type").insert({"id": "location-trajectory", "name_zh": "位置轨迹", "name_en": "Trajectory"})
    assert hits(db, "境", data_type="location-trajectory") == {"one"}
    assert hits(db, "境", data_type="no-such-type") == set()


def test_a_document_number_finds_its_version_first(db: Database) -> None:
    add_title(db, "w@final-2026", "示例通知", doc_number="示例联〔2026〕6号")
    for typed in ("〔2026〕6号", "[2026]6号", "（2026）6号"):
        assert [hit["version"] for hit in search(db, typed)] == ["w@final-2026"]
    assert search(db, "〔2026〕6号", stage="final") == []


def test_what_found_a_hit_is_said(db: Database) -> None:
    (hit,) = [hit for hit in search(db, "trajectory") if hit["id"] == "one"]
    assert hit["through"] == ["轨迹"]
    assert "⟦轨迹⟧" in hit["snippet"]


def test_a_reader_sees_whole_versions_while_a_crawl_writes(db: Database, tmp_path: Path) -> None:
    reader = open_kb(tmp_path / "kb.db")
    with db.atomic():
        add_places(db, {"new": "新写入的示例扭矩条文。"})
        assert [hit["id"] for hit in search(reader, "扭矩")] == []
    assert [hit["id"] for hit in search(reader, "扭矩")] == ["new"]
    with db.atomic():
        unindex_version(
            db, "w@draft", {("provision", k): v for k, v in {**TEXTS, "new": "新写入的示例扭矩条文。"}.items()}
        )
        assert [hit["id"] for hit in search(reader, "扭矩")] == ["new"]
    assert search(reader, "扭矩") == []


@pytest.mark.parametrize("words", ["境" * 10_000, "境 " * 5_000, '"' * 10_000, "a" * 10_000, "境*^:()-+{}" * 500])
def test_the_longest_query_is_answered_at_once(db: Database, words: str) -> None:
    start = time.monotonic()
    search(db, words)
    assert time.monotonic() - start < 2
