"""Which day of a rule that stands elsewhere a notice moves, as its title says."""

from __future__ import annotations

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
