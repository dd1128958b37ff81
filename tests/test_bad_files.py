"""Files cut off, overwritten, glued together, named wrongly, text garbled in every way: each gets a status and why.

Some dozens of cases in every run, thousands with HYPOTHESIS_PROFILE=deep.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from functools import cache
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.items.conditions import condition_json, read_rule
from kb.items.data_items import read_data_items
from kb.lineage.facts import read_facts
from kb.model import Document, Status
from kb.reading import read_document
from kb.reading.page import read_page
from kb.reading.unpack import unpack
from kb.structure.provisions import read_provisions

GUIDE = Path(__file__).parents[1] / "crawlers" / "sample" / "annexes" / "guide-2025-draft.pdf"
LAW = "示例办法\n第一条　为了示例。\n第二条　有下列情形的：\n（一）甲；\n（二）10万人以上的。\n第三条　施行。"
HEADER, ROW = ("序号", "数据项", "数据项说明", "判定规则"), ("1", "轨迹", "示例", "10万台以上")
NAMES = ("a.pdf", "a.docx", "a.xlsx", "a.html", "a.txt", "a.md", "a.zip", "a.doc", "a.ofd", "a", "")


@cache
def samples() -> dict[str, bytes]:
    word, sheet, out, book, packed = docx.Document(), openpyxl.Workbook(), io.BytesIO(), io.BytesIO(), io.BytesIO()
    for line in LAW.split("\n"):
        word.add_paragraph(line)
    word.save(out)
    assert sheet.active
    for row in (HEADER, ROW):
        sheet.active.append(row)
    sheet.save(book)
    paragraphs, cells = LAW.replace("\n", "</p><p>"), "<td>".join(HEADER)
    page = f"<html><body><p>{paragraphs}</p><table><tr><td>{cells}</table></body></html>"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("附件.txt", LAW)
        archive.writestr("in.zip", book.getvalue())
    return {
        "pdf": GUIDE.read_bytes(), "docx": out.getvalue(), "xlsx": book.getvalue(), "html": page.encode(),
        "text": LAW.encode(), "gb": LAW.encode("gb18030"), "zip": packed.getvalue(),
    }  # fmt: skip


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """A sample file with some of what happens to files."""
    data = bytearray(samples()[draw(st.sampled_from(sorted(samples())))])
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        match draw(st.sampled_from(("cut", "behead", "overwrite", "insert", "repeat", "glue"))):
            case "cut":
                del data[at:]
            case "behead":
                del data[: at // 4]
            case "overwrite":
                words = draw(st.binary(min_size=1, max_size=40))
                data[at : at + len(words)] = words
            case "insert":
                data[at:at] = draw(st.binary(max_size=40))
            case "repeat":
                data += data[:at]
            case "glue":
                data += samples()[draw(st.sampled_from(sorted(samples())))]
    return bytes(data)


def check(document: Document) -> None:
    assert document.readable or document.detail
    assert "\n" not in document.detail
    assert all(document.body[block.start : block.end] == block.text for block in document.blocks)
    found = read_provisions(document)
    assert len({provision.eid for provision in found}) == len(found)
    for item in read_data_items(document, found).items:
        assert item.name
    read_facts(document)


@given(spoiled(), st.sampled_from(NAMES))
def test_a_spoiled_file_is_read_or_refused_with_a_reason(data: bytes, name: str) -> None:
    check(read_document(data, name=name))
    assert all(member.name for member in unpack(data, name))


_WORDS = """
第一条 第二条 第二条 第九条 第十条之一 第１条 第一章 第二节 （一） （二） (3) 1. 2、 ① a） 附件1 注1： 为了数据 為了數據
O0〇○ l1I| １０万人以上 。 ； ： ， “ ” 《 》 （ ） — 3 ** # 序号 数据项 说明 判定规则 2025年2月30日 二〇二五年 目录 ……3
的规定 第三条第二款
"""
PARTS = [
    *_WORDS.split(),
    "10 万",
    "\n",
    "\n\n",
    "　　",
    "\f",
    "— 3 —",
    "| a | b |",
    "|---|---|",
    "\u200b",
    "\x00",
    "\ue0f0",
    "9" * 5000,
    "9" * 5000 + "、",
    "第" + "9" * 5000 + "条",
    "²",
    "²、",
    "\x1b[31m",
    "\u202e",
]


@given(st.lists(st.sampled_from(PARTS), max_size=60).map("".join), st.sampled_from(NAMES))
def test_a_text_of_anything_in_any_order_is_read(text: str, name: str) -> None:
    check(read_document(text.encode("utf-8", "replace"), name=name))


@pytest.mark.parametrize(("levels", "status"), [(100, Status.READ), (4_000, Status.TOO_LARGE)])
def test_a_page_of_endless_nesting_is_listed_before_selectors_walk_it(levels: int, status: Status) -> None:
    """Links at every level: a selector looks up from each of them, which made a page of 660 kB cost two minutes."""
    nested = "<html><body>" + "<div><div><p><a href='x.pdf'>附件</a></p></div>" * levels
    page = read_page(nested.encode(), "https://www.cac.gov.cn/2026-02/03/c_1.htm")
    assert page.document.status is status
    assert bool(page.attachments) is (status is Status.READ)
    assert page.significant


@pytest.mark.parametrize("mark", [" *a", " **a", " __a", " ~~a"])
def test_marks_of_emphasis_that_nothing_closes_cost_no_more_than_their_line(mark: str) -> None:
    begun = time.process_time()
    read_document(("# 甲\n" + mark * 60_000).encode(), name="a.md")  # a fifth of it cost ten seconds
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("rule", ["1年" * 60_000, "10万人以上" * 600, "10万人以上，" * 500])
def test_what_is_read_of_a_rule_grows_no_faster_than_its_words(rule: str) -> None:
    begun = time.process_time()
    read = read_rule(rule)
    assert read
    assert time.process_time() - begun < 5
    assert len(json.dumps(condition_json(read), ensure_ascii=False)) < 100 * len(rule)
