"""What stands before the first number of a text: the words that say why it is made, or that it is promulgated.

It is no provision and is stored nowhere by itself; it is read from the body when two texts are compared for a person.
Titles, dates, signatures and contents are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.model import Provision
from kb.normalise import fold

_ALIKE = 0.6  # Indel similarity
NUMBER = "序言"
_SENTENCE = re.compile(r"^.{19,}。$", re.MULTILINE)


def read_preamble(body: str, provisions: Sequence[Provision]) -> Provision | None:
    """The whole sentences before the first provision as a unit of their own; None where there is none."""
    start = min((provision.start for provision in provisions if provision.number), default=0)
    found = [match for match in _SENTENCE.finditer(body, 0, start) if match.end() <= start]
    if not found:
        return None
    text = "\n".join(match[0].strip() for match in found)
    return Provision("preamble", "note", NUMBER, "", text, None, 0, found[0].start(), found[-1].end())


def resembles(old: Provision, new: Provision) -> bool:
    """Whether one preamble can be the other reworded."""
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(fold(old.text), fold(new.text)) >= _ALIKE
