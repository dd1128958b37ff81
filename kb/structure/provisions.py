"""Document → numbered provisions, in order: 编 章 节 条 款 项 of a law, or the outline 一、（一）1.（1） of a guide.

Owns what a provision is and its eId; lines are lines', nesting outline's, comparing comparing's.

eIds follow Akoma Ntoso: ``chp_2__sec_1__art_12__para_1__item_3``, ``art_5bis1`` (第五条之一). An article of one 款
holds its words itself and its 项 are ``art_5__item_1``; of several 款 they are ``art_5__para_2__item_1``. Outlines:
``sec_2__subsec_1__point_3__subpoint_2`` for 二、（一）3.（2）; deeper ``subitem`` 1）, ``circle`` ①, ``indent`` a）;
``annex_1``, ``note_3``. A number that comes twice under one parent gets ``-2``. Paragraphs of a text without any
number are ``par_1`` …. ``number`` is as printed (empty for 款), ``ordinal`` the place in reading order, from 1;
``start``/``end`` span a unit with all it holds.

Where a text prints article numbers apart from their words (detached), articles have no text and the words stand as
paragraphs ``para_1`` … of their own: nothing is put together by guessing.

Not provisions: what stands before the first number (title, promulgation order, contents), an explanation (说明)
after the text, signatures, rows of tables of data items, page numbers. Rows of other tables are paragraphs of the unit
that they stand in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from kb.model import Document, Provision, ProvisionKind
from kb.normalise import fold
from kb.structure.lines import Line, finished, read_lines
from kb.structure.numbering import width
from kb.structure.outline import RANK, Node, build_tree

_NAMES = {
    "part": "part", "subpart": "subpt", "chapter": "chp", "section": "sec", "article": "art", "款": "para",
    "annex": "annex", "note": "note", "一、": "sec", "（一）": "subsec", "1.": "point", "（1）": "subpoint",
    "1）": "subitem", "①": "circle", "a）": "indent",
    "§1": "sec", "§2": "subsec", "§3": "point", "§4": "subpoint", "§5": "subitem",
}  # fmt: skip
_IN_ARTICLE = _NAMES | {"一、": "list", "（一）": "item"}
_KINDS: dict[str, ProvisionKind] = {
    "part": "part", "subpart": "part", "chapter": "chapter", "section": "section",
    "article": "article", "款": "paragraph", "annex": "annex", "note": "note", "一、": "section", "（一）": "section",
    "§1": "section", "§2": "section", "§3": "section",
}  # fmt: skip
_HEADINGS = ("part", "subpart", "chapter", "section")
# What a site prints under a text.
_SITE = re.compile(
    r"[【（(\[]?(?:责任?编辑|编辑|审核|校对|稿源|文章来源|来源|扫一扫|分享到?|打印|关闭(?:窗口)?|纠错|上一[篇条]|下一[篇条]|返回(?:顶部|列表)"
    r"|相关(?:链接|文章|附件|阅读|解读|稿件)|浏览(?:次数|量)|点击(?:数|次数)|附件下载)(?:[:：\s】）)\]].{0,60}|$)"
    r"|(?:版权所有|主办单?位?：|承办单?位?：|网站(?:标识码|地图|声明)|联系我们).{0,60}|.*(?:ICP备|公网安备).*"
)
_EXPLANATION = re.compile(r"(?:关于)?(?:《.{1,200}》(?:\([^()]{1,60}\))?)?的?(?:起草|编制|修订)?的?说明")
_DATE = re.compile(
    r"(?:\d{4}|[二〇零一三四五六七八九]{4})年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日"
)


def read_provisions(document: Document) -> tuple[Provision, ...]:
    """The numbered units of a document in reading order, parents before children.

    A document that could not be read, or holds nothing, gives ``()``. Never raises.
    """
    lines = list(read_lines(document))
    detached = _numbers_stand_apart(lines)
    roots = build_tree(_without_tail(_without_front(lines, detached)), detached)
    return tuple(_number(roots)) if roots else tuple(_plain(lines))


def _numbers_stand_apart(lines: Sequence[Line]) -> bool:
    """True if article numbers come in heaps without words, as some texts drawn from PDFs give them."""
    bare = articles = 0
    for line, after in pairwise(lines):
        if line.marker and line.marker.style == "article":
            articles += 1
            bare += not line.marker.rest and after.marker is not None
    return bare > 2 and bare * 3 > articles


def _without_front(lines: list[Line], detached: bool) -> list[Line]:
    """From the first provision on: a law's first article with the headings right above it, a guide's first 一、."""
    styles = [line.marker.style if line.marker else "" for line in lines]
    if "article" in styles:
        first = styles.index("article")
        start = _last_heading(styles, first) if detached else _headings_above(lines, first)
    else:
        outline = [at for at, style in enumerate(styles) if style not in ("", "annex", "note")]
        leading = [at for at in outline if styles[at] in ("一、", "part", "subpart", "chapter", "§1")]
        start = (leading or outline or [len(lines)])[0]
    return [
        line for line, before in zip(lines[start:], [None, *lines[start:]], strict=False) if not _twice(line, before)
    ]


def _last_heading(styles: Sequence[str], first: int) -> int:
    return max((at for at in range(first) if styles[at] in _HEADINGS), default=first)


def _headings_above(lines: Sequence[Line], first: int) -> int:
    start, rank = first, RANK["article"]
    for at in range(first - 1, max(first - 8, -1), -1):
        marker = lines[at].marker
        if marker and RANK.get(marker.style, 0) and (RANK[marker.style] < rank or _twice(lines[at], lines[start])):
            start, rank = at, RANK[marker.style]
        elif marker or finished(lines[at].text):
            break
    return start


def _twice(line: Line, before: Line | None) -> bool:
    """Bold headings that a PDF prints twice, one on the other."""
    return bool(before and line.marker and line.marker.labelled and fold(line.text) == fold(before.text))


def _without_tail(lines: list[Line]) -> list[Line]:
    """Up to the explanation, the signature or the page's own links after the last sentence of the law."""
    begun = max((at for at, line in enumerate(lines) if line.marker), default=0) + 1
    site = (at for at in range(begun, len(lines)) if width(lines[at].text) < 120 and _SITE.fullmatch(lines[at].text))
    lines = lines[: next(site, len(lines))]
    annexed = any(line.marker and line.marker.style == "annex" for line in lines[1:])
    if annexed:
        return lines
    explained = (
        at for at, line in enumerate(lines) if at and width(line.text) < 120 and _EXPLANATION.fullmatch(fold(line.text))
    )
    lines = lines[: next(explained, len(lines))]
    last = max((at for at, line in enumerate(lines) if line.marker), default=0)
    closed = (at for at in range(last + 1, len(lines)) if _closes(lines[at], lines[at - 1]))
    return lines[: next(closed, len(lines))]


