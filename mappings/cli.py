"""Commands of the company's side: catalog; map is in map_cli, impact and alert are in alert_cli."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from kb.terminal import Command, echo, exit_for, json_option, now_option, print_json, say, workspace_option
from mappings.alert_cli import alert, impact
from mappings.map_cli import map
from mappings.map_terminal import list_rejected

__all__ = ["alert", "catalog", "impact", "map"]

FORMATS = ("csv", "odcs", "datahub", "openmetadata", "dbt", "vss")


@click.group()
def catalog() -> None:
    """The company's data catalog: datasets, fields, owners."""


@catalog.command("import", cls=Command)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Guessed from the file if left out.")
@click.option("--catalog", "name", metavar="NAME", help="What this import replaces; the file's stem if left out.")
@click.option("--columns", type=click.Path(path_type=Path, dir_okay=False), help="YAML: our key to the CSV's header.")
@now_option
@workspace_option
@json_option
def import_(
    files: tuple[Path, ...], format_: str | None, name: str | None, columns: Path | None, now: str, workspace: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Import or refresh a catalog; what it no longer describes is marked removed, what other catalogs describe stays.

    A CSV has one row for each field, with at least the columns dataset and column; what else is taken, and under which
    names, `regwatch catalog keys` lists. A CSV of such keys without a column of fields adds to the datasets that are
    there: legal entity, region, cross-border and counts, which no catalog format has. Rows that cannot be taken are
    listed by their line, the rest is imported, and the exit code is 3.

    \b
    Example:
      regwatch catalog import catalog.csv
      regwatch catalog import dump.csv --columns columns.yml --catalog warehouse
      regwatch catalog import manifest.json catalog.json --catalog dbt
      regwatch catalog import legal-entities.csv
    """
    from kb.workspace import ensure_workspace
    from mappings.catalog.formats.csv_file import load_columns
    from mappings.catalog.importer import import_catalog
    from mappings.db import open_company

    headers = load_columns(columns) if columns else None
    with closing(open_company(ensure_workspace(workspace).company_path)) as db:
        report = import_catalog(db, files, now=now, format=format_, catalog=name, columns=headers)
    if as_json:
        print_json(report.as_json())
    else:
        echo(
            f"{report.datasets} datasets, {report.fields} fields, {report.owners} owners: {report.new} new, "
            f"{report.changed} changed, {report.removed} removed, {report.unchanged} unchanged"
        )
    list_rejected(report.as_json()["rejected"])
    if report.moved:
        say(f"{report.moved} datasets have another owner than before, or none any more")
    if report.kept:
        say(f"{report.kept} fields are not described any more, but kept: a row that could not be read may be theirs")
    exit_for(len(report.rejected))


@catalog.command(cls=Command)
@json_option
def keys(as_json: bool) -> None:
    """What is read of a dataset and its fields, and under which names: CSV headers, custom properties of other formats.

    \b
    Example:
      regwatch catalog keys
    """
    from mappings.catalog.formats.keys import load_keys

    known = load_keys()
    rows = [
        {"key": key, "of": of, "meaning": known.meaning[key], "names": list(names)}
        for of, group in (("column", known.columns), ("property", known.properties))
        for key, names in group.items()
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        echo(f"{row['key']:20}{row['meaning']}\n{'':20}{', '.join(row['names'])}")
