"""What an owner says is not theirs goes to the one they named: the same lines, or where those are gone the words."""

from __future__ import annotations

from sqlite_utils import Database

from kb.rows import Row, rows
from mappings.alerts.compose import compose_passed_on
from mappings.alerts.evidence import load_head, load_story, load_targets
from mappings.alerts.letter import Line
from mappings.alerts.outbox import PASSED_ON, Outbox, writing
from mappings.alerts.reach import Route, load_reach
from mappings.alerts.triage import standing_of


def pass_on(kb: Database, outbox: Outbox) -> int:
    """Compose what was reassigned and not passed on yet; how many messages. One transaction for each."""
    company, made = outbox.company, 0
    for row in rows(company, _REASSIGNED):
        with writing(company):
            if rows(company, f"{_REASSIGNED} and alert.id = ?", [row["id"]]):  # another run may have been first
                _pass(kb, outbox, row)
                made += 1
    return made


def _pass(kb: Database, outbox: Outbox, row: Row) -> None:
    company, kind = outbox.company, f"{PASSED_ON}:{row['id']}"
    recipient = outbox.book.passed_on(row["reassigned_to"])
    by = row["acknowledged_by"] or row["owner"]
    if not rows(kb, "select 1 from event where id = ?", [row["event"]]):  # of a transfer, or kb.db was made anew
        message = compose_passed_on(row["subject"], row["body"], by, recipient.language)
        id = outbox.id_of(recipient.id, row["event"], kind)
        outbox.put(recipient, message, id=id, event=row["event"], kind=kind, nature=row["nature"] or "action",
                   due=row["due"] or "")  # fmt: skip
        return
    wanted = {(line["change"], line["dataset"]) for line in
              rows(company, 'select "change", dataset from alert_line where alert = ?', [row["id"]])}  # fmt: skip
    changes, targets = load_targets(kb, row["event"])
    lines = [line for line in Route(*load_reach(company)).joined(targets) if (line.change, line.dataset) in wanted]
    standing = standing_of(company, outbox.config, row["event"], *load_head(kb, row["event"]), changes)
    outbox.write(recipient, load_story(kb, row["event"]), lines or [Line(change) for change in changes], standing,
                 kind=kind, passed_on_by=by)  # fmt: skip


_REASSIGNED = """
select alert.*, reassigned_to, acknowledged_by from acknowledgement
join alert on alert.id = alert where reassigned_to is not null and not exists (
  select 1 from alert as passed where passed.owner = reassigned_to and passed.event = alert.event
  and passed.kind = 'passed-on:' || alert.id)
"""
