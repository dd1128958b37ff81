"""Triage (适用性分析): what waits before owners are told, an analyst's decisions on each change, and the release."""

from __future__ import annotations

from kb.errors import RegwatchError
from mappings.alerts.triage import decide, release
from mappings.alerts.triage_list import one_event, waiting_events
from pages.catalog import owner_names
from pages.desk import ask_both, workspace_of, write_with_kb
from pages.registry import Action, Page
from pages.visit import REVIEWERS, TEAM, Row, Visit
from pages.wording import ref


async def waiting(visit: Visit) -> Row:
    config, everything = workspace_of(visit).config, visit.args.get("all") == "1"
    return await ask_both(
        visit, lambda kb, company: waiting_events(kb, company, config, everything=everything, page=visit.page)
    )


async def event(visit: Visit) -> Row:
    config, id = workspace_of(visit).config, visit.args["id"]
    found = await ask_both(visit, lambda kb, company: one_event(kb, company, config, id, page=visit.page))
    names = await visit.company(owner_names)
    mine = any(decision["decided_by"].casefold() == visit.who.casefold() for decision in found["decisions"])
    return {**found, "owners": names, "decided_by_me": mine, "may_decide": visit.role in REVIEWERS}


async def decide_changes(visit: Visit) -> str:
    """One decision about every picked change; with nothing picked and ``rest`` about the event as a whole."""
    id_of_event, form = visit.args["id"], visit.form
    picked = [name.removeprefix("pick:") for name in form if name.startswith("pick:")]
    if not picked and not form.get("rest"):
        raise RegwatchError(visit.t("triage.pick_one"))

    def write(kb: object, company: object) -> None:
        for id in picked or [id_of_event]:
            decide(kb, company, id, form.get("decision", ""), by=visit.who, now=visit.now,  # type: ignore[arg-type]
                   interpretation=form.get("interpretation", "")[:2000],
                   instruction=form.get("instruction", "")[:2000], due=form.get("due", ""))  # fmt: skip

    await write_with_kb(visit, write)
    return f"/triage/{ref(id_of_event)}?page={form.get('page') or 1}"


async def release_event(visit: Visit) -> str:
    id, config = visit.args["id"], workspace_of(visit).config
    await write_with_kb(visit, lambda kb, company: release(kb, company, config, id, by=visit.who, now=visit.now))
    return f"/triage/{ref(id)}"


PAGES: tuple[Page | Action, ...] = (
    Page("/triage", "triage.html", waiting, TEAM),
    Page("/triage/(?P<id>[^/]+?)", "triage_event.html", event, TEAM),
    Action("/triage/(?P<id>[^/]+?)/decide", decide_changes),
    Action("/triage/(?P<id>[^/]+?)/release", release_event),
)
