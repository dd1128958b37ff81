"""The commands `feed` and `calendar`: Atom, JSON Feed and iCalendar as files, and private addresses on the site."""

from __future__ import annotations

from pathlib import Path

import click

from kb.terminal import Command, by_option, echo, json_option, now_option, print_json, print_rows, say, workspace_option

output_option = click.option("--output", type=click.Path(dir_okay=False), help="A file, instead of standard output.")


@click.group()
def feed() -> None:
    """Feeds of publications, versions and changes: write, address, addresses, revoke."""


@feed.command(cls=Command)
@click.option("--format", "file_format", type=click.Choice(["atom", "json"]), default="atom", show_default=True)
@output_option
@workspace_option
def write(file_format: str, output: str | None, workspace: str) -> None:
    """Write the public feed; the site serves it at /feed.atom and /feed.json.

    \b
    Example:
      regwatch feed write --format atom --output regwatch.atom
    """
    from kb.db import open_kb
    from kb.workspace import find_workspace
    from mappings.alerts.feeds import atom, json_feed, public_entries

    found = find_workspace(workspace)
    with open_kb(found.kb_path) as kb:
        entries = public_entries(kb, found.config.site_url or "")
    title = "Regwatch"
    _put(atom(entries, title=title, id="feed") if file_format == "atom" else json_feed(entries, title=title), output)


@feed.command(cls=Command)
@click.argument("owner")
@by_option("Who asks for it.")
@workspace_option
@json_option
@now_option
def address(owner: str, by: str, workspace: str, as_json: bool, now: str) -> None:
    """A private address for an owner's alerts and dates (or team). Shown once; whoever has it can read them.

    \b
    Example:
      regwatch feed address camera-team@example.invalid
    """
    from kb.workspace import find_workspace
    from mappings.alerts.private import make_address
    from mappings.db import open_company

    found = find_workspace(workspace)
    with open_company(found.company_path) as company:
        token = make_address(company, owner, by=by, now=now)
    site = (found.config.site_url or "http://127.0.0.1:8001").rstrip("/")
    made = {kind: f"{site}/private/{token}.{kind}" for kind in ("atom", "json", "ics")}
    if as_json:
        print_json({"owner": owner, **made})
    else:
        echo("\n".join(made.values()))


@feed.command(cls=Command)
@workspace_option
@json_option
def addresses(workspace: str, as_json: bool) -> None:
    """Private addresses: whose, by whom, since when, revoked when. The addresses themselves are not kept.

    \b
    Example:
      regwatch feed addresses
    """
    from kb.workspace import find_workspace
    from mappings.alerts.private import addresses as listed
    from mappings.db import open_company

    with open_company(find_workspace(workspace).company_path) as company:
        rows = listed(company)
    print_json(rows) if as_json else print_rows(rows, ["owner", "made_by", "made_at", "revoked_at", "revoked_by"])


@feed.command(cls=Command)
@click.argument("owner")
@by_option("Who asks for it.")
@workspace_option
@json_option
@now_option
def revoke(owner: str, by: str, workspace: str, as_json: bool, now: str) -> None:
    """Close every private address of an owner.

    \b
    Example:
      regwatch feed revoke camera-team@example.invalid
    """
    from kb.workspace import find_workspace
    from mappings.alerts.private import revoke_address
    from mappings.db import open_company

    with open_company(find_workspace(workspace).company_path) as company:
        closed = revoke_address(company, owner, by=by, now=now)
    print_json({"owner": owner, "revoked": closed}) if as_json else echo(f"{owner}: {closed} revoked")


@click.command(cls=Command)
@click.option("--owner", metavar="OWNER",
              help="With what this owner was asked and said they would do; for team, duties and filings.")  # fmt: skip
@output_option
@workspace_option
@now_option
def calendar(owner: str | None, output: str | None, workspace: str, now: str) -> None:
    """iCalendar of legal dates: comments close, takes effect, is repealed; the site serves it at /calendar.ics.

    \b
    Example:
      regwatch calendar --output regwatch.ics
    """
    from kb.db import open_kb
    from kb.workspace import find_workspace
    from mappings.alerts.calendars import calendar as make
    from mappings.alerts.calendars import company_days, owner_days, public_days
    from mappings.db import open_company

    found = find_workspace(workspace)
    with open_kb(found.kb_path) as kb:
        days = public_days(kb)
    if owner:
        with open_company(found.company_path) as company:
            days += owner_days(company, owner)
    if owner == "team":
        days += company_days(workspace, now)
    _put(make(days, name="Regwatch", now=now), output)


def _put(data: bytes, output: str | None) -> None:
    from kb.errors import RegwatchError
    from kb.whole_file import write_whole

    if not output:
        echo(data)
        return
    try:
        write_whole(Path(output), data)
    except OSError as error:
        raise RegwatchError(f"{output}: {error.strerror}: choose another with --output") from error
    say(f"{len(data)} bytes in {output}")
