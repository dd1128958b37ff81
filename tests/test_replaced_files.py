"""A page shows its rule another way: in a file of another type, in its own text, or in a file instead of that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawlers.items import Answer, FetchedAnnex, FetchedPage, Listed, Row
from crawlers.ledger import Ledger
from crawlers.pipelines import record_item
from kb.db import open_kb
from kb.evidence.archive import Archive
from kb.identity import publication_id
from kb.reading.page import read_page
from kb.recording.record import RecordReport, record_pending
from kb.workspace import Workspace, ensure_workspace

NAME = "示例车载影像管理办法"
URL = "https://www.cac.gov.cn/2026-02/04/c_1.htm"
FIRST, LATER = "2026-02-05T00:00:00Z", "2026-02-15T00:00:00Z"
ARTICLES = [
    "第一条 为了演示，制定本办法。",
    "第二条 车外影像应当去标识化后存储，存储期限不少于一年，存储地点应当在境内的示例机房以内。",
    "第三条 示例企业每年抽查车外影像的比例不得低于百分之八十，抽查的人员不得参与影像的处理活动。",
    "第四条 示例企业应当把抽查的经过和结果记入台账，台账由示例部门规定式样，并且妥善保管以备核对。",
]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return ensure_workspace(tmp_path / "workspace")


def show(workspace: Workspace, now: str, *lines: str, **files: list[str]) -> RecordReport:
    """The page as it stands: its own lines, and its files with theirs (``pdf`` stands for a text of any type)."""
    links = "".join(f"<p><a href='/files/{name}.txt'>{NAME}.{name}</a></p>" for name in files)
    body = "".join(f"<p>{line}</p>" for line in lines)
    page = (f"<html><head><title>{NAME}</title></head><body><h1 class='title'>{NAME}</h1>"
            f"<div id='BodyLabel'>{body}{links}</div></body></html>").encode()  # fmt: skip
    id = publication_id("cac", URL)
    items: list[Any] = [Listed(id, Row(URL, URL, NAME, "2026-02-04", None), True),
                        FetchedPage(id, _answer(URL, page), read_page(page, URL))]  # fmt: skip
    for name, words in files.items():
        address = f"https://www.cac.gov.cn/files/{name}.txt"
        items.append(FetchedAnnex(id, f"{NAME}.txt", _answer(address, "\n\n".join([NAME, *words]).encode())))
    with open_kb(workspace.kb_path) as db:
        for item in items:
            record_item(Ledger(db, Archive(workspace.archive_path), now), "cac", "cac-releases", item)
    return record_pending(workspace, now=now)


def _answer(url: str, body: bytes) -> Answer:
    return Answer(url, 200, body, content_type="text/html" if body.startswith(b"<") else "text/plain")


def told(workspace: Workspace) -> list[tuple[str, str, str]]:
    with open_kb(workspace.kb_path) as db:
        sql = 'select event.kind, new_label, edits from "change" join event on event.id = event order by ordinal'
        return [(row["kind"], row["new_label"], json.loads(row["edits"])[0]["to"]) for row in db.query(sql)]


LONGER = [line.replace("一年", "三年") for line in ARTICLES]


@pytest.mark.parametrize(("before", "after"), [
    ({"lines": [], "pdf": ARTICLES}, {"lines": [], "docx": LONGER}),
    ({"lines": ARTICLES}, {"lines": ["全文见附件。"], "pdf": LONGER}),
    ({"lines": [], "pdf": ARTICLES}, {"lines": LONGER}),
])  # fmt: skip
def test_what_stands_for_the_rule_in_other_words_is_an_edit_in_place_and_told_once(
    workspace: Workspace, before: dict[str, list[str]], after: dict[str, list[str]]
) -> None:
    for now, state in ((FIRST, before), (LATER, after), ("2026-02-16T00:00:00Z", after)):
        report = show(workspace, now, *state["lines"], **{name: state[name] for name in state if name != "lines"})
        assert report.asks == []
    assert told(workspace) == [("edit", "第二条", "三")]


def test_a_file_of_another_type_with_the_same_words_is_no_edit(workspace: Workspace) -> None:
    show(workspace, FIRST, pdf=ARTICLES)
    show(workspace, LATER, docx=[line.replace("，", ",") for line in ARTICLES])
    assert told(workspace) == []


def test_a_file_beside_the_one_that_it_contradicts_is_no_edit_and_a_person_is_asked(workspace: Workspace) -> None:
    show(workspace, FIRST, pdf=ARTICLES)
    report = show(workspace, LATER, pdf=ARTICLES, docx=LONGER)
    assert "第二条: 一 / 三" in "".join(report.asks)
    assert told(workspace) == []
