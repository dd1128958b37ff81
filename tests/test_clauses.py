"""A standard's clauses are its provisions: 1 范围, 4.1, 4.1.2, 附录 A with A.1. Decimals of other texts are none."""

from __future__ import annotations

from kb.lineage.facts import read_facts
from kb.model import Document
from kb.reading import read_document
from kb.structure.provisions import read_provisions

STANDARD = """ICS 35.030
中华人民共和国国家标准
GB/T 12345—2025
代替 GB/T 12345—2020
数据安全技术 示例数据处理要求
Data security technology—Requirements for sample data
2025-04-25发布
2025-11-01实施
国家市场监督管理总局
国家标准化管理委员会
发布
目次
1 范围 1
2 术语 1
1 范围
本文件规定了示例数据的要求。
2 术语
2.1
示例数据
用于示例的数据。
3 要求
3.1 一般要求
3.1.1 处理者应告知数量达到
3.5 万条以上的情形：
a) 甲；
b) 乙。
3.1.2 保存期限应不少于6个月。
3.2 特别要求
应单独同意。
附录 A
（资料性）
A.1 概述
A.1.1 示例见本附录。
A.2 举例
举例如下。
"""


def read(text: str) -> Document:
    return read_document(text.encode(), name="a.txt")


def test_the_clauses_of_a_standard_are_a_tree_and_its_contents_are_none() -> None:
    found = {p.eid: (p.number, p.heading) for p in read_provisions(read(STANDARD))}
    assert found["sec_1"] == ("1", "范围")
    assert found["sec_3__subsec_1"] == ("3.1", "一般要求")
    assert found["sec_3__subsec_1__point_1__indent_2"][0] == "b)"
    assert found["annex_1__subsec_1__point_1"][0] == "A.1.1"
    assert "sec_3__subsec_5" not in found  # 3.5 万条 goes on with a sentence
    assert len(found) == 14


def test_the_cover_says_title_number_dates_and_issuers() -> None:
    facts = read_facts(read(STANDARD))
    assert (facts.title, facts.doc_number) == ("数据安全技术示例数据处理要求", "GB/T 12345—2025")
    assert (facts.published, facts.effective, facts.agencies) == ("2025-04-25", "2025-11-01", ("samr", "sac"))
    assert facts.kind == "rule"


def test_decimals_of_another_text_open_nothing() -> None:
    text = (
        "一、示例\n1.1 亿元以上的，应当报告。\n1.2 亿元以上的，应当备案。\n二、示例\n3.5 万元。\n三、示例\n4.5 万元。"
    )
    assert [p.number for p in read_provisions(read(text))] == ["一、", "二、", "三、"]
