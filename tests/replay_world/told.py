"""Was everybody told who had to be, of what a label names, once, and nobody else? Adds to a score."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from replay_world.company import TEAM, address, datasets_of, owners_of, unclaimed
from replay_world.plot import Event
from replay_world.run import Played
from replay_world.seen import Seen, name_of, source_of

if TYPE_CHECKING:
    from replay_world.score import Score


def score_alerts(played: Played, seen: Seen, matched: dict[str, Event], result: Score) -> None:
    told: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in seen.alerts:
        told[row["owner"], row["event"]].append(row)
    occurred = {row["id"]: row["occurred_at"] for row in seen.events}
    for id, event in matched.items():
        source = played.plot.pages[event.pages[0]].columns[0]
        moved = played.plot.owners_on(played.day_of(occurred[id]))
        must = owners_of(event.differences, moved) if event.tell == "owners" else set()
        if event.tell == "team" or (event.tell == "owners" and unclaimed(event.differences)):
            must.add(TEAM)
        if event.tell == "team" and event.kind.endswith("editorial"):
            must.discard(TEAM)  # may be told, need not be
        for owner in sorted(must):
            rows = told.pop((owner, id), [])
            arrived = [row for row in rows if seen.mailed[row["message_id"]]]
            if not arrived:
                result.alerts[source].missed += 1
                result.lost += 1
                result.faults.append(f"not told: {owner} of {event.kind} {name_of(played, event)}")
                continue
            result.alerts[source].found += 1
            sent = min(played.day_of(row["sent_at"]) for row in arrived)
            result.alerts[source].delays.append((sent - event.day).days)
            if any(played.day_of(row["composed_at"]) < event.first for row in rows):
                result.early += 1
                result.faults.append(f"told before it could be seen: {owner} of {event.kind} {name_of(played, event)}")
            if len(rows) > 1 or any(seen.mailed[row["message_id"]] > 1 for row in rows):
                result.doubled += 1
                result.faults.append(f"told twice: {owner} of {event.kind} {name_of(played, event)}")
        told.pop((TEAM, id), None)
        for _, dataset, owner in played.plot.handovers:  # who takes data over may be told what was told of it before
            if dataset in datasets_of(event.differences):
                told.pop((address(owner), id), None)
    events = {row["id"]: row for row in seen.events}
    for (owner, id), rows in told.items():
        row = events.get(id)
        result.alerts[source_of(played, row["url"]) if row else "none"].false += len(rows)
        result.faults.append(f"told without cause: {owner} of {row['title'] if row else id} ({rows[0]['kind']})")
