"""A table that lists no data items belongs to the unit that it stands in: its rows are read, compared and told."""

from __future__ import annotations

import io
from pathlib import Path

import docx

from kb.comparing.compare import compare_texts
from kb.db import open_kb
from kb.items.data_items import read_data_items
from kb.model import Document
from kb.reading import read_document
from kb.recording.by_hand import Given
from kb.recording.record import add_files
from kb.searching.search import search
from kb.structure.provisions import read_provisions
from kb.workspace import ensure_workspace

HEAD, TERMS, COUNTS = ("事项", "时限"), ("车外影像脱敏", "30日"), ("声纹删除", "15日")
BEFORE = ["示例时限管理办法", "第一条 为了演示，制定本办法。", "第二条 办理时限见下表：", [HEAD, TERMS, COUNTS]]
AFTER = ["逾期的，应当说明理由。", "第三条 本办法自公布之日起施行。"]
ITEMS = [("序号", "数据类别", "数据项", "判定规则"), ("1", "车外", "车外影像", "涉及10万人以上的")]


def word(*parts: str | list[tuple[str, ...]]) -> bytes:
    written = docx.Document()
    for part in parts:
        if isinstance(part, str):
            written.add_paragraph(part)
            continue
        table = written.add_table(0, len(part[0]), "Table Grid")
        for row in part:
            for cell, words in zip(table.add_row().cells, row, strict=True):
                cell.text = words
    target = io.BytesIO()
    written.save(target)
    return target.getvalue()


def read(*parts: str | list[tuple[str, ...]]) -> Document:
    return read_document(word(*parts), name="rule.docx")


def test_rows_are_paragraphs_of_the_article_and_what_follows_is_one_of_its_own() -> None:
    provisions = {one.eid: one.text for one in read_provisions(read(*BEFORE, *AFTER))}
    assert provisions["art_2__para_1"] == "办理时限见下表：\n事项  时限\n车外影像脱敏  30日\n声纹删除  15日"
    assert provisions["art_2__para_2"] == "逾期的，应当说明理由。"
    assert provisions["art_3"] == "本办法自公布之日起施行。"


def test_a_table_behind_the_last_article_is_not_taken_for_a_signature() -> None:
    (last,) = [one for one in read_provisions(read(*BEFORE[:2], *BEFORE[3:])) if one.eid == "art_1"]
    assert last.text.endswith("声纹删除  15日")


def test_a_number_in_a_row_opens_no_unit_and_a_row_is_no_heading() -> None:
    listed = [("一、总则", "第九条"), ("附件：2", "（一）甲")]
    provisions = read_provisions(read("一、要求", listed, "（一）应当登记下列事项。", "（二）应当每年复核。"))
    assert [one.number for one in provisions] == ["一、", "（一）", "（二）"]
    assert provisions[0].heading == "要求"
    assert "第九条" in provisions[0].text


def test_a_row_that_says_another_number_is_a_change_of_its_article() -> None:
    rows = COUNTS, ("声纹删除", "20日")
    old, new = (read_provisions(read(*BEFORE[:3], [HEAD, TERMS, row], *AFTER)) for row in rows)
    (change,) = [one for one in compare_texts(old, new).provisions if one.kind != "unchanged"]
    assert change.new
    assert (change.new.number, change.grade) == ("第二条", "deadline")
    assert [(edit.old, edit.new) for edit in change.edits] == [("15", "20")]


def test_rows_of_data_items_stay_data_items_alone() -> None:
    document = read(*BEFORE[:3], ITEMS, *AFTER)
    provisions = read_provisions(document)
    assert not any("车外影像" in one.text for one in provisions)
    assert [item.name for item in read_data_items(document, provisions).items] == ["车外影像"]


def test_an_edit_of_a_row_is_told_and_its_words_are_found(tmp_path: Path) -> None:
    workspace, path = ensure_workspace(tmp_path / "workspace"), tmp_path / "rule.docx"
    given = Given(url="https://www.miit.gov.cn/rule.docx", published="2026-02-04")
    for day, row in ((5, COUNTS), (6, ("声纹删除", "20日"))):
        path.write_bytes(word(*BEFORE[:3], [HEAD, TERMS, row], *AFTER))
        add_files(workspace, [path], given, now=f"2026-02-0{day}T00:00:00Z")
    with open_kb(workspace.kb_path) as db:
        assert [row["grade"] for row in db.query("select grade from change")] == ["deadline"]
        assert search(db, "声纹删除")
