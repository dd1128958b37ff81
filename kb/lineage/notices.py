"""What a notice does to a rule that stands elsewhere, by its title: which day it moves, or that it passes it on."""

from __future__ import annotations

import re
from typing import Literal

from kb.lineage.closing import ends_consultation, moves_closing
from kb.lineage.effect import moves_effect, prolongs_validity, stays_effect

Moved = Literal["consultation", "closing", "effect", "validity"]


def day_moved(title: str) -> Moved | None:
    """``consultation``: it is ended; ``closing``: its last day is moved; ``effect``: moved or stayed; ``validity``: it
    goes on; None: no such."""
    if ends_consultation(title):
        return "consultation"
    if moves_closing(title):
        return "closing"
    if moves_effect(title) or stays_effect(title):
        return "effect"
    return "validity" if prolongs_validity(title) else None


def forwards(title: str) -> bool:
    """Does it pass on another agency's rule (关于转发《…》的通知)? What it adds is about carrying it out."""
    return bool(re.search(r"转发(?:[^《》]{0,30})《", title))
