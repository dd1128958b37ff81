"""Provisions: every article once, in order, with the words that are its own and none that are not."""

import time

import pytest
from law_texts import GUIDE, LAW, SHARED, document, provisions, shared_provisions

from kb.model import Block, Document, Provision, Status
from kb.structure.provisions import read_provisions

needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="official texts are not here")


def by_eid(text: str) -> dict[str, Provision]:
    return {provision.eid: provision for provision in provisions(text)}


def articles(found: tuple[Provision, ...]) -> list[str]:
    return [provision.number for provision in found if provision.kind == "article"]


def test_a_law_is_read_from_its_first_article_to_its_last() -> None:
    found = provisions(LAW)
    assert articles(found) == ["第一条", "第二条", "第三条", "第四条", "第五条", "第六条"]
    assert [(p.number, p.heading) for p in found if p.kind == "chapter"] == [("第一章", "总则"), ("第二章", "数据出境")]
    assert not any("说明" in p.text or "示例部门\n" in p.text or "现予公布" in p.text for p in found)


def test_paragraphs_and_items_stand_under_their_article() -> None:
    found = by_eid(LAW)
    assert found["chp_1__art_1"].text == "为了规范示例数据处理活动，制定本规定。"
    assert found["chp_1__art_2"].text == ""
    assert found["chp_1__art_2__para_2"].text == "示例处理者，是指开展示例活动的组织。"
    item = found["chp_2__art_3__para_1__item_2"]
    assert (item.number, item.kind, item.text) == ("（二）", "item", "涉及境内运行的10万台以上车辆的；")
    assert item.parent == "chp_2__art_3__para_1"
    assert found["chp_2__art_3__para_2"].text == "前款规定的示例信息，不包括重要数据。"


def test_items_of_an_article_with_one_paragraph_hang_on_the_article() -> None:
    found = by_eid("第一条 包括：\n（一）甲；\n（二）乙。\n第二条 示例。")
    assert found["art_1"].text == "包括："
    assert [p.text for p in found.values() if p.parent == "art_1"] == ["甲；", "乙。"]
    assert "art_1__item_2" in found


def test_an_outline_nests_by_the_styles_it_uses() -> None:
    found = by_eid(GUIDE)
    assert (found["sec_1"].number, found["sec_1"].heading, found["sec_1"].text) == ("一、", "总则", "")
    assert found["sec_1__subsec_1"].text == "示例处理者按照本指引开展示例活动。"
    assert found["sec_1__subsec_2__point_1__subpoint_2"].text.startswith("自当年1月1日起累计")
    assert found["sec_2__subsec_2"].heading == "应急要求"


def test_words_behind_a_list_belong_to_what_introduced_it() -> None:
    assert (
        by_eid(GUIDE)["sec_1__subsec_2__point_1"].text
        == "示例处理者符合以下情形之一的，应当申报：\n属于示例规定情形的，从其规定。"
    )


def test_a_list_of_bare_entries_has_no_headings() -> None:
    found = by_eid("一、材料\n1.材料包括\n（1）证件影印件\n（2）授权委托书\n（3）申报表\n处理者对材料的真实性负责。")
    assert found["sec_1__point_1__subpoint_3"].text == "申报表"
    assert found["sec_1__point_1"].text.endswith("处理者对材料的真实性负责。")


def test_a_hard_line_break_does_not_split_an_article() -> None:
    lines = [
        "第一条 示例处理者应当按照规定建立健全示例数据安全管",
        "理制度，并依照",
        "第二条 第二款的规定报送材料，材料应当真实、准确、完",
    ]
    lines += [
        "整，不得隐瞒。",
        "第二条 示例处理者每年应当开展一次示例评估，评估报告的内",
        "容按照示例要求，保存期限由示例部门确",
        "定。",
    ]
    found = provisions("\n".join(lines))
    assert articles(found) == ["第一条", "第二条"]
    assert found[0].text.endswith("并依照第二条第二款的规定报送材料，材料应当真实、准确、完整，不得隐瞒。")


def test_page_furniture_inside_an_article_is_left_out() -> None:
    found = provisions(
        "第一条 示例处理者应当\n- 3 -\n报送材料。\n第二条 示例\nhttps://example.invalid/a.htm 第1/2页\n报告。"
    )
    assert [p.text for p in found] == ["示例处理者应当报送材料。", "示例报告。"]


def test_a_reference_at_the_start_of_a_line_starts_no_article() -> None:
    found = provisions("第一条 示例。\n第二条 依照本规定\n第一条、第四条和\n第九条的规定处理。\n第三条 示例。")
    assert articles(found) == ["第一条", "第二条", "第三条"]


def test_articles_numbered_twice_or_out_of_order_never_vanish() -> None:
    found = provisions("第一条 甲。\n第三条 乙。\n第二条 丙。\n第三条 丁。\n第三条之一 戊。")
    assert [p.eid for p in found] == ["art_1", "art_3", "art_2", "art_3-2", "art_3bis1"]
    assert [p.text for p in found] == ["甲。", "乙。", "丙。", "丁。", "戊。"]


