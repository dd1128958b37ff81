"""What agencies' systems draw around the words of a page, day by day, though the words stay. Owns markup, no days.

Each kind is one that official pages really have: view counters and tokens that differ at every visit; a box of related
pages, a footer, a print bar, a menu, a share bar inside the article's own frame, a script, the same words in other
tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

ALWAYS = ("views", "token", "related")  # another each day
ONCE = ("print bar", "menu", "share bar", "script", "tags", "blanks")  # from one day on
FRAME = {
    "miit": '<div class="ccontent center" id="con_con">',
    "cac": "<DIV id=BodyLabel>",
    "nda": '<div class="article">',
}
INFO = {"miit": '<a class="print"', "cac": '<div class="set_font">', "nda": '<li class="print"'}
RELATED = ("示例数据工作动态", "示例平台开通公告", "示例培训通知", "示例标准宣贯会", "示例论坛综述")


@dataclass(frozen=True)
class Dressing:
    kind: str
    since: int


def dress(html: str, agency: str, dressings: Iterable[Dressing], day: int) -> str:
    """The page as its site draws it on that day; the words of its title, body and annexes are untouched."""
    for one in dressings:
        if one.since <= day:
            html = _draw(html, agency, one.kind, day if one.kind in ALWAYS else one.since)
    return html


def _draw(html: str, agency: str, kind: str, day: int) -> str:
    if kind == "views":
        tag = "li" if agency == "nda" else "span"
        return html.replace(INFO[agency], f"<{tag}>浏览次数：{1200 + 37 * day}</{tag}>{INFO[agency]}", 1)
    if kind == "token":
        return html.replace("</head>", f'<meta name="csrf-token" content="{day * 7919:08x}"></head>', 1)
    if kind == "related":
        shown = [RELATED[(day + n) % len(RELATED)] for n in range(3)]
        rows = "".join(f"<li><a href='/xgwz/{day}-{n}.html'>{title}</a></li>" for n, title in enumerate(shown))
        return _at_end(html, f"<div class='related'><h3>相关文章</h3><ul>{rows}</ul></div>")
    if kind == "print bar":
        return html.replace("打印", "打印本页", 1)
    if kind == "menu":
        return re.sub(
            r"(<body[^>]*>)", r"\1<div class='topbar'><a href='/wza.html'>无障碍浏览</a></div>", html, count=1
        )
    if kind == "share bar":
        bar = "<div class='share'>分享到：<a href='#'>微信</a> <a href='#'>微博</a></div>"
        return html.replace(FRAME[agency], FRAME[agency] + bar, 1)
    if kind == "script":
        return _at_end(html, f"<script>var loaded = '{day}';</script>")
    if kind == "tags":
        html = html.replace("<p>", '<p style="line-height: 2em;">').replace('<p style="text-indent: 2em;">', "<p>")
        return html.replace("<br>\n", "<br/>\n")
    if kind == "blanks":
        return html.replace("　　", "&emsp;&emsp;")
    assert kind == "site: footer", kind
    return _at_end(html, "<div class='foot'>主办单位：示例单位　网站标识码：示例0001　联系我们</div>")


def _at_end(html: str, more: str) -> str:
    head, _, tail = html.rpartition("</body>")
    return f"{head}{more}</body>{tail}"
