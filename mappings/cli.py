"""Commands of the company's side: catalog, map; impact and alert are in alert_cli."""

from __future__ import annotations

from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.terminal import Command, exit_for, json_option, now_option, print_json, print_rows, say, workspace_option
from mappings.alert_cli import alert, impact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlite_utils import Database

__all__ = ["alert", "catalog", "impact", "map"]

FORMATS = ("csv", "odcs", "datahub", "openmetadata", "dbt")
SHOWN = ("dataset", "field", "data_type", "confidence", "reason")


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

    A CSV has one row for each field, with at least the columns dataset and column; type, unit, description, owner,
    owner_email, storage_region, cross_border, recipient, person_count and others are taken where they are. Rows that
    cannot be taken are listed by their line, the rest is imported, and the exit code is 3.

    \b
    Example:
      regwatch catalog import catalog.csv
      regwatch catalog import dump.csv --columns columns.yml --catalog warehouse
      regwatch catalog import manifest.json catalog.json --catalog dbt
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
        click.echo(
            f"{report.datasets} datasets, {report.fields} fields, {report.owners} owners: {report.new} new, "
            f"{report.changed} changed, {report.removed} removed, {report.unchanged} unchanged"
        )
    _list_rejected(report.as_json()["rejected"])
    if report.kept:
        say(f"{report.kept} fields are not described any more, but kept: a row that could not be read may be theirs")
    exit_for(len(report.rejected))


@click.group()
def map() -> None:
    """Links of fields to data types: suggest, accept, reject, check."""


@map.command(cls=Command)
@click.option("--dataset", help="Only this dataset, by id.")
@click.option("--above", type=click.FloatRange(0, 1), default=0.0, metavar="N", help="Only from this confidence up.")
@now_option
@workspace_option
@json_option
def suggest(dataset: str | None, above: float, now: str, workspace: str, as_json: bool) -> None:
    """Propose links for fields without a decision, the surest first.

    \b
    Example:
      regwatch map suggest --above 0.8
    """
    from mappings.catalog.links import suggest_links

    with _company(workspace) as db:
        found = [s for s in suggest_links(db, now=now) if s.confidence >= above and dataset in (None, s.dataset)]
    rows = [{key: getattr(suggestion, key) for key in SHOWN} for suggestion in found]
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, SHOWN)
        say(f"{len(rows)} suggestions wait for a decision: regwatch map accept DATASET FIELD DATA_TYPE --why TEXT")


def _decision_options(function: Any) -> Any:
    """What accepting and rejecting have in common."""
    for option in reversed([
        click.argument("dataset", required=False),
        click.argument("field", required=False),
        click.argument("data_type", required=False),
        click.option("--csv", "file", type=click.Path(path_type=Path, dir_okay=False),
                     help="Many at once: dataset,field,data_type and, if wanted, decision,why."),
        click.option("--by", help="Who decides; the signed-in user if left out."),
        click.option("--why", default="", help="For those who ask later."),
        now_option, workspace_option, json_option,
    ]):  # fmt: skip
        function = option(function)
    return function


@map.command(cls=Command)
@click.option("--above", type=click.FloatRange(0, 1, min_open=True), metavar="N", help="All suggestions this sure.")
@click.option("--preview", is_flag=True, help="With --above: only list what would be accepted.")
@_decision_options
def accept(
    dataset: str | None, field: str | None, data_type: str | None, above: float | None, preview: bool, **given: Any
) -> None:
    """Accept links, suggested or not: one, those of a CSV, or all above a confidence.

    FIELD is '' or - for the dataset as a whole.

    \b
    Example:
      regwatch map accept vehicle.master vin vehicle-identifier --by "data steward" --why "checked with the owner"
      regwatch map accept --above 0.9 --preview
    """
    if preview and above is None:
        raise click.UsageError("--preview belongs to --above")
    _decide("accepted", (dataset, field, data_type), above=above, preview=preview, **given)


@map.command(cls=Command)
@_decision_options
def reject(dataset: str | None, field: str | None, data_type: str | None, **given: Any) -> None:
    """Reject links; a rejected pair is proposed again only when its column or the rule has changed.

    FIELD is '' or - for the dataset as a whole.

    \b
    Example:
      regwatch map reject vehicle.master model_code vehicle-identifier --why "a model, not a vehicle"
      regwatch map reject --csv decisions.csv --by "data steward"
    """
    _decide("rejected", (dataset, field, data_type), above=None, preview=False, **given)


def _decide(
    state: str, pair: tuple[str | None, ...], *, above: float | None, preview: bool, file: Path | None, by: str | None,
    why: str, now: str, workspace: str, as_json: bool,
) -> None:  # fmt: skip
    from mappings.catalog.decisions import decide_all, decisions_above, one_decision, read_decisions

    if (above is not None) + (file is not None) + any(part is not None for part in pair) != 1:
        raise click.UsageError("name one link (DATASET FIELD DATA_TYPE), or give --csv FILE, or --above N (accept)")
    if above is None and file is None and None in pair:
        raise click.UsageError("a link needs all three: DATASET FIELD DATA_TYPE")
    with _company(workspace) as db:
        rejected: list[dict[str, Any]] = []
        if file:
            wanted, rejected = read_decisions(file, state, why)
        elif above is not None:
            wanted = decisions_above(db, above, why, now=now)
        else:
            wanted = [one_decision([str(part) for part in pair], state, why)]
        decided, refused = decide_all(db, wanted, by=by or _user(), now=now, preview=preview, strict=file is None)
    rejected = sorted([*rejected, *refused], key=lambda row: row["row"])
    if as_json:
        print_json({"decided": decided, "rejected": rejected})
    elif preview:
        print_rows(decided, ("dataset", "field", "data_type", "state", "why"))
    say(f"{len(decided)} links {'would be ' if preview else ''}decided")
    _list_rejected(rejected)
    exit_for(len(rejected))


@map.command(cls=Command)
@workspace_option
@json_option
def check(workspace: str, as_json: bool) -> None:
    """What dangles, what nobody owns, what the law lists and no dataset holds; how much is decided.

    \b
    Example:
      regwatch map check --json
    """
    from kb.db import open_kb
    from kb.workspace import find_workspace
    from mappings.catalog.check import check_links

    kb_path = find_workspace(workspace).kb_path
    with _company(workspace) as db:
        if kb_path.exists():
            with closing(open_kb(kb_path)) as kb_db:
                report = check_links(db, kb_db)
        else:
            report = check_links(db, None)
    if as_json:
        print_json(report.as_json())
    else:
        print_rows([vars(finding) for finding in report.findings], ("kind", "dataset", "field", "data_type", "why"))
        coverage = report.coverage
        click.echo(
            f"{coverage.fields} fields: {coverage.decided} decided, {coverage.suggested} with open suggestions, "
            f"{coverage.untouched} without a link"
        )
    exit_for(len(report.findings))


@contextmanager
def _company(workspace: str) -> Iterator[Database]:
    from kb.workspace import find_workspace
    from mappings.db import open_company

    with closing(open_company(find_workspace(workspace).company_path)) as db:
        yield db


def _list_rejected(rejected: list[dict[str, Any]]) -> None:
    for row in rejected[:20]:
        say(f"{row.get('file') or ''} row {row['row']}: {row['why']}".lstrip())
    if len(rejected) > 20:
        say(f"… and {len(rejected) - 20} more: use --json for all")


def _user() -> str:
    """Who sits at this terminal, as the system knows them."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
