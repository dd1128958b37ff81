"""The command `brief`: the Monday report."""

from __future__ import annotations

from typing import Literal

import click

from kb.terminal import Command, json_option, now_option, print_json, read_day, say, workspace_option


@click.command(cls=Command)
@click.option("--since", required=True, metavar="DATE", callback=lambda _c, _p, value: read_day(value),
              help="The first day of the report.")  # fmt: skip
@click.option("--format", "file_format", type=click.Choice(["docx", "xlsx", "html"]), default="docx", show_default=True)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False), help="The file; brief-<today>.<format> if left out.")
@workspace_option
@json_option
@now_option
def brief(since: str, file_format: str, language: Literal["zh", "en"], output: str | None, workspace: str,
          as_json: bool, now: str) -> None:  # fmt: skip
    """What changed since a day, whom it touches and what was decided; and which sources were checked, with gaps.

    \b
    Example:
      regwatch brief --since 2026-02-02 --format xlsx --language en
    """
    from pathlib import Path

    from kb.clock import legal_day
    from kb.db import open_kb
    from kb.errors import RegwatchError
    from kb.whole_file import write_whole
    from kb.workspace import find_workspace
    from mappings.alerts.brief import write_brief
    from mappings.alerts.brief_files import brief_file, brief_json
    from mappings.alerts.exposed import ExposureBook
    from mappings.db import open_company

    found = find_workspace(workspace)
    with open_kb(found.kb_path) as kb, open_company(found.company_path) as company:
        exposure = ExposureBook(found, kb, company, legal_day(now))
        written = write_brief(kb, company, found.config, since=since, now=now, exposed=exposure.of)
    if exposure.fault:
        say(f"the brief says nothing of transfers: {exposure.fault}")
    if as_json:
        print_json(brief_json(written))
        return
    path = Path(output or f"brief-{legal_day(now)}.{file_format}")
    try:
        write_whole(path, brief_file(written, file_format, language))
    except OSError as error:
        raise RegwatchError(f"{path}: {error.strerror}: choose another with --output") from error
    say(f"{len(written.changes)} changes, {len(written.sources)} sources in {path}")
