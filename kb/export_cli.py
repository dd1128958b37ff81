"""`regwatch export`: one version in a standard of the field, to standard output or a file."""

from __future__ import annotations

from pathlib import Path

import click

from kb.terminal import Command, exit_for, say, workspace_option


@click.command(cls=Command)
@click.option("--jsonld", metavar="VERSION", help="schema.org Legislation as JSON-LD.")
@click.option("--akn", metavar="VERSION", help="Akoma Ntoso 3.0 XML.")
@click.option("--items", metavar="VERSION", help="Its data items, as --format says.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here, not to standard output.")
@workspace_option
def export(
    jsonld: str | None, akn: str | None, items: str | None, form: str, output: Path | None, workspace: str
) -> None:
    """A version in the field's standards: JSON-LD, Akoma Ntoso XML, its data items as CSV or JSON.

    \b
    Example: regwatch export --akn auto-data-export-guide@draft-2025 --output guide.xml
             regwatch export --items auto-data-export-guide@draft-2025 --format csv
    """
    chosen = [(name, value) for name, value in (("jsonld", jsonld), ("akn", akn), ("items", items)) if value]
    if len(chosen) != 1:
        raise click.UsageError("name one of --jsonld, --akn and --items")
    from kb.exporting import write_standard
    from kb.workspace import find_workspace

    ((standard, version),) = chosen
    data, problems = write_standard(find_workspace(workspace), standard, version, form)
    if output:
        output.write_bytes(data)
        say(f"wrote {output}: {len(data)} bytes")
    else:
        click.echo(data, nl=False)
    for problem in problems:
        say(f"needs a person: {problem}")
    exit_for(len(problems))
