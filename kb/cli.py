"""Commands of the knowledge base: init, add, works, show, items."""

from __future__ import annotations

from pathlib import Path

import click

from kb.opened import open_kb_of
from kb.terminal import (
    Command,
    echo,
    exit_for,
    in_force_option,
    json_option,
    known_option,
    now_option,
    print_json,
    print_rows,
    read_day,
    say,
    workspace_option,
)  # fmt: skip


@click.command(cls=Command)
@workspace_option
def init(workspace: str) -> None:
    """Make a workspace with a commented config.yml.

    \b
    Example: regwatch init --workspace ./workspace
    """
    from kb.workspace import Workspace, ensure_workspace

    existed = Workspace(Path(workspace)).config_path.exists()
    made = ensure_workspace(workspace, config_anew=True)
    echo(f"{'kept' if existed else 'made'} {made.config_path}")


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
    """Record documents that a person obtained by hand (HTML, PDF, DOCX, DOC, WPS, XLSX, OFD, ZIP, text …).

    \b
    Example: regwatch add guide.pdf --agency miit --published 2025-06-13
    """
    from kb.agencies import known_agency
    from kb.recording.by_hand import Given
    from kb.recording.record import add_files
    from kb.workspace import ensure_workspace

    if given["published"]:
        read_day(given["published"])
    if given["agency"]:
        given["agency"] = known_agency(given["agency"])
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
@click.option("--declared", "all_declared", is_flag=True, help="Declared works, too, of which nothing was recorded.")
@workspace_option
@json_option
def works(workspace: str, in_force: str | None, known: str | None, all_declared: bool, as_json: bool) -> None:
    """Works with their versions, and the law in force of each that has not been read.

    \b
    Example: regwatch works --in-force 2026-03-01
             regwatch works --declared
    """
    from kb import queries
    from kb.law import declared

    with open_kb_of(workspace) as db:
        found = queries.works(db, in_force, known=known)
        for work in found:
            work["not_read"] = declared.unread_law(db, work["id"])
        if all_declared:
            found += declared.unrecorded_works({row["id"] for row in db.query("select id from work")})
    if as_json:
        print_json(found)
        return
    for work in found:
        echo(f"{work['id']}  {work['title']}")
        for version in work["versions"]:
            dates = "  ".join(f"{k} {version[k]}" for k in ("published", "effective", "in_force") if version.get(k))
            echo(f"    {version['id']}  {version['stage']}  {dates}")
        for line in declared.told(work["not_read"]):
            echo(f"    {line}")
    if not found:
        echo("no works yet: `regwatch crawl` or `regwatch add FILE` brings them")


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
    from kb.clock import legal_day, utc_now
    from kb.display import print_thing
    from kb.law import declared
    from kb.law.standing import standing_on

    with open_kb_of(workspace) as db:
        if unread := declared.describe_unrecorded(db, id):
            print_json(unread) if as_json else print_thing(unread)
            say(f"needs a person: nothing of {id} has been read; these facts are declared")
            exit_for(True)
        kind = queries.find(db, id)
        ask = {"work": queries.work, "version": queries.version, "provision": queries.provision,
               "event": queries.event, "data_type": queries.data_type}.get(kind, queries.fact_source)  # fmt: skip
        clocks = {"known": known, "in_force": in_force} if kind in ("work", "version") else {}
        if (known or in_force) and not clocks:
            raise click.UsageError(f"--known and --in-force ask about works and versions; {id} is a {kind}")
        found = {"is": kind, **ask(db, id, **clocks)}
        if kind == "version":
            found = {"is": kind, **standing_on(db, found, in_force or legal_day(utc_now())), **found}
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
    from kb.law import declared
    from kb.law.works import load_work

    with open_kb_of(workspace) as db:
        unread = declared.unread_law(db, version.partition("@")[0])
        kept = any(db.table(table).count_where("id = ?", [version]) for table in ("version", "work"))
        missing = not kept and (declared.not_read(version) or (in_force and load_work(version)))
        found = [] if missing else queries.items(db, version, known=known, in_force=in_force)
    for line in declared.told(unread):
        say(line)
    if in_force and not found:
        say(f"no data items: no text of {version} that lists any is known to be in force on {in_force}")
    if as_json:
        print_json(found)
    if as_json or missing:
        exit_for(bool(missing))
        return
    lines = [{**item, "data types": ", ".join(t["id"] for t in item["data_types"])} for item in found]
    print_rows(lines, ("number", "scenario", "subscenario", "category", "name", "rule", "data types"))
