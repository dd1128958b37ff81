"""The ledger: who was told what, when, on what evidence, and what they answered; and who had it sent where: watches,
private addresses; what duties were done. Reads only."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from sqlite_utils import Database

from kb.cells import harmless
from kb.rows import Row, rows
from kb.whole_file import whole_file

COLUMNS = ("at", "what", "alert", "event", "owner", "by", "detail", "evidence")


def ledger(company: Database, since: str = "") -> list[Row]:
    """Everything in the order in which it happened. ``evidence`` are the changes of a message, ids of kb.db."""
    return rows(company, _LEDGER, [since])


def write_csv(listed: Sequence[Row], path: Path) -> None:
    """For a spreadsheet: with a byte order mark, and no cell that it would take for a formula."""
    with whole_file(path) as beside, beside.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in listed:
            writer.writerow([harmless(row[column]) for column in COLUMNS])


_LEDGER = """
select * from (
  select composed_at as at, 'composed ' || kind as what, id as alert, event, owner, null as by, subject as detail,
    (select group_concat("change", ' ') from (select distinct "change" from alert_line where alert_line.alert = alert.id
     order by "change")) as evidence, 1 as place from alert
  union all
  select attempted_at, case outcome when 'started' then 'attempt cut off' else outcome end, alert, event, owner,
    channel, detail, null, 2 from delivery join alert on alert.id = alert
  union all
  select reminded_at, 'reminded: ' || step, reminder.alert, event, owner, null, message, null, 3
    from reminder join alert on alert.id = reminder.alert
  union all
  select acknowledged_at, 'answered: ' || coalesce(decision, 'seen'), alert, event, owner, acknowledged_by,
    trim(coalesce(until, '') || ' ' || coalesce(reassigned_to, '') || ' ' || coalesce(note, '')), null, 4
    from acknowledgement join alert on alert.id = alert
  union all
  select decided_at, 'triage: ' || decision, null, event, null, decided_by,
    trim(coalesce(interpretation, '') || ' ' || coalesce(instruction, '') || ' ' || coalesce(due, '')), "change", 0
    from triage_decision
  union all
  select released_at, 'released', null, event, null, released_by, null, null, 0 from triage_release
  union all
  select made_at, 'watch added', null, null, coalesce(nullif(address, ''), 'team'), made_by,
    name || ': ' || trim(kind || ' ' || words) || ', ' || every, null, 0 from watch
  union all
  select ended_at, 'watch ended', null, null, coalesce(nullif(address, ''), 'team'), ended_by, name, null, 0 from watch
  union all
  select said_at, case done_on when '' then 'duty not done after all' else 'duty done' end, null, null, null, done_by,
    trim(duty || ' ' || done_on || ' ' || note), null, 0 from duty_done
  union all
  select made_at, 'private address made', null, null, owner, made_by, null, null, 0 from feed_address
  union all
  select revoked_at, 'private address revoked', null, null, owner, revoked_by, null, null, 0 from feed_address
) where at >= ?1 order by at, place, alert, what
"""
