"""DOC, RTF and OpenDocument files are read through LibreOffice; where it is not installed it is said what to do."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from agency_site import serve

from kb.model import Status
from kb.reading import read_document
from kb.reading.installed import find_office
from kb.reading.office import convert
from kb.structure.provisions import read_provisions

needs_office = pytest.mark.skipif(not find_office(), reason="LibreOffice is not installed")
LAW = ("示例数据管理办法", "第一条 为了示例，制定本办法。", "第二条 有下列情形之一的，应当报告：", "（一）示例一；",
       "（二）数量达到100万人以上的。", "第三条 本办法自2026年1月1日起施行。")  # fmt: skip
ROWS = (("序号", "数据项", "数据项说明", "判定规则"), ("1", "示例轨迹", "示例车辆的位置", "涉及10万台以上车辆的。"))


@pytest.fixture(scope="module")
def word() -> bytes:
    document = docx.Document()
    for line in LAW:
        document.add_paragraph(line)
    table = document.add_table(len(ROWS), len(ROWS[0]))
    for row, words in zip(table.rows, ROWS, strict=True):
        for cell, text in zip(row.cells, words, strict=True):
            cell.text = text
    document.add_paragraph("附注。")  # no file of Word's ends with a table
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def converted(word: bytes) -> dict[str, bytes]:
    """The same document as the old formats have it."""
    office = find_office()
    assert office
    made = {kind: convert(office, word, "docx", kind) for kind in ("doc", "rtf", "odt")}
    return {kind: data for kind, data in made.items() if data}


@needs_office
@pytest.mark.parametrize("kind", ["doc", "rtf", "odt"])
def test_an_old_office_file_reads_as_its_docx_does(kind: str, word: bytes, converted: dict[str, bytes]) -> None:
    read, expected = read_document(converted[kind], name=f"a.{kind}"), read_document(word, name="a.docx")
    assert (read.status, read.body, read.tables) == (Status.READ, expected.body, expected.tables)


@needs_office
def test_a_doc_without_libreoffice_keeps_its_text_and_says_what_is_missing(
    converted: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    read = read_document(converted["doc"], name="a.wps")
    assert read.status is Status.PARTLY
    assert "install LibreOffice" in read.detail
    assert [p.number for p in read_provisions(read) if p.number] == ["第一条", "第二条", "（一）", "（二）", "第三条"]
    assert not read.layout  # the table's cells are loose lines, from which nothing is guessed


def test_without_libreoffice_other_old_files_say_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    read = read_document(b"{\\rtf1 \\u31532?}", name="a.rtf")
    assert (read.status, "install LibreOffice" in read.detail) == (Status.UNSUPPORTED, True)


@needs_office
def test_a_broken_doc_is_listed(converted: dict[str, bytes]) -> None:
    read = read_document(converted["doc"][:2000] + bytes(3000), name="a.doc")
    assert not read.readable
    assert read.detail


@needs_office
def test_opening_a_file_asks_nothing_of_any_host() -> None:
    with serve({}) as host:
        read = read_document(with_links_to(host.url), name="a.odt")
        assert (read.status, read.body.strip()) == (Status.READ, "第一条 示例。")
        assert host.asked == []


def with_links_to(url: str) -> bytes:
    """A text with a picture and a section that stand on another host."""
    spaces = {name: f"urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0" for name, urn in (
        ("office", "office"), ("text", "text"), ("draw", "drawing"), ("svg", "svg-compatible"))}  # fmt: skip
    names = " ".join(
        f'xmlns:{name}="{urn}"' for name, urn in {**spaces, "xlink": "http://www.w3.org/1999/xlink"}.items()
    )
    content = (
        f'<office:document-content {names} office:version="1.2"><office:body><office:text>'
        f'<text:p>第一条 示例。<draw:frame svg:width="2cm" svg:height="2cm"><draw:image xlink:href="{url}/a.png"/>'
        f'</draw:frame></text:p><text:section text:name="s"><text:section-source xlink:href="{url}/b.odt"/>'
        "<text:p/></text:section></office:text></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.text"
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{media}"/>'
        for path, media in (("/", kind), ("content.xml", "text/xml"))
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", kind)
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{spaces["office"][:-10]}'
                         f'manifest:1.0">{entries}</manifest:manifest>')  # fmt: skip
    return out.getvalue()
