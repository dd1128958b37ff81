"""Find the title that a text bears at its head: of the instrument itself, not of the notice or page around it.

Takes lines as ``head.tidy_lines`` gives them and the title of the page; knows no dates or issuers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.agencies import agencies_in
from kb.lineage.titles import Title, read_title
from kb.normalise import fold

_LINES = 4  # a title is broken over at most so many lines
_COVER = 20  # lines of a standard's cover
_STANDARD_KIND = re.compile(
    r"(?:中华人民共和国(?:国家|[\u4e00-\u9fff]{2,6}行业)标准(?:化指导性技术文件)?|.{0,12}(?:团体|地方)标准)$"
)
_HEAD = 80  # lines in which a title without any known name is looked for
_KIND = re.compile(
    r"(?:法|条例|规定|办法|规则|细则|指南|指引|通知|公告|通告|意见|决定|清单|目录|方案|规划|预案|要求|规范|标准|规程|问答|解读|说明)"
    r"(?:（[^（）]{1,30}）)*$"
)
_NO_TITLE = re.compile(
    r"[。；！？]|^(?:第.{1,5}[条章节]|根据|依据|为了?|现|各|附|目录|说明|关于.{0,8}的?说明$)|：$|^\d|^（?[一二三四五六七八九十]+[、）]"
)
_DECISION = re.compile(
    r"[^《》（）已\d]{0,40}关于(?:修改|修订|废止)《[^《》]{3,80}》的(?:决定|公告|通知|令)(?:（[^（）]*稿[^（）]*）)?$"
)
_NAMED = re.compile(r"(?m)(?:^|起草了|起草形成了?|征求对?|印发|发布|公布|现[将就]|现对)《([^《》]{4,80})》")
# A page title that names nothing (关于公开征求意见的通知, 2025年第1号公告): its text says what it is about.
_NAMELESS = re.compile(
    r"(?:关于)?(?:再次|重新)?(?:[向面]{0,2}社会)?(?:公开)?(?:征求|征集)(?:社会|公众)*意见(?:建议)?的?"
    r"(?:通知|公告|公示|函|启事)?(?:（[^（）]*）)?$"
    r"|(?:[^关于《》]{0,24}(?:部|办公室|局|委员会))?(?:（?(?:19|20)\d\d年第?\d+号）?)?(?:公告|通告|令)"
    r"(?:（?(?:19|20)\d\d年第?\d+号）?)?$"
)


@dataclass(frozen=True)
class OwnTitle:
    """``text`` as printed, joined to one line; ``line`` where it stands (None: only named, not found in the text)."""

    text: str
    read: Title
    line: int | None


def find_own_title(lines: Sequence[str], page_title: str) -> OwnTitle:
    """The instrument's title with its markers. Where the text bears none, the instrument that the page title names."""
    page = read_title(page_title)
    if page.action == "explain":
        return OwnTitle(page.instrument, page, None)
    if standard := _of_a_standard(lines):
        return standard
    named = [read_title(name).key for name in _named_in(lines)]
    # What heads a page or file may be its issuer or an order (国务院令): then the order says what it promulgates.
    tells = bool(_KIND.search(page.instrument)) and not _NAMELESS.match(page.instrument)
    names = [name for name in ((page.key, *named) if tells else (*named, page.key)) if name]
    for name in dict.fromkeys(names):
        found = [own for at in range(len(lines)) if (own := _bearing(lines, at, name))]
        if found:
            return max(found, key=lambda own: (len(own.read.markers), -(own.line or 0)))
    if not tells:
        for at in range(min(len(lines), _HEAD)):
            if own := _looking_like(lines, at):
                return own
    return OwnTitle(_display(page), page, None)


def _of_a_standard(lines: Sequence[str]) -> OwnTitle | None:
    """A standard's cover: its kind, its number, perhaps the one it replaces, and its name."""
    cover = lines[:_COVER]
    kind = next((at for at, line in enumerate(cover) if _STANDARD_KIND.match(line)), None)
    if kind is None:
        return None
    for at, line in enumerate(cover[kind + 1 :], kind + 1):
        if re.search(r"[\u4e00-\u9fff]{4}", line) and not re.match(r"代替|部分代替|（?\d|[A-Z]{2}", line):
            more = cover[at + 1] if at + 1 < len(cover) else ""
            text = line + more if re.fullmatch(r"（[^（）]{2,12}稿）|第\d+部分：.{2,40}", more) else line
            read = read_title(text)
            return OwnTitle(_display(read), read, at)
    return None


def _named_in(lines: Sequence[str]) -> list[str]:
    """Instruments that the first lines say are adopted, issued or consulted on."""
    return [name for name in _NAMED.findall("\n".join(lines[:_HEAD])) if name]


def _bearing(lines: Sequence[str], at: int, name: str) -> OwnTitle | None:
    """The title at this line, if some lines from here on, joined, bear this name; with all markers that follow."""
    best = None
    for count in range(1, _LINES + 1):
        text = "".join(lines[at : at + count])
        if len(text) > 4 * len(name) + 60 or re.search(r"[。；]", text):
            break
        if name not in fold(text):
            continue
        read, decides = read_title(text), _DECISION.match(text)
        if read.key != name or ("《" in text and not decides):
            continue
        if best is None or decides or len(read.markers) > len(best.read.markers):
            best = OwnTitle(_display(read), read, at)
    return best


def _looking_like(lines: Sequence[str], at: int) -> OwnTitle | None:
    """A title by its look: some lines that end with a kind of instrument, followed by the beginning of a text."""
    for count in range(1, _LINES + 1):
        parts = lines[at : at + count]
        text = "".join(parts)
        if len(parts) < count or len(text) > 120 or any(_NO_TITLE.search(part) for part in parts):
            return None
        if agencies_in(parts[0]) and not re.search("关于|《", text):
            return None  # a line of issuers above the title
        if _KIND.search(text) and len(text) >= 5:
            more = lines[at + count] if at + count < len(lines) else ""
            if more.startswith("（") and read_title(text + more).key == read_title(text).key:
                text += more
            read = read_title(text)
            return OwnTitle(_display(read), read, at)
    return None


def _display(read: Title) -> str:
    """What to show: the decision or the interpretation itself, but of a notice only the instrument it is about."""
    return read.full if read.action in ("amend", "repeal", "explain") else read.instrument
