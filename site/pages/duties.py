"""The year's duties: what recurs, what filings bring, what has no day yet."""

from __future__ import annotations

import re

from mappings.exposure.sheets import duties as duties_of
from pages.desk import ask_desk
from pages.registry import Page
from pages.visit import TEAM, Row, Visit


async def duties(visit: Visit) -> Row:
    asked = visit.args.get("year", "")
    year = int(asked) if re.fullmatch(r"20[0-9]{2}", asked) else int(visit.today[:4])
    return await ask_desk(visit, lambda desk: duties_of(desk, year))


PAGES = (Page("/duties", "duties.html", duties, TEAM),)
