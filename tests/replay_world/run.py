"""Turns the real loop over the days of a plot: crawl over HTTP, record, compare, match, mail over SMTP.

A day is turned when something happens on a site, on the day a label first holds, and at least every ``step`` days, for
the daily run of cron finds nothing new on the others (``step=1`` turns them all). Owners acknowledge what they get, at
once or after days.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from alert_world import Inbox, serve_mail

from crawlers import crawl
from crawlers.crawl import crawl_lock, crawl_sources
from crawlers.sample.server import serve
from kb.workspace import Workspace, ensure_workspace
from mappings.alerts.acknowledgement import acknowledge
from mappings.db import open_company
from mappings.loop import LoopReport, run_loop
from replay_world.company import describe_catalog, set_up
from replay_world.plot import START, Plot
from replay_world.stage import Stage, StagedSite, write_files
from replay_world.warm_worker import warm_worker


@dataclass
class Played:
    """What is left when the last day is over."""

    plot: Plot
    workspace: Workspace
    site: StagedSite
    inbox: Inbox
    days: list[dt.date] = field(default_factory=list)
    outcomes: dict[dt.date, dict[str, str]] = field(default_factory=dict)  # day → source → outcome
    problems: dict[dt.date, list[str]] = field(default_factory=dict)
    turned: dict[str, dt.date] = field(default_factory=dict)  # what the machine's clock said → the day that it was

    def day_of(self, at: str) -> dt.date:
        """The day that it was when a row was stamped ``at``."""
        return self.turned.get(at) or dt.date.fromisoformat(at[:10])


def days_to_turn(plot: Plot, step: int) -> list[dt.date]:
    wanted = {START, plot.end, *(event.day for event in plot.events), *(event.first for event in plot.events)}
    wanted |= {day for day, *_ in plot.handovers} | plot.clock.keys()
    wanted |= {START + dt.timedelta(n) for n in range(0, (plot.end - START).days, step)}
    return sorted(day for day in wanted if START <= day <= plot.end)


def play(plot: Plot, folder: Path, *, step: int = 7, say: Callable[[str], None] = lambda _: None) -> Played:
    write_files(plot, folder / "files")
    workspace = ensure_workspace(folder / "workspace")
    site = StagedSite(START, Stage(plot, folder / "files"))
    with (
        serve_mail() as (inbox, port),
        serve(site),
        warm_worker(folder) as command,
        mock.patch.object(crawl, "WORKER", command),
    ):
        set_up(workspace, port)
        played = Played(plot, workspace, site, inbox)
        days, began = days_to_turn(plot, step), time.monotonic()
        for turned, day in enumerate(days, 1):
            site.move_to(day.isoformat())
            report = _turn(played, day)
            played.days.append(day)
            played.outcomes[day] = {outcome.source: outcome.outcome for outcome in report.outcomes}
            played.problems[day] = report.problems
            left = (time.monotonic() - began) / turned * (len(days) - turned)
            say(f"{day}: day {turned} of {len(days)}, {report.counts['changes']} changes, "
                f"{report.counts['alerts']} alerts, some {left:.0f} s left")  # fmt: skip
    return played


def _turn(played: Played, day: dt.date) -> LoopReport:
    """One run of cron at 18:00 in Beijing, by a clock that may be wrong."""
    plot, site = played.plot, played.site
    clock = dt.datetime.combine(day, dt.time(10)) + dt.timedelta(hours=plot.clock.get(day, 0))
    now = clock.isoformat() + "Z"
    played.turned[now] = day
    if any(day == moved for moved, *_ in plot.handovers):
        describe_catalog(played.workspace, plot.owners_on(day), now)
    with crawl_lock(played.workspace):
        report = run_loop(played.workspace, crawl=crawl_sources, base_urls=site.base_urls, now=now,
                          say=lambda _: None, sources=list(site.base_urls))  # fmt: skip
    _answer(played, day, now)
    return report


def _answer(played: Played, day: dt.date, now: str) -> None:
    """Some owners answer at once, some are reminded first."""
    with open_company(played.workspace.company_path) as company:
        unanswered = "select id, owner, composed_at from alert where id not in (select alert from acknowledgement)"
        for row in list(company.query(unanswered)):
            patience = len(row["owner"]) % 3 * 4  # days
            if (day - dt.date.fromisoformat(row["composed_at"][:10])).days >= patience:
                acknowledge(company, row["id"], by="its owner", now=now)
