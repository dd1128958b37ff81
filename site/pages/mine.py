"""An owner's own page: what is asked of them, by when, and which datasets are theirs. The team sees anybody's."""

from __future__ import annotations

from datasette import NotFound

from mappings.alerts.inbox import owner_page
from pages.registry import Page
from pages.visit import SIGNED_IN, TEAM, Row, Visit


async def mine(visit: Visit) -> Row:
    if visit.owner is None:
        return {"id": None, "owners": await visit.company(lambda db: list(db.query(_OWNERS)))}
    return await _of(visit, visit.owner)


async def owner(visit: Visit) -> Row:
    return await _of(visit, visit.args["id"])


async def _of(visit: Visit, owner: str) -> Row:
    if not owner:
        raise NotFound(visit.t("mine.nobody"))
    return await visit.company(lambda db: owner_page(db, owner, today=visit.today, page=visit.page))


_OWNERS = """
select owner.id, owner.name,
  (select count(*) from dataset where dataset.owner = owner.id and state <> 'removed') as datasets,
  (select count(*) from alert where alert.owner = owner.id and coalesce(nature, '') <> 'notice'
   and not exists (select 1 from acknowledgement where acknowledgement.alert = alert.id)) as waiting
from owner order by waiting desc, name, owner.id limit 500
"""
PAGES = (
    Page("/mine", "mine.html", mine, SIGNED_IN),
    Page("/owner/(?P<id>[^/]+?)", "mine.html", owner, TEAM),
)
