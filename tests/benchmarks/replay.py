"""The replay: labelled months of three agencies, played through the whole loop with a simulated clock.

    python -m tests.benchmarks.replay --seed 1 --months 18
    python -m tests.benchmarks.replay --seed 7 --months 3 --own my-events.yml --keep /tmp/replay

Real servers on loopback (HTTP, SMTP), the real crawler, recorder, comparer, matcher and mailer. Labels are written from
the timeline before anything runs. Turned are the days on which something happens and every STEP-th day; --step 1 turns
every day, as cron does.

It prints, for each source, each kind of event and in all: what was found, missed and false, recall and precision, and
how many days after its publication a change was detected and its owner told (median, worst). Below that, every single
fault in one line: what was missed, told to nobody, told twice or without cause, and every wrong grade or state.

Exits 1 when recall is below 1, precision below 0.99, or an alert was lost, doubled or early; 0 otherwise.
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
from replay_world.own import OWN, add_own  # noqa: E402
from replay_world.run import play  # noqa: E402
from replay_world.score import score  # noqa: E402
from replay_world.tally import as_table, total  # noqa: E402

from kb.errors import RegwatchError  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--seed", type=int, default=1, help="another seed makes other rules, days and events (default 1)")
    add("--months", type=int, default=18, help="how many months are played (default 18: some ten minutes)")
    add("--events", type=int, help="at least so many; 20 a month by default")
    add("--own", type=Path, default=OWN, help=f"events of your own, on top (default {OWN.name} of tests/replay_world)")
    add("--step", type=int, default=7, help="the longest gap between two turns, in days (default 7)")
    add("--json", action="store_true", help="the same figures as JSON")
    add("--keep", type=Path, help="a folder in which the workspace and the mail are left, to look at")
    given = parser.parse_args()
    plot = make_plot(given.seed, given.months, given.events)
    try:
        add_own(plot, given.own)
    except RegwatchError as error:
        parser.error(str(error))
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
    for name, tallies in (("changes, by source: days from publication to detection", result.changes),
                          ("alerts, by source: days from publication to the owner", result.alerts),
                          ("events, by kind: days from publication to detection", result.events)):  # fmt: skip
        print(f"{name}\n{as_table([*sorted(tallies.items()), ('all', total(tallies))])}\n")
    print("states of sources whose host is in trouble (false: said to be in trouble when it was not)")
    print(as_table([("all", result.states)]), end="\n\n")
    print(f"grades wrong {result.grades_wrong}, alerts lost {result.lost}, doubled {result.doubled}, "
          f"early {result.early}")  # fmt: skip
    print("\n".join(result.faults))
    return 0 if result.passed else 1


if __name__ == "__main__":
    sys.exit(main())
