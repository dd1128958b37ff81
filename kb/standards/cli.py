"""`regwatch export`: one version in a standard of the field, to standard output or a file."""

from __future__ import annotations

from pathlib import Path

import click

from kb.terminal import Command, echo, exit_for, now_option, say, workspace_option


@click.command(cls=Command)
@click.option("--jsonld", metavar="VERSION", help="schema.org Legislation as JSON-LD.")
@click.option("--akn", metavar="VERSION", help="Akoma Ntoso 3.0 XML.")
@click.option("--items", metavar="VERSION", help="Its data items, as --format says.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--warc", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="All captures as a WARC file, compressed if the name ends with .gz.")  # fmt: skip
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here, not to standard output.")
@now_option
@workspace_option
def export(
    jsonld: str | None, akn: str | None, items: str | None, form: str, warc: Path | None, output: Path | None,
    now: str, workspace: str,
) -> None:  # fmt: skip
    """A version in the field's standards: JSON-LD, Akoma Ntoso XML, its data items as CSV or JSON; or all evidence.

    \b
    Example: regwatch export --akn auto-data-export-guide@draft-2025 --output guide.xml
             regwatch export --items auto-data-export-guide@draft-2025 --format csv
             regwatch export --warc evidence.warc.gz
    """
    if warc:
        _export_warc(warc, workspace, now)
        return
    chosen = [(name, value) for name, value in (("jsonld", jsonld), ("akn", akn), ("items", items)) if value]
    if len(chosen) != 1:
        raise click.UsageError("name one of --jsonld, --akn, --items and --warc")
    from kb.clock import legal_day
    from kb.standards.export import write_standard
    from kb.whole_file import write_whole
    from kb.workspace import find_workspace

    ((standard, version),) = chosen
    data, problems = write_standard(find_workspace(workspace), standard, version, form, day=legal_day(now))
    if output:
        write_whole(output, data)
        say(f"wrote {output}: {len(data)} bytes")
    else:
        echo(data)
    for problem in problems:
        say(f"needs a person: {problem}")
    exit_for(len(problems))


def _export_warc(path: Path, workspace: str, now: str) -> None:
    from kb.db import open_kb
    from kb.evidence.archive import Archive
    from kb.evidence.warc import export_warc
    from kb.workspace import find_workspace

    found = find_workspace(workspace)
    with open_kb(found.kb_path) as db:
        report = export_warc(db, Archive(found.archive_path), path, now=now)
    say(f"wrote {path}: {report.captures} captures, {path.stat().st_size:,} bytes")
    for problem in report.problems:
        say(f"needs a person: {problem}")
    exit_for(len(report.problems))
