"""The passages of an interpretation: each question with its answer (问答, 答记者问), or each numbered part (解读).

Pure. What such a document says is no provision: it is how an agency reads a rule, and stands beside the rule's text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.model import Document
from kb.normalise import fold, squeeze

_NUMBER = r"(?:第?[一二三四五六七八九十百]{1,4}|\d{1,3}|[（(][一二三四五六七八九十\d]{1,3}[）)])"
_ASKS = re.compile(
    rf"^(?:{_NUMBER}\s*[、.．:：]?\s*)?(?:问|记者问?|Q)\s*\d*\s*[：:.、]|^{_NUMBER}\s*[、.．:：]?.{{2,200}}[？?]$"
)
_ANSWERS = re.compile(r"^(?:答|答复|回答|A)\s*\d*\s*[：:.、]\s*")
_PART = re.compile(r"^[一二三四五六七八九十]{1,3}、")
_BREAK = re.compile(r"(?<=[？?])\s*(?=(?:答|答复|回答|A)\s*\d*\s*[：:.、])")
LONGEST = 120  # characters of a label


@dataclass(frozen=True)
class Passage:
    """``label`` is the question or the heading as printed, '' where there is none; ``text`` the words below it."""

    label: str
    text: str
    page: int | None = None

    @property
    def key(self) -> str:
        """Equal for the same words in another layout."""
        return fold(self.label + self.text)


def read_passages(document: Document) -> tuple[Passage, ...]:
    """Passages in the order of the document; one without a label where it has neither questions nor parts."""
    lines = [
        (line, block.page)
        for block in document.blocks
        for whole in block.text.splitlines()
        for line in _BREAK.split(squeeze(whole))
        if line
    ]
    words = [line for line, _ in lines]
    opening = [at for at in range(len(words)) if _is_question(words, at)]
    if not opening:
        opening = [at for at, line in enumerate(words) if _PART.match(line)]
        opening = opening if len(opening) > 1 else []
    if not opening:
        return (Passage("", "\n".join(words), lines[0][1]),) if words else ()
    ends = [*opening[1:], len(words)]
    found = [
        Passage(words[at][:LONGEST], "\n".join(_ANSWERS.sub("", line) for line in words[at + 1 : end])
                or words[at][LONGEST:], lines[at][1])
        for at, end in zip(opening, ends, strict=True)
    ]  # fmt: skip
    return tuple(passage for passage in found if passage.text)


def _is_question(words: Sequence[str], at: int) -> bool:
    line = words[at]
    answered = at + 1 < len(words) and _ANSWERS.match(words[at + 1])
    return bool(_ASKS.match(line)) or bool(answered and line.endswith(("？", "?")))
