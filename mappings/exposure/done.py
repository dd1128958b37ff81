"""Duties that somebody says were done: by whom, on which day. Only ever added to; the last word on a duty holds.

What falls due is ``calendar``; that a filing was made is declared with the filing itself.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlite_utils import Database

from kb.clock import read_day
from kb.errors import NotFound, RegwatchError
from kb.rows import rows
from mappings.exposure.calendar import Done


def mark_done(
    company: Database, due: Collection[str], duty: str, today: str, *, on: str, by: str, note: str, now: str
) -> Done:
    """``due`` are the duties there are; ``on`` '' takes it back. Raises NotFound for another duty, RegwatchError for a
    day to come and where nobody signs."""
    if not by.strip():
        raise RegwatchError("a duty that was done needs a name: give it with --by")
    day = on and read_day(on)
    if day > today:
        raise RegwatchError(f"{day} is still to come: name the day on which it was done")
    if duty not in due:
        raise NotFound(f"no duty {duty}: see `regwatch transfer calendar`")
    done = Done(day, by.strip(), note.strip())
    company.table("duty_done").insert(
        {"duty": duty, "done_on": done.on, "done_by": done.by, "note": done.note, "said_at": now}
    )
    return done


def load_done(company: Database) -> dict[str, Done]:
    """Duty → the last word on it; what was taken back is not in it."""
    said = {row["duty"]: Done(row["done_on"], row["done_by"], row["note"])
            for row in rows(company, "select * from duty_done order by id")}  # fmt: skip
    return {duty: done for duty, done in said.items() if done.on}
