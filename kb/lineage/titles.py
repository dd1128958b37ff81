"""What a title says: which instrument it is about, at which stage, in which edition, and what is done with it.

A title on an agency's page is mostly a notice about an instrument: 关于《X（征求意见稿）》公开征求意见的通知.
The key of a title is the name of that instrument without issuer, stage and edition: a draft and its final share it.
Owns the grammar of titles; whether two different keys are one work is decided in lineage.py.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace

from kb.lineage.head import head_of, tidy, tidy_lines
from kb.lineage.title_actions import Action, action_on, decides, explains, is_collective
from kb.model import Stage
from kb.normalise import fold
from kb.structure.numerals import read_number

_LONGEST = 300  # characters; what is longer is no title
# Every repetition within a marker is bounded, so that looking for one costs the same wherever it begins.
_N = r"[一二三四五六七八九十两\d]{1,4}"
_MORE = r"(?:再次|再度|重新|(?:第[二三四2-4]|[二三四])[次轮])"
_AGAIN = rf"(?:{_MORE}|公开|[向面]{{0,2}}社会公开|，|、)"
# What a bracket behind a name, or the tail of a name, may say of stage and edition, and nothing else.
_DRAFT = (
    rf"{_AGAIN}{{0,4}}征求(?:社会)?意见(?:稿|版)?(?:第?{_N}稿)?"
    rf"|(?:修订|修正|修改)?草案(?:{_AGAIN}{{0,4}}(?:{_N}次)?(?:征求意见稿|审议稿|修改稿|送审稿)?)?"
    rf"|(?:{_N}次)?审议稿|{_N}审稿|送审稿|报批稿|讨论稿|修订稿|二次"
)
_VERSION = r"[Vv]\d{1,6}(?:[.]\d{1,6}){0,4}"
_EDITION = rf"(?:19|20)\d\d-?年?(?:-?[版本])?|第{_N}版|{_VERSION}(?:-?20\d{{4}})?"
_STATUS = r"试行|暂行|(?:(?:19|20)\d\d年?)?(?:修正|修订|修改)(?:版|本)?|已?废止|已?失效|全文|正式稿|定稿"
# An order number or a history behind a name: （国务院令第790号）, （2024年3月22日公布）, 2026年第41号令.
_ORDER = re.compile(
    r"（(?:[^（）]{0,60}(?:令|〔\d{4}〕)[^（）]{0,60}号|(?:19|20)\d\d年\d+月)[^（）]{0,60}）$|(?:19|20)\d\d年第\d+号令?$"
)
_WORDS = rf"(?:{_DRAFT}|{_EDITION}|{_STATUS})"
# Atomic and at most eight, for a word can be read in two ways: of 修订草案修订草案… every reading would be tried.
_BRACKETED = rf"（(?>(?:{_WORDS}[，、；\-]?){{1,8}})）"
_IN_BRACKETS = rf"[-_ ]?{_BRACKETED}[-_]?$"
_BEHIND_DASHES = rf"[-_](?>(?:{_WORDS}[-_]?){{1,8}})$"  # as in file names
_BARE = rf"(?:{_DRAFT}|(?:19|20)\d\d年?[版本]|第{_N}版|{_VERSION})$"
_MARKER = re.compile(rf"{_IN_BRACKETS}|{_BEHIND_DASHES}|{_BARE}")
_MARKER_ALONE = re.compile(rf"{_BRACKETED}$")
_OVERRIDDEN = re.compile(r"（[^（）]*(?:部分)?覆盖）$")

_SITE = re.compile(
    r"[_|][^《》_|]*$|-+(?:国家|中央|中华人民共和国|中国政府网|[^-《》]{2,12}(?:门户网站|政府网|网站|[部委局厅办]$))[^-《》]*$"
)
_FILE = re.compile(r"\.(?:pdf|docx?|wps|ofd|xlsx?|html?|txt|md|zip)$", re.I)
_HASH = re.compile(r"[-_][0-9a-f]{8,}$")
_ANNEX = re.compile(r"^(?:附件?[\d一二三四五六七八九十]*[：.、]|附件(?=《)|\d{1,2}[.、])(?=.{4})")
# What a list or a file name puts before a name: the number of a standard, or the order that promulgates it.
_NUMBERED = re.compile(
    r"^(?:(?:GB|YD|QC|JT|CJJ?|CH|DB\d*|TC260)[/∕]?[TZ]?\s?[\dA-Z.-]*\d[-—–](?:19|20)\d\d"
    r"|[^《》（）关于]{2,40}令（?第?[\d一二三四五六七八九十百〇零]+号）?)(?=[^-—\d，。、]{4})[：:]?"
)
# The part of a list that a sheet holds: 示例负面清单（2024版）——需要申报安全评估的数据清单.
_PART = re.compile(r"(?:(?<=清单)|(?<=目录)|(?<=[版年]）))—{1,2}[^—《》]{2,40}(?:清单|目录|部分)$")
_BEHIND = re.compile(r"^(《[^《》]+)》（([^（）]{2,20})）$")  # 《某某规定》（征求意见稿）
_ISSUER = re.compile(r"^(?!关于)[^《》（）]{2,80}?(?:[部委局署院厅行会室办网]|总局|部门|政府)(?=关于|公开征求|就《)")

_SECOND = re.compile(
    rf"{_MORE}(?:(?:就|对|关于)《[^《》]*》)?(?:的?公开|[向面]{{0,2}}社会(?:各界)?(?:公开)?)?(?:征求|征集|审议)"
    r"|征求意见稿[，、]?第?[二三]|[二三]审稿|（[^（）]*征求意见稿[，、]二次）"
)
_NOW_CONSULTED = re.compile(r"现[^。；]{0,80}?征求[^。；]{0,80}?意见")
_DRAFTED = re.compile(r"征求(?:社会)?意见|草案|送审稿|报批稿|审议稿|讨论稿|报批意见")
_FOR_APPROVAL = re.compile(r"报批(?:稿|公示|意见)")
_PLANNED = re.compile(r"立项|制修订(?:项目)?计划|计划项目|项目计划")  # said of a 《…》 that is still to be written
_DRAFTS = (Stage.DRAFT, Stage.SECOND_DRAFT, Stage.APPROVAL_DRAFT)
_AMENDED = re.compile(r"（(?:(?:19|20)\d\d年?)?(?:修正|修订|修改)(?:版|本)?）|修正案|修正文本")
_DECREED = re.compile(r"现予(?:公布|发布|印发)|现(?:印发|下发|发布)给?你们|经.{2,60}(?:审议)?通过")


@dataclass(frozen=True)
class Title:
    """A title as read.

    ``full`` is all of it without the site's name; ``instrument`` keeps its markers, ``key`` does not; ``explains`` is
    the key of the work that an interpretation is about; ``trial`` is （试行）; ``markers`` as printed.
    """

    full: str
    instrument: str
    key: str
    stage: Stage
    edition: str | None
    action: Action
    trial: bool = False
    explains: str | None = None
    markers: tuple[str, ...] = ()


def title_key(title: str) -> str:
    """The folded name of the instrument that a title is about, without issuer, stage and edition.

    >>> title_key("工业和信息化部关于公开征求对《某某办法（征求意见稿）》的意见") == title_key("某某办法（试行）")
    True
    """
    return read_title(title).key


def stage_of(title: str, body: str = "", notice: str = "") -> Stage:
    """The stage that a text has. The head of the body decides over the title, which may be a mere file name.

    A draft bears the same marker each time it is consulted on; that it is not the first time is said by the title of
    its ``notice``, or by the words before the text (现再次公开征求意见).
    """
    stage = _own_stage(title, body)
    if stage not in _DRAFTS:
        return stage
    told = read_title(notice)
    now = _NOW_CONSULTED.search("".join(tidy_lines(head_of(body))))
    again = (now is not None and _SECOND.search(now[0])) or (
        told.stage is Stage.SECOND_DRAFT and told.key in (read_title(title).key, "")
    )
    return _latest(stage, Stage.SECOND_DRAFT) if again else stage


def _own_stage(title: str, body: str) -> Stage:
    read = read_title(title)
    head = tidy_lines(head_of(body))
    drafted = [line for line in head if _is_marked(line)]
    if drafted:
        return _latest(read.stage, *map(_stage, drafted))
    flat = "".join(head)
    if re.search(r"起草(?:了|形成)?《[^》]*》.{0,40}公开征求意见|现.{0,6}公开征求意见", flat):
        return read.stage if read.stage in _DRAFTS else Stage.DRAFT
    if read.stage in _DRAFTS and _DECREED.search(flat):
        return Stage.FINAL
    return read.stage


def is_decision(title: str) -> bool:
    """Does a title name what amends or ends an instrument (关于修改《…》的决定)? It is not its whole text."""
    return read_title(title).action in ("amend", "repeal") and decides(outside(tidy(title)))


def decides_on_many(title: str) -> bool:
    """Is it a decision on rules that its title does not name (关于修改部分规章的决定)? The next of that title is
    another matter."""
    return is_collective(outside(tidy(title)))


@functools.lru_cache(maxsize=4096)
def read_title(title: str) -> Title:
    """Read a title as printed on a page, in a list, in a document or as a file name. Never raises."""
    text = _NUMBERED.sub("", _ORDER.sub("", _without_site(tidy(title[:_LONGEST]))))
    text = _PART.sub("", text)
    if (behind := _BEHIND.match(text)) and _MARKER.search(f"（{behind[2]}）"):
        text = f"{behind[1]}（{behind[2]}）》"
    if "《" not in text:
        text = text.replace("〈", "《").replace("〉", "》")
    if explains(outside(text)):
        spans = _spans(text)
        named = read_title(text[spans[0][0] + 1 : spans[0][1] - 1]) if spans else None
        explained = (
            (named.explains or named.key) if named else None
        )  # 关于《〈…〉问答》的解读 explains what the other does
        return Title(text, text, fold(text), Stage.FINAL, None, "explain", explains=explained)
    action, instrument, context = _instrument(text)
    if action in ("consult", "issue") and instrument != text:
        inner = read_title(instrument.replace("〈", "《").replace("〉", "》"))
        stage = _latest(inner.stage, _stage(context)) if action == "consult" else inner.stage
        stage = Stage.PLAN if _PLANNED.search(outside(text)) else stage
        return replace(inner, full=text, instrument=instrument, stage=stage, action=action)
    name, markers = _strip_markers(instrument)
    if _OVERRIDDEN.search(name):
        name, action = _OVERRIDDEN.sub("", name), "override"
        name, more = _strip_markers(name)
        markers += more
    stage = _stage(context)
    if stage is Stage.FINAL and action in ("amend", "repeal"):
        stage = Stage.AMENDED if action == "amend" else Stage.REPEALED
    if stage is Stage.FINAL and any("废止" in marker or "失效" in marker for marker in markers):
        stage = Stage.REPEALED
    trial = any("试行" in marker or "暂行" in marker for marker in markers)
    return Title(text, instrument, _key(name), stage, _edition(markers), action, trial, None, markers)


def _instrument(text: str) -> tuple[Action, str, str]:
    """What is done, the instrument it is done to, and the words that can tell its stage."""
    spans = _spans(text)
    for start, end in spans:
        left, right = text[:start], text[end:]
        action = action_on(re.split("》", left)[-1], right)
        if action:
            return action, text[start + 1 : end - 1], text[start:end] + outside(text)
    if not spans:
        for action, pattern in _PLAIN:
            if (found := pattern.search(text)) and not re.search(r"部分|等\d|若干", found[1]):
                return action, found[1], text
    issuer = _ISSUER.match(text)
    return "text", text[issuer.end() :] if issuer else text, outside(text) if spans else text


_PLAIN: tuple[tuple[Action, re.Pattern[str]], ...] = (
    ("consult", re.compile(r"公?开?征求(?!(?:社会)?意见)(?:对|关于)?(.{4,}?)的?意见的?(?:通知|公告|函|公示)?$")),
    ("consult", re.compile(
        rf"关于(?:就|对)?(.{{4,}}?){_MORE}?(?:[向面]{{0,2}}社会)?公?开?征求(?:社会)?意见的?(?:通知|公告|函|公示)?$")),
    ("consult", re.compile(
        r"^([^《》（）]{4,}（[^（）]*(?:意见稿|草案)）)"
        r"[^《》（）]{0,8}征求(?:社会)?意见的?(?:通知|公告|函|公示)?$")),
    ("issue", re.compile(r"关于(?:印发|发布|公布)(.{4,})的(?:通知|公告|通告|决定|令)$")),
    ("amend", re.compile(r"关于(?:修改|修订)(.{3,})的(?:决定|公告|通知|令)$")),
    ("repeal", re.compile(r"关于废止(.{3,})的(?:决定|公告|通知|令)$")),
)  # fmt: skip


def _spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of every outermost 《…》; one that is never closed reaches to the end."""
    spans, depth, start = [], 0, 0
    for place, char in enumerate(text):
        if char == "《":
            start, depth = (place, 1) if depth == 0 else (start, depth + 1)
        elif char == "》" and depth:
            depth -= 1
            if depth == 0:
                spans.append((start, place + 1))
    return spans + ([(start, len(text) + 1)] if depth else [])


