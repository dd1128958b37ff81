"""Whatever comes in, nothing raises, nothing hangs and nothing runs: the tests that docs/threats.md names."""

from __future__ import annotations

import csv
import gzip
import io
import json
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crawlers.spiders import generated_list, jpaas_unit, json_feed, json_list, static_list
from kb.declarations import Declaration, parse_declaration
from kb.errors import RegwatchError
from kb.items.conditions import read_rule
from kb.lineage.titles import read_title
from kb.model import Document, Status
from kb.reading import read_document
from kb.reading.page import read_page
from kb.reading.unpack import unpack
from kb.structure.provisions import read_provisions
from regwatch import main

ROOT = Path(__file__).parents[1]
ANNEXES = ROOT / "crawlers" / "sample" / "annexes"
QUICK = settings(suppress_health_check=list(HealthCheck))  # as many cases as the profile says
SLOW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
LAW = "第一二三四五六七八九十百千万零〇条章节款项年月日以上下不超过人台%，。；：、（）()《》〔〕"
LAW += "「」 \n\t\x00\u200b\ufeff𠀀1239aA<>&'\"=*-"
words = st.text(st.one_of(st.sampled_from(LAW), st.characters(exclude_categories=["Cs"])), max_size=120)


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9))
    + b"]><w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>&j;</w:document>"
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'


def whole() -> dict[str, bytes]:
    """One sound file of each kind."""
    book, sheet = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["序号", "数据项", "判定规则"])
    book.active.append([1, "示例影像", "10万人以上的"])
    book.save(sheet)
    document, docx = __import__("docx").Document(), io.BytesIO()
    document.add_paragraph("第一条　示例。")
    document.save(docx)
    ofd = {"OFD.xml": b"<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016'><ofd:DocBody/></ofd:OFD>"}
    return {
        "pdf": (ANNEXES / "guide-2026.pdf").read_bytes()[:60_000], "xlsx": sheet.getvalue(), "docx": docx.getvalue(),
        "ofd": packed(ofd), "zip": packed({"附件.txt": "第一条　示例。".encode()}),
        "txt": "第一条　示例。".encode("gb18030"),
        "html": "<html><meta charset=utf-8><table><tr><td rowspan=9>第一条<td>示例</table></html>".encode(),
    }  # fmt: skip


WHOLE = whole()


def read(data: bytes, name: str = "") -> Document:
    document = read_document(data, name=name)
    assert document.status in Status
    read_provisions(document)
    return document


# ── readers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@SLOW
@given(kind=st.sampled_from(sorted(WHOLE)), data=st.data())
def test_a_file_with_wrong_bytes_anywhere_has_a_status(kind: str, data: st.DataObject) -> None:
    body = bytearray(WHOLE[kind])
    for _ in range(data.draw(st.integers(1, 12))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(body)))
    read(bytes(body), f"x.{kind}")
    read(bytes(body[:cut]), f"x.{kind}")
    read(bytes(body[cut:]), f"x.{kind}")


