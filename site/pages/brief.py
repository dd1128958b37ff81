"""The Monday brief to download: what changed since a day, whom it touches, and which sources were checked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from sqlite_utils import Database

from kb.errors import RegwatchError
from mappings.alerts.brief import Brief, write_brief
from mappings.alerts.brief_files import brief_file
from mappings.alerts.exposed import ExposureBook
from mappings.alerts.words import Language
from pages.desk import ask_both, workspace_of
from pages.registry import File, Page
from pages.visit import TEAM, Row, Visit

KINDS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
}
LONGEST = 366  # days


async def choose(visit: Visit) -> Row:
    since = _since(visit)
    brief = await ask_both(visit, lambda kb, company: _write(visit, kb, company, since))
    states: dict[str, int] = {}
    for change in brief.changes:
        states[change["state"][0]] = states.get(change["state"][0], 0) + 1
    return {"since": since, "until": visit.today, "changes": len(brief.changes), "states": states,
            "sources": list(brief.sources), "formats": list(KINDS)}  # fmt: skip


async def download(visit: Visit) -> tuple[str, bytes, str]:
    since, kind = _since(visit), visit.args["format"]
    language = cast(Language, visit.args.get("language") if visit.args.get("language") in ("zh", "en") else "zh")
    brief = await ask_both(visit, lambda kb, company: _write(visit, kb, company, since))
    return f"brief-{visit.today}.{kind}", brief_file(brief, kind, language), KINDS[kind]


def _write(visit: Visit, kb: Database, company: Database, since: str) -> Brief:
    workspace = workspace_of(visit)
    exposed = ExposureBook(workspace, kb, company, visit.today).of
    return write_brief(kb, company, workspace.config, since=since, now=visit.now, exposed=exposed)


def _since(visit: Visit) -> str:
    """The first day; a week ago when none is given."""
    today = date.fromisoformat(visit.today)
    given = visit.args.get("since", "")
    try:
        day = date.fromisoformat(given) if given else today - timedelta(7)
    except ValueError as error:
        raise RegwatchError(visit.t("brief.no_day", day=given)) from error
    if not today - timedelta(LONGEST) <= day <= today:
        raise RegwatchError(visit.t("brief.too_long", day=given))
    return day.isoformat()


PAGES: tuple[Page | File, ...] = (
    Page("/brief", "brief.html", choose, TEAM),
    File("/brief/file\\.(?P<format>docx|xlsx|html)", download, TEAM),
)
