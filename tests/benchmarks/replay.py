"""The replay: labelled months of three agencies, played through the whole loop with a simulated clock.

    python -m tests.benchmarks.replay --seed 1 --months 18 [--step 1] [--json] [--keep FOLDER]

Real servers on loopback (HTTP, SMTP), the real crawler, recorder, comparer, matcher and mailer; labels are written
before anything runs. Turned are the days on which something happens and every STEP-th day; --step 1 turns every day,
as cron does. Exits 1 when recall is below 1, precision below 0.99, or an alert was lost, doubled or early.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from replay_world.incidents import make_plot  # noqa: E402
from replay_world.run import play  # noqa: E402
from replay_world.score import score  # noqa: E402
from replay_world.tally import as_table, total  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--months", type=int, default=18)
    parser.add_argument("--events", type=int, help="at least so many; 20 a month by default")
    parser.add_argument("--step", type=int, default=7, help="the longest gap between two turns, in days")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", type=Path, help="where the workspace is left")
    given = parser.parse_args()
    plot = make_plot(given.seed, given.months, given.events)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        played = play(plot, given.keep or Path(folder), step=given.step, say=lambda line: print(line, file=sys.stderr))
        result = score(played)
    facts = {"seed": given.seed, "months": given.months, "events": len(plot.events), "pages": len(plot.pages),
             "days_turned": len(played.days), "seconds": round(time.monotonic() - began)}  # fmt: skip
    if given.json:
        print(json.dumps({**facts, **result.as_json()}, ensure_ascii=False, indent=1))
        return 0 if result.passed else 1
    print(", ".join(f"{name} {value}" for name, value in facts.items()), end="\n\n")
    for name, tallies in (("changes", result.changes), ("alerts", result.alerts), ("events", result.events)):
        print(f"{name}\n{as_table([*sorted(tallies.items()), ('all', total(tallies))])}\n")
    print(f"states of sources under a spell\n{as_table([('all', result.states)])}\n")
    print(f"grades wrong {result.grades_wrong}, alerts lost {result.lost}, doubled {result.doubled}, "
          f"early {result.early}")  # fmt: skip
    print("\n".join(result.faults))
    return 0 if result.passed else 1


if __name__ == "__main__":
    sys.exit(main())
