"""One transfer with all that is known of it on a day: what routes and important data are decided from. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field

from kb.packs import SectorList
from mappings.exposure.evaluate import Facts


@dataclass(frozen=True)
class Case:
    """One transfer with all that is known of it on a day. ``sector_facts`` are the counts inside a zone's list."""

    transfer: str
    facts: Facts
    automotive: bool | None = None
    method: str = "sent"
    zone: str | None = None  # the free-trade zone of its entity; None: unknown, "none": in none
    zone_list: SectorList | None = None
    zone_facts: Facts = field(default_factory=dict)
    zone_open: tuple[str, ...] = ()  # what is not known about the zone: ftz, ftz_activity, zone_has_list, sector
    zone_title: str = ""
    zone_takes_ciio: bool = False  # the list does not leave out operators of critical information infrastructure
    statuses: tuple[tuple[str, str], ...] = ()  # status of important data, and who says so since when
    types: frozenset[str] = frozenset()
    listed_as: tuple[str, ...] = ()
    open_fields: tuple[str, ...] = ()  # fields whose links nobody has decided
