"""Units: an article whole, an outline unit alone, each named by its printed path."""

from law_texts import GUIDE, LAW, provisions

from kb.structure.units import read_units


def test_an_article_is_one_unit_with_all_it_holds() -> None:
    units = read_units(provisions(LAW))
    assert [unit.provision.number for unit in units] == [
        "第一章", "第一条", "第二条", "第二章", "第三条", "第四条", "第五条", "第六条",
    ]  # fmt: skip
    third = units[4]
    assert third.provision.eid == "chp_2__art_3"
    assert third.provision.text.startswith("示例处理者有下列情形之一的，应当申报示例评估：\n（一）自当年")
    assert third.provision.text.endswith("前款规定的示例信息，不包括重要数据。")
    assert "（一）" not in third.words
    assert [third.provision.text[a:b] for a, b in third.marks] == ["（一）", "（二）", "（三）"]


def test_an_outline_unit_has_its_own_words_and_its_path() -> None:
    units = {unit.provision.number: unit for unit in read_units(provisions(GUIDE))}
    assert units["一、（二）1.（2）"].provision.text == "自当年1月1日起累计向境外提供100万人以上示例信息。"
    assert units["二、"].words == "保护要求\n"
    assert len(units) == 11


def test_a_number_of_a_standard_is_its_own_path() -> None:
    head = "1 范围\n示例。\n2 规范性引用文件\n示例。\n3 术语和定义\n示例。\n"
    text = f"{head}4 要求\n4.1 采集\n4.1.1 示例。\n4.1.2 示例甲。\n4.2 提供\n4.2.1 示例乙。"
    numbers = [unit.provision.number for unit in read_units(provisions(text))]
    assert numbers[-4:] == ["4.1.1", "4.1.2", "4.2", "4.2.1"]


def test_units_of_an_annex_are_named_by_it() -> None:
    text = "第一条 示例。\n附件1\n申报表\n一、填写要求\n如实填写。"
    assert [u.provision.number for u in read_units(provisions(text))] == ["第一条", "附件1", "附件1一、"]


def test_paragraphs_without_a_number_are_counted() -> None:
    assert [u.provision.number for u in read_units(provisions("甲。\n乙。"))] == ["¶1", "¶2"]
