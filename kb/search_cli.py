"""The search command: Chinese or English words over provisions and data items."""

from __future__ import annotations

from typing import Any

import click

from kb.model import Stage
from kb.opened import open_kb_of
from kb.terminal import Command, in_force_option, json_option, known_option, print_json, say, workspace_option


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True)
@click.option("--agency", help="Only versions of this agency.")
@click.option("--stage", type=click.Choice([str(stage) for stage in Stage]))
@click.option("--since", metavar="DATE", help="Published on or after.")
@click.option("--work", help="Only this work.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@in_force_option
@known_option
@workspace_option
@json_option
def search(words: tuple[str, ...], workspace: str, as_json: bool, **filters: Any) -> None:
    """Search provisions and data items, Chinese or English; words may be joined by AND, OR, NOT.

    \b
    Example: regwatch search 重要数据 出境
             regwatch search "licence plate" --stage draft
    """
    from kb import declared
    from kb.agencies import agency_id
    from kb.search import search as search_kb

    if filters["agency"]:
        filters["agency"] = agency_id(filters["agency"]) or filters["agency"]
    typed = " ".join(f'"{word}"' if " " in word else word for word in words)
    with open_kb_of(workspace) as db:
        found = search_kb(db, typed, **filters)
        works = dict.fromkeys(hit["work"] for hit in found)
        unread = [law for work in works for law in declared.unread_law(db, work)]
    for line in declared.told(unread):
        say(line)
    if as_json:
        print_json(found)
        return
    for hit in found:
        click.echo(f"{hit['version']}  {hit['provision'] or ''}\n    {hit['snippet']}")
    if not found:
        click.echo("nothing found")
