"""The `regwatch` command. Each subcommand loads its room when called; demo, run and serve span rooms and live here."""

from __future__ import annotations

from pathlib import Path

import click

from kb import terminal
from kb.terminal import Command, json_option, now_option, say, workspace_option

# name → (module, help). Modules are imported only when their command runs.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("kb.cli", "Make a workspace with a commented config.yml."),
    "crawl": ("crawlers.cli", "Crawl declared sources and record what changed."),
    "sources": ("crawlers.cli", "Declared sources and their health."),
    "add": ("kb.cli", "Record documents that a person obtained by hand."),
    "works": ("kb.cli", "Works with their versions."),
    "show": ("kb.cli", "One work, version, provision or data type in full."),
    "items": ("kb.cli", "The data items of a version."),
    "diff": ("kb.compare_cli", "Compare two versions or two files."),
    "search": ("kb.search_cli", "Search provisions and data items, Chinese or English."),
    "resolve": ("kb.resolve_cli", "Which work and stage a title belongs to."),
    "export": ("kb.export_cli", "A version in the field's standards: JSON-LD, Akoma Ntoso, items as CSV."),
    "review": ("kb.review_cli", "What waits for a person: list, accept, correct, reject."),
    "reread": ("kb.evidence_cli", "Read all captures again with today's readers; tells no owner."),
    "verify": ("kb.evidence_cli", "Check every capture against its digest and the chain."),
    "catalog": ("mappings.cli", "Import the company's data catalog."),
    "map": ("mappings.cli", "Link fields to data types: suggest, accept, reject, check."),
    "transfer": ("mappings.transfer_cli", "Transfers of data out of China: import, list, questions, filings, calendar."),
    "exposure": ("mappings.exposure_cli", "What each transfer must do, by the law in force or a draft."),
    "impact": ("mappings.cli", "Datasets and owners that a change touches."),
    "triage": ("mappings.triage_cli", "Decide which changes owners are told of, and release them."),
    "alert": ("mappings.cli", "Tell owners: send, list, ack, verify, bounce, audit."),
}


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
    terminal.print_json(report.as_json()) if as_json else click.echo(report.as_text())
    terminal.exit_for(len(report.problems))


@main.command(cls=Command)
@click.option("--serve", "serve_after", is_flag=True, help="Open the site afterwards.")
@click.option("--workspace", default="demo-workspace", show_default=True, help="A folder of the demo's own, made anew.")
@click.option("--port", default=8001, show_default=True)
@json_option
def demo(serve_after: bool, workspace: str, port: int, as_json: bool) -> None:
    """The main job from nothing, on a sample agency site: crawl, read, compare, match, alert.

    \b
    Example: regwatch demo --serve
    """
    from crawlers.crawl import crawl_sources
    from crawlers.sample.server import serve_sample
    from mappings.demo import run_demo

    report = run_demo(Path(workspace), crawl=crawl_sources, serve_sample=serve_sample, say=say)
    terminal.print_json(report.as_json()) if as_json else click.echo(report.as_text())
    if serve_after:
        click.get_current_context().invoke(serve, host="127.0.0.1", port=port, workspace=workspace)


@main.command(cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True)
@workspace_option
def serve(host: str, port: int, workspace: str) -> None:
    """The Datasette site over the workspace.

    \b
    Example: regwatch serve --port 8001
    """
    from kb.site_process import serve_site
    from kb.workspace import find_workspace

    serve_site(find_workspace(workspace), host, port)
