"""Commands of the knowledge base: init, add, works, show, items, diff, search, resolve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.model import Stage
from kb.terminal import (
    Command,
    exit_for,
    in_force_option,
    json_option,
    known_option,
    now_option,
    print_json,
    print_rows,
    say,
    workspace_option,
)  # fmt: skip

if TYPE_CHECKING:
    from sqlite_utils import Database


@click.command(cls=Command)
@workspace_option
def init(workspace: str) -> None:
    """Make a workspace with a commented config.yml.

    \b
    Example: regwatch --help; regwatch init --workspace ./workspace
    """
    from kb.workspace import Workspace, ensure_workspace

    existed = Workspace(Path(workspace)).config_path.exists()
    made = ensure_workspace(workspace)
    click.echo(f"{'kept' if existed else 'made'} {made.config_path}")


@click.command(cls=Command)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--url", help="Where the document was published.")
@click.option("--agency", help="Who published it: an id or any usual name (miit, 工信部).")
@click.option("--published", metavar="DATE", help="When, as 2025-06-13.")
@click.option("--work", help="Id of the work it belongs to, if lineage should not decide.")
@click.option("--title", help="Its title, if the document does not say.")
@now_option
@workspace_option
@json_option
def add(files: tuple[Path, ...], workspace: str, now: str, as_json: bool, **given: str | None) -> None:
    """Record documents that a person obtained by hand (HTML, PDF, DOCX, XLSX, OFD, ZIP, text or Markdown).

    \b
    Example: regwatch add guide.pdf --agency miit --published 2025-06-13
    """
    from kb.agencies import agency_id
    from kb.by_hand import Given
    from kb.record import add_files
    from kb.workspace import ensure_workspace

    if given["published"]:
        _check_date(given["published"])
    if given["agency"]:
        given["agency"] = agency_id(given["agency"]) or given["agency"]
    rows, problems = add_files(ensure_workspace(workspace), files, Given(**given), now=now)
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, ("document", "status", "version", "title", "articles", "provisions", "data_items"))
    for problem in problems:
        say(f"needs a person: {problem}")
    exit_for(len(problems))


@click.command(cls=Command)
@in_force_option
@known_option
@workspace_option
@json_option
def works(workspace: str, in_force: str | None, known: str | None, as_json: bool) -> None:
    """Works with their versions.

    \b
    Example: regwatch works --in-force 2026-03-01
    """
    from kb import queries

    with _kb(workspace) as db:
        found = queries.works(db, in_force, known=known)
    if as_json:
        print_json(found)
        return
    for work in found:
        click.echo(f"{work['id']}  {work['title']}")
        for version in work["versions"]:
            dates = "  ".join(f"{k} {version[k]}" for k in ("published", "effective", "in_force") if version.get(k))
            click.echo(f"    {version['id']}  {version['stage']}  {dates}")
    if not found:
        click.echo("no works yet: `regwatch crawl` or `regwatch add FILE` brings them")


@click.command(cls=Command)
@click.argument("id")
@in_force_option
@known_option
@workspace_option
@json_option
def show(id: str, in_force: str | None, known: str | None, workspace: str, as_json: bool) -> None:
    """One work, version, provision, data item, data type or event in full.

    \b
    Example: regwatch show auto-data-export-guide@draft-2025
             regwatch show auto-data-export-guide --in-force 2026-03-01
    """
    from kb import queries
    from kb.display import print_thing

    with _kb(workspace) as db:
        kind = queries.find(db, id)
        ask = {"work": queries.work, "version": queries.version, "provision": queries.provision,
               "event": queries.event, "data_type": queries.data_type}.get(kind, queries.fact_source)  # fmt: skip
        clocks = {"known": known, "in_force": in_force} if kind in ("work", "version") else {}
        if (known or in_force) and not clocks:
            raise click.UsageError(f"--known and --in-force ask about works and versions; {id} is a {kind}")
        found = {"is": kind, **ask(db, id, **clocks)}
        if kind == "version":
            found["provisions"] = queries.provisions(db, id, known=known)
    if as_json:
        print_json(found)
    else:
        print_thing(found)


@click.command(cls=Command)
@click.argument("version")
@in_force_option
@known_option
@workspace_option
@json_option
def items(version: str, in_force: str | None, known: str | None, workspace: str, as_json: bool) -> None:
    """The data items of a version, with their rules and data types; with --in-force also of a work's law of that day.

    \b
    Example: regwatch items auto-data-export-guide@draft-2025
             regwatch items auto-data-export-guide --in-force 2026-03-01
    """
    from kb import queries

    with _kb(workspace) as db:
        found = queries.items(db, version, known=known, in_force=in_force)
    if in_force and not found:
        say(f"no data items: no text of {version} that lists any is known to be in force on {in_force}")
    if as_json:
        print_json(found)
        return
    lines = [{**item, "data types": ", ".join(t["id"] for t in item["data_types"])} for item in found]
    print_rows(lines, ("number", "scenario", "subscenario", "category", "name", "rule", "data types"))


@click.command(cls=Command)
@click.argument("old")
@click.argument("new")
@click.option("--format", "form", type=click.Choice(["text", "html", "docx"]), default="text", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Where html or docx is written.")
@click.option("--all", "everything", is_flag=True, help="Unchanged rows too.")
@workspace_option
@json_option
def diff(old: str, new: str, form: str, output: Path | None, everything: bool, workspace: str, as_json: bool) -> None:
    """Compare two versions by id, or two files; docx and html give a 新旧条文对照表.

    \b
    Example: regwatch diff draft.pdf final.pdf
             regwatch diff guide@draft-2025 guide@final-2026 --format docx --output table.docx
    """
    from kb.compare import comparison_json
    from kb.comparing import compare_sides
    from kb.comparison_table import table_docx, table_html, table_text

    if form == "docx" and output is None:
        raise click.UsageError("--format docx needs --output FILE")
    with _either(workspace, old, new) as db:
        comparison, problems = compare_sides(db, old, new)
    if as_json:
        print_json(comparison_json(comparison, everything))
    elif form == "docx" and output:
        output.write_bytes(table_docx(comparison, old, new, everything))
    elif form == "html":
        page = table_html(comparison, old, new, everything)
        output.write_text(page, "utf-8") if output else click.echo(page)
    else:
        click.echo(table_text(comparison, everything))
    for problem in problems:
        say(f"needs a person: {problem}")
    exit_for(len(problems))


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True)
@click.option("--agency", help="Only versions of this agency.")
@click.option("--stage", type=click.Choice([str(stage) for stage in Stage]))
@click.option("--since", metavar="DATE", help="Published on or after.")
@click.option("--work", help="Only this work.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@in_force_option
@known_option
@workspace_option
@json_option
def search(words: tuple[str, ...], workspace: str, as_json: bool, **filters: Any) -> None:
    """Search provisions and data items, Chinese or English; words may be joined by AND, OR, NOT.

    \b
    Example: regwatch search 重要数据 出境
             regwatch search "licence plate" --stage draft
    """
    from kb.agencies import agency_id
    from kb.search import search as search_kb

    if filters["agency"]:
        filters["agency"] = agency_id(filters["agency"]) or filters["agency"]
    typed = " ".join(f'"{word}"' if " " in word else word for word in words)
    with _kb(workspace) as db:
        found = search_kb(db, typed, **filters)
    if as_json:
        print_json(found)
        return
    for hit in found:
        click.echo(f"{hit['version']}  {hit['provision'] or ''}\n    {hit['snippet']}")
    if not found:
        click.echo("nothing found")


@click.command(cls=Command)
@click.option("--title", required=True)
@click.option("--agency")
@click.option("--date", metavar="DATE")
@workspace_option
@json_option
def resolve(title: str, agency: str | None, date: str | None, workspace: str, as_json: bool) -> None:
    """Which work and stage a title belongs to, without recording anything.

    \b
    Example: regwatch resolve --title "汽车数据出境安全指引（2026版）" --agency MIIT
    """
    from dataclasses import asdict

    from kb.agencies import agency_id
    from kb.lineage import resolve_title
    from kb.versions import known_works

    with _either(workspace) as db:
        known = known_works(db)
    found = asdict(resolve_title(title, known, agency=agency and (agency_id(agency) or agency), date=date))
    if as_json:
        print_json(found)
    else:
        for name, value in found.items():
            click.echo(f"{name:12} {value if value is not None else '-'}")


def _kb(workspace: str) -> Database:
    from kb.db import open_kb
    from kb.workspace import find_workspace

    return open_kb(find_workspace(workspace).kb_path)


def _either(workspace: str, *sides: str) -> Any:
    """kb.db where there is a workspace; otherwise nothing, for what works on files and declarations alone."""
    from contextlib import nullcontext

    from kb.workspace import Workspace

    if Workspace(Path(workspace)).kb_path.exists() or any("@" in side and not Path(side).exists() for side in sides):
        return _kb(workspace)
    return nullcontext(None)


def _check_date(value: str) -> None:
    from datetime import date

    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a date; write it as 2026-02-03") from error
