"""At which of its addresses a publication is visited. Pure; ``pipelines`` writes what is decided here.

Where an address holds the column, a page that moves to another column gets a new one; the key in it stays. The address
that lists came to show last is the page's own: an old one may still answer with a copy that nobody keeps.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from kb.clock import days_between

LOST_DAYS = 14  # two whole readings of every list: what none showed while others were read is listed no more


def addresses_of(publication: dict[str, Any]) -> dict[str, str]:
    """Every address that a list showed of a publication row, first to last, with the time it was last shown."""
    known: dict[str, str] = json.loads(publication["addresses"] or "{}")
    return known or ({publication["url"]: publication["last_seen"]} if publication["url"] else {})


def is_move(publication: dict[str, Any], url: str, now: str) -> bool:
    """Does a list that shows a known publication at ``url`` make that its own address?

    When it is new, when the page is gone from the one it had, or when that is listed no more. What two columns list
    from its first run on has the first.
    """
    listed, own = addresses_of(publication), publication["url"]
    if own is None or url == own:
        return own is None
    if url not in listed:
        return bool(publication["first_seen"] < now)
    return bool(publication["gone_at"]) or days_between(listed.get(own) or now, listed[url]) > LOST_DAYS


def elsewhere(publication: dict[str, Any], tried: Collection[str]) -> str | None:
    """Where else to ask when the page is gone from its own address: where lists showed it no earlier than there."""
    listed = addresses_of(publication)
    at = listed.get(publication["url"], "")
    left = [url for url, seen in listed.items() if url not in tried and seen >= at]
    return max(reversed(left), key=lambda url: listed[url], default=None)
