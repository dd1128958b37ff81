"""What every subcommand shares: the workspace option, one JSON document, one-line messages, exit codes."""

from __future__ import annotations

import functools
import importlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from kb.errors import RegwatchError, database_advice, disk_advice
from kb.light_start import load_sqlite_utils_alone
from kb.streams import harmless_streams, let_go_of_output

F = TypeVar("F", bound=Callable[..., Any])
NEEDS_A_PERSON = 3
_LEVELS = {"error: ": "error", "needs a person: ": "warning"}


@contextmanager
def one_line_errors(name: str | None) -> Iterator[None]:
    """Turns an error that was foreseen, or one of disk or database, into one line on standard error and exit code 1."""
    try:
        yield
    except RegwatchError as error:
        say(f"error: {error}")
        raise SystemExit(1) from error
    except BrokenPipeError:
        raise  # the reader of our output has enough (`| head`): click ends quietly
    except OSError as error:
        say(f"error: {error.filename or name or 'output'}: {error.strerror or error}{disk_advice(error)}")
        let_go_of_output()
        raise SystemExit(1) from error
    except sqlite_error() as error:
        say(f"error: database: {error}: {database_advice(str(error))}")
        raise SystemExit(1) from error
    except MemoryError as error:
        say("error: not enough memory: give this process more, or run it when less else does")
        raise SystemExit(1) from error
    except UnicodeEncodeError as error:
        say(f"error: {error.object!a:.200}: is no text that can be kept (UTF-8): name it otherwise")
        raise SystemExit(1) from error


class Command(click.Command):
    def invoke(self, ctx: click.Context) -> Any:
        load_sqlite_utils_alone()
        with one_line_errors(ctx.command.name):
            return super().invoke(ctx)


class LazyGroup(click.Group):
    """A group whose commands live elsewhere: name → (module, help); a module is imported when its command runs."""

    def __init__(self, *args: Any, commands_in: Mapping[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.commands_in = commands_in

    def main(self, *args: Any, **more: Any) -> Any:
        harmless_streams()
        with one_line_errors(None):  # also while help is printed
            return super().main(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with one_line_errors(ctx.info_name):  # what a group of commands does before its own commands
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands_in, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.commands_in:
            return super().get_command(ctx, name)
        command: click.Command = getattr(importlib.import_module(self.commands_in[name][0]), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own = [(name, command.get_short_help_str(80)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in self.commands_in.items()] + own)


def sqlite_error() -> type[Exception]:
    """sqlite3's error, imported only when something was raised."""
    from sqlite3 import Error

    return Error


def workspace_option(function: F) -> F:
    return click.option(
        "--workspace", envvar="REGWATCH_WORKSPACE", default="workspace", show_default=True,
        type=click.Path(file_okay=False), help="Folder of kb.db, company.db, archive/ and config.yml.",
    )(function)  # fmt: skip


json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
known_option = click.option(
    "--known", metavar="DATE", callback=lambda _c, _p, value: read_day(value),
    help="As known at the end of that day (UTC): captures by then, read by today's readers.",
)  # fmt: skip
in_force_option = click.option(
    "--in-force", metavar="DATE", callback=lambda _c, _p, value: read_day(value),
    help="The law of that day: in force, or disputed.",
)  # fmt: skip
now_option = click.option(
    "--now", metavar="DATE", callback=lambda _c, _p, value: _time(value), help="Pretend today is DATE."
)


port_option = click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True)


def base_url_option(function: F) -> F:
    return click.option(
        "--base-url", "base_urls", multiple=True, metavar="SOURCE=URL", callback=lambda _c, _p, pairs: _pairs(pairs),
        help="Send every request of a source to another host, as for a replay, without delay. Repeatable.",
    )(function)  # fmt: skip


def _pairs(values: Sequence[str]) -> dict[str, str]:
    found = dict(value.partition("=")[::2] for value in values)
    for source, url in found.items():
        if not url.startswith(("http://", "https://")):
            raise click.BadParameter(f"{source}={url}: write it as SOURCE=http://127.0.0.1:8700")
    return found


def by_option(who: str) -> Callable[[F], F]:
    """Who does what is kept with a name: the signed-in user's, if none is given."""
    return click.option("--by", envvar="USER", default="", show_envvar=True, metavar="NAME", help=who)


def _time(value: str | None) -> str:
    from kb.clock import utc_now

    try:
        return utc_now(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a date; write it as 2026-02-03") from error


def read_day(value: str | None) -> str | None:
    """A date of the command line; anything else is wrong usage."""
    from datetime import date

    try:
        return value and date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a date; write it as 2026-02-03") from error


# What an outsider wrote (a title, an owner, a file's name) must not move the cursor, colour or rename the terminal, or
# turn the direction of a line: such characters are shown as what they are.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Line ends and tabs stay; the rest is written as JSON writes it, so that a JSON document stays one."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def echo(text: str | bytes = "", *, err: bool = False) -> None:
    """Print a line for people. Bytes are a file: whole and without a line end, but on a terminal only its text."""
    if isinstance(text, bytes):
        click.echo(printable(text.decode("utf-8", "replace")) if sys.stdout.isatty() else text, nl=False)
    else:
        click.echo(printable(text), err=err)


def say(message: str) -> None:
    """Messages and progress go to standard error; standard output is for the answer.

    With REGWATCH_LOG=json each is one JSON document a line: time (UTC), level (info, warning, error) and message.
    """
    if os.environ.get("REGWATCH_LOG") == "json":
        from kb.clock import utc_now

        level = next((level for start, level in _LEVELS.items() if message.startswith(start)), "info")
        message = json.dumps({"time": utc_now(), "level": level, "message": message}, ensure_ascii=False)
    echo(message, err=True)


def print_json(value: Any) -> None:
    echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_rows(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    """Plain columns for people, full-width characters counted as two."""
    if not rows:
        echo("(none)")
        return
    table = [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [
        max(_width(cell) for cell in (head, *column))
        for head, column in zip(columns, zip(*table, strict=True), strict=True)
    ]
    for line in [list(columns), *table]:
        echo("  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)).rstrip())


def in_words(value: Any) -> str:
    """A stored value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(in_words, value))
    return "" if value is None else str(value)


def _cell(value: Any) -> str:
    text = printable(in_words(value))
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
