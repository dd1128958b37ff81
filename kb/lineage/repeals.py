"""Which instruments a text ends: named in a sentence (同时废止《…》), or listed below one (下列规章予以废止：).

Pure. Only names that the word 废止 or 失效 governs: what a text is based on, amends or leaves in force is not ended,
nor is an instrument of which single articles go. Which work a name is, is ``resolve``; what follows from it,
``recording/repeal``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.lineage.dates import DATE, read_date

_NAME = r"《(?:[^《》]|《[^《》]*》)+》"
_CITED = rf"{_NAME}(?:\s*（[^（）]*(?:（[^（）]*）[^（）]*)*）)?"
_ENDS = r"(?:废止|失效)"
_BETWEEN = re.compile(r"(?:[、，和及与]|以及|\s)*")
# Behind names that end: 《…》同时废止, 《…》等自2026年1月1日起予以废止; before them: 决定废止下列规章：《…》.
_BEHIND = re.compile(
    r"(?:等[^。；《]{0,12})?[，,]?(?:自[^。；《]{2,24}起)?"
    rf"(?:同时|一并|一律|即行|现|均|也|相应|宣布|予以|停止执行，){{0,4}}{_ENDS}"
)
_AHEAD = re.compile(rf"{_ENDS}(?:了|以下|下列)?[^。；《，：]{{0,6}}：?$")
_PART = re.compile(r"^(?:的|中)?(?:第[^章]{1,8}[条款项]|部分|有关|相关)")
_FROM = re.compile(rf"自?({DATE})起(?:同时|予以|即行)?{_ENDS}")
_NOT_SO = re.compile(r"拟|建议|征求|尚未|不予|不得|是否")
# A line above a list: what follows is ended, until a line says otherwise.
_OPENS = re.compile(
    rf"{_ENDS}[^。《]{{0,24}}[：:]$|^[^。《]{{0,30}}{_ENDS}[^。《]{{0,14}}(?:目录|清单|名单|文件|规章|法规|规定)$"
)
_OTHERWISE = re.compile(r"修改|修订|修正|继续有效|保留")
_ABOVE = re.compile(r"[：:]$|^附件?\d*$|(?:目录|清单|名单)$")
_TITLE = re.compile(rf"(?:关于|令)[^。]*{_ENDS}[^。]*的(?:决定|公告|通告|通知|令)》?$")
_NUMBERING = re.compile(
    r"^\s*(?:附件?\d*[：:]?|[一二三四五六七八九十百]+、|[（(][一二三四五六七八九十\d]+[)）]|\d+\s*[.．、]?"
    r"|第[一二三四五六七八九十]+条)?\s*"
)
_WRAPPED = re.compile(
    rf"(?P<name>[^《》（）。]{{0,30}}关于[^（。]*?{_NAME}[^（。]*?的(?:通知|公告|决定|意见))\s*(?P<said>（[^（）]*）)?"
)
_KIND = r"(?:办法|规定|条例|细则|规则|通知|意见|公告|决定|目录|标准|指南|规范|制度|方案)"
_BARE = re.compile(rf"(?P<name>[^《》（）。；\s]{{4,60}}{_KIND})\s*(?P<said>（[^（）]*号[^（）]*）)")
_NAMED = re.compile(rf"{_NAME}$|[^。；\t]{{0,80}}{_KIND}$")
_NUMBER = re.compile(r"〔\d{4}〕\s*\d+号|\d{4}年第\d+号|第?\d+号")

LONGEST = 600  # characters of a line that is a title, or that names one instrument


@dataclass(frozen=True)
class Ended:
    """``name`` as printed, without 《》; ``numbers`` that stand behind it; ``since`` a day of its own, or None; the
    words that say so, and the line of the text in which they stand."""

    name: str
    numbers: tuple[str, ...]
    since: str | None
    quote: str
    start: int
    end: int


def read_repeals(body: str) -> list[Ended]:
    """Every instrument that the text ends, each once, in order."""
    found: dict[str, Ended] = {}
    listing = False
    for line in re.finditer(r"[^\n]+", body):
        words = _NUMBERING.sub("", line[0], count=1).strip()
        if _TITLE.search(words[-LONGEST:]):
            continue
        if _OTHERWISE.search(words) and "《" not in words:
            listing = False
        elif _OPENS.search(words):
            listing = True
        elif "《" not in words and _ABOVE.search(words):
            listing = False
        named = [*_in_sentences(line, words)] or [*(_listed(line, words) if listing else ())]
        for ended in named:
            found.setdefault(ended.name, ended)
    return list(found.values())


def _in_sentences(line: re.Match[str], words: str) -> Iterator[Ended]:
    for sentence in re.finditer(r"[^。；]+[。；]?", words):
        if not re.search(_ENDS, sentence[0]) or _NOT_SO.search(re.sub(_NAME, "", sentence[0])):
            continue
        since = _FROM.search(sentence[0])
        day = read_date(since[1]) if since else None
        for names in _chains(sentence[0]):
            start, end = names[0].start(), names[-1].end()
            before = _AHEAD.search(sentence[0][max(0, start - 24) : start])
            if _BEHIND.match(sentence[0], end) or (before and not _PART.match(sentence[0][end : end + 12])):
                yield from _split(names, day, sentence[0], line)


def _chains(words: str) -> list[list[re.Match[str]]]:
    """Names that stand side by side, 《…》（…）、《…》和《…》."""
    chains: list[list[re.Match[str]]] = []
    for cited in re.finditer(_CITED, words):
        gap = _BETWEEN.match(words, chains[-1][-1].end()) if chains else None
        if gap and gap.end() == cited.start():
            chains[-1].append(cited)
        else:
            chains.append([cited])
    return chains


def _listed(line: re.Match[str], words: str) -> Iterator[Ended]:
    words = words[:LONGEST]
    cells = [cell.strip() for cell in words.split("\t") if cell.strip()]
    if len(cells) > 1 and (name := next((cell for cell in cells if _NAMED.match(cell)), None)):  # a row of a table
        numbers = tuple(number for cell in cells if cell != name for number in _NUMBER.findall(cell))
        bare = name[1:-1] if re.fullmatch(_NAME, name) else name
        yield Ended(bare, numbers, None, line[0].strip(), line.start(), line.end())
    elif wrapped := _WRAPPED.match(words):
        numbers = tuple(_NUMBER.findall(wrapped["said"] or ""))
        yield Ended(wrapped["name"].strip(), numbers, None, line[0].strip(), line.start(), line.end())
    elif words.startswith("《") and (chains := _chains(words)):
        rest = words[chains[0][-1].end() :][:12]
        if not _PART.match(rest) and not _OTHERWISE.search(rest):
            yield from _split(chains[0], None, line[0].strip(), line)
    elif plain := _BARE.match(words):
        numbers = tuple(_NUMBER.findall(plain["said"]))
        yield Ended(plain["name"], numbers, None, line[0].strip(), line.start(), line.end())


def _split(names: Sequence[re.Match[str]], since: str | None, quote: str, line: re.Match[str]) -> Iterator[Ended]:
    for cited in names:
        name = re.match(_NAME, cited[0])
        assert name
        numbers = tuple(_NUMBER.findall(cited[0][name.end() :]))
        yield Ended(name[0][1:-1], numbers, since, quote, line.start(), line.end())
