"""A page becomes blocks and tables in reading order, whatever its encoding and however its cells span."""

from __future__ import annotations

import pytest

from kb.model import Status
from kb.reading import read_document
from kb.reading.html import read_html
from kb.reading.layout import row_spans

PAGE = """<html><head><meta charset="{charset}"><title>示例页</title><meta name="PubDate" content="2026-01-02"></head>
<body><div class="nav">导航</div><div id="text"><h1>示例规定</h1>
<p>　　第一条　示例甲部门 示例乙部门<br>第二条 一句
被换行的话。</p><script>x()</script>
<div>直接的文字<b>和粗体</b></div></div><p>页脚</p></body></html>"""


@pytest.mark.parametrize(("encoding", "declared"), [("gb18030", "gb2312"), ("gb18030", "utf-8"), ("utf-8", "gbk")])
def test_chinese_is_read_whatever_the_page_says_of_its_encoding(encoding: str, declared: str) -> None:
    document = read_html(PAGE.format(charset=declared).encode(encoding))
    assert document.meta["encoding"] == encoding
    assert "示例规定" in document.body
    assert document.title == "示例规定"
    assert document.meta["PubDate"] == "2026-01-02"


def test_line_breaks_and_block_elements_part_blocks_and_offsets_point_at_them() -> None:
    document = read_html(PAGE.format(charset="utf-8").encode(), select="#text")
    assert [block.text for block in document.blocks] == [
        "示例规定",
        "第一条 示例甲部门 示例乙部门",
        "第二条 一句被换行的话。",
        "直接的文字和粗体",
    ]
    assert [block.heading for block in document.blocks] == [1, None, None, None]
    assert all(document.body[block.start : block.end] == block.text for block in document.blocks)


def test_what_is_dropped_is_gone_and_what_is_not_found_is_said() -> None:
    page = PAGE.format(charset="utf-8").encode()
    assert "导航" not in read_html(page, drop=[".nav"]).body
    missing = read_html(page, select="#nothing")
    assert missing.status is Status.EMPTY
    assert "#nothing" in missing.detail


def test_spanned_cells_stand_in_every_place_they_cover_and_once_in_the_body() -> None:
    table = """<table><tr><th>序号<th>类别<th colspan=2>说明</tr>
    <tr><td>1<td rowspan=2>甲<td>a<td>b</tr><tr><td>2<td>c<td rowspan=9>d</tr></table>之后"""
    document = read_html(table.encode())
    (read,) = document.tables
    assert read.header == ("序号", "类别", "说明", "说明")
    assert read.rows == (("1", "甲", "a", "b"), ("2", "甲", "c", "d"))
    assert read.after == 0
    assert document.body.count("甲") == 1
    assert [document.body[start:end] for start, end in row_spans(document, read)] == ["1\t甲\ta\tb", "2\t\tc\td"]


def test_a_table_that_only_arranges_the_page_is_text() -> None:
    document = read_html("<table><tr><td><p>第一条 示例。</p><p>第二条 示例。</p></td></tr></table>".encode())
    assert not document.tables
    assert [block.text for block in document.blocks] == ["第一条 示例。", "第二条 示例。"]


def test_unreadable_characters_are_counted() -> None:
    document = read_html("<html><p>示例条文</p><p>".encode() + b"\xff\xfe\xfd" + "示例条文</p></html>".encode())
    assert document.status is Status.PARTLY
    assert document.losses


@pytest.mark.parametrize("tag", ["div", "span", "table", "ul"])
def test_a_page_that_nests_without_end_is_read_like_any_other(tag: str) -> None:
    document = read_document(f"<html><body>{f'<{tag}>' * 5000}示例文字".encode())
    assert document.status is Status.READ
    assert document.body == "示例文字"


def test_a_page_of_more_tags_than_any_text_has_is_not_parsed() -> None:
    document = read_document(b"<html><body>" + b"<p>x</p>" * 300_000)
    assert document.status is Status.TOO_LARGE
    assert "tags" in document.detail
