"""One text in the many forms in which agencies, clerks and tools hand it on: every form gives the same provisions."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.model import Provision
from kb.normalise import fold
from kb.reading import read_document
from kb.structure.numbering import width
from kb.structure.provisions import read_provisions

TITLE = "示例数据出境管理办法"
LAW = [
    "第一章　总则",
    "第一条　为了示例数据的安全与发展，规范示例数据的处理活动，促进示例数据依法流动，根据示例规定，制定本办法。",
    "第二条　在示例地域内开展示例数据处理活动，适用本办法。",
    "在示例地域外开展示例数据处理活动，损害示例利益的，依法追究责任；法律另有规定的，从其规定。",
    "第二章　出境",
    "第三条　示例处理者向示例地域外提供示例数据，有下列情形之一的，应当在30日内申报示例评估：",
    "（一）自当年1月1日起累计提供10万人以上、不满100万人示例信息的；",
    "（二）提供的示例数据属于第二条第二款规定情形，可能影响示例秩序、示例安全或者其他示例利益的；",
    "（三）其他情形。",
    "前款规定的示例评估，由示例部门组织；示例部门应当自收到申报材料之日起5个工作日内决定是否受理，并以书面形式告知理由。",
    "第三条之一　示例评估的结果有效期为3年。",
    "第四条　示例处理者不履行本办法第三条规定的义务的，由示例部门责令改正，给予警告，并可以将其列入示例名单予以公布。",
    "第三章　附则",
    "第五条　本办法自2026年1月1日起施行。",
]  # fmt: skip
Lines = Callable[[], str | bytes]


def read(data: str | bytes, name: str) -> list[tuple[str, str]]:
    document = read_document(data.encode() if isinstance(data, str) else data, name=name)
    return key(read_provisions(document))


def key(provisions: tuple[Provision, ...]) -> list[tuple[str, str]]:
    return [(p.eid, fold(p.number + p.heading + p.text)) for p in provisions]


EXPECTED = read("\n\n".join([TITLE, *LAW]), "a.txt")


def test_the_text_itself_is_read_whole() -> None:
    articles = [eid for eid, _ in EXPECTED if re.search(r"art_\d+(?:bis\d+)?$", eid)]
    assert [eid.split("art_")[1] for eid in articles] == ["1", "2", "3", "3bis1", "4", "5"]
    assert "chp_2__art_3__para_1__item_3" in dict(EXPECTED)


def broken(columns: int, indent: str) -> Iterator[str]:
    """The text's lines as a printer breaks them."""
    for paragraph in LAW:
        line = indent
        for char in paragraph:
            if width(line + char) > columns and char not in "，。；：、）":
                yield line
                line = ""
            line += char
        yield line


def paged(columns: int, indent: str, mark: str, head: str, length: int) -> str:
    lines, pages = list(broken(columns, indent)), []
    for number, at in enumerate(range(0, len(lines), length), 1):
        foot = mark.format(number) if "{}" in mark else mark
        pages += [*([head] if head else []), *lines[at : at + length], foot]
    return "\n".join([TITLE, "", *pages])


@given(
    st.integers(44, 90), st.sampled_from(["　　", "    ", "  "]),
    st.sampled_from(["— {} —", "- {} -", "第{}页", "第 {} 页 共 9 页", "{}/9", "\f"]), st.sampled_from(["", TITLE]),
    st.integers(12, 24),
)  # fmt: skip
def test_a_printed_page_breaks_no_provision(columns: int, indent: str, mark: str, head: str, length: int) -> None:
    assert read(paged(columns, indent, mark, head, length), "a.txt") == EXPECTED


PAGE = "<html><head><meta charset='{}'><title>{}</title></head><body><h1>{}</h1><div>{}</div>{}</body></html>"
FOOT = "<p>责任编辑：示例</p><p>版权所有：示例 ICP备000000号</p>"


def page(body: str, charset: str = "utf-8") -> str:
    return PAGE.format(charset, TITLE, TITLE, body, FOOT)


def bold_number(paragraph: str) -> str:
    return re.sub(r"^(第[^　]+)　", r"<strong>\1</strong>&nbsp;&nbsp;", paragraph)


def word() -> bytes:
    document = docx.Document()
    document.add_heading(TITLE, 0)
    document.sections[0].header.paragraphs[0].text = TITLE
    for paragraph in LAW:
        printed = document.add_paragraph()
        for at in range(0, len(paragraph), 7):
            printed.add_run(paragraph[at : at + 7])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("name", "form"), [
    ("p.html", lambda: page("".join(f"<p>　　{line}</p>" for line in LAW))),
    ("br.html", lambda: page("<br>\n&emsp;&emsp;".join(LAW))),
    ("bold.html", lambda: page("".join(f"<p>{bold_number(line)}</p>" for line in LAW))),
    ("spans.html", lambda: page("".join(f"<p><span>{line[:5]}</span><font>{line[5:]}</font></p>" for line in LAW))),
    ("frame.html", lambda: page(f"<table><tr><td>{''.join(f'<p>{line}</p>' for line in LAW)}</td></tr></table>")),
    ("gb.html", lambda: page("".join(f"<p>{line}</p>" for line in LAW), "gb2312").encode("gb18030")),
    ("bold.md", lambda: "\n\n".join([f"# {TITLE}", *(re.sub(r"^(第[^　]+)　", r"**\1** ", line) for line in LAW)])),
    ("list.md", lambda: "\n".join([f"# {TITLE}", *(f"- {line}" if line[0] == "（" else f"\n{line}" for line in LAW)])),
    ("bold.txt", lambda: "\n\n".join([TITLE, *(re.sub(r"^(第[^　]+)　", r"**\1** ", line) for line in LAW)])),
    ("a.docx", word),
])  # fmt: skip
def test_a_page_or_file_in_another_markup_gives_the_same(name: str, form: Lines) -> None:
    assert read(form(), name) == EXPECTED


def test_a_decision_that_quotes_what_it_inserts_has_its_own_points_only() -> None:
    decision = """示例常务委员会关于修改《示例法》的决定
一、增加一条，作为第三条：“示例工作坚持示例原则。”
二、将第五条改为第六条，修改为：“违反本法规定，有下列情形之一的，处一万元以上十万元以下罚款：
“（一）甲；
“（二）乙。
“有前款规定行为，情节严重的，处十万元以上罚款。”
三、将第七条改为第八条，增加一条，作为第九条：“第九条　违反本法规定的，责令改正。”
四、对部分条文作以下修改：
（一）删去第十条。
（二）将第十一条中的“甲”修改为“乙”。
本决定自2026年1月1日起施行。"""
    found = read_provisions(read_document(decision.encode(), name="a.txt"))
    assert [p.number for p in found] == ["一、", "二、", "三、", "四、", "（一）", "（二）"]
    assert "“有前款规定行为" in found[1].text


def test_a_book_has_parts_within_parts() -> None:
    text = (
        "示例典\n第二编　物\n第一分编　通则\n第一章　一般规定\n第一条　例。\n第二分编　权\n第二章　特例\n第二条　例。"
    )
    eids = [p.eid for p in read_provisions(read_document(text.encode(), name="a.txt"))]
    assert eids[-1] == "part_2__subpt_2__chp_2__art_2"
