"""OFD: the text of its pages as paragraphs; a table in it is a lost one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from kb.model import Status
from kb.reading.ofd import read_ofd

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def make_ofd(pages: Sequence[Sequence[str]]) -> bytes:
    """A plain OFD file: 10 mm from the left, a line every 10 mm, characters of 5 mm."""
    out = io.BytesIO()
    listed = "".join(f'<ofd:Page ID="{at + 10}" BaseLoc="Pages/{at}.xml"/>' for at in range(len(pages)))
    area = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
    root = "<ofd:DocInfo/><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
    common = f"<ofd:CommonData>{area}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages>"
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("OFD.xml", f"<ofd:OFD {NS}><ofd:DocBody>{root}</ofd:DocBody></ofd:OFD>")
        package.writestr("Doc_0/Document.xml", f"<ofd:Document {NS}>{common}</ofd:Document>")
        for at, lines in enumerate(pages):
            objects = "".join(_text_object(100 * at + place + 100, place, line) for place, line in enumerate(lines))
            layer = f'<ofd:Content><ofd:Layer ID="{at + 50}">{objects}</ofd:Layer></ofd:Content>'
            package.writestr(f"Doc_0/Pages/{at}.xml", f"<ofd:Page {NS}>{layer}</ofd:Page>")
    return out.getvalue()


def _text_object(number: int, place: int, line: str) -> str:
    steps = " ".join(["5"] * (len(line) - 1))
    code = f'<ofd:TextCode X="0" Y="6" DeltaX="{steps}">{line}</ofd:TextCode>'
    box = f"10 {place * 10 + 10} 190 8"
    return f'<ofd:TextObject ID="{number}" Boundary="{box}" Font="1" Size="5">{code}</ofd:TextObject>'


def test_lines_become_paragraphs_with_their_page() -> None:
    first = ["示例规定", "第一条 为了演示版式文件的阅读，把一个长长的句子分成两行来排，", "制定本规定。"]
    document = read_ofd(make_ofd([[*first, "- 1 -"], ["第二条 本规定自公布之日起施行。", "- 2 -"]]))
    assert document.status is Status.READ
    assert [(block.text, block.page) for block in document.blocks] == [
        ("示例规定", 1),
        ("第一条 为了演示版式文件的阅读，把一个长长的句子分成两行来排，制定本规定。", 1),
        ("第二条 本规定自公布之日起施行。", 2),
    ]


def test_a_table_is_known_to_be_lost() -> None:
    document = read_ofd(make_ofd([["（一）示例场景", "序号 数据项 判定规则", "1 示例项 示例规则"]]))
    assert not document.layout
    assert document.losses
    assert document.tables[0].rows == ()


def test_a_broken_file_and_one_without_text_say_so() -> None:
    assert read_ofd(make_ofd([[]])).status is Status.SCANNED
    assert read_ofd(b"PK\x03\x04nothing").status is Status.DAMAGED
