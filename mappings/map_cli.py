"""The `map` command: links of fields to data types are suggested, decided and taken back; what only reads is in
map_reading_cli."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kb.terminal import Command, exit_for, json_option, now_option, print_json, print_rows, say, workspace_option
from mappings.map_reading_cli import candidates, check, deduce, export, rules, show
from mappings.map_terminal import list_rejected, open_catalog, this_user

SHOWN = ("dataset", "field", "data_type", "confidence", "reason")


@click.group()
def map() -> None:
    """Links of fields to data types: suggest, decide, undo, look, check, hand back."""


for _reading in (show, candidates, deduce, rules, check, export):
    map.add_command(_reading)


@map.command(cls=Command)
@click.option("--dataset", help="Only this dataset, by id.")
@click.option("--above", type=click.FloatRange(0, 1), default=0.0, metavar="N", help="Only from this confidence up.")
@click.option("--engine", metavar="URL", help="Match on duckdb, or on another engine by its Ibis URL; needs [scale].")
@now_option
@workspace_option
@json_option
def suggest(
    dataset: str | None, above: float, engine: str | None, now: str, workspace: str, as_json: bool
) -> None:  # fmt: skip
    """Propose links for fields without a decision, the surest first.

    What columns give away together is proposed for the dataset as a whole, with an empty field. Types that config.yml
    names under accept are accepted at once, as one run that can be undone.

    \b
    Example:
      regwatch map suggest --above 0.8
      regwatch map suggest --engine duckdb
    """
    from kb.workspace import find_workspace
    from mappings.catalog.decisions import accept_by_policy
    from mappings.catalog.links import suggest_links, waiting_links

    if engine:
        from mappings.catalog.scale import engine_match
    with open_catalog(workspace, to_write=True) as db:
        suggest_links(db, now=now, match=engine_match(engine) if engine else None)
        if accepted := accept_by_policy(db, find_workspace(workspace).config.accept, now=now):
            say(f"{accepted} links accepted as config.yml says: regwatch map runs")
        found = [s for s in waiting_links(db) if s.confidence >= above and dataset in (None, s.dataset)]
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
@click.option("--instead-of", metavar="DATA_TYPE", help="Correct: reject this type of the same field in the same run.")
@_decision_options
def accept(
    dataset: str | None, field: str | None, data_type: str | None, above: float | None, preview: bool,
    instead_of: str | None, **given: Any,
) -> None:  # fmt: skip
    """Accept links, suggested or not: one, those of a CSV, or all above a confidence.

    FIELD is '' or - for the dataset as a whole: its fields inherit the link, but for those where it is rejected.

    \b
    Example:
      regwatch map accept vehicle.master vin vehicle-identifier --by "data steward" --why "checked with the owner"
      regwatch map accept vehicle.master chepaihao face-or-plate --instead-of personal-identity
      regwatch map accept --above 0.9 --preview
    """
    if preview and above is None:
        raise click.UsageError("--preview belongs to --above")
    if instead_of and data_type is None:
        raise click.UsageError("--instead-of belongs to one link: DATASET FIELD DATA_TYPE")
    _decide("accepted", (dataset, field, data_type), above=above, preview=preview, instead_of=instead_of, **given)


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
    why: str, now: str, workspace: str, as_json: bool, instead_of: str | None = None,
) -> None:  # fmt: skip
    from mappings.catalog.decisions import decide_all, decisions_above, one_decision, read_decisions

    if (above is not None) + (file is not None) + any(part is not None for part in pair) != 1:
        raise click.UsageError("name one link (DATASET FIELD DATA_TYPE), or give --csv FILE, or --above N (accept)")
    if above is None and file is None and None in pair:
        raise click.UsageError("a link needs all three: DATASET FIELD DATA_TYPE")
    with open_catalog(workspace) as db:
        rejected: list[dict[str, Any]] = []
        if file:
            wanted, rejected = read_decisions(file, state, why)
        elif above is not None:
            wanted = decisions_above(db, above, why, now=now)
        else:
            words = [str(part) for part in pair]
            wanted = [one_decision(words, state, why)]
            if instead_of:
                wanted.append(one_decision([*words[:2], instead_of], "rejected", why or f"it is {words[2]}"))
        what = f"{state} {file.name if file else f'above {above}' if above is not None else ' '.join(words)}"
        decided, refused = decide_all(
            db, wanted, by=by or this_user(), now=now, preview=preview, strict=file is None, what=what
        )
    rejected = sorted([*rejected, *refused], key=lambda row: row["row"])
    if as_json:
        print_json({"decided": decided, "rejected": rejected})
    elif preview:
        print_rows(decided, ("dataset", "field", "data_type", "state", "why"))
    say(f"{len(decided)} links {'would be ' if preview else ''}decided")
    list_rejected(rejected)
    exit_for(len(rejected))


@map.command(cls=Command)
@workspace_option
@json_option
def runs(workspace: str, as_json: bool) -> None:
    """Every call that decided links, the latest first: each can be undone as a whole.

    \b
    Example:
      regwatch map runs
    """
    from mappings.catalog.runs import list_runs

    with open_catalog(workspace) as db:
        found = list_runs(db)
    if as_json:
        print_json(found)
    else:
        print_rows(found, ("run", "what", "links", "decided_by", "decided_at", "undone_by"))


@map.command(cls=Command)
@click.argument("run", type=click.IntRange(1, 2**63 - 1))
@click.option("--preview", is_flag=True, help="Only list what would be put back.")
@click.option("--by", help="Who undoes it; the signed-in user if left out.")
@now_option
@workspace_option
@json_option
def undo(run: int, preview: bool, by: str | None, now: str, workspace: str, as_json: bool) -> None:
    """Take back all decisions of one run; what somebody has decided again since stays.

    \b
    Example:
      regwatch map undo 3 --preview
    """
    from mappings.catalog.runs import undo_run

    with open_catalog(workspace) as db:
        report = undo_run(db, run, by=by or this_user(), now=now, preview=preview)
    if as_json:
        print_json(vars(report))
    else:
        print_rows(report.restored, ("dataset", "field", "data_type", "state"))
    say(
        f"{len(report.restored)} links {'would be ' if preview else ''}put back, {len(report.kept)} decided again since"
    )
