"""Suggested links (对应关系) as a reviewer works through them: accept, reject, in bulk above a confidence, undo."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from kb.errors import RegwatchError
from mappings.catalog.queue import (
    accept_above,
    decide_suggestions,
    one_run,
    preview_above,
    recent_runs,
    suggestion_queue,
)
from mappings.catalog.runs import undo_run
from pages.registry import Action, Page
from pages.visit import REVIEWERS, TEAM, Row, Visit

LOWEST, SURE = 0.5, 0.9  # nothing is suggested below; what is asked when nothing is said


async def queue(visit: Visit) -> Row:
    asked = {"dataset": visit.args.get("dataset", ""), "data_type": visit.args.get("data_type", "")}
    found = await visit.company(
        lambda db: suggestion_queue(db, **asked, above=_confidence(visit.args.get("above")) or 0, page=visit.page)
    )
    return {**found, "did": visit.args.get("did", ""), "n": visit.args.get("n", ""), "may": visit.role in REVIEWERS}


async def decide(visit: Visit) -> str:
    """``accept`` or ``reject`` names one link; ``all`` does the picked ones."""
    form = visit.form
    state = "accepted" if form.get("accept") or form.get("all") == "accept" else "rejected"
    ids = [form[name] for name in ("accept", "reject") if form.get(name)]
    ids = ids or [name.removeprefix("pick:") for name in form if name.startswith("pick:")]
    if not ids:
        raise RegwatchError(visit.t("linking.pick_one"))
    n = await visit.write_company(
        lambda db: decide_suggestions(db, ids, state, by=visit.who, now=visit.now, why=form.get("why", "")[:500])
    )
    return _back(visit, did=state, n=n)


async def bulk(visit: Visit) -> Row:
    above = _confidence(visit.args.get("above") or str(SURE))
    if above is None:
        raise RegwatchError(visit.t("linking.no_confidence"))
    return await visit.company(lambda db: preview_above(db, above, visit.args.get("data_type", "")))


async def accept(visit: Visit) -> str:
    above, expected = _confidence(visit.form.get("above")), visit.form.get("expected", "")
    if above is None or not re.fullmatch("[0-9]{1,9}", expected):
        raise RegwatchError(visit.t("linking.no_confidence"))
    n = await visit.write_company(
        lambda db: accept_above(db, above, int(expected), by=visit.who, now=visit.now,
                                data_type=visit.form.get("data_type", ""))
    )  # fmt: skip
    return _back(visit, did="accepted", n=n)


async def runs(visit: Visit) -> Row:
    return await visit.company(lambda db: recent_runs(db, visit.page))


async def run(visit: Visit) -> Row:
    found = await visit.company(lambda db: one_run(db, int(visit.args["id"])))
    return {**found, "may": visit.role in REVIEWERS}


async def undo(visit: Visit) -> str:
    id = int(visit.args["id"])
    await visit.write_company(lambda db: undo_run(db, id, by=visit.who, now=visit.now))
    return f"/links/run/{id}"


def _confidence(given: str | None) -> float | None:
    """A confidence that was typed, if it is one that can be asked for."""
    try:
        value = float(given or "")
    except ValueError:
        return None
    return value if LOWEST <= value <= 1 else None


def _back(visit: Visit, **said: object) -> str:
    kept = {name: visit.form[name] for name in ("dataset", "data_type") if visit.form.get(name)}
    return "/links?" + urlencode({**kept, **said})


PAGES: tuple[Page | Action, ...] = (
    Page("/links", "links.html", queue, TEAM),
    Page("/links/above", "links_above.html", bulk, REVIEWERS),
    Page("/links/runs", "links_runs.html", runs, TEAM),
    Page("/links/run/(?P<id>[0-9]{1,12})", "links_run.html", run, TEAM),
    Action("/links/decide", decide),
    Action("/links/accept-above", accept),
    Action("/links/run/(?P<id>[0-9]{1,12})/undo", undo),
)
