"""What belongs to the page and not to the text: page numbers, running heads, marks of the tool that printed it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

_DASH = "-—－–―·•"
# - 3 -   第3页   第3页，共9页   3/9   https://… 第1/2页   Page 3 of 9
PAGE_MARK = re.compile(
    rf"^(?:[{_DASH}]+\s*\d{{1,4}}\s*[{_DASH}]+|(?:https?://\S+\s+)?第\s*\d+\s*(?:/\s*\d+\s*)?页(?:\s*[,，/(（]?\s*共\s*\d+\s*页[)）]?)?"
    r"|(?:https?://\S+\s+)?\d{1,4}\s*[/／]\s*\d{1,4}|[Pp]age\s+\d+(?:\s+of\s+\d+)?)$"
)
_FEED = "\f"
BARE_NUMBER = re.compile(r"^\d{1,4}$")
_STAMP = re.compile(r"\d{4}/\d{1,2}/\d{1,2}\s+\d{1,2}:\d{2}$")  # a browser's, when it prints
_REACH = 2  # running heads and feet are at most so many lines deep
_TITLE = 5  # characters that a title has more of
_SHORTEST = 15  # lines of a page, at least, where only their pace tells numbers of pages from those of rows
_SHARE = 0.6  # of the pages that carry a running line


def strip_pages(pages: Sequence[Sequence[str]]) -> list[set[int]]:
    """For each page, given as its lines from top to bottom, the positions that are furniture."""
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_mask(lines[at]) for at in _edges(len(lines))})
    title = {_mask(line) for line in pages[0][: _REACH + 1]} if pages else set()
    running = {
        text
        for text, pages_with_it in seen.items()
        if pages_with_it >= max(2 if text in title and len(text) > _TITLE else 3, _SHARE * len(pages))
    }
    found = []
    for number, lines in enumerate(pages):
        dropped: set[int] = set()
        for order in (range(len(lines)), range(len(lines) - 1, -1, -1)):
            for depth, at in enumerate(order):
                if depth > _REACH or not (_is_furniture(lines[at], running)):
                    break
                if number or order.step < 0 or not _is_title(lines, at, running):
                    dropped.add(at)
        found.append(dropped)
    return found


def _is_title(lines: Sequence[str], at: int, running: set[str]) -> bool:
    """Where the title is the running head too, the last of its prints on top of the first page is the title."""
    text = _mask(lines[at])
    return text in running and len(text) > _TITLE and text not in map(_mask, lines[at + 1 : at + 1 + _REACH])


def split_pages(lines: Sequence[str]) -> tuple[list[list[str]], bool]:
    """A text's lines by page, marks left out, and whether it has marks of pages at all.

    Marks stand at the foot of a page, or at its head if one is the text's first line. A form feed is a mark. Bare
    numbers are marks if they count up from 1, each after a blank line.
    """
    lines = [line for joined in _joined_fractions(lines) for line in _feeds(joined)]
    marks = [at for at, line in enumerate(lines) if line == _FEED or is_page_mark(line)] or _counting(lines)
    if not marks:
        return [list(lines)], False
    cuts = [0, *marks, len(lines)]
    pages = [
        [line for at, line in enumerate(lines[start:end], start) if at not in marks] for start, end in pairwise(cuts)
    ]
    first_filled = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if marks[0] == first_filled or not any(line.strip() for line in pages[-1]):
        pages = [page for page in pages if any(line.strip() for line in page)]
    return pages, True


def _joined_fractions(lines: Sequence[str]) -> Iterator[str]:
    """3 | / | 16 on three lines are one mark."""
    at = 0
    while at < len(lines):
        three = [line.strip() for line in lines[at : at + 3]]
        if len(three) == 3 and three[1] in ("/", "／") and BARE_NUMBER.match(three[0]) and BARE_NUMBER.match(three[2]):
            yield "/".join((three[0], three[2]))
            at += 3
        else:
            yield lines[at]
            at += 1


def _feeds(line: str) -> Iterator[str]:
    for place, text in enumerate(line.split(_FEED)):
        if place:
            yield _FEED
        yield text


def _counting(lines: Sequence[str]) -> list[int]:
    found: list[int] = []
    for at, line in enumerate(lines):
        if line.strip() == str(len(found) + 1) and (at == 0 or not lines[at - 1].strip()):
            found.append(at)
    return found if len(found) > 2 else _paced(lines)


def _paced(lines: Sequence[str]) -> list[int]:
    """Bare numbers that count up, each about as many lines after the one before as the first stands from the top."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    found: list[int] = []
    number = since = pace = 0
    for place, at in enumerate(filled):
        text = lines[at].strip()
        if not found and text in ("1", "2") and place >= _SHORTEST:
            number, pace = int(text), place
        elif not (found and text == str(number + 1) and 0.6 * pace <= place - since <= 1.6 * pace):
            continue
        number, since = int(text), place
        found.append(at)
    rest = len(filled) - since
    return found if len(found) > 2 and rest <= 1.6 * pace else []


def is_page_mark(text: str, *, bare: bool = False) -> bool:
    text = text.strip()
    return bool(PAGE_MARK.match(text) or (bare and BARE_NUMBER.match(text)))


def _is_furniture(line: str, running: set[str]) -> bool:
    return is_page_mark(line, bare=True) or bool(_STAMP.search(line)) or _mask(line) in running


def _edges(count: int) -> set[int]:
    return {at for at in (*range(_REACH), *range(count - _REACH, count)) if 0 <= at < count}


def _mask(text: str) -> str:
    """A running line is the same on every page but for its numbers."""
    return re.sub(r"\d+", "0", "".join(text.split()))
