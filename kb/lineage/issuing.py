"""Who issued a text, under which number, and when it was signed: read from its issuing lines.

Issuing lines are the head of an order (国家互联网信息办公室 / 令 / 第16号), a line with a document number, and the
signature (agency above a date). A number or agency merely cited is none of its own. Absent is None, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.agencies import agencies_in, agency_spans
from kb.lineage.adoption import read_adoption
from kb.lineage.dates import find_dates
from kb.structure.numerals import read_number

_STATE = "中华人民共和国"
_N = r"[\d一二三四五六七八九十百〇零]+"
_YEAR = r"[〔﹝\[（【]((?:19|20)\d\d)[〕﹞\]）】]"
_ORDER = re.compile(rf"(令|公告)（?((?:19|20)\d\d年)?第?({_N})号")
_LONE_ORDER = re.compile(rf"(?m)^(?:{_STATE})?([\u4e00-\u9fff]{{2,24}}[部委局署院会厅行室])令\n?（?第?({_N})号）?$")
_BODY = re.compile(r"[\u4e00-\u9fff]{2,24}(?:部|委员会|局|署|院|会|厅|银行|办公室)")
_CITING = re.compile(rf"(?:》（|[据照原以]|修改|废止)(?:{_STATE})?$")  # what stands before a number that is not its own
_SYMBOL = re.compile(rf"（?([\u4e00-\u9fff]{{2,16}}){_YEAR}第?(\d+)号）?")
_ANNOUNCED = re.compile(r"(?:19|20)\d\d年第\d{1,3}号")  # of an announcement, under its title
_STANDARD = re.compile(r"(?:GB/?T?|YD/?T?|QC/?T?) ?\d+(?:\.\d+)?[-—](?:19|20)\d\d")
_LABEL = re.compile(rf"(?:发文字号|文号|文件编号)[:：]?((?:[\u4e00-\u9fff]{{2,16}}){_YEAR}第?\d+号)")
_SIGNED = re.compile(r"(?:成文日期|签发日期|签署日期)[:：]?")
_OFFICER = re.compile(r"(?:主任|部长|局长|总理|主席|委员长|行长|署长|省长|市长|厅长|会长)[:：]?[\u4e00-\u9fff·]{0,12}$")
_DEPARTMENT = re.compile(r"^[\u4e00-\u9fff]{0,12}(?:办公厅|办公室|[司局厅])$")
_DRAFTED = re.compile(r"(?:研究)?(?:组织)?(?:起草|编制|制定|制修订|修订)(?:了|形成了?|完成了?)《")
_CLAUSE = 120  # characters before it that may say who drafted, and with whom
_SPOKE = re.compile(r"([^，。；《》：]{3,40})(?:有关|相关)?(?:司局)?负责(?:人|同志)(?:就|接受|回答)")
_SIGNED_LINES = 12  # a joint signature names every issuer on a line of its own
_FRONT = 60


@dataclass(frozen=True)
class Issuing:
    """``agencies`` are ids of agencies.yml in the order printed; ``amended``: its history says that it was."""

    doc_number: str | None
    signed: str | None
    agencies: tuple[str, ...]
    amended: bool = False


def read_issuing(lines: Sequence[str], front: int, page_title: str) -> Issuing:
    """Read the issuing lines. ``lines`` as of ``head.tidy_lines``, dates unbroken; the first ``front`` of them stand
    before the numbered text; ``page_title`` may name the issuer (国家互联网信息办公室关于…)."""
    order, by_order = _order(lines[:front])
    signed, by_signature = _signature(lines, front, decreed=order is not None)
    adoption = read_adoption(lines[:front])
    agencies = by_order or by_signature or _title_issuers(page_title) or (adoption.agencies if adoption else ())
    agencies = (
        agencies
        or _speakers(lines[:front])
        or _drafters(lines[:front])
        or _publishers(lines[:_FRONT])
        or _undated_signature(lines)
    )
    signed = _labelled_date(lines) or signed or (adoption.last if adoption else None)
    announced = next((line for line in lines[:_FRONT] if _ANNOUNCED.fullmatch(line)), None)
    return Issuing(_symbol(lines) or order or announced, signed, agencies, bool(adoption and adoption.amended))


def _order(front: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
    """The order (国务院令第790号) at the head, and its issuers; 中华人民共和国 is dropped and numerals are Arabic."""
    text = "".join(front[:_FRONT])
    for found in _ORDER.finditer(text):
        before = text[: found.start()]
        names, start = _issuers_at_end(before)
        if not names or _CITING.search(before[:start]):
            continue
        number = f"{'、'.join(names)}{found[1]}{found[2] or ''}第{read_number(found[3])}号"
        return number, agencies_in("、".join(names)) or _adopted_by(front)
    if joint := _joint_order(front):
        return joint
    if lone := _LONE_ORDER.search("\n".join(front[:_FRONT])):  # of an agency that is not declared
        return f"{lone[1]}令第{read_number(lone[2])}号", ()
    return None, ()


def _joint_order(front: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """An order of several, each on a line of its own above 令, of whom not all are declared."""
    for at in range(1, min(len(front), _FRONT) - 1):
        number = re.fullmatch(rf"（?第?({_N})号）?", front[at + 1])
        if front[at] != "令" or not number:
            continue
        start = at
        while start and _BODY.fullmatch(front[start - 1]):
            start -= 1
        names = [name.removeprefix(_STATE) for name in front[start:at]]
        if names:
            return f"{'、'.join(names)}令第{read_number(number[1])}号", agencies_in("、".join(names))
    return None


def _issuers_at_end(text: str) -> tuple[list[str], int]:
    """Names of agencies that a text ends with, one after another, and where they begin."""
    if text.endswith("主席"):
        return ["主席"], text.rindex("主席")
    names: list[str] = []
    begin = len(text)
    for start, stop, _ in reversed(agency_spans(text)):
        if text[stop:begin] not in ("", "、", "，"):
            break
        names.insert(0, text[start:stop].removeprefix(_STATE))
        begin = start
    return names, begin


def _adopted_by(front: Sequence[str]) -> tuple[str, ...]:
    """A law is promulgated by the President and issued by who adopted it."""
    found = re.search(r"已?由([^，。]{4,60})通过", "".join(front))
    return agencies_in(found[1]) if found else ()


def _symbol(lines: Sequence[str]) -> str | None:
    """A document number on a line of its own or behind its label (工信部网安〔2022〕166号); brackets become 〔〕."""
    for line in lines[:_FRONT]:
        if found := _SYMBOL.fullmatch(line):
            return f"{found[1]}〔{found[2]}〕{found[3]}号"
        if _STANDARD.fullmatch(line):
            return line
    if found := _LABEL.search("".join(lines[:_FRONT])):
        return re.sub(_YEAR, r"〔\1〕", found[1])
    return None


def _labelled_date(lines: Sequence[str]) -> str | None:
    text = "\n".join(lines)
    for label in _SIGNED.finditer(text):
        date = next(find_dates(text[label.end() : label.end() + 30]), None)
        if date and not text[label.end() : label.end() + date.start].strip():
            return date.value
    return None


def _signature(lines: Sequence[str], front: int, *, decreed: bool) -> tuple[str | None, tuple[str, ...]]:
    """The date that stands under issuers or officers, before the numbered text or else at its end; and the issuers."""
    for at in (*range(min(front, len(lines))), *range(len(lines) - 1, front - 1, -1)):
        date = next((d for d in find_dates(lines[at]) if "年" in lines[at] and d.end == len(lines[at])), None)
        if date is None:
            continue
        above = [lines[at][: date.start]] if date.start else []
        start = at
        while not date.start and start and _signs(lines[start - 1]) and at - start < _SIGNED_LINES:
            start -= 1
            above.insert(0, lines[start])
        if above and all(map(_signs, above)):
            return date.value, tuple(dict.fromkeys(a for line in above for a in agencies_in(line)))
        if decreed and not date.start and at < front:
            return date.value, ()
    return None, ()


def _signs(line: str) -> bool:
    """Is this line nothing but agencies (with a department of theirs), or an officer's name?"""
    if _OFFICER.search(line) and len(line) <= 40:
        return True
    rest, end = "", 0
    for start, stop, _ in agency_spans(line):
        rest += line[end:start]
        end = stop
    tail = line[end:]
    return end > 0 and not rest.strip("、，") and (not tail or bool(_DEPARTMENT.match(tail)))


