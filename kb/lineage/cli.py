"""`regwatch resolve`: which work and stage a title belongs to; where that is unsure, a person decides once."""

from __future__ import annotations

from typing import Any

import click

from kb.opened import open_kb_if_any, open_kb_of
from kb.terminal import Command, echo, exit_for, json_option, now_option, print_json, say, workspace_option


@click.command(cls=Command)
@click.option("--title", required=True)
@click.option("--agency", help="Who published it: an id or any usual name.")
@click.option("--date", metavar="DATE", help="When it was published or signed.")
@click.option(
    "--decide", metavar="WORK", help="A person's decision: the work's id, or `new`. Kept and used from now on."
)
@click.option("--by", metavar="NAME", help="Who decides.")
@click.option("--why", default="", help="Why, in a few words.")
@now_option
@workspace_option
@json_option
def resolve(
    title: str, agency: str | None, date: str | None, decide: str | None, by: str | None, why: str, now: str,
    workspace: str, as_json: bool,
) -> None:  # fmt: skip
    """Which work and stage a title belongs to, without recording a text. Unsure is said, with candidates (exit 3).

    \b
    Example: regwatch resolve --title "汽车数据出境安全指引（2026版）" --agency MIIT
             regwatch resolve --title "数据出境申报指南" --decide export-assessment-filing-guide --by "data office"
    """
    if bool(decide) is not bool(by):
        raise click.UsageError("--decide WORK and --by NAME go together")
    from dataclasses import asdict

    from kb.agencies import agency_id
    from kb.law.declared import told, unread_law
    from kb.lineage.resolve import resolve_title
    from kb.lineage.title_decisions import NEW, decide_title, decided_titles
    from kb.recording.versions import known_works

    with open_kb_of(workspace) if decide else open_kb_if_any(workspace) as db:
        known = known_works(db)
        if db and decide and by:
            from kb.lineage.moving import move_recorded

            decide_title(db, title, decide, by=by, now=now, known={work.id: work for work in known}, why=why)
            for version in move_recorded(db, title, decide, now=now) if decide != NEW else ():
                say(f"moved to {decide}: {version}")
            known = known_works(db)
        decided = decided_titles(db) if db else {}
        agency = agency and (agency_id(agency) or agency)
        found: dict[str, Any] = asdict(resolve_title(title, known, agency=agency, date=date, decided=decided))
        found["not_read"] = unread_law(db, found["work"]) if db and found["work"] else []
    if as_json:
        print_json(found)
    else:
        _print(found)
    for line in told(found["not_read"]):
        say(line)
    if found["candidates"]:
        say(f"needs a person: `regwatch resolve --title '{title}' --decide WORK --by NAME`, or --decide new")
    exit_for(len(found["candidates"]))


def _print(found: dict[str, Any]) -> None:
    for name in ("work", "title_key", "stage", "edition", "relation", "confidence", "why"):
        echo(f"{name:12} {found[name] if found[name] is not None else '-'}")
    for candidate in found["candidates"]:
        echo(f"{'candidate':12} {candidate['work']}  {candidate['confidence']}  {candidate['why']}")
