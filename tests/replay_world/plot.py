"""What a plot is: pages, their later states, spells over hosts and pages, and events, each with its label.

An event is what an agency does (or its site); its label is what a careful reader would have to see, and who would have
to be told, had they looked on the first day on which it could be seen. Written before anything is run.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from crawlers.sample.timeline import Column, Page, load_timeline
from replay_world.own_annex import OwnAnnex
from replay_world.wording import Difference, Rule

START = dt.date(2025, 1, 6)
SHOWING = ("gb18030", "articles")  # spells under which words can still be read


@dataclass(frozen=True)
class Event:
    """``see`` is what must be found: version, edit, interpretation, deadline, publication… or nothing; any of
    ``pages`` bears it.

    ``first`` is the first day on which it can be seen. ``tell``: owners, team or nobody.
    """

    kind: str
    day: dt.date
    pages: tuple[str, ...]
    see: str = "nothing"
    tell: str = "nobody"
    differences: tuple[Difference, ...] = ()
    first: dt.date = START
    said: str = ""  # the title, deadline or state that must be on record

    @property
    def agency(self) -> str:
        return self.pages[0].partition(":")[0]


@dataclass(frozen=True)
class Spell:
    """A time in which a host (``page`` empty), or one page, answers ``how``: until, not including, ``end``."""

    agency: str
    start: dt.date
    end: dt.date
    how: str
    page: str = ""

    def holds(self, day: dt.date) -> bool:
        return self.start <= day < self.end


@dataclass
class Plot:
    """Pages as they are first put up, later states of them by day, spells, and every event with its label."""

    seed: int
    end: dt.date
    pages: dict[str, Page] = field(default_factory=dict)
    states: dict[str, list[tuple[dt.date, dict[str, Any]]]] = field(default_factory=dict)
    spells: list[Spell] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    texts: dict[str, Rule] = field(default_factory=dict)  # name of a file → the rule it holds
    files: dict[str, OwnAnnex] = field(default_factory=dict)  # name of a file → what an own event puts into it
    appears: dict[str, dt.date] = field(default_factory=dict)  # page → the day it is put up, where its own day is other
    split: set[str] = field(default_factory=set)  # CAC's pages that go over two
    handovers: list[tuple[dt.date, str, str]] = field(default_factory=list)  # day, dataset, its owner from then on
    clock: dict[dt.date, int] = field(default_factory=dict)  # day → hours by which the machine's clock is wrong
    columns: dict[str, Column] = field(default_factory=lambda: dict(load_timeline().columns))

    def page_on(self, id: str, day: dt.date) -> Page:
        """The page as it stands on a day."""
        page = self.pages[id]
        for since, fields in self.states.get(id, ()):
            if since <= day:
                page = page.model_copy(update=fields)
        return page

    def first_seen(self, agency: str, day: dt.date, page: str = "") -> dt.date:
        """The first day from ``day`` on that is not under a spell which hides the page."""
        hiding = [s for s in self.spells if s.agency == agency and s.page in ("", page) and s.how not in SHOWING]
        while any(s.holds(day) for s in hiding):
            day += dt.timedelta(1)
        return day

    def owners_on(self, day: dt.date) -> dict[str, str]:
        """Dataset → its owner on a day, of those that went to another."""
        return {dataset: owner for since, dataset, owner in sorted(self.handovers) if since <= day}
