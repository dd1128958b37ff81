"""The loop that cron calls: crawl, record, match, alert. The crawl is handed in, for this room knows no crawler."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlite_utils import Database

from kb.db import open_kb
from kb.errors import alike, some_of
from kb.recording.record import record_pending
from kb.recording.unread import mark_told, untold_documents
from kb.workspace import Workspace
from mappings.alerts.telling import tell_owners
from mappings.catalog.decisions import accept_by_policy
from mappings.catalog.links import suggest_links
from mappings.db import open_company


class Outcome(Protocol):
    """How one source's run ended, as crawlers report it."""

    @property
    def source(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def detail(self) -> str: ...
    def as_json(self) -> dict[str, Any]: ...


Crawl = Callable[..., Sequence[Outcome]]


@dataclass(frozen=True)
class LoopReport:
    """Counts of what the workspace holds, outcomes of this run, and what needs a person."""

    counts: dict[str, int]
    outcomes: Sequence[Outcome]
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {**self.counts, "outcomes": [outcome.as_json() for outcome in self.outcomes], "problems": self.problems}

    def as_text(self) -> str:
        lines = [f"{name.replace('_', ' '):14}{count}" for name, count in self.counts.items()]
        return "\n".join([*lines, *(f"needs a person: {problem}" for problem in self.problems)])


def run_loop(
    workspace: Workspace,
    *,
    crawl: Crawl,
    base_urls: Mapping[str, str],
    now: str,
    say: Callable[[str], None],
    sources: Sequence[str] = (),
) -> LoopReport:
    """One turn of the loop over these sources, all declared ones if none are named.

    Every step is idempotent: a killed turn is simply run again.
    """
    outcomes = crawl(workspace, sources, base_urls=base_urls, now=now, say=say)
    recorded = record_pending(workspace, now=now, say=say)
    with open_kb(workspace.kb_path) as kb, open_company(workspace.company_path) as company:
        suggest_links(company, now=now)
        accept_by_policy(company, workspace.config.accept, now=now)
        told = tell_owners(kb, company, workspace, now=now)
        if told.told.held:
            say(f"{told.told.held} events wait for `regwatch triage`; until then the team alone is told")
        if told.delivery.known:
            say(f"{told.delivery.known} alerts had left before, not sent again: a crash, or company.db is a backup")
        if told.fault:
            say(f"messages say nothing of transfers: {told.fault}")
        problems = [*_in_trouble(outcomes), *untold_documents(kb, now), *recorded.asks]
        if told.delivery.failed:
            problems.append(f"{told.delivery.failed} alerts could not be delivered: `regwatch alert list --open`")
        mark_told(kb, now)
        return LoopReport({"sources": len(outcomes), **count_all(kb, company)}, outcomes, problems)


def _in_trouble(outcomes: Sequence[Outcome]) -> list[str]:
    """One line for all sources in the same trouble."""
    unwell = alike((one for one in outcomes if one.outcome != "healthy"), lambda one: (one.outcome, one.detail))
    return [f"{some_of([one.source for one in found])}: {outcome}: {detail}"
            for (outcome, detail), found in unwell.items()]  # fmt: skip


def count_all(kb: Database, company: Database) -> dict[str, int]:
    """What a workspace holds, by the names that the command line promises."""
    return {
        "publications": kb.table("publication").count,
        "versions": kb.table("version").count,
        "data_items": kb.table("data_item").count,
        "changes": kb.table("change").count,
        "datasets": company.table("dataset").count_where("state != 'removed'"),
        "links": company.table("link").count_where("state = 'accepted'"),
        "alerts": company.table("alert").count,
    }
