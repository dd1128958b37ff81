"""What every subcommand shares: the workspace option, one JSON document, one-line messages, exit codes."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from kb.errors import RegwatchError, WorkspaceError

F = TypeVar("F", bound=Callable[..., Any])
NEEDS_A_PERSON = 3


class Command(click.Command):
    """Turns a RegwatchError into one line on standard error and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RegwatchError as error:
            say(f"error: {error}")
            raise SystemExit(1) from error


def workspace_option(function: F) -> F:
    return click.option(
        "--workspace", envvar="REGWATCH_WORKSPACE", default="workspace", show_default=True,
        type=click.Path(file_okay=False), help="Folder of kb.db, company.db, archive/ and config.yml.",
    )(function)  # fmt: skip


json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
now_option = click.option("--now", callback=lambda _c, _p, value: _time(value), help="Pretend today is DATE.")


def _time(value: str | None) -> str:
    from kb.clock import utc_now

    try:
        return utc_now(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a date; write it as 2026-02-03") from error


def say(message: str) -> None:
    """Messages and progress go to standard error; standard output is for the answer."""
    click.echo(message, err=True)


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_rows(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    """Plain columns for people, full-width characters counted as two."""
    if not rows:
        click.echo("(none)")
        return
    table = [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [
        max(_width(cell) for cell in (head, *column))
        for head, column in zip(columns, zip(*table, strict=True), strict=True)
    ]
    for line in [list(columns), *table]:
        click.echo(
            "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        )


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


@functools.cache
def _char_width(char: str) -> int:
    import unicodedata

    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _width(text: str) -> int:
    return sum(map(_char_width, text))


def exit_for(problems: int | bool) -> None:
    """Exit 3 when something needs a person; return otherwise."""
    if problems:
        raise SystemExit(NEEDS_A_PERSON)


__all__ = [
    "Command",
    "WorkspaceError",
    "exit_for",
    "json_option",
    "now_option",
    "print_json",
    "print_rows",
    "say",
    "workspace_option",
]
