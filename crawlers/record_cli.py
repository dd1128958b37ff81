"""The command `record`."""

from __future__ import annotations

from pathlib import Path

import click

from crawlers.cli import base_url_option
from kb.terminal import Command, echo, exit_for, json_option, now_option, print_json, say, workspace_option
from kb.workspace import find_workspace


@click.command(cls=Command)
@click.argument("source")
@click.option(
    "--to", "folder", required=True, type=click.Path(file_okay=False), help="A folder outside the repository."
)
@base_url_option
@now_option
@json_option
@workspace_option
def record(source: str, folder: str, base_urls: dict[str, str], now: str, as_json: bool, workspace: str) -> None:
    """Save a source's first list page, the pages and files it leads to, and how they are read, to compare with.

    Asks as politely as a crawl and leaves the workspace as it is. `reading.json` holds rows and readings. Exits 3 when
    the source is not healthy.

    \b
    Example:
      regwatch record nda-policies --to /tmp/nda-policies
    """
    from crawlers.recording import record_source

    outcome, written = record_source(
        find_workspace(workspace), source, Path(folder), base_urls=base_urls, now=now, say=say
    )
    if as_json:
        print_json(outcome.as_json() | {"files": [str(path) for path in written]})
    else:
        echo(f"{outcome.source}: {outcome.outcome} {outcome.detail}\n{len(written)} files in {folder}")
    exit_for(outcome.outcome != "healthy")
