"""The commands `crawl` and `sources`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from kb.terminal import (
    Command,
    echo,
    exit_for,
    json_option,
    now_option,
    print_json,
    print_rows,
    read_day,
    say,
    workspace_option,
)
from kb.workspace import Workspace, find_workspace

if TYPE_CHECKING:
    from crawlers.source import Source


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
@click.option(
    "--from-har",
    "hars",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Record what a browser saved as HAR instead of asking any site. Repeatable.",
)
@click.option(
    "--from-dir",
    "folders",
    multiple=True,
    type=click.Path(exists=True, file_okay=False),
    metavar="DIR",
    help="Record pages saved by wget or a browser, in folders named by host, instead of asking any site. Repeatable.",
)
@now_option
@json_option
@workspace_option
def crawl(
    sources: tuple[str, ...],
    base_urls: dict[str, str],
    hars: tuple[str, ...],
    folders: tuple[str, ...],
    now: str,
    as_json: bool,
    workspace: str,
) -> None:
    """Crawl declared sources (all by default) and record what changed.

    New, changed and unchanged count what was listed and, besides, what was revisited though no list shows it any more.

    Every request is identified, obeys robots.txt and waits its turn. A source that refuses, has changed its markup or
    shows nothing is reported and never stops the others. Exits 3 when a source is not healthy or a document could not
    be had or read.

    \b
    Example:
      regwatch crawl miit-consultations cac-consultations
      regwatch crawl miit-notices --base-url miit-notices=http://127.0.0.1:8001 --now 2026-02-10
      regwatch crawl --from-dir saved-by-wget
    """
    from crawlers.crawl import crawl_lock, crawl_sources
    from crawlers.source import load_sources
    from kb.recording.record import record_pending

    place = find_workspace(workspace)
    with crawl_lock(place):
        if hars or folders:
            from crawlers.handover import record_saved

            outcomes = record_saved(place, sources, hars=hars, folders=folders, now=now, say=say)
        else:
            outcomes = crawl_sources(place, sources, base_urls=base_urls, now=now, say=say)
        report = record_pending(place, now=now, say=say)
    declared = load_sources()
    rows = [outcome.as_json() | {"title": declared[outcome.source].title, "faults": outcome.faults}
            for outcome in outcomes]  # fmt: skip
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, ("source", "title", "outcome", "listed", "revisited", "new", "changed", "unchanged", "detail"))
    for unread in report.unread:
        say(f"needs a person: {unread}")
    exit_for(report.problems or any(outcome.outcome != "healthy" or outcome.faults for outcome in outcomes))


@click.command(cls=Command)
@click.option(
    "--since",
    metavar="DATE",
    callback=lambda _c, _p, value: read_day(value),
    help="How each was from that day to this: days of each state, uptime, the longest outage.",
)
@json_option
@workspace_option
def sources(since: str | None, as_json: bool, workspace: str) -> None:
    """Declared sources and their health: last run, last success, newest publication.

    `certainty` says how well a column's address and markup are known. Below stands how late an edit in place is seen at
    worst, by the tiers of known pages, if a crawl runs every day. Uptime is the share of the days asked on which the
    list was read as declared (healthy, or stale); the state of a day is that of its last run.

    \b
    Example:
      regwatch sources
      regwatch sources --since 2026-01-01
      regwatch sources --json
    """
    from crawlers.source import load_sources

    declared = load_sources()
    place = find_workspace(workspace)
    if since:
        _print_history(place, declared, since, as_json)
        return
    known = _known(place, declared)
    shown = ("id", "agency", "title", "title_en", "url", "kind", "certainty", "second", "note")
    rows = [{name: getattr(source, name) for name in shown} | known[id] for id, source in declared.items()]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        row["outcome"] = "not crawlable" if row["kind"] == "not-crawlable" else row["outcome"]
    print_rows(rows, ("id", "agency", "title", "title_en", "certainty", *_SEEN))
    for line in _delays_in_words(rows):
        echo(line)
    for row in rows:
        if row["kind"] == "not-crawlable":
            echo(f"{row['id']}: {row['note']} Instead: {', '.join(row['second'])}")


def _print_history(workspace: Workspace, declared: Mapping[str, Source], since: str, as_json: bool) -> None:
    """From ``since`` to today, for every declared source that was asked by then."""
    from kb.clock import legal_day, utc_now
    from kb.db import open_kb
    from kb.overview.health import NOT_ASKED, health_between

    found: dict[str, dict[str, Any]] = {}
    if workspace.kb_path.exists():
        with open_kb(workspace.kb_path) as db:
            found = health_between(db, since, legal_day(workspace.simulated_day or utc_now()))
    rows = [{"id": id, "title": declared[id].title, **found[id]} for id in declared if id in found]
    if as_json:
        print_json(rows)
        return
    states = ("healthy", "stale", "blocked", "drifted", "empty", "failed", NOT_ASKED)
    for row in rows:
        row |= {state: row["days"].get(state, 0) for state in states}
        row["uptime"] = "" if row["uptime"] is None else f"{row['uptime']:.1%}"
        if longest := row["longest_outage"]:
            row["longest_outage"] = f"{longest['since']} – {longest['until']}, {longest['days']} days"
    print_rows(rows, ("id", "title", "uptime", *states, "outages", "longest_outage"))


_SEEN = ("last_run", "last_success", "outcome", "newest_publication")


def _known(workspace: Workspace, declared: Mapping[str, Source]) -> dict[str, dict[str, Any]]:
    """By source id: the last known state, and how late each tier of its known pages is at worst."""
    from crawlers.tiers import delays
    from kb.clock import utc_now

    now = workspace.simulated_day or utc_now()
    if not workspace.kb_path.exists():
        nothing = dict.fromkeys(_SEEN) | {"tiers": [asdict(delay) for delay in delays([], now)]}
        return dict.fromkeys(declared, nothing)
    from crawlers.ledger import Ledger
    from kb.db import open_kb
    from kb.evidence.archive import Archive
    from kb.news import source_health

    topics = workspace.config.topics
    with open_kb(workspace.kb_path) as db:
        health = {row["source"]: row for row in source_health(db)}
        ledger = Ledger(db, Archive(workspace.archive_path), now)
        return {
            id: {name: health.get(id, {}).get(name) for name in _SEEN}
            | {"tiers": [asdict(delay) for delay in delays(ledger.known_to(id, "", topics), now)]}
            for id in declared
        }


def _delays_in_words(rows: Sequence[dict[str, Any]]) -> list[str]:
    """One line for each tier over all sources; a page of two columns is counted in both."""
    lines = []
    for tiers in zip(*(row["tiers"] for row in rows), strict=True):
        pages, waited = sum(tier["pages"] for tier in tiers), max(tier["waited"] for tier in tiers)
        first = tiers[0]
        within = "a day" if first["days"] == 1 else f"{first['days']} days"
        lines.append(
            f"tier {first['tier']}: {pages} pages, an edit is seen within {within}; longest unvisited: {waited} days"
        )
    return lines
