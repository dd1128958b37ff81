"""Changes on the company's own side: a count grew over a threshold, a catalog changed, a filing covers no longer.

A transfer's route and filings are compared with how they stood at the last look. The first look, a better reading and
new law alone tell nobody here: law has its own events. A filing whose time is over is told whatever else stands still.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from kb.clock import legal_day
from kb.errors import RegwatchError
from kb.identity import content_id
from kb.rows import rows
from mappings.alerts.addresses import TEAM
from mappings.alerts.compose import compose_shift
from mappings.alerts.exposed import PROPOSED
from mappings.alerts.outbox import writing

Shift = tuple[str, dict[str, str]]

if TYPE_CHECKING:
    from kb.workspace import Workspace
    from mappings.alerts.outbox import Outbox


def tell_shifts(kb: Database, workspace: Workspace, outbox: Outbox) -> tuple[int, str]:
    """(messages composed, why the exposure room could not answer or '')."""
    company = outbox.company
    if not company.table("transfer").count:
        return 0, ""
    from mappings.exposure.desk import Desk

    try:
        desk = Desk(workspace, kb, company, legal_day(outbox.now))
        looked = [_look(desk, exposure) for exposure in desk.in_force
                  if not exposure.transfer.id.startswith(PROPOSED)]  # fmt: skip
    except RegwatchError as error:
        return 0, str(error)
    made = 0
    for now in looked:
        with writing(company):
            before = rows(company, "select * from exposure_seen where transfer = ?", [now["transfer"]])
            if before and (said := _shifted(before[0], now)):
                made += _tell(outbox, now, said, before[0]["seen_at"])
            seen = [now["route"], json.dumps(now["filings"]), now["facts"]]
            if not before or seen != [before[0][name] for name in ("route", "filings", "facts")]:
                company.execute(_SEE, [now["transfer"], *seen, outbox.now])  # since when it stands as it does
    return made, ""


_SEE = "insert or replace into exposure_seen (transfer, route, filings, facts, seen_at) values (?, ?, ?, ?, ?)"


def _look(desk: Any, exposure: Any) -> dict[str, Any]:
    """``filings``: number → [covers, valid]; ``facts``: the company's own counts, and a digest of all it said."""
    transfer = exposure.transfer
    filings = {
        one.filing.number: [one.covers, all(check.met is not False for check in one.checks if check.what == "validity")]
        for one in desk.coverage(exposure)
    }
    digest = content_id(repr(transfer), sorted(filings), sorted(map(repr, exposure.volumes.items())))
    counts = {key: fact.low for key, fact in exposure.volumes.items() if fact.low is not None}
    facts = json.dumps({"digest": digest, "counts": counts}, sort_keys=True)
    return {"transfer": transfer.id, "route": exposure.decision.route, "filings": filings, "facts": facts,
            "datasets": sorted(transfer.datasets)}  # fmt: skip


def _shifted(before: dict[str, Any], now: dict[str, Any]) -> list[Shift]:
    """What to say, as (word, values); nothing when only readings or law have changed."""
    ours = before["facts"] != now["facts"]
    old = json.loads(before["filings"])
    said: list[Shift] = []
    if ours and before["route"] != now["route"]:
        said.append(("route", {"before": before["route"], "after": now["route"]}))
    for number, (covers, valid) in now["filings"].items():
        covered, was_valid = old.get(number, [None, True])
        if not valid and was_valid:
            said.append(("expired", {"filing": number}))
        elif ours and covers is False and covered is not False:
            said.append(("uncovered", {"filing": number}))
    return [*said, *_grown(before["facts"], now["facts"])] if said and ours else said


def _grown(before: str, now: str) -> list[Shift]:
    """The counts that are others now: why it stands differently."""
    old = json.loads(before).get("counts", {}) if before.startswith("{") else {}
    new = json.loads(now)["counts"]
    return [("count", {"count": key, "before": f"{old[key]:,.10g}", "after": f"{new[key]:,.10g}"})
            for key in sorted(new) if key in old and old[key] != new[key]]  # fmt: skip


def _tell(outbox: Outbox, now: dict[str, Any], said: list[Shift], since: str) -> int:
    """One message for each owner of its datasets, for the team too, and unique for this shift."""
    marks = ",".join("?" * len(now["datasets"])) or "''"
    owners = [row["owner"] for row in rows(
        outbox.company, f"select distinct owner from dataset where id in ({marks}) and owner is not null "
                        "order by owner", now["datasets"])]  # fmt: skip
    event = content_id("shift", now["transfer"], said, since)
    for owner in [*owners, TEAM]:
        recipient = outbox.book.find(owner)
        id = content_id("alert", recipient.id, event, "shift")
        link = outbox.links.answer(id, outbox.now) if outbox.links else ""
        message = compose_shift(now["transfer"], said, now["datasets"], link, recipient.language)
        outbox.put(recipient, message, id=id, event=event, kind="shift", nature="notice" if owner == TEAM else "action")
    return len(owners) + 1