def outside(text: str) -> str:
    """A title with every name in it as 《》."""
    for start, end in reversed(_spans(text)):
        text = text[:start] + "《》" + text[end:]
    return text


def _without_site(text: str) -> str:
    text = _ANNEX.sub("", _HASH.sub("", _FILE.sub("", text)))
    return (_SITE.sub("", text) or text) if not _MARKER.search(text) else text


def _strip_markers(name: str) -> tuple[str, tuple[str, ...]]:
    markers: list[str] = []
    while (found := _MARKER.search(name)) and found.start() > 0:
        markers.insert(0, found[0].strip("（）-_ "))
        name = name[: found.start()]
    return name, tuple(markers)


def _key(name: str) -> str:
    issuer = _ISSUER.match(name)
    name = name[issuer.end() :] if issuer and len(name) > issuer.end() + 4 else name
    return fold(name).strip("《》-_. 〔〕").removeprefix("中华人民共和国")


def _stage(words: str) -> Stage:
    if _FOR_APPROVAL.search(words):
        return Stage.APPROVAL_DRAFT
    if _SECOND.search(words):
        return Stage.SECOND_DRAFT
    if _DRAFTED.search(words):
        return Stage.DRAFT
    return Stage.AMENDED if _AMENDED.search(words) else Stage.FINAL


def _latest(*stages: Stage) -> Stage:
    """The last stage of a draft among these; a draft where none is."""
    return max((stage for stage in (*stages, Stage.DRAFT) if stage in _DRAFTS), key=_DRAFTS.index)


def _edition(markers: tuple[str, ...]) -> str | None:
    for marker in markers:
        if year := re.search(r"((?:19|20)\d\d)-?年?-?[版本]", marker):
            return year[1]
        if number := re.search(rf"第({_N})版", marker):
            return str(read_number(number[1]))
        if version := re.search(r"[Vv](\d+)", marker):
            return version[1]
    return None


def _is_marked(line: str) -> bool:
    """Is this line of a head a draft marker of its own (（征求意见稿）), or a name that ends with one?"""
    if len(line) > _LONGEST:
        return False
    if _MARKER_ALONE.match(line):
        return bool(_DRAFTED.search(line))
    return "《" not in line and any(_DRAFTED.search(marker) for marker in _strip_markers(line)[1])
