"""The search command: Chinese or English words over provisions and data items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from kb.model import Stage
from kb.opened import open_kb_of
from kb.terminal import (
    Command,
    echo,
    in_force_option,
    json_option,
    known_option,
    print_json,
    read_day,
    say,
    workspace_option,
)


def filter_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """What narrows a search, one that is run or one that is kept."""
    for option in (
        click.option("--agency", help="Only versions of this agency."),
        click.option("--stage", type=click.Choice([str(stage) for stage in Stage])),
        click.option("--since", metavar="DATE", help="Published on or after."),
        click.option("--work", help="Only this work."),
        click.option("--type", "data_type", help="Only items of this data type, and provisions that name it."),
    )[::-1]:
        function = option(function)
    return function


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True)
@filter_options
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="In steps of --limit.")
@in_force_option
@known_option
@workspace_option
@json_option
def search(words: tuple[str, ...], workspace: str, as_json: bool, **filters: Any) -> None:
    """Search titles, provisions and data items, Chinese or English; words may be joined by AND, OR, NOT.

    English, agencies in any form and 繁体 find the words that texts use; document numbers are found in any brackets.

    \b
    Example: regwatch search 重要数据 出境
             regwatch search "licence plate" --stage draft
             regwatch search 轨迹 NOT 脱敏 --page 2 --json
    """
    from kb.law.works import load_work
    from kb.rows import one
    from kb.searching.search import explain
    from kb.searching.search import search as search_kb

    check_filters(filters)
    typed = join_words(words)
    with open_kb_of(workspace) as db:
        if filters["work"] and not load_work(filters["work"]):
            one(db, "work", filters["work"])
        found = search_kb(db, typed, **filters)
    if problem := explain(typed):
        say(problem)
    if as_json:
        print_json(found)
    else:
        print_hits(found, filters["page"])


def join_words(words: tuple[str, ...]) -> str:
    """Words of the command line as one query: what the shell kept together is a phrase, unless it is a query itself."""
    queries = {"AND", "OR", "NOT"}
    return " ".join(
        f'"{word}"' if " " in word and '"' not in word and not queries & set(word.split()) else word for word in words
    )


def check_filters(filters: dict[str, Any]) -> None:
    """Agencies by any name become ids; wrong dates, agencies and data types are wrong usage."""
    if filters["since"]:
        read_day(filters["since"])
    if filters["agency"]:
        from kb.agencies import known_agency

        filters["agency"] = known_agency(filters["agency"])
    if filters["data_type"]:
        from kb.vocabulary import load_data_types

        if filters["data_type"] not in load_data_types():
            raise click.BadParameter(f"no data type {filters['data_type']!r}; ids are as in location-trajectory")


def print_hits(found: list[dict[str, Any]], page: int = 1) -> None:
    """Each hit in two lines, for terminals."""
    for hit in found:
        through = f"  ({', '.join(hit['through'])})" if hit.get("through") else ""
        echo(f"{hit['version']}  {hit['provision'] or hit['title']}{through}\n    {hit['snippet']}")
    if not found:
        echo("nothing found" if page == 1 else f"nothing on page {page}")