def _closes(line: Line, before: Line) -> bool:
    short = not line.row and width(line.text) < 40 and not re.search(r"[，。；：]", line.text)
    return bool(_DATE.fullmatch(fold(line.text))) or (short and finished(before.text))


def _number(roots: Sequence[Node]) -> Iterator[Provision]:
    ordinal = 0
    used: dict[str, int] = {}

    def walk(node: Node, parent: str | None, names: dict[str, str]) -> Iterator[Provision]:
        nonlocal ordinal
        children, texts, heading = node.children, node.texts, _unspaced(node.heading)
        if node.style == "article" and len(children) == 1:
            children, texts = children[0].children, children[0].texts
        if heading and not (texts or children) and node.style not in RANK:
            texts, heading = [heading], ""  # an entry of a list, not a heading
        name = f"{names[node.style]}_{node.value or 1}" + (f"bis{node.bis}" if node.bis else "")
        eid = f"{parent}__{name}" if parent else name
        used[eid] = used.get(eid, 0) + 1
        if used[eid] > 1:
            eid = f"{eid}-{used[eid]}"
        ordinal += 1
        kind = "item" if names is _IN_ARTICLE and node.style not in RANK else _KINDS.get(node.style, "item")
        yield Provision(
            eid, kind, node.number, heading, "\n".join(texts), parent, ordinal, node.start, node.end, node.page
        )
        below = _IN_ARTICLE if node.style in ("article", "款") else names
        for child in children:
            yield from walk(child, eid, below)

    for root in roots:
        yield from walk(root, None, _NAMES)


def _unspaced(heading: str) -> str:
    """总 则 → 总则: short headings are spaced out for looks."""
    return re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", heading)


def _plain(lines: Sequence[Line]) -> Iterator[Provision]:
    """A text without numbers: each paragraph by itself, so that an edit of it is still seen."""
    paragraphs: list[list[Line]] = []
    for line in lines:
        if paragraphs and not line.row and line.after_full and not line.opens(paragraphs[-1][-1].text):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    for at, part in enumerate(paragraphs, 1):
        text = "".join(line.text for line in part)
        yield Provision(f"par_{at}", "paragraph", "", "", text, None, at, part[0].start, part[-1].end, part[0].page)
