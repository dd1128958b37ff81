"""The commands `crawl` and `sources`."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import click

from kb.terminal import (
    Command,
    exit_for,
    json_option,
    now_option,
    print_json,
    print_rows,
    say,
    workspace_option,
)
from kb.workspace import Workspace, find_workspace


def _base_urls(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for pair in given:
        source, _, url = pair.partition("=")
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise click.BadParameter(f"{pair!r}: write it as SOURCE=http://host:port")
        found[source] = url
    return found


base_url_option = click.option(
    "--base-url", "base_urls", multiple=True, metavar="SOURCE=URL", callback=_base_urls,
    help="Ask this address instead of the source's host, without delay; no other source is asked then. Captures keep "
    "the public URL. Repeatable.",
)  # fmt: skip


@click.command(cls=Command)
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@base_url_option
@now_option
@json_option
@workspace_option
def crawl(sources: tuple[str, ...], base_urls: dict[str, str], now: str, as_json: bool, workspace: str) -> None:
    """Crawl declared sources (all by default) and record what changed.

    Every request is identified, obeys robots.txt and waits its turn. A source that refuses, has changed its markup or
    shows nothing is reported and never stops the others. Exits 3 when a source is not healthy or a document could not
    be had or read.

    \b
    Example:
      regwatch crawl miit-consultations cac-consultations
      regwatch crawl miit-notices --base-url miit-notices=http://127.0.0.1:8001 --now 2026-02-10
    """
    from crawlers.crawl import crawl_lock, crawl_sources
    from kb.record import record_pending

    place = find_workspace(workspace)
    with crawl_lock(place):
        outcomes = crawl_sources(place, sources, base_urls=base_urls, now=now, say=say)
        report = record_pending(place, now=now, say=say)
    rows = [outcome.as_json() | {"faults": outcome.faults} for outcome in outcomes]
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, ("source", "outcome", "listed", "new", "changed", "unchanged", "detail"))
    for unread in report.unread:
        say(f"needs a person: {unread}")
    exit_for(report.problems or any(outcome.outcome != "healthy" or outcome.faults for outcome in outcomes))


@click.command(cls=Command)
@json_option
@workspace_option
def sources(as_json: bool, workspace: str) -> None:
    """Declared sources and their health: last run, last success, newest publication.

    \b
    Example:
      regwatch sources
      regwatch sources --json
    """
    from crawlers.source import load_sources

    health = _health(find_workspace(workspace))
    shown = ("id", "agency", "title", "url", "kind", "certainty")
    seen = ("last_run", "last_success", "outcome", "newest_publication")
    rows: list[dict[str, Any]] = [
        {name: getattr(source, name) for name in shown} | {name: health.get(source.id, {}).get(name) for name in seen}
        for source in load_sources().values()
    ]
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, ("id", "title", "certainty", *seen))


def _health(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """The last known state of every source that was ever crawled here, by id."""
    if not workspace.kb_path.exists():
        return {}
    from kb.db import open_kb
    from kb.news import source_health

    with open_kb(workspace.kb_path) as db:
        return {row["source"]: row for row in source_health(db)}
