"""The team's watches: what else it is told of, previewed over 90 days before it is kept."""

from __future__ import annotations

from kb.errors import RegwatchError
from mappings.alerts.watches import KINDS, PERIODS, add_watch, end_watch, preview, watches
from mappings.saved_searches import saved_searches
from pages.desk import ask_both, workspace_of
from pages.registry import Action, Page
from pages.visit import REVIEWERS, TEAM, Row, Visit

ASKED = ("name", "kind", "words", "every")


async def listed(visit: Visit) -> Row:
    asked = {name: visit.args.get(name, "").strip()[:200] for name in ASKED}
    watched, searches = await visit.company(lambda db: (watches(db), saved_searches(db)))
    found: Row = {"watches": watched, "searches": searches}
    found |= {"asked": asked, "kinds": list(KINDS), "periods": list(PERIODS), "preview": None,
              "may": visit.role in REVIEWERS}  # fmt: skip
    if asked["name"]:
        _check(visit, asked)
        news = workspace_of(visit).config.news_days
        messages, items = await ask_both(
            visit, lambda kb, company: preview(kb, company, asked["kind"], asked["words"], asked["every"],
                                               now=visit.now, news=news)
        )  # fmt: skip
        found["preview"] = {"messages": messages, "items": items}
    return found


async def add(visit: Visit) -> str:
    asked = {name: visit.form.get(name, "")[:200] for name in ASKED}
    _check(visit, asked)
    await visit.write_company(
        lambda db: add_watch(db, asked["name"], asked["kind"], asked["words"], asked["every"], "", by=visit.who,
                             now=visit.now)
    )  # fmt: skip
    return "/watches"


async def end(visit: Visit) -> str:
    await visit.write_company(lambda db: end_watch(db, visit.args["id"], by=visit.who, now=visit.now))
    return "/watches"


def _check(visit: Visit, asked: dict[str, str]) -> None:
    if not asked["name"] or asked["kind"] not in KINDS or asked["every"] not in PERIODS:
        raise RegwatchError(visit.t("watching.incomplete"))


PAGES: tuple[Page | Action, ...] = (
    Page("/watches", "watches.html", listed, TEAM),
    Action("/watches/add", add),
    Action("/watches/(?P<id>[^/]+?)/end", end),
)
