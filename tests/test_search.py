"""Search: every substring of Chinese is found, and nothing else."""

from pathlib import Path

import pytest
from sqlite_utils import Database

from kb.db import open_kb
from kb.search import index_rows, match_query, search, snippet, unindex_version

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
