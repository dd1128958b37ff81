"""Other words: English, agencies in any form, document numbers in any brackets, 繁体; and a query's own grammar."""

import pytest

from kb.searching.cli import join_words
from kb.searching.query import match_query, read_query
from kb.searching.search import explain, snippet
from kb.searching.words import names_number, other_words


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("licence plate", "车牌"),
        ("License Plates", "号牌"),
        ("trajectory", "轨迹"),
        ("important data", "重要数据"),
        ("standard contract", "标准合同"),
        ("MIIT", "工业和信息化部"),
        ("工信部", "工业和信息化部"),
        ("工业和信息化部", "工信部"),
        ("Cyberspace Administration of China", "国家网信办"),
        ("個人信息出境", "个人信息出境"),
        ("vehicle identification number", "车辆识别码"),
    ],
)
def test_words_that_say_the_same_are_found(typed: str, found: str) -> None:
    assert any(found in word for word in other_words(typed)), other_words(typed)


@pytest.mark.parametrize("typed", ["数据", "著作权", "干", "国家网信部门", "后", "xyzzy", "data", "the"])
def test_ordinary_words_are_exactly_what_they_are(typed: str) -> None:
    assert other_words(typed) == ()


def test_english_names_of_titles_count_from_two_words_on() -> None:
    titles = {"Measures on the Standard Contract for Export": "示例合同办法"}
    assert "示例合同办法" in other_words("contract for export", titles)
    assert other_words("contract", titles) == ()


@pytest.mark.parametrize("typed", ["〔2026〕6号", "[2026]6号", "（2026）6号", "2026年第6号", "示例联〔 2026 〕 6 号"])
def test_a_document_number_is_one_in_any_brackets(typed: str) -> None:
    assert names_number(typed, "示例联〔2026〕6号")
    assert not names_number(typed, "示例联〔2026〕16号")
    assert not names_number(typed, "示例联〔2025〕6号")


def test_english_words_beside_each_other_are_read_as_terms() -> None:
    assert [phrase.typed for phrase in read_query("licence plate export").phrases] == ["licence plate", "export"]
    assert [phrase.typed for phrase in read_query("GB/T 44464 数据").phrases] == ["GB/T", "44464", "数据"]


def test_operators_stand_between_phrases_from_left_to_right() -> None:
    assert match_query("甲 OR 乙 NOT 丙") == '(("甲") OR "乙") NOT "丙"'
    assert match_query("NOT 丙 甲") == '("甲") NOT "丙"'
    assert match_query("甲乙") == '"甲 乙"'


def test_punctuation_inside_a_phrase_stays_and_at_its_ends_goes() -> None:
    assert match_query("“甲、乙”") == '"甲 \ue000 乙"'


@pytest.mark.parametrize(
    ("typed", "said"),
    [("NOT 甲", "NOT alone"), ("，。", "nothing to search"), ("境" * 3000, "longer than"), ("甲", "")],
)
def test_what_is_not_searched_for_is_said(typed: str, said: str) -> None:
    assert said in explain(typed)
    assert bool(explain(typed)) == bool(said)


def test_too_many_phrases_are_cut_and_said() -> None:
    typed = " ".join(chr(0x4E00 + n) for n in range(500))
    assert "first 40 of 500" in explain(typed)
    assert len(read_query(typed).phrases) == 40


def test_snippets_mark_english_and_chinese() -> None:
    assert snippet("The Licence Plate is 车牌 here", ["licence plate", "车牌"]) == "The ⟦Licence Plate⟧ is ⟦车牌⟧ here"
    assert snippet("甲、乙", ["甲，乙"]) == "⟦甲、乙⟧"


def test_what_the_shell_kept_together_is_a_phrase_unless_it_is_a_query() -> None:
    assert join_words(("licence plate", "出境")) == '"licence plate" 出境'
    assert join_words(("轨迹 NOT 脱敏",)) == "轨迹 NOT 脱敏"
    assert join_words(('"重要 数据" OR 轨迹',)) == '"重要 数据" OR 轨迹'
