"""What `map` only reads: links in force, deductions, hits of rules, the check, and the export to other catalogs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from kb.terminal import Command, echo, exit_for, json_option, print_json, print_rows, say, workspace_option
from mappings.map_terminal import open_catalog


@click.command(cls=Command)
@click.argument("dataset")
@workspace_option
@json_option
def show(dataset: str, workspace: str, as_json: bool) -> None:
    """The links of a dataset as they hold: its own, each field's own and inherited ones, exceptions, deductions.

    \b
    Example:
      regwatch map show adas.camera_frames
    """
    from mappings.catalog.inheritance import links_in_force
    from mappings.catalog.links import find_dataset
    from mappings.catalog.together import list_deductions

    with open_catalog(workspace) as db:
        id = find_dataset(db, dataset)
        held = [vars(link) for link in links_in_force(db, id)]
        deduced = [deduction.as_json() for deduction in list_deductions(db) if deduction.dataset == id]
    if as_json:
        print_json({"dataset": id, "links": held, "deductions": deduced})
        return
    print_rows(held, ("field", "data_type", "how", "decided_by", "decided_at", "why"))
    for deduction in deduced:
        echo(deduction["reason"])


@click.command(cls=Command)
@click.argument("dataset")
@click.argument("field", required=False)
@workspace_option
@json_option
def candidates(dataset: str, field: str | None, workspace: str, as_json: bool) -> None:
    """The three likeliest data types of each field, suggested or not, with what speaks for and against each.

    For who decides by hand; only what has a confidence is a suggestion.

    \b
    Example:
      regwatch map candidates crm.customers marketing_consent
    """
    from kb.errors import NotFound
    from mappings.catalog.candidates import rank_types
    from mappings.catalog.links import find_dataset
    from mappings.catalog.store import load_datasets

    with open_catalog(workspace) as db:
        id = find_dataset(db, dataset)
        one = next((known for known in load_datasets(db) if known.id == id), None)
    if one is None:
        raise NotFound(f"dataset {dataset!r} was removed from the catalog: import it again first")
    if field and field not in {known.name for known in one.fields}:
        raise NotFound(f"no field {field!r} in dataset {dataset!r}: `regwatch map candidates {dataset}` shows them all")
    found = [vars(candidate) for candidate in rank_types(one) if field in (None, candidate.field)]
    if as_json:
        print_json(found)
    else:
        print_rows(found, ("field", "data_type", "confidence", "reason", "against"))


@click.command(cls=Command)
@click.option("--reveals", type=click.Choice(["geographic", "infrastructure", "behavioural"]), help="Only this kind.")
@workspace_option
@json_option
def deduce(reveals: str | None, workspace: str, as_json: bool) -> None:
    """What columns give away together that none gives away alone, within a dataset and across a shared key.

    \b
    Example:
      regwatch map deduce --reveals behavioural
    """
    from mappings.catalog.together import list_deductions

    with open_catalog(workspace) as db:
        found = [d.as_json() for d in list_deductions(db) if reveals in (None, d.reveals)]
    if as_json:
        print_json(found)
        return
    print_rows(found, ("dataset", "rule", "reveals", "gives", "key"))
    for deduction in found:
        echo(f"{deduction['dataset']}: {deduction['reason']}")


@click.command(cls=Command)
@click.option(
    "--lexicon", type=click.Path(path_type=Path, file_okay=False), help="Try this lexicon, a folder, before it is used."
)
@click.option("--flood", type=click.FloatRange(0, 1, min_open=True), default=0.05, show_default=True, metavar="SHARE",
              help="A rule that hits this part of all fields floods.")  # fmt: skip
@workspace_option
@json_option
def rules(lexicon: Path | None, flood: float, workspace: str, as_json: bool) -> None:
    """Hits per rule over the whole catalog; exit code 3 when a rule floods. Writes nothing.

    With --lexicon, each rule is set beside the one in use, and only new or changed rules are warned of.

    \b
    Example:
      regwatch map rules
      regwatch map rules --lexicon changed-words
    """
    from mappings.catalog.hits import count_hits
    from mappings.catalog.lexicon import load_lexicon
    from mappings.catalog.store import load_datasets

    candidate, live = load_lexicon(lexicon) if lexicon else load_lexicon(), load_lexicon() if lexicon else None
    with open_catalog(workspace) as db:
        found = count_hits(list(load_datasets(db)), candidate, live, flood=flood)
    if as_json:
        print_json([hits.as_json() for hits in found])
    else:
        shown = ("rule", "fields", *(["before"] if live else []), "share", "datasets", "reason")
        print_rows([vars(hits) for hits in found if hits.fields or hits.before], shown)
        say(f"{sum(not hits.fields for hits in found)} of {len(found)} rules hit nothing")
    flooding = [hits for hits in found if hits.floods]
    for hits in flooding:
        say(f"floods: {hits.rule} hits {hits.fields} fields ({hits.share:.0%}), mostly since {hits.reason}; "
            f"such as {', '.join(hits.examples)}")  # fmt: skip
    exit_for(len(flooding))


@click.command(cls=Command)
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
    with open_catalog(workspace) as db:
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
        echo(
            f"{coverage.fields} fields: {coverage.decided} decided, {coverage.suggested} with open suggestions, "
            f"{coverage.untouched} without a link"
        )
    exit_for(len(report.findings))


@click.command(cls=Command)
@click.option("--format", "format_", type=click.Choice(["csv", "datahub", "openmetadata", "odcs"]), default="csv",
              show_default=True)  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="A file; standard output if left out.")
@workspace_option
def export(format_: str, output: Path | None, workspace: str) -> None:
    """Accepted links for where people work: CSV, DataHub and OpenMetadata glossary terms, ODCS properties.

    Inherited links are written out; a field where the link was rejected is left out.

    \b
    Example:
      regwatch map export --format datahub --output terms.json
    """
    from kb.whole_file import write_whole
    from mappings.catalog.exports import export_links

    with open_catalog(workspace) as db:
        text = export_links(db, format_)
    if output is None:
        echo(text.encode())
        return
    write_whole(output, text.encode())
    say(f"written to {output}")
