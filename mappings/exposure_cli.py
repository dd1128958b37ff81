"""The command `exposure`: what each transfer must do, as a table, JSON, a picture or an evidence pack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.terminal import Command, echo, exit_for, json_option, now_option, print_json, print_rows, say, workspace_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mappings.exposure.assess import Exposure
    from mappings.exposure.sentences import Language


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[TRANSFER or DATASET]...")
@click.option("--entity", help="Only the transfers of this entity.")
@click.option("--what-if", metavar="VERSION", help="As if this draft were law; every output says so.")
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), help="Draw the routes as an SVG file.")
@click.option("--evidence", type=click.Path(path_type=Path, dir_okay=False), help="For counsel: a .docx or .xlsx file.")
@click.option(
    "--language",
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="Of the sentences that say why.",
)
@now_option
@workspace_option
@json_option
def exposure(
    names: tuple[str, ...], entity: str | None, what_if: str | None, picture: Path | None, evidence: Path | None,
    language: Language, now: str, workspace: str, as_json: bool,
) -> None:  # fmt: skip
    """What each transfer must do: gates, route, conditions with number and citation, what is missing, what to ask.

    Answers with the law of the day; a text in force that nobody has read leaves a transfer undecided. With --what-if it
    also says which routes would change. Decision support, not legal advice. Exits 3 when something is contradicting,
    expired or missing a place in the catalog.

    \b
    Example:
      regwatch exposure
      regwatch exposure camera-to-munich --json
      regwatch exposure --what-if auto-data-export-guide@draft-2025 --picture routes.svg
      regwatch exposure camera-to-munich --evidence camera.docx --language zh
    """
    from mappings.exposure import report
    from mappings.exposure.desk import open_desk
    from mappings.exposure.sentences import Sentence, in_language

    with open_desk(workspace, now) as desk:
        found = desk.select(desk.expose(what_if) if what_if else desk.in_force, names, entity)
        before = desk.select(desk.in_force, names, entity)
        dangling = desk.dangling(found)
        covered = [desk.coverage_json(e) for e in before]
        then = [[(c.filing.id, c.covers) for c in desk.coverage(e)] for e in found] if what_if else []
        if picture:
            from kb.whole_file import write_whole
            from mappings.exposure.picture import draw_routes

            write_whole(picture, draw_routes(before, found, desk.day, what_if, language).encode())
            say(f"drew {len(found)} transfers to {picture}")
        if evidence:
            from mappings.exposure.evidence_pack import write_pack

            write_pack(evidence, found, desk, what_if, language)
            say(f"wrote the evidence of {len(found)} transfers to {evidence}")
    changed = _changed(before, found) if what_if else []
    if as_json:
        rows = [report.as_json(e, desk.day, what_if) for e in found]
        for row, old, filings in zip(rows, before, covered, strict=True):
            row |= {"route_in_force": old.decision.route, "filings": filings}
        for row, later in zip(rows, then, strict=False):
            row["filings_then"] = [{"filing": id, "covers": covers} for id, covers in later]
        print_json(in_language(rows, language))
    else:
        print_rows(in_language([report.as_row(e, what_if) for e in found], language), report.COLUMNS)
        for e, filings in zip(found, covered, strict=True) if names else ():
            covering = report.filing_lines(in_language(filings, language))
            echo("\n".join(["", report.as_text(e, desk.day, what_if, language), *covering]))
        for line in changed:
            echo(line)
        if what_if:
            told = Sentence("routes_change", mark=report.mark_of(what_if), n=len(changed), all=len(found))
            echo(in_language(told, language))
        echo(report.NOTICE)
    problems = sorted({p for e in found for p in (*e.problems, *e.splitting)} | set(dangling))
    for problem in problems:
        say(f"needs a person: {in_language(problem, language)}")
    exit_for(len(problems))


def _changed(before: Sequence[Exposure], after: Sequence[Exposure]) -> list[str]:
    pairs: Any = zip(before, after, strict=True)
    return [
        f"  {old.transfer.id}: {old.decision.route} → {new.decision.route}"
        for old, new in pairs
        if old.decision.route != new.decision.route
    ]
