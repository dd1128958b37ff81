"""Killed at any moment and started again: no owner untold, no second alert, every repeat recognisable on the wire.

A real mail server and a real webhook receiver count; the full thousand of kills is in tests/benchmarks.
"""

from __future__ import annotations

from pathlib import Path

from killing import kill_runs


def test_no_kill_leaves_an_owner_untold_or_told_under_two_names(tmp_path: Path) -> None:
    tally = kill_runs(tmp_path, kills=24, owners=8, seconds=15)
    assert tally.killed > 10
    assert tally.cut_off > 2
    assert (tally.untold, tally.doubled, tally.strangers) == (0, 0, 0)
    assert tally.cut_off <= tally.repeats <= tally.unfinished  # each repeat has its unfinished attempt in the ledger
