"""The command `watch`: what the team is told of beside alerts, and how much that would be."""

from __future__ import annotations

import click

from kb.terminal import Command, by_option, echo, json_option, now_option, print_json, print_rows, say, workspace_option


@click.group()
def watch() -> None:
    """Digests for the team: add (with a preview of 90 days), list, end."""


@watch.command(cls=Command)
@click.argument("name")
@click.option("--kind", type=click.Choice(["publications", "search", "deadlines", "sources"]), required=True)
@click.option("--words", default="", help="Words of titles; for search the name of a saved search.")
@click.option("--every", type=click.Choice(["immediate", "daily", "weekly"]), default="daily", show_default=True)
@click.option("--to", "address", default="", metavar="ADDRESS", help="Another address than the team's.")
@click.option("--yes", is_flag=True, help="Save it without asking.")
@by_option("Who asks for it.")
@workspace_option
@json_option
@now_option
def add(name: str, kind: str, words: str, every: str, address: str, yes: bool, by: str, workspace: str, as_json: bool,
        now: str) -> None:  # fmt: skip
    """Say how many messages this would have made in the last 90 days, then ask, then save.

    \b
    Example:
      regwatch watch add exports --kind publications --words "数据出境 数据跨境" --every weekly
    """
    from kb.db import open_kb
    from kb.workspace import find_workspace
    from mappings.alerts.watches import add_watch, preview
    from mappings.db import open_company

    found = find_workspace(workspace)
    with open_kb(found.kb_path) as kb, open_company(found.company_path) as company:
        messages, items = preview(kb, company, kind, words, every, now=now, news=found.config.news_days)
        say(f"in the last 90 days: {messages} messages with {items} items")
        saved = yes or (not as_json and click.confirm("Save this watch?", err=True))
        id = add_watch(company, name, kind, words, every, address, by=by, now=now) if saved else None
    if as_json:
        print_json({"id": id, "messages": messages, "items": items})
    else:
        echo(f"{id}: saved" if id else "not saved")


@watch.command("list", cls=Command)
@workspace_option
@json_option
def list_watches(workspace: str, as_json: bool) -> None:
    """All watches, ended ones last.

    \b
    Example:
      regwatch watch list
    """
    from kb.workspace import find_workspace
    from mappings.alerts.watches import watches
    from mappings.db import open_company

    with open_company(find_workspace(workspace).company_path) as company:
        rows = watches(company)
    shown = ["id", "name", "kind", "words", "every", "address", "ended_at", "ended_by"]
    print_json(rows) if as_json else print_rows(rows, shown)


@watch.command(cls=Command)
@click.argument("id")
@by_option("Who ends it.")
@workspace_option
@json_option
@now_option
def end(id: str, by: str, workspace: str, as_json: bool, now: str) -> None:
    """Stop a watch.

    \b
    Example:
      regwatch watch end 1f0c2d3e4a5b6c7d
    """
    from kb.workspace import find_workspace
    from mappings.alerts.watches import end_watch
    from mappings.db import open_company

    with open_company(find_workspace(workspace).company_path) as company:
        name = end_watch(company, id, by=by, now=now)
    print_json({"id": id, "name": name}) if as_json else echo(f"{name}: ended")
