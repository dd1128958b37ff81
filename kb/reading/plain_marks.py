"""Footnote marks in text that lost its type sizes: 100 万人以上3个人, 不满4100 万人. Taken out where it is certain.

It is certain where the text sets its numbers apart by blanks, as extraction from PDF does, so that a digit which
sticks to the character before it is none of them; where the note of that number stands on the same page; and where
only one digit there can be its mark.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kb.reading.lines import NOTE, Line

_HAN = r"[\u4e00-\u9fff]"
_APART = re.compile(rf"{_HAN} \d|\d {_HAN}")
_GLUED = re.compile(rf"{_HAN}\d")
_CONVENTION = 0.6  # of the places where a number follows a character


def drop_plain_marks(lines: Sequence[Line]) -> tuple[list[Line], list[str]]:
    """The lines without the marks of their notes, and a sentence on those notes whose mark was not found."""
    notes = {match[1]: line.page for line in lines if line.note and (match := NOTE.match(line.text)) and match[1]}
    kept = list(lines)
    text = "\n".join(line.text for line in lines if not line.note)
    apart, glued = len(_APART.findall(text)), len(_GLUED.findall(text))
    certain = apart >= _CONVENTION * (apart + max(glued - len(notes), 0))
    unfound = []
    for number, page in notes.items():
        mark = re.compile(rf"(?<={_HAN}){number}(?=$|[^\d.．%％年月日条万亿])|(?<={_HAN}){number}(?=[1-9]\d* )")
        places = [
            (at, found.start())
            for at, line in enumerate(kept)
            if not line.note and line.page == page
            for found in mark.finditer(line.text)
        ]
        if certain and len(places) == 1:
            at, start = places[0]
            kept[at] = replace(kept[at], text=kept[at].text[:start] + kept[at].text[start + len(number) :])
        else:
            unfound.append(number)
    if not unfound:
        return kept, []
    return kept, [f"the marks of notes {', '.join(unfound)} could not be told from the numbers of the text"]