def _undated_signature(lines: Sequence[str]) -> tuple[str, ...]:
    """The last line that is nothing but agencies, near the end of a text."""
    return next(
        (found for line in reversed(lines[-_SIGNED_LINES:]) if _signs(line) and (found := agencies_in(line))), ()
    )


def _publishers(front: Sequence[str]) -> tuple[str, ...]:
    """On a standard's cover: agencies, and under them 发布."""
    at = next(
        (at for at, line in enumerate(front) if line == "发布" or re.fullmatch(r".{4,30}[局部会]发布", line)), None
    )
    if at is None:
        return ()
    above = [front[at].removesuffix("发布")]
    while at and _signs(front[at - 1]):
        at -= 1
        above.insert(0, front[at])
    return tuple(dict.fromkeys(agency for line in above for agency in agencies_in(line)))


def _title_issuers(title: str) -> tuple[str, ...]:
    before = re.split(r"关于|《|公开征求", title)[0]
    return agencies_in(before)


def _drafters(front: Sequence[str]) -> tuple[str, ...]:
    """Who drafted an instrument, as its notice says; with whom (会同…) is no issuer."""
    text = "".join(front)
    for found in _DRAFTED.finditer(text):
        clause = re.split("[，。《》]", text[max(0, found.start() - _CLAUSE) : found.start()])[-1]
        who = (clause.partition("会同")[0] or clause).rpartition("；")[2]
        if len(who) >= 2:
            return agencies_in(who)
    return ()


def _speakers(front: Sequence[str]) -> tuple[str, ...]:
    found = _SPOKE.search("".join(front))
    return agencies_in(found[1]) if found else ()
