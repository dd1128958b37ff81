"""The `regwatch` command. Each subcommand loads its room when called; demo, run and serve span rooms and live here."""

from __future__ import annotations

from pathlib import Path

import click

import crawlers
import kb
import mappings
from kb import terminal
from kb.terminal import Command, echo, json_option, now_option, say, workspace_option

# Each room declares its commands; its modules are imported only when one of them runs.
COMMANDS = kb.COMMANDS | crawlers.COMMANDS | mappings.COMMANDS


@click.group(cls=terminal.LazyGroup, commands_in=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="regwatch")
def main() -> None:
    """Watch China's rules on automotive and cross-border data, and tell the owners of the datasets they touch."""


@main.command(cls=Command)
@terminal.base_url_option
@now_option
@workspace_option
@json_option
def run(base_urls: dict[str, str], now: str, workspace: str, as_json: bool) -> None:
    """Crawl, record, compare, match, alert: what cron calls. Safe to kill and start again.

    \b
    Example: regwatch run --workspace /srv/regwatch
    """
    from crawlers.crawl import crawl_lock, crawl_sources
    from kb.workspace import ensure_workspace
    from mappings.loop import run_loop

    place = ensure_workspace(workspace)
    with crawl_lock(place):
        report = run_loop(place, crawl=crawl_sources, base_urls=base_urls, now=now, say=say)
    terminal.print_json(report.as_json()) if as_json else echo(report.as_text())
    terminal.exit_for(len(report.problems))


@main.command(cls=Command)
@click.option("--serve", "serve_after", is_flag=True, help="Open the site afterwards.")
@click.option("--workspace", envvar="REGWATCH_WORKSPACE", default="demo-workspace", show_default=True,
              help="A folder of the demo's own, made anew.")  # fmt: skip
@terminal.port_option
@json_option
def demo(serve_after: bool, workspace: str, port: int, as_json: bool) -> None:
    """The main job on a sample agency site: crawl, read, compare, match, alert.

    \b
    Example: regwatch demo --serve
    """
    from crawlers.crawl import crawl_lock, crawl_sources
    from crawlers.sample.server import serve_sample
    from kb.site_process import check_port, serve_site
    from mappings.demo import run_demo

    if serve_after:
        check_port("127.0.0.1", port)
    report = run_demo(Path(workspace), crawl_sources, serve_sample, crawl_lock, say=say, port=port)
    terminal.print_json(report.as_json()) if as_json else echo(report.as_text())
    if serve_after:
        serve_site(workspace, "127.0.0.1", port)


@main.command(cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True)
@terminal.port_option
@workspace_option
def serve(host: str, port: int, workspace: str) -> None:
    """The Datasette site over the workspace.

    \b
    Example: regwatch serve --port 8001
    """
    from kb.site_process import serve_site
    from kb.workspace import find_workspace
    from mappings.db import upgrade_databases

    upgrade_databases(find_workspace(workspace))
    serve_site(workspace, host, port)
