"""Which known pages are visited again by a crawl, by the tiers declared in tiers.yml. Pure, but for reading that file.

Owns the choice; what is known of a page is read by ``ledger``. A source that was not crawled for days catches up.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from kb.clock import days_between
from kb.declarations import Declaration, load_declaration

FILE = Path(__file__).with_name("tiers.yml")
Trait = Literal["open_consultation", "work_in_use", "incomplete", "recent", "recorded"]


class Tier(Declaration):
    name: str
    days: int = Field(ge=0)
    of: tuple[Trait, ...] = Field(min_length=1)

    @property
    def worst_days(self) -> int:
        """The worst delay of an edit in place, if a crawl runs every day."""
        return max(1, self.days)


class Tiers(Declaration):
    floor: int = Field(ge=0)
    recent_days: int = Field(ge=0)
    tiers: tuple[Tier, ...] = Field(min_length=1)

    def tier_of(self, traits: frozenset[Trait]) -> Tier | None:
        return next((tier for tier in self.tiers if traits & set(tier.of)), None)


@dataclass(frozen=True)
class Known:
    """A publication that is recorded in full. ``visited`` is when its page last came; None: it never did."""

    id: str
    url: str
    traits: frozenset[Trait]
    visited: str | None


@dataclass
class Floor:
    """What is left of the visits that a whole job makes in any case; its sources share it."""

    left: int


@functools.cache
def load_tiers() -> Tiers:
    return load_declaration(FILE, Tiers)


def choose_due(known: Sequence[Known], now: str, last_run: str | None, floor: Floor) -> set[str]:
    """The publications to visit now. ``last_run`` is the source's run before this one; None: there was none.

    A run done twice, at the same ``now``, chooses the same.
    """
    due: set[str] = {page.id for page in known if page.visited is None}
    came = [page for page in known if page.visited is not None]
    for tier in load_tiers().tiers:
        pages = [page for page in came if load_tiers().tier_of(page.traits) == tier]
        due |= {page.id for page in _of_tier(tier, pages, now, last_run, floor)}
    return due


def _of_tier(tier: Tier, pages: Sequence[Known], now: str, last_run: str | None, floor: Floor) -> Sequence[Known]:
    if tier.days == 0:
        return pages

    def unvisited(page: Known) -> tuple[bool, str, str]:
        return page.visited != now, page.visited or "", page.id

    waiting = sorted(pages, key=unvisited)
    overdue = sum(days_between(page.visited or now, now) >= tier.days - 1 for page in pages)
    today = sum((page.visited or "")[:10] == now[:10] and page.visited != now for page in pages)
    gap = days_between(last_run, now) if last_run else 1
    share = math.ceil(len(pages) * min(1, gap / max(1, tier.days - 1))) - today
    wanted = min(len(pages), max(overdue, share, floor.left))
    floor.left -= min(wanted, floor.left)
    return waiting[:wanted]


@dataclass(frozen=True)
class Delay:
    """How late a tier of one source is at worst: ``days`` as declared, ``waited`` the longest since a visit so far."""

    tier: str
    pages: int
    days: int
    waited: int


def delays(known: Sequence[Known], now: str) -> list[Delay]:
    found = []
    for tier in load_tiers().tiers:
        pages = [page for page in known if load_tiers().tier_of(page.traits) == tier]
        waited = max((days_between(page.visited, now) for page in pages if page.visited), default=0)
        found.append(Delay(tier.name, len(pages), tier.worst_days, waited))
    return found
