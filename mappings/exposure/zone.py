"""The free-trade zone of a transfer's entity: which part of its negative list speaks, and what is not known. Pure.

自由贸易试验区 … 负面清单: 第六条 of the 2024 provisions. A zone that no pack knows may have a list all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from kb.packs import Pack
from mappings.exposure.evaluate import Fact, Facts


def find_zone(
    facts: Facts, sector: str | None, scenario: str | None, law: Sequence[Pack], known: Collection[str]
) -> dict[str, Any]:
    """The fields of a Case about the zone: ``zone`` is "none" where no list can apply, None where that is open.

    ``law`` are the packs of the day, ``known`` every name of a zone of which some pack speaks on some day.
    """
    told = facts.get("ftz", Fact()).words
    if not told:
        return {"zone": None, "zone_open": ("ftz",)}
    name = next(iter(told)).strip().casefold()
    active = facts.get("ftz_activity", Fact()).truth
    if name == "none" or active is False:  # registered in the zone and exporting from it: the lists ask for both
        return {"zone": "none"}
    packs = [p for p in law if name in p.zone_names]
    has_list = facts.get("zone_has_list", Fact()).truth
    if not packs:
        if has_list:
            return {"zone": name, "zone_open": ("zone_list",)}
        return {"zone": name, "zone_open": () if name in known or has_list is False else ("zone_has_list",)}
    zone = packs[0].zone
    if active is None:
        return {"zone": zone, "zone_open": ("ftz_activity",)}
    parts = [(pack, part) for pack in packs if pack.read for part in pack.sectors]
    if parts and sector is None:
        return {"zone": zone, "zone_open": ("sector",)}
    fitting = [(pack, part) for pack, part in parts if part.sector == sector]
    chosen = [found for found in fitting if scenario in found[1].scenarios]
    chosen = chosen or [found for found in fitting if not found[1].scenarios]
    if not chosen:
        return {"zone": zone}
    pack, part = chosen[0]
    return {"zone": zone, "zone_list": part, "zone_title": pack.title, "zone_takes_ciio": not pack.excludes_ciio}
