"""Comparing texts: kinds, grades and counts; renumbering alone is never a modification."""

import json
import random
import re
import time
from difflib import SequenceMatcher

import pytest
from law_texts import GUIDE, LAW, SHARED, provisions, shared_provisions

from kb.comparing.compare import compare_texts, comparison_json
from kb.model import Comparison, ProvisionChange

PAIR = "pair_certification"


def compare(old: str, new: str) -> Comparison:
    return compare_texts(provisions(old), provisions(new))


def changed(comparison: Comparison) -> list[ProvisionChange]:
    return [change for change in comparison.provisions if change.kind != "unchanged"]


def rows(comparison: Comparison) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(row["kind"], row["old"], row["new"], row["grade"]) for row in comparison_json(comparison)["provisions"]]


def numeral(number: int) -> str:
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    ten = f"{digits[tens] if tens > 1 or hundreds else ''}十" if tens else "零" * bool(hundreds and ones)
    return f"{digits[hundreds]}百" * bool(hundreds) + ten + digits[ones] * bool(ones)


def law(articles: list[str]) -> str:
    return "\n".join(f"第{numeral(number)}条 {article}" for number, article in enumerate(articles, 1))


ACTS = zip("收存用加传供公删查改", "报送交备申提呈递发告", strict=True)
ARTICLES = [f"示例处理者应当{word}示例数据，并向示例部门{act}材料。" for word, act in ACTS]


def test_a_text_compared_with_itself_has_no_change() -> None:
    comparison = compare(LAW, LAW)
    assert comparison_json(comparison)["provisions"] == []
    assert (comparison.summary["unchanged"], comparison.summary["modified"]) == (8, 0)


def test_an_inserted_article_moves_those_behind_it_and_modifies_none() -> None:
    comparison = compare(law(ARTICLES), law([*ARTICLES[:2], "任何组织不得伪造示例印章。", *ARTICLES[2:]]))
    assert rows(comparison)[0] == ("added", None, "第三条", "substantive")
    assert rows(comparison)[1] == ("moved", "第三条", "第四条", "renumbered")
    assert {kind for kind, *_ in rows(comparison)} == {"added", "moved"}


def test_citations_that_follow_renumbering_modify_nothing() -> None:
    old = [*ARTICLES, "违反本规定第三条、第五条的，由示例部门处理。"]
    new = ["为了示例，新增一条在前。", *ARTICLES, "违反本规定第四条、第六条的，由示例部门处理。"]
    comparison = compare(law(old), law(new))
    assert comparison.summary["modified"] == 0
    last = comparison.provisions[-1]
    assert (last.kind, last.grade, len(last.edits)) == ("moved", "renumbered", 2)


def test_articles_of_an_annex_do_not_hide_that_those_of_the_law_moved() -> None:
    annex = "附件\n示例合同\n第一条 甲方为示例者。\n第二条 乙方为示例者。\n第三条 双方盖章。"
    old = f"第一条 为了示例。\n第二条 示例者应当备案。\n第三条 违反本办法第二条的，责令改正。\n{annex}"
    new = (
        "第一条 为了示例。\n第二条 国家鼓励示例教育。\n第三条 示例者应当备案。\n"
        f"第四条 违反本办法第三条的，责令改正。\n{annex}"
    )
    assert compare_texts(provisions(old), provisions(new)).summary["modified"] == 0


def test_renumbering_at_random_never_modifies() -> None:
    rng = random.Random(3)
    for _ in range(50):
        new = rng.sample(ARTICLES, len(ARTICLES))
        assert compare(law(ARTICLES), law(new)).summary["modified"] == 0


def test_a_moved_provision_whose_words_changed_is_modified() -> None:
    new = [*ARTICLES[1:], ARTICLES[0].replace("应当", "可以")]
    (change,) = [change for change in changed(compare(law(ARTICLES), law(new))) if change.kind == "modified"]
    assert change.old
    assert change.new
    assert (change.old.number, change.new.number, change.grade) == ("第一条", "第十条", "substantive")


def test_a_removed_provision_is_told_where_it_stood() -> None:
    kinds = [change.kind for change in compare(law(ARTICLES), law([*ARTICLES[:3], *ARTICLES[4:]])).provisions]
    assert kinds[:4] == ["unchanged", "unchanged", "unchanged", "removed"]


def test_a_changed_item_modifies_its_article() -> None:
    comparison = compare(LAW, LAW.replace("100万人以上", "50万人以上"))
    (change,) = changed(comparison)
    assert change.old
    assert change.new
    assert (change.kind, change.grade, change.new.number) == ("modified", "threshold", "第三条")
    assert [(edit.old, edit.new) for edit in change.edits] == [("100万", "50万")]
    assert change.new.text.count("\n") == 4
    assert (comparison.summary["modified"], comparison.summary["threshold"]) == (1, 1)


