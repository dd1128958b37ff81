"""Whatever stands in any text of the two databases, no page, picture, feed or file is more than that text."""

import csv
import io
import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from company_world import company_workspace
from site_client import signed_in
from site_rows import DRAFT, FINAL

from kb.workspace import Workspace

HOSTILE = "\"'><q7 onx=1>{{7*7}}{%x%}</script><svg/onload=1>]]>\x1b[31m\x08\u202e\r\nX-Y: 1"
FREE = {  # what people and sites write; ids, days and the words of our own lists are not theirs
    "kb.db": """
        capture.filename capture.content_type capture.etag publication.title publication.doc_number document.name
        document.detail source_run.detail work.title work.title_en version.title version.doc_number version.why
        witness.detail provision.number provision.heading provision.body data_item.number data_item.scenario
        data_item.subscenario data_item.category data_item.name data_item.description data_item.rule event.title
        change.old change.new change.old_label change.new_label change.quote data_type.definition
    """,
    "company.db": """
        owner.name owner.email dataset.name dataset.system dataset.platform dataset.description dataset.entity
        dataset.storage_region dataset.recipient field.name field.type field.unit field.description link.reason
        link.why link.decided_by alert.subject alert.body alert.last_error alert.words alert_line.reason
        delivery.detail watch.name watch.words watch.address entity.name entity.group_name transfer.scenario
        transfer.recipient transfer.country transfer.purpose transfer.sector answer.answered_by answer.evidence
        answer.basis filing.number filing.recipient filing.purpose
    """,
}
WRITTEN = re.compile(r"<q7|<svg/onload|\{\{49\}\}|>49\{|javascript:", re.IGNORECASE)
DEED = re.compile(r"/(?:acknowledge|decide|release|undo|accept-above|add|end|logout)$")
LABEL = FINAL.partition("@")[2]
START = (
    "/", "/works", f"/version/{FINAL}", "/event/e1", "/types", "/publications", "/sources", "/calendar", "/mine",
    "/search?q=示例", f"/compare?old={DRAFT}&new={FINAL}", f"/compare.docx?old={DRAFT}&new={FINAL}", "/what-if.svg",
    f"/version/{FINAL}/items.csv", "/facts", "/alerts", "/alert/a1", "/triage", "/catalog", "/links", "/exposure",
    "/links?above=0.5", "/duties", "/watches", "/brief", "/brief/file.docx", "/brief/file.xlsx", "/brief/file.html",
    "/feed.atom", "/feed.json", "/calendar.ics", f"/eli/cn/reg/sample-guide/{LABEL}/zho.xml",
    f"/eli/cn/reg/sample-guide/{LABEL}/zho.jsonld", "/-/metrics",
)  # fmt: skip
PAGES = 120


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = company_workspace(tmp_path_factory.mktemp("workspace"))
    for name, columns in FREE.items():
        with closing(sqlite3.connect(workspace.root / name)) as db, db:
            for (trigger,) in db.execute("select name from sqlite_master where type = 'trigger'").fetchall():
                db.execute(f'drop trigger "{trigger}"')
            for table, _, column in (column.partition(".") for column in columns.split()):
                db.execute(f'update "{table}" set "{column}" = coalesce("{column}", \'\') || ? || rowid', [HOSTILE])
    return workspace


async def test_no_word_of_others_is_markup_a_header_or_a_broken_file(ds: Any) -> None:
    headers = signed_in(ds, "admin")
    seen: set[str] = set()
    waiting = list(reversed(START))
    while waiting and len(seen) < PAGES:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = await ds.client.get(path, headers=headers)
        assert answer.status_code == 200 or (path not in START and answer.status_code in (400, 404)), path
        assert "x-y" not in answer.headers
        kind = answer.headers["content-type"]
        if "html" in kind:
            assert not WRITTEN.search(answer.text), path
            waiting[:0] = [link for link in _links(answer.text) if link not in seen]
        elif "zip" in kind or "officedocument" in kind:
            _open(answer.content)
        elif "xml" in kind:
            assert ElementTree.fromstring(answer.text) is not None
        elif "calendar" in kind:
            assert not re.search(r"^X-Y", answer.text, re.MULTILINE)
    assert set(START) <= seen
    assert len(seen) > 80


async def test_no_cell_of_a_table_that_datasette_hands_out_is_a_formula(ds: Any, workspace: Workspace) -> None:
    with closing(sqlite3.connect(workspace.root / "kb.db")) as db, db:
        db.execute("update publication set title = '=cmd|x'")
    sql = "select '=1+1' as a, ' ＠SUM(1)' as b, char(9) || '=1' as c, 'x=1' as d, -1 as e"
    for path in (f"/kb.csv?sql={quote(sql)}", "/kb/publication.csv", "/kb/publication.csv?_stream=on&_labels=on"):
        answer = await ds.client.get(path)
        cells = [cell for row in csv.reader(io.StringIO(answer.text)) for cell in row]
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "@", "＠"))], path
        assert "'=cmd|x" in cells or {"'=1+1", "x=1", "-1"} <= set(cells)


def _links(text: str) -> list[str]:
    found = [link.partition("#")[0].replace("&amp;", "&") for link in re.findall(r'(?:href|src)="(/[^"]*)"', text)]
    return [link for link in dict.fromkeys(found) if not link.startswith(("//", "/kb", "/company", "/-/logout"))
            and not DEED.search(link)]  # fmt: skip


def _open(data: bytes) -> None:
    """Every part of an office file is XML that a program can read."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if Path(name).suffix in (".xml", ".rels"):
                assert ElementTree.fromstring(package.read(name)) is not None, name
