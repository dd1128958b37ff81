"""The `regwatch` command: each subcommand loads its room when it is called. Owns demo, run and serve, which span rooms."""

from __future__ import annotations

import importlib
from typing import Any

import click

# name → (module, help). Modules are imported only when their command runs.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("kb.cli", "Make a workspace with a commented config.yml."),
    "crawl": ("crawlers.cli", "Crawl declared sources and record what changed."),
    "sources": ("crawlers.cli", "Declared sources and their health."),
    "add": ("kb.cli", "Record documents that a person obtained by hand."),
    "works": ("kb.cli", "Works with their versions."),
    "show": ("kb.cli", "One work, version, provision or data type in full."),
    "items": ("kb.cli", "The data items of a version."),
    "diff": ("kb.cli", "Compare two versions or two files."),
    "search": ("kb.cli", "Search provisions and data items, Chinese or English."),
    "resolve": ("kb.cli", "Which work and stage a title belongs to."),
    "catalog": ("mappings.cli", "Import the company's data catalog."),
    "map": ("mappings.cli", "Link fields to data types: suggest, accept, reject, check."),
    "impact": ("mappings.cli", "Datasets and owners that a change touches."),
    "alert": ("mappings.cli", "Tell owners: send, list, ack."),
}


class Front(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return super().get_command(ctx, name)
        command: Any = getattr(importlib.import_module(COMMANDS[name][0]), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own = [(name, command.get_short_help_str()) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, help) in COMMANDS.items()] + own)


@click.group(cls=Front, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="regwatch")
def main() -> None:
    """Watch China's rules on automotive and cross-border data, and tell the owners of the datasets they touch."""
