"""What a check finds: one sentence that says what to do. Values only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """``kind``: dangling, changed, unowned, no_address, undecided, unmapped, dropped, renumbered or split. Empty
    strings where a part does not apply."""

    kind: str
    dataset: str
    field: str
    data_type: str
    why: str