def test_rows_of_a_lost_table_are_no_provisions() -> None:
    cells = "序号 数据类别 数据项 判定规则\n1 甲类\n甲数据\n符合以下任一：\n1.涉及乙\n的；\n2.涉及丙\n的。\n"
    text = f"一、重要数据\n（一）甲场景\n{cells}（二）乙场景\n处理者在乙场景中收集和产生的数据，应当依照本指引识别。"
    assert [p.number for p in provisions(text)] == ["一、", "（一）", "（二）"]


def test_footnotes_stand_apart_and_do_not_break_the_text() -> None:
    found = by_eid("一、范围\n（1）向境外，或者向他人提供\n注 1：以下简称境外，\n下同。\n数据的。\n（2）乙。")
    assert found["note_1"].text == "以下简称境外，下同。"
    assert found["sec_1__subpoint_1"].text == "向境外，或者向他人提供数据的。"


def test_annexes_follow_the_text_with_their_own_numbers() -> None:
    text = "一、正文\n示例。\n附件：1.申报表\n2.委托书\n示例部门\n2025年1月1日\n附件1\n申报表\n一、填写要求\n如实填写。"
    found = by_eid(text)
    assert (found["annex_1"].number, found["annex_1"].heading) == ("附件1", "申报表")
    assert found["annex_1__sec_1"].text == "如实填写。"
    assert not any("委托书" in p.text + p.heading for p in found.values())


def test_links_of_the_page_are_not_the_last_article() -> None:
    assert (
        provisions("第一条 甲。\n第二条 本办法自公布之日起施行。\n关闭\n返回顶部\n某某部门 版权所有")[-1].text
        == "本办法自公布之日起施行。"
    )


def test_numbers_that_stand_apart_from_their_words_get_no_words() -> None:
    text = "为了示例，制定本法。\n第一条 \n第二条 \n第三条 \n第四条 \n不得示例。\n第五条 \n第六条 "
    found = provisions("第一章 总则\n" + text)
    assert articles(found) == ["第一条", "第二条", "第三条", "第四条", "第五条", "第六条"]
    assert not any(p.text for p in found if p.kind == "article")
    assert [p.text for p in found if p.kind == "paragraph"] == ["为了示例，制定本法。", "不得示例。"]


def test_a_text_without_numbers_is_read_by_paragraph() -> None:
    found = provisions("示例答记者问\n问：何时施行？\n答：示例日施行。")
    assert [(p.eid, p.number, p.text) for p in found][2] == ("par_3", "", "答：示例日施行。")


@pytest.mark.parametrize("broken", [Document("pdf", Status.DAMAGED), Document("text", Status.READ, body="\n \n")])
def test_nothing_readable_gives_no_provisions(broken: Document) -> None:
    assert read_provisions(broken) == ()


def test_offsets_point_at_the_words_and_eids_are_unique() -> None:
    for text in (LAW, GUIDE):
        doc = document(text)
        found = read_provisions(doc)
        assert len({p.eid for p in found}) == len(found)
        assert [p.ordinal for p in found] == list(range(1, len(found) + 1))
        for provision in found:
            span = doc.body[provision.start : provision.end]
            assert provision.number in span or provision.kind == "paragraph"
            assert provision.text.split("\n")[0] in span


def test_a_heading_that_the_reader_saw_is_one_whatever_its_punctuation() -> None:
    text = "一、示例，以及其他\n处理者应当报送材料。"
    blocks = (Block("一、示例，以及其他", 0, 9, heading=1), Block("处理者应当报送材料。", 10, 20))
    (found,) = read_provisions(Document("docx", Status.READ, body=text, blocks=blocks))
    assert (found.heading, found.text) == ("示例，以及其他", "处理者应当报送材料。")


@pytest.mark.parametrize(
    "text",
    [
        "第一条 \x00\ud800甲。\n第二条 \uffff。",
        "1" * 50_000,
        "（一）" * 5000,
        "《》" * 50_000,
        "序号" + "规定" * 50_000,
    ],
)
def test_hostile_text_is_read_in_a_moment(text: str) -> None:
    start = time.process_time()
    provisions(text)
    assert time.process_time() - start < 2


@needs_shared
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("pipl_2021.md", 74),
        ("network_data_security_regulations_2024.md", 64),
        ("automotive_data_provisions_2021.txt", 19),
        ("cross_border_flow_provisions_2024.txt", 14),
        ("network_data_risk_assessment_draft_2025.md", 25),
        ("pair_certification/draft.txt", 20),
        ("pair_certification/final.txt", 19),
    ],
)
def test_official_texts_have_every_article_once_and_in_order(name: str, count: int) -> None:
    from kb.structure.numerals import read_ordinal

    assert [read_ordinal(number) for number in articles(shared_provisions(name))] == list(range(1, count + 1))


@needs_shared
def test_two_witnesses_of_the_draft_guide_have_the_same_provisions() -> None:
    pdf, text = (
        shared_provisions(f"auto_data_export_guide_2025_draft.{end}") for end in ("rebuilt.pdf", "extracted.md")
    )
    outlines = [
        [(p.eid, p.number, "".join((p.heading + p.text).split())) for p in found if p.kind != "note"]
        for found in (pdf, text)
    ]
    assert outlines[0] == outlines[1]
    assert [p.number for p in pdf if p.parent is None and p.kind == "section"] == ["一、", "二、", "三、", "四、"]
