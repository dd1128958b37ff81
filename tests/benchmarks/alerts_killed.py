"""1,000 kills in the pipeline with a real mail server and webhook receiver beside it. Run by hand:

    .venv/bin/python tests/benchmarks/alerts_killed.py [KILLS]

Bars: no owner untold, no second alert for one change, every repeat on the wire under its first key and counted.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from killing import kill_runs  # noqa: E402


def main(kills: int) -> None:
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        tally = kill_runs(Path(folder), kills=kills, owners=4, seconds=3600, every=4, longest=0.5)
    for name, value in vars(tally).items():
        print(f"{name:12}{value}")
    counted = tally.cut_off <= tally.repeats <= tally.unfinished
    kept = counted and not (tally.untold or tally.doubled or tally.strangers)
    print(f"{'kept' if kept else 'BROKEN'}, in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
