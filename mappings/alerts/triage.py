"""Which changes owners may be told of: an analyst's decisions (适用性分析) and the release of an event.

Decisions are only ever added; the latest one holds, and one about a single change goes before one about its event.
Composing what is released is ``outbox``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from sqlite_utils import Database

from kb.clock import read_day
from kb.errors import NotFound, RegwatchError
from kb.model import Stage
from kb.rows import rows
from mappings.alerts.evidence import load_head

if TYPE_CHECKING:
    from kb.config import Config, Release

Decision = Literal["applicable", "not_applicable", "needs_counsel"]
STRICTNESS: tuple[Release, ...] = ("automatic", "analyst", "four_eyes")
ADOPTED = (Stage.FINAL, Stage.AMENDED, Stage.REPEALED)
HELD = "triage"  # kind of the team's message about an event that waits


@dataclass(frozen=True)
class Verdict:
    """What an analyst said of one change; ``due`` is a date or ''."""

    decision: Decision
    interpretation: str
    instruction: str
    due: str
    by: str
    at: str


@dataclass(frozen=True)
class Standing:
    """How one event stands: who may release it, whether owners may be told, and the verdict on each change."""

    mode: Release
    released: bool
    released_by: str = ""
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)

    def tells(self, change: str) -> bool:
        """Whether owners are told of this change once the event is released."""
        return change not in self.verdicts or self.verdicts[change].decision == "applicable"

    def undecided(self, changes: Sequence[str]) -> int:
        return sum(change not in self.verdicts for change in changes)

    def for_counsel(self, changes: Sequence[str]) -> int:
        decisions = (self.verdicts[change].decision for change in changes if change in self.verdicts)
        return sum(decision == "needs_counsel" for decision in decisions)

    def needs(self, changes: Sequence[str]) -> str:
        """What stands between the event and its owners: decision, counsel, second_person, release; '' for nothing."""
        if self.released:
            return ""
        if self.undecided(changes):
            return "decision"
        if self.for_counsel(changes):
            return "counsel"
        return "second_person" if self.mode == "four_eyes" else "release"


def release_mode(title: str, stage: str, config: Config) -> Release:
    """Who lets owners be told. What is no adopted text always waits for a person, whatever the settings say; a topic of
    the title goes before the general rule. ``stage`` as ``load_head`` has it."""
    chosen = [mode for word, mode in config.release_by_topic.items() if word in title] or [config.release]
    mode = max(chosen, key=STRICTNESS.index)
    return "analyst" if mode == "automatic" and stage not in ADOPTED else mode


def standing_of(company: Database, config: Config, event: str, title: str, stage: str,
                changes: Sequence[str]) -> Standing:  # fmt: skip
    """An event of which owners were told before stays released, whatever the settings became."""
    mode = release_mode(title, stage, config)
    released = rows(company, "select released_by from triage_release where event = ?", [event])
    told = rows(company, "select 1 from alert where event = ? and kind = 'alert' limit 1", [event])
    latest: dict[str, Verdict] = {}
    for row in rows(company, "select * from triage_decision where event = ? order by id", [event]):
        latest[row["change"]] = Verdict(row["decision"], row["interpretation"] or "", row["instruction"] or "",
                                        row["due"] or "", row["decided_by"], row["decided_at"])  # fmt: skip
    verdicts = {change: verdict for change in changes if (verdict := latest.get(change) or latest.get(""))}
    by = released[0]["released_by"] if released else ""
    return Standing(mode, mode == "automatic" or bool(released) or bool(told), by, verdicts)


def decide(
    kb: Database,
    company: Database,
    id: str,
    decision: str,
    *,
    by: str,
    now: str,
    interpretation: str = "",
    instruction: str = "",
    due: str = "",
) -> str:
    """Record a decision about a change, or about an event (all its changes without one of their own); its event.

    Raises NotFound for an unknown id, RegwatchError for a decision without a name or with a date that is none.
    """
    if decision not in get_args(Decision):
        raise RegwatchError(f"no decision {decision!r}: one of {', '.join(get_args(Decision))}")
    if not by.strip():
        raise RegwatchError("a decision needs a name: give it with --by")
    due = due and read_day(due)
    event, change = _event_of(kb, id)
    company.execute(
        'insert into triage_decision (event, "change", decision, interpretation, instruction, due, decided_by, '
        "decided_at) values (?, ?, ?, ?, ?, ?, ?, ?)",
        [event, change, decision, interpretation.strip(), instruction.strip(), due, by.strip(), now],
    )
    return event


def release(kb: Database, company: Database, config: Config, event: str, *, by: str, now: str) -> Standing:
    """Let owners be told of an event. Raises RegwatchError while a change is undecided or for counsel, and for four
    eyes when the releasing person is one of those who decided."""
    event = _event_of(kb, event)[0]
    changes = [row["id"] for row in rows(kb, _CHANGES, [event])]
    standing = standing_of(company, config, event, *load_head(kb, event), changes)
    if standing.released:
        raise RegwatchError(f"{event} is released already, by {standing.released_by or 'the settings'}")
    lacks = {"undecided": standing.undecided(changes), "for counsel": standing.for_counsel(changes)}
    if any(lacks.values()):
        said = ", ".join(f"{count} {word}" for word, count in lacks.items() if count)
        raise RegwatchError(f"{event} cannot be released, changes: {said}: `regwatch triage list --event {event}`")
    deciders = {verdict.by.strip().casefold() for verdict in standing.verdicts.values()}
    if not by.strip() or (standing.mode == "four_eyes" and by.strip().casefold() in deciders):
        raise RegwatchError(f"{event} needs four eyes: {by or 'nobody'} decided on it, a second person releases it")
    company.execute(
        "insert or ignore into triage_release (event, released_by, released_at) values (?, ?, ?)",
        [event, by.strip(), now],
    )
    return standing


_CHANGES = "select id from change where event = ? and kind <> 'unchanged' order by ordinal, id"


def _event_of(kb: Database, id: str) -> tuple[str, str]:
    """(event, change), change '' for a whole event; only events that owners are told of wait for triage."""
    if found := rows(kb, "select id from event where id = ? and origin in ('publication', 'edit')", [id]):
        return found[0]["id"], ""
    if found := rows(kb, "select event from change join event on event.id = event where change.id = ? "
                         "and origin in ('publication', 'edit')", [id]):  # fmt: skip
        return found[0]["event"], id
    raise NotFound(f"no change or event {id} to decide on: see `regwatch triage list`")
