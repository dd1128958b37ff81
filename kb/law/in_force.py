"""Which versions are law on a day: recorded ones, with what is declared of their work and what sources dispute.

The rule itself is kb/law/clocks.py; this brings it the versions and claims. A declared version that nobody has read may
end a recorded one.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from kb.law.clocks import Claims, InForce, in_force
from kb.law.disputes import open_claims
from kb.law.standing import with_declared
from kb.rows import Row


def law_of(versions: Sequence[Row], day: str, claims: Claims | None = None) -> list[Row]:
    """The versions of one work that are, or are disputed to be, law on ``day``, with their state (kb/law/clocks.py)."""
    return _law(versions, in_force(versions, day, claims))


def law_known(db: Database, versions: Sequence[Row], day: str, known: str | None = None) -> list[Row]:
    """The same of recorded versions, beside the declared ones; as known by an earlier day nothing declared counts."""
    return _law(versions, states_known(db, versions, day, known))


def states_known(db: Database, versions: Sequence[Row], day: str, known: str | None = None) -> list[InForce | None]:
    """The state of each of the recorded versions of one work on ``day``, in their order."""
    if not versions:
        return []
    beside = versions if known else with_declared(versions[0]["work"], versions)
    return in_force(beside, day, open_claims(db))[: len(versions)]


def _law(versions: Sequence[Row], states: Sequence[InForce | None]) -> list[Row]:
    return [
        {**v, "in_force": state} for v, state in zip(versions, states, strict=True) if state in ("true", "disputed")
    ]
