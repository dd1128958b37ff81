"""What a document says of itself: title, stage, edition, number, dates, issuers and kind.

Owns which date means what. Everything is read from the text; what it does not say is None. A page's own metadata
(发布日期, 成文日期 of a 文件 table) is read in reading/page.py and goes before these facts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kb.lineage.closing import moves_closing, read_closing
from kb.lineage.dates import DATE, find_dates, read_date
from kb.lineage.head import head_of, tidy, tidy_lines
from kb.lineage.issuing import read_issuing
from kb.lineage.own_title import OwnTitle, find_own_title
from kb.lineage.periods import days_later, period_end
from kb.lineage.titles import decides_on_many, read_title, stage_of
from kb.model import Document, Stage
from kb.normalise import fold_glyphs
from kb.structure.numerals import read_number

Kind = Literal["rule", "consultation", "interpretation", "notice"]

_LONGEST = 200_000  # characters; the longest laws have some 60 000
_TITLE_META = ("ArticleTitle", "title", "Title", "法规名称", "标题")
_PUBLISHED_META = ("PubDate", "pubdate", "firstpublishedtime", "published", "发布日期", "公布日期")
_RULE_NAME = r"(?:办法|规定|条例|法|指引|指南|细则|规则|通知|意见|决定|清单|公告|标准|目录|预案|方案|规范)"
_IN_FORCE = r"起(?:正式)?(?:施行|实施|生效|执行)"
_OF_A_PART = r"(?:的|中|中的)?第[一二三四五六七八九十百零\d]+[编章节条款项]"
_OWN_FORCE = re.compile(
    rf"(?:本[一-鿿]{{0,4}}{_RULE_NAME}(?!{_OF_A_PART})[^。；]{{0,12}}?|其[他余][^。；，]{{0,8}}?)自([^。；，]{{0,24}}?){_IN_FORCE}"
)
_AFTER_ISSUE = re.compile(  # 规章制定程序条例 第三十二条
    rf"本[一-鿿]{{0,4}}{_RULE_NAME}[^。；]{{0,12}}?自(?:公布|发布|印发|颁布)之日起(?P<number>\d{{1,3}}|[一二三四五六七八九十]{{1,3}})"
    r"(?P<unit>个月|日|天)后(?:起)?(?:正式)?(?:施行|实施|生效|执行)"
)
_DECREED_FORCE = re.compile(
    rf"(?:(?:现予|予以)(?:公布|发布|印发)|[印下]发给你们|通过)，[^。；]{{0,20}}?自([^。；，]{{0,24}}?){_IN_FORCE}"
)
_ON_ISSUE = re.compile(r"(?:公布|发布|印发|颁布|发文)之日|即日")
_ISSUED_HERE = re.compile(rf"^（[^（）]*?({DATE})[^（）]{{0,8}}(?:公布|发布|印发)")
_ISSUED_IN_FORCE = re.compile(r"^（[^（）]*公布并施行")
_CONSULTS = re.compile(r"(?:公开|社会|再次)征求[^。]{0,30}意见|征求意见的?(?:通知|公告)|反馈意见|意见反馈")
_NO_RULE = re.compile(
    r"换届|征集|申报(?:工作)?的?通知|招聘|名单|通报|公示|培训|会议|活动|结果|备案号|启动|举办|召开|发布会|就绪|评选"
)


@dataclass(frozen=True)
class Facts:
    """Dates are YYYY-MM-DD or YYYY-MM, agencies ids of agencies.yml; ``comments_close`` only of consultations."""

    title: str
    stage: Stage
    edition: str | None
    doc_number: str | None
    signed: str | None
    published: str | None
    effective: str | None
    comments_close: str | None
    agencies: tuple[str, ...]
    kind: Kind


def read_facts(document: Document, published: str | None = None) -> Facts:
    """Read the facts of one document; ``published`` is the day that its page names, from which periods count.

    Never raises; an unreadable document has only what its metadata says.
    """
    body = document.body
    if len(body) > _LONGEST:  # facts stand at the head and at the end; a dump of data in between says none
        body = body[: _LONGEST // 2] + "\n" + body[-_LONGEST // 2 :]
    body = unbreak_dates(fold_glyphs(body))
    lines = tidy_lines(body)
    front = len(tidy_lines(head_of(body)))
    page_title = document.title or next((document.meta[key] for key in _TITLE_META if document.meta.get(key)), "")
    own = find_own_title(lines, page_title)
    stage = stage_of(own.text or page_title, body, page_title)
    kind = _kind(own, page_title, lines, front, stage)
    issuing = read_issuing(lines, front, tidy(page_title))
    own_day = _published(document, lines[:front])
    effective = _effective(lines, front, own_day)
    closing = None
    if kind == "consultation":
        closing = read_closing(lines, published or own_day or issuing.signed, is_moved=moves_closing(page_title))
    if issuing.amended and issuing.signed and (effective or issuing.signed) < issuing.signed:
        effective = None  # an amended law still prints the day on which its first text took effect
    return Facts(
        title=own.text,
        stage=Stage.AMENDED if issuing.amended and stage is Stage.FINAL else stage,
        edition=own.read.edition,
        doc_number=issuing.doc_number,
        signed=issuing.signed,
        published=own_day,
        effective=effective,
        comments_close=closing,
        agencies=issuing.agencies,
        kind=kind,
    )


def day_of_effect(words: str) -> str:
    """When a rule says that it takes effect, as printed (2026年3月1日, 公布之日); '' where these words do not."""
    return next(reversed(_OWN_FORCE.findall(tidy(words))), "")


def unbreak_dates(body: str) -> str:
    """Set every date that extraction broke over lines on one line; ``body`` after ``fold_glyphs``."""
    parts, end = [], 0
    for date in find_dates(body):
        parts += [body[end : date.start], re.sub(r"\s", "", body[date.start : date.end])]
        end = date.end
    return "".join([*parts, body[end:]])


def _kind(own: OwnTitle, page_title: str, lines: Sequence[str], front: int, stage: Stage) -> Kind:
    page = read_title(page_title)
    if "explain" in (page.action, own.read.action):
        return "interpretation"
    if page.action == "consult" or stage in (Stage.DRAFT, Stage.SECOND_DRAFT, Stage.APPROVAL_DRAFT):
        return "consultation"
    articles = sum(bool(re.match(r"第[一二三四五六七八九十百零\d]+条", line)) for line in lines)
    if articles >= 3 or own.read.action in ("issue", "amend", "repeal", "override") or decides_on_many(page_title):
        return "rule"
    name = own.read.key
    if _NO_RULE.search(name):
        return "notice"
    if re.search(r"(?:通知|公告|通告|函)$", name) or not re.search(rf"{_RULE_NAME}(?:\(|$)|要求$|规划$|规程$", name):
        outline = sum(bool(re.match(r"[一二三四五六七八九十]+、", line)) for line in lines)
        return "rule" if outline >= 3 and re.search(r"通知$|意见$", name) else "notice"
    return "rule"


def _published(document: Document, front: Sequence[str]) -> str | None:
    for key in _PUBLISHED_META:
        if date := read_date(document.meta.get(key, "")):
            return date
    for line in front:
        if found := _ISSUED_HERE.search(line):
            return read_date(found[1])
    text = "\n".join(front)
    labelled = re.search(rf"(?:发布|公布|印发)(?:日期|时间)[:：]?\n?({DATE})", text)
    stamped = re.search(rf"({DATE})(?:\d{{1,2}}：\d\d(?:：\d\d)?)?\n?来源", text)
    sourced = re.search(rf"来源：[^，。；]{{2,20}}?({DATE})", text)
    timed = re.search(rf"(?m)^({DATE})\d{{1,2}}：\d\d(?:：\d\d)?$", text)
    covered = re.search(rf"(?m)^({DATE})发布", text)  # on a standard's cover
    found = labelled or stamped or sourced or timed or covered
    return read_date(found[1]) if found else None


def _effective(lines: Sequence[str], front: int, published: str | None) -> str | None:
    """From the text's own last statement, else from the order that promulgates it. A blank date is None."""
    own = _OWN_FORCE.findall("".join(lines))
    decreed = _DECREED_FORCE.findall("".join(lines[:front]))
    stated = own[-1:] or decreed[-1:] or re.findall(rf"(?m)({DATE})实施$", "\n".join(lines[:front]))[:1]
    if stated:
        return published if _ON_ISSUE.search(stated[0]) else read_date(stated[0])
    if after := _AFTER_ISSUE.search("".join(lines)):
        return days_later(period_end(published, int(read_number(after["number"]) or 0), after["unit"]), 1)
    return published if any(_ISSUED_IN_FORCE.match(line) for line in lines[:front]) else None