@QUICK
@given(st.binary(max_size=3000), st.sampled_from(["pdf", "docx", "xlsx", "ofd", "zip", "txt", "html", "doc", ""]))
@example(b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj trailer<</Root 1 0 R>>", "pdf")
@example(b"PK\x05\x06" + b"\0" * 18, "zip")
def test_any_bytes_under_any_name_have_a_status(data: bytes, kind: str) -> None:
    read(data, f"x.{kind}")


@QUICK
@given(st.lists(st.one_of(words, st.sampled_from(["<p>", "<table>", "<td colspan=99999>", "<br>", "</div>", "<!--"]))))
def test_any_page_is_read(parts: list[str]) -> None:
    page = read_page(("<html>" + "".join(parts)).encode("utf-8", "surrogatepass"), "https://www.cac.gov.cn/a.htm")
    read_provisions(page.document)


BOMBS = {
    "zip of one huge member": packed({"大.txt": b"0" * 80_000_000}),
    "zip in zip in zip": packed({"a.zip": packed({"b.zip": packed({"c.zip": packed({"d.txt": b"0" * 30_000_000})})})}),
    "zip of many members": packed({f"{n}.txt": b"x" for n in range(20_000)}),
    "docx of laughs": packed({"word/document.xml": LAUGHS, "[Content_Types].xml": b"<Types/>"}),
    "docx that reads a file": packed({"word/document.xml": OUTSIDE}),
    "xlsx of laughs": packed({"xl/workbook.xml": LAUGHS, "[Content_Types].xml": b"<Types/>"}),
    "ofd of laughs": packed({"OFD.xml": LAUGHS}),
    "ofd that reads a file": packed({"OFD.xml": OUTSIDE}),
    "gzip": gzip.compress(b"0" * 80_000_000),
    "deep html": b"<html>" + b"<div><table><tr><td>" * 8_000,
    "wide table": b"<html><table>" + b"<tr><td colspan=1000 rowspan=65000>x" * 200,
    "deep brackets": b"%PDF-1.7\n1 0 obj " + b"[" * 200_000,
    "endless line": "第一条".encode() * 300_000,
    "endless numbers": ("9" * 200_000 + "万人以上").encode(),
    "comments": b"<!---->" * 50_000,
    "deep json": b"[" * 300_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_seconds_and_no_more(name: str) -> None:
    began = time.process_time()
    document = read(BOMBS[name], "x.bin")
    assert time.process_time() - began < 20
    assert "root:" not in document.body


def test_a_member_that_climbs_out_is_read_and_never_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in" / "side").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "in" / "side")
    names = ["../x.txt", "../../x.txt", "..\\x.txt", f"{tmp_path}/x.txt", "a/../../x.txt"]
    archive = packed({name: f"第{n}条　示例。".encode() for n, name in enumerate(names, 1)})
    read(archive, "../../x.zip")
    assert [read(one.data or b"", one.name).body for one in unpack(archive)] == [
        f"第{n}条 示例。" for n in range(1, len(names) + 1)
    ]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@QUICK
@given(words)
@example("《" * 300)
@example("关于" * 200 + "《》（征求意见稿）")
def test_any_title_is_read(title: str) -> None:
    read_title(title)


@QUICK
@given(words)
@example("（" * 500 + "10万人以上")
@example("9" * 5000 + "亿人以上")
def test_any_rule_is_read(rule: str) -> None:
    read_rule(rule)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "ws"
    assert CliRunner().invoke(main, ["init", "--workspace", str(folder)]).exit_code == 0
    added = CliRunner().invoke(main, ["add", str(ANNEXES / "guide-2026.pdf"), "--workspace", str(folder)])
    assert added.exit_code in (0, 3)
    return folder


QUERIES = [
    "' OR 1=1 --", '"', "* ", "NEAR(a b)", "col:x", "AND", "NOT NOT", "(((", "重要数据 AND", "a\x00b", "-", "^", "{}",
    "%_", "'; drop table work; --", "1" * 3000, "《》" * 400,
]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_any_query_is_words_and_never_syntax_or_sql(demo: Path, query: str) -> None:
    result = CliRunner().invoke(main, ["search", "--json", "--workspace", str(demo), "--", query])
    assert result.exit_code in (0, 1), result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    works = CliRunner().invoke(main, ["works", "--json", "--workspace", str(demo)])
    assert json.loads(works.stdout)


# ── lists, declarations, catalogs ───────────────────────────────────────────────────────────────────────────────────

SAID = '<ul class="u-list"><li><a href="/a.html" title="x">x</a><span>2026.02.03</span></li></ul>'


@QUICK
@given(st.one_of(words, st.just(SAID)), st.integers(0, 80), st.binary(max_size=30))
def test_a_list_of_any_form_gives_rows_or_none(text: str, cut: int, junk: bytes) -> None:
    from crawlers.source import load_sources

    body = text.encode("utf-8", "replace")
    body = body[:cut] + junk + body[cut:]
    lists = (generated_list, json_list, jpaas_unit, json_feed, static_list)
    for module in lists:
        kind = module.__name__.rpartition(".")[2].replace("_", "-")
        source = next(one for one in load_sources().values() if one.kind == kind)
        for request in module.first_requests(source):
            module.parse_list(body, request, source)


class Form(Declaration):
    name: str
    rows: tuple[int, ...] = ()


@QUICK
@given(words)
@example("name: &a [*a]")
@example("name: !!python/object/apply:os.system [id]")
@example("name: x\nname: y")
@example("rows: [" * 2000)
@example("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nname: x")
def test_any_declaration_is_accepted_or_refused_in_one_line(text: str) -> None:
    with suppress(RegwatchError):
        parse_declaration(text, Form, Path("x.yml"))


CATALOGS: dict[str, bytes] = {
    "none.csv": b"", "nul.csv": b"dataset,column\n\0\0,\0", "latin.csv": b"dataset,column\n\xff\xfe,\xe9",
    "ragged.csv": b"dataset,column\n1\n1,2,3,4,5,6\n\"unclosed",
    "wide.csv": b"dataset,column\n" + b"x" * 300_000 + b",a",
    "deep.json": b"[" * 100_000, "list.json": b"[1,2,3]", "null.json": b"null", "half.json": b'{"datasets": [',
    "laughs.yml": b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n".encode() for n in range(9)),
    "python.yml": b"!!python/object/apply:os.system ['touch /tmp/owned']", "deep.yml": b"[" * 20_000,
    "endless.yml": b"[" * 1_000_000, "endless list.yml": b"- " * 500_000,  # both ended the process
    "bomb.xlsx": BOMBS["xlsx of laughs"], "vss.json": b'{"Vehicle": {"children": {"A": null}}}',
}  # fmt: skip


@pytest.mark.parametrize("name", CATALOGS)
def test_a_broken_catalog_is_one_line_or_a_list_of_rows(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(CATALOGS[name])
    CliRunner().invoke(main, ["init", "--workspace", str(tmp_path / "ws")])
    result = CliRunner().invoke(main, ["catalog", "import", str(tmp_path / name), "--workspace", str(tmp_path / "ws")])
    assert result.exit_code in (0, 1, 3), result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception


# ── what goes out ───────────────────────────────────────────────────────────────────────────────────────────────────

FORMULAS = ["=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")',
            "＝1+1", " =1+1"]  # fmt: skip


def cells_of_csv(text: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_an_export_begins_as_a_formula(tmp_path: Path, formula: str) -> None:
    table = "dataset,column,owner,owner_email\n" + ",".join(
        '"' + cell.replace('"', '""') + '"' for cell in (formula, formula, formula, "a@example.invalid")
    )
    (tmp_path / "c.csv").write_text(table, "utf-8")
    folder = str(tmp_path / "ws")

    def run(*words: str) -> Any:
        return CliRunner().invoke(main, list(words), env={"REGWATCH_WORKSPACE": folder})

    run("init")
    run("catalog", "import", str(tmp_path / "c.csv"))
    name = formula.strip()
    run("map", "accept", "--by", "=1+1", "--why", formula, "--", name, name, "exterior-imagery")
    audit = tmp_path / "audit.csv"
    for words in (
        ["map", "export", "--format", "csv", "--output", f"{tmp_path}/m.csv"],
        ["alert", "audit", "--since", "2026-01-01", "--output", str(audit)],
        ["brief", "--since", "2026-01-01", "--format", "xlsx", "--output", f"{tmp_path}/b.xlsx"],
    ):
        assert run(*words).exit_code in (0, 3), words
    exported = cells_of_csv((tmp_path / "m.csv").read_bytes().decode("utf-8-sig"))
    assert any(formula.strip().strip("=+-@") in cell for cell in exported), "the link is in the export"
    for cell in (*exported, *cells_of_csv(audit.read_bytes().decode("utf-8-sig"))):
        assert not cell.lstrip(" ").startswith((*"=+-@＝＋－＠", "\t", "\r")) or cell == "-", cell
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    assert not [cell.value for sheet in book for row in sheet for cell in row if cell.data_type == "f"]
