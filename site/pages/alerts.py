"""Alerts: the team's list, one alert with why it was sent and how it stands, and its owner's answer."""

from __future__ import annotations

from datasette import Forbidden
from sqlite_utils import Database

from mappings.alerts.acknowledgement import DECISIONS, acknowledge
from mappings.alerts.inbox import list_alerts, one_alert
from mappings.queries import owners
from pages.registry import Action, Page
from pages.visit import REVIEWERS, SIGNED_IN, TEAM, Row, Visit
from pages.wording import ref


async def alerts(visit: Visit) -> Row:
    owner, state = visit.args.get("owner", ""), visit.args.get("state", "")
    return await visit.company(
        lambda db: {**list_alerts(db, owner=owner, state=state, page=visit.page), "owners": owners(db)}
    )


async def alert(visit: Visit) -> Row:
    found = await visit.company(lambda db: one_alert(db, visit.args["id"], owner=visit.owner))
    return {**found, "may_answer": _may_answer(visit, found), "answers": list(DECISIONS)}


async def answer(visit: Visit) -> str:
    """The answer of an owner, or of a reviewer for them; who gave it is recorded."""
    id, form = visit.args["id"], visit.form

    def write(db: Database) -> None:
        if not _may_answer(visit, one_alert(db, id, owner=visit.owner)):
            raise Forbidden(visit.t("alerts.not_yours"))
        acknowledge(
            db, id, by=visit.who, now=visit.now, note=form.get("note", "")[:500],
            decision=form.get("decision") or "seen", until=form.get("until", ""), to=form.get("to", ""),
        )  # fmt: skip

    await visit.write_company(write)
    return f"/alert/{ref(id)}"


def _may_answer(visit: Visit, row: Row) -> bool:
    """A viewer answers only what was addressed to them."""
    mine = {visit.who, visit.owner} & {row["owner"], row["address"]}
    return visit.role in REVIEWERS or (bool(mine) and visit.role in SIGNED_IN)


PAGES: tuple[Page | Action, ...] = (
    Page("/alerts", "alerts.html", alerts, TEAM),
    Page("/alert/(?P<id>[^/]+?)", "alert.html", alert, SIGNED_IN),
    Action("/alert/(?P<id>[^/]+?)/acknowledge", answer, SIGNED_IN),
)
