"""Kinds of data that an article lists are data items; lists of duties and criteria are none. Columns in other words."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.items.data_items import ItemReading, read_data_items
from kb.reading import read_document
from kb.structure.provisions import read_provisions

PROVISIONS = Path(__file__).resolve().parents[2] / "shared" / "texts" / "automotive_data_provisions_2021.txt"


def read(data: bytes, name: str = "a.txt") -> ItemReading:
    document = read_document(data, name=name)
    return read_data_items(document, read_provisions(document))


def article(lead: str) -> ItemReading:
    entries = "（一）示例车辆的运行数据；\n（二）涉及超过10万人的示例信息。"
    return read(f"示例规定\n第一条 为了示例。\n第二条 {lead}\n{entries}".encode())


@pytest.mark.parametrize(("lead", "kind"), [
    ("重要数据是指一旦泄露可能危害示例安全的数据，包括：", "重要数据"),
    ("敏感个人信息主要包括：", "敏感个人信息"),
    ("本规定所称重要数据包括：", "重要数据"),
    ("本规定适用于示例。示例重要数据，是指示例中的数据，包括但不限于以下数据：", "示例重要数据"),
    ("下列数据应当认定为重要数据：", "重要数据"),
])  # fmt: skip
def test_the_kinds_that_a_lead_announces_are_items(lead: str, kind: str) -> None:
    items = article(lead).items
    assert [(item.number, item.category, item.name) for item in items] == [
        ("（一）", kind, "示例车辆的运行数据"), ("（二）", kind, "涉及超过10万人的示例信息"),
    ]  # fmt: skip
    assert items[1].conditions
    assert (items[1].conditions.comparator, items[1].conditions.value) == (">", 100_000)
    assert items[1].provision == "art_2__item_2"


@pytest.mark.parametrize("lead", [
    "示例处理者应当告知下列事项：", "前款规定的数据包括：", "数据处理者包括：",
    "危害程度符合下列条件之一的数据为重要数据：", "处理重要数据应当采取下列措施：",
    "评估报告应当包括：", "重要数据的处理者应当履行下列义务：",
])  # fmt: skip
def test_a_list_of_something_else_gives_no_item(lead: str) -> None:
    assert article(lead).items == ()


@pytest.mark.skipif(not PROVISIONS.exists(), reason="the official texts are not here")
def test_the_provisions_of_2021_name_six_kinds() -> None:
    items = read(PROVISIONS.read_bytes(), PROVISIONS.name).items
    assert [item.number for item in items] == ["（一）", "（二）", "（三）", "（四）", "（五）", "（六）"]
    assert {item.category for item in items} == {"重要数据"}
    assert {item.provision and item.provision.rpartition("__")[0] for item in items} == {"art_3__para_6"}


def table(header: tuple[str, ...], *rows: tuple[str, ...], above: str = "") -> ItemReading:
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in (header, *rows))
    page = f"<html><body><h1>示例试验区数据出境负面清单（2024版）</h1>{above}<table>{lines}</table></body></html>"
    return read(page.encode(), "a.html")


@pytest.mark.parametrize(("header", "row", "expected"), [
    (("行业", "场景", "序号", "数据类别", "数据子类", "字段", "字段描述", "数量级"),
     ("示例业", "研发", "1", "车辆", "位置", "经度", "车辆经度", "10万台以上"),
     ("1", "示例业/研发", "车辆/位置", "经度", "车辆经度", "10万台以上")),
    (("序号", "领域", "出境数据类别", "数据项（字段）", "数据范围及说明", "适用条件"),
     ("1", "示例", "车辆", "经度", "车辆经度", "10万台以上"), ("1", "示例", "车辆", "经度", "车辆经度", "10万台以上")),
    (("序号", "大类", "小类", "数据内容", "描述"), ("1", "车辆", "位置", "经度", "车辆经度"),
     ("1", "", "车辆/位置", "经度", "车辆经度", "")),
    (("数据场景", "数据集", "字段名", "字段含义", "数据级别"), ("示例", "车辆", "经度", "车辆经度", "一般"),
     ("", "示例", "车辆", "经度", "车辆经度", "")),
    (("序号", "一级类别", "二级类别", "数据基本特征与描述"), ("1", "车辆", "位置", "示例车辆的位置"),
     ("1", "", "车辆", "位置", "示例车辆的位置", "")),
    (("序号", "行业领域", "数据类别", "数据描述", "数量级"), ("1", "示例", "个人信息", "示例车主的姓名", "10万人以上"),
     ("1", "示例", "个人信息", "示例车主的姓名", "", "10万人以上")),
])  # fmt: skip
def test_columns_are_known_in_the_words_of_other_lists(
    header: tuple[str, ...], row: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    (item,) = table(header, row).items
    assert (item.number, item.scenario, item.category, item.name, item.description, item.rule) == expected


def test_a_column_that_nobody_knows_is_a_loss_and_the_others_are_read() -> None:
    reading = table(("序号", "数据项", "说明", "示例判断"), ("1", "经度", "车辆经度", "10万台以上"))
    assert [item.name for item in reading.items] == ["经度"]
    assert reading.losses == ("table 1: columns that are not known are not read: 示例判断",)


def test_a_blank_cell_under_a_category_is_a_loss_and_nothing_is_filled_in() -> None:
    reading = table(("序号", "数据类别", "数据项", "说明"), ("1", "车辆", "经度", "甲"), ("2", "", "纬度", "乙"))
    assert [item.category for item in reading.items] == ["车辆", ""]
    assert len(reading.losses) == 1
    assert "纬度" in reading.losses[0]


@pytest.mark.parametrize("header", [("类别", "说明", "数据来源"), ("数据类别", "备注")])
def test_classes_that_nothing_describes_are_no_items(header: tuple[str, ...]) -> None:
    assert table(header, tuple("甲" for _ in header)).items == ()


def test_no_scenario_reaches_into_an_annex() -> None:
    above = "<p>三、示例保障</p><p>（一）加强示例</p><p>附件</p><p>示例数据目录</p>"
    (item,) = table(("序号", "数据类别", "数据项", "说明"), ("1", "车辆", "经度", "甲"), above=above).items
    assert (item.scenario, item.subscenario) == ("", "")


def test_rows_that_divide_a_table_name_the_scenario_where_nothing_else_does() -> None:
    rows = (("一、研发场景", "一、研发场景", "一、研发场景", "一、研发场景"), ("1", "车辆", "经度", "甲"))
    assert table(("序号", "数据类别", "数据项", "说明"), *rows).items[0].scenario == "研发场景"
    below = table(("序号", "数据类别", "数据项", "说明"), *rows, above="<p>（二）示例活动</p>").items[0]
    assert (below.scenario, below.subscenario) == ("示例活动", "研发场景")
