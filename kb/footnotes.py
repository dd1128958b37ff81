"""Footnote marks that text extraction left inside the words: 不满4100 万人 is 不满, note 4, 100 万人.

Owns taking them out where that is certain, and only there: a note of that number stands in the text, the marks come
in the order of the notes, and the text otherwise sets a blank between a character and a number, so that a digit
without one is not a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kb.model import Provision

_GLUED = re.compile(r"(?<=[\u4e00-\u9fff”》])\d+")
_SPACED = re.compile(r"(?<=[\u4e00-\u9fff]) \d+")


def drop_footnote_marks(provisions: Sequence[Provision]) -> list[Provision]:
    """The provisions without marks of their footnotes; unchanged where marks cannot be told from numbers."""
    notes = [re.sub(r"\D", "", provision.number) for provision in provisions if provision.kind == "note"]
    texts = [provision.text for provision in provisions if provision.kind != "note"]
    glued = [run for text in texts for run in _GLUED.findall(text)]
    spaced = sum(len(_SPACED.findall(text)) for text in texts)
    marks = sorted(set(notes), key=int)[: len(glued)]
    alone = sum(run == mark for run, mark in zip(glued, marks, strict=False))
    in_order = len(marks) == len(glued) and all(run.startswith(m) for run, m in zip(glued, marks, strict=True))
    if alone < 2 or not in_order or spaced < len(glued):
        return list(provisions)
    waiting = iter(marks)

    def without(run: re.Match[str]) -> str:
        return run[0].removeprefix(next(waiting))

    return [p if p.kind == "note" else replace(p, text=_GLUED.sub(without, p.text)) for p in provisions]
