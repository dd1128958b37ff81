"""Characters that nobody sees change nothing; a number that shows otherwise is a change, whatever it is made of."""

from __future__ import annotations

import io

import docx
import pytest

from kb.comparing.compare import compare_texts
from kb.items.amounts import find_amounts
from kb.model import ProvisionChange, Status
from kb.normalise import fold, fold_each, squeeze
from kb.reading import read_document
from kb.structure.provisions import read_provisions

UNSEEN = "\u00ad\u034f\u061c\u115f\u180e\u200b\u200d\u200e\u202c\u2060\u2064\u2066\u2069\u3164\ufe0f\ufeff"
UNSEEN += "\U000e0131\U000e01ef"  # a tag, a selector of a variant
TURNING = "\u061c\u200f\u202b\u202e\u2067\u2068"


def rule(words: str) -> bytes:
    articles = ("第一条　为了示例。", f"第二条　处理{words}个人信息的，应当示例。", "第三条　施行。")
    return f"<html><body><p>{'</p><p>'.join(('示例办法', *articles))}</p></body></html>".encode()


def changes(old: str, new: str) -> list[ProvisionChange]:
    before, after = (read_provisions(read_document(rule(words))) for words in (old, new))
    return [change for change in compare_texts(before, after).provisions if change.kind != "unchanged"]


@pytest.mark.parametrize("char", UNSEEN, ids=ascii)
def test_what_nobody_sees_is_not_read_and_is_no_change(char: str) -> None:
    assert not changes("10万人以上", f"1{char}0万人{char}以上")
    read = read_document(rule(f"1{char}0万人以上")).body
    assert char not in read
    assert [amount.value for amount in find_amounts(read)] == [100_000]
    assert squeeze(f"示例{char}办法") == "示例办法"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("10万人以上", "①0万人以上"), ("10万人以上", "1⁰万人以上"), ("102人以上", "10²人以上"),
        ("10万人以上", "㊉万人以上"), ("1.5万人以上", "⒈5万人以上"), ("110万人以上", "①10万人以上"),
        ("10万人以上", "⒈0万人以上"),
    ],
)  # fmt: skip
def test_a_number_made_another_by_a_mark_is_a_change_of_a_threshold(old: str, new: str) -> None:
    assert [(change.kind, change.grade) for change in changes(old, new)] == [("modified", "threshold")]


@pytest.mark.parametrize("new", ["١٠万人以上", "1о万人以上", "十万人以上"])
def test_digits_of_other_scripts_are_a_change_that_is_seen(new: str) -> None:
    assert [change.kind for change in changes("10万人以上", new)] == ["modified"]


@pytest.mark.parametrize(
    ("old", "new"), [("100m²以上", "100m2以上"), ("10万人以上", "𝟏０万人以上"), ("㈠甲", "（一）甲")]
)
def test_other_forms_of_one_number_are_no_change(old: str, new: str) -> None:
    assert not changes(old, new)


@pytest.mark.parametrize("text", ["①0万", "10²", "m²", "１①2⒈5", "⽹①络", "a\u200bb [1] ㈠", "\ud800①1"])
def test_a_text_folds_as_its_characters_do(text: str) -> None:
    assert "".join(fold_each(text)) == fold(text).replace("\ud800", "\ufffd")


@pytest.mark.parametrize("mark", TURNING, ids=ascii)
def test_words_that_show_in_another_order_than_they_are_read_are_said_to_be(mark: str) -> None:
    word, out = docx.Document(), io.BytesIO()
    word.add_table(rows=2, cols=2).cell(1, 1).text = f"{mark}万01\u202c人以上"
    word.save(out)
    for data in (rule(f"{mark}万01\u202c人以上"), out.getvalue()):
        read = read_document(data)
        assert read.status is Status.PARTLY
        assert "another order" in " ".join(read.losses)
    assert read_document(rule("\u202a10万\u202c人以上")).status is Status.READ


def test_no_private_characters_hide_words_of_a_file() -> None:
    word, out = docx.Document(), io.BytesIO()
    word.add_paragraph("满\ue0f0100万\ue0f1人以上")
    word.save(out)
    assert "100万" in read_document(out.getvalue()).body