def test_numbers_of_items_are_not_compared() -> None:
    old, new = (
        "（二）涉及境内运行的10万台以上车辆的；\n（三）",
        "（二）新增的示例情形；\n（三）涉及境内运行的10万台以上车辆的；\n（四）",
    )
    (change,) = changed(compare(LAW, LAW.replace(old, new)))
    assert [(edit.old, edit.new) for edit in change.edits] == [("", "新增的示例情形；")]


def test_an_outline_is_compared_by_unit() -> None:
    new = GUIDE.replace("不少于3年", "不少于5年").replace(
        "（二）应急要求", "（二）审计要求\n示例日志应当定期审计。\n（三）应急要求"
    )
    assert rows(compare(GUIDE, new)) == [
        ("modified", "二、（一）", "二、（一）", "deadline"),
        ("added", None, "二、（二）", "substantive"),
        ("moved", "二、（二）", "二、（三）", "renumbered"),
    ]


@pytest.mark.parametrize(
    ("old", "new"), [("100万人以上", "１００ 万人以上"), ("（二）涉及", "(二)涉及"), ("总　则", "总则")]
)
def test_width_and_blanks_change_nothing(old: str, new: str) -> None:
    assert changed(compare(LAW, LAW.replace(old, new))) == []


def test_one_changed_numeral_modifies_exactly_its_provision() -> None:
    places = [found.start(1) for found in re.finditer(r"(\d)\d*(?:万|年|个工作日)|([一二三五十])日内", LAW) if found[1]]
    start = LAW.index("第一条 ")
    for at in [place for place in places if place > start and place < LAW.index("示例部门\n2025")]:
        new = LAW[:at] + ("9" if LAW[at] != "9" else "8") + LAW[at + 1 :]
        (change,) = changed(compare(LAW, new))
        assert (change.kind, len(change.edits)) == ("modified", 1)
        assert change.grade in ("threshold", "deadline")


def test_json_gives_whole_words_of_what_is_new_or_gone() -> None:
    document = comparison_json(compare("第一条 甲条文在此。", "第一条 甲条文在此。\n第二条 乙新增规定。"))
    assert json.loads(json.dumps(document, ensure_ascii=False)) == document
    (row,) = document["provisions"]
    assert row["changes"] == [{"from": "", "to": "乙新增规定。"}]
    everything = comparison_json(compare(LAW, LAW), everything=True)
    assert {row["kind"] for row in everything["provisions"]} == {"unchanged"}


def test_a_note_is_passed_on_and_empty_texts_compare() -> None:
    assert comparison_json(compare_texts((), (), note="示例"))["note"] == "示例"
    assert compare("", LAW).summary["added"] == 8
    assert compare(LAW, "").summary["removed"] == 8


def test_three_hundred_provisions_take_at_most_a_third_of_difflib() -> None:
    rng = random.Random(5)
    stems = ["".join(chr(rng.randrange(0x4E00, 0x6E00)) for _ in range(90)) + "，在30日内报送。" for _ in range(300)]
    old, new = (
        provisions(law(stems)),
        provisions(law([s.replace("30日", "20日") if n % 3 else s for n, s in enumerate(stems)])),
    )
    compare_texts(old, new)  # loads the dictionary
    start = time.process_time()
    comparison = compare_texts(old, new)
    ours = time.process_time() - start
    assert comparison.summary["deadline"] == 200
    start = time.process_time()
    whole = ("".join(provision.text for provision in side) for side in (old, new))
    SequenceMatcher(None, *whole, autojunk=False).get_opcodes()
    assert ours <= (time.process_time() - start) / 3


@pytest.mark.skipif(not SHARED.exists(), reason="official texts are not here")
def test_a_real_draft_and_its_final_are_aligned_as_a_lawyer_did() -> None:
    expected = json.loads((SHARED / "texts" / PAIR / "expected.json").read_text("utf-8"))
    comparison = compare_texts(shared_provisions(f"{PAIR}/draft.txt"), shared_provisions(f"{PAIR}/final.txt"))
    found = rows(comparison)
    pairs = {(old, new) for _, old, new, _ in found if old and new}
    assert pairs == {*map(tuple, expected["moved"]), *((number, number) for number in expected["same_number"])}
    assert set(expected["added_articles_final"]) <= {new for kind, _, new, _ in found if kind == "added"}
    assert set(expected["removed_articles_draft"]) <= {old for kind, old, _, _ in found if kind == "removed"}
    changes = {row["new"]: row["changes"] for row in comparison_json(comparison)["provisions"]}
    for number in expected["number_changes"]:
        assert any(number["to"] in edit["to"] for edit in changes[number["article_final"]])
