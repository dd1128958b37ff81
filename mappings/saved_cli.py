"""The command `saved`: searches kept by name, run again, and only what is new since they were last looked at."""

from __future__ import annotations

from typing import Any

import click

from kb.searching.cli import check_filters, filter_options, join_words, print_hits
from kb.terminal import Command, echo, json_option, now_option, print_json, print_rows, workspace_option


@click.group()
def saved() -> None:
    """Searches kept by name: add, list, run, drop."""


@saved.command("add", cls=Command)
@click.argument("name")
@click.argument("words", nargs=-1, required=True)
@filter_options
@click.option("--by", default="", help="Who keeps it.")
@now_option
@workspace_option
@json_option
def add(name: str, words: tuple[str, ...], by: str, now: str, workspace: str, as_json: bool, **filters: Any) -> None:
    """Keep a search under a name; the same name again replaces it.

    \b
    Example: regwatch saved add tracks 轨迹 出境 --stage draft
    """
    from kb.errors import RegwatchError
    from kb.searching.search import explain
    from kb.workspace import ensure_workspace
    from mappings.db import open_company
    from mappings.saved_searches import save_search

    check_filters(filters)
    typed = join_words(words)
    if not name.strip() or len(name) > 100:
        raise click.BadParameter("a name has 1 to 100 characters", param_hint="NAME")
    if problem := explain(typed):
        raise RegwatchError(problem)
    with open_company(ensure_workspace(workspace).company_path) as company:
        row = save_search(company, name, typed, filters, by=by, now=now)
    print_json(row) if as_json else echo(f"kept {name}: {typed}")


@saved.command("list", cls=Command)
@workspace_option
@json_option
def list_saved(workspace: str, as_json: bool) -> None:
    """All saved searches.

    \b
    Example: regwatch saved list
    """
    from kb.workspace import find_workspace
    from mappings.db import open_company
    from mappings.saved_searches import saved_searches

    with open_company(find_workspace(workspace).company_path) as company:
        found = saved_searches(company)
    if as_json:
        print_json(found)
        return
    told = [{**row, "filters": " ".join(f"{name}={value}" for name, value in row["filters"].items())} for row in found]
    print_rows(told, ("name", "words", "filters", "saved_by", "saved_at"))


@saved.command("run", cls=Command)
@click.argument("name")
@click.option("--new", "only_new", is_flag=True, help="Only what came since the last run with --new.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@now_option
@workspace_option
@json_option
def run(name: str, only_new: bool, limit: int, page: int, now: str, workspace: str, as_json: bool) -> None:
    """Run a saved search.

    \b
    Example: regwatch saved run tracks --new
    """
    from kb.db import open_kb
    from kb.workspace import find_workspace
    from mappings.db import open_company
    from mappings.saved_searches import mark_shown, new_hits, run_search, saved_search

    workspace_found = find_workspace(workspace)
    with open_kb(workspace_found.kb_path) as kb, open_company(workspace_found.company_path) as company:
        kept = saved_search(company, name)
        if only_new:
            found = new_hits(kb, kept, kept["shown_at"])
            mark_shown(company, name, now)
        else:
            found = run_search(kb, kept, limit=limit, page=page)
    print_json(found) if as_json else print_hits(found, page)


@saved.command("drop", cls=Command)
@click.argument("name")
@workspace_option
def drop(name: str, workspace: str) -> None:
    """Forget a saved search.

    \b
    Example: regwatch saved drop tracks
    """
    from kb.workspace import find_workspace
    from mappings.db import open_company
    from mappings.saved_searches import drop_search

    with open_company(find_workspace(workspace).company_path) as company:
        drop_search(company, name)
    echo(f"dropped {name}")
