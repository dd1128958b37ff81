"""The command `verify`: is every capture what it was?"""

from __future__ import annotations

import click

from kb.terminal import Command, exit_for, json_option, print_json, say, workspace_option


@click.command(cls=Command)
@click.option("--head", metavar="LINK", help="The head that an earlier check printed; it must still be in the chain.")
@workspace_option
@json_option
def verify(head: str | None, workspace: str, as_json: bool) -> None:
    """Check every capture against the hash chain and every file of the archive against its digest.

    Note the head that it prints somewhere else: with --head, captures cut off at the end are found too.

    \b
    Example: regwatch verify
    """
    from dataclasses import asdict

    from kb.archive import Archive
    from kb.db import open_kb
    from kb.verify import verify as check
    from kb.workspace import find_workspace

    found = find_workspace(workspace)
    with open_kb(found.kb_path) as db:
        verdict = check(db, Archive(found.archive_path), head=head)
    if as_json:
        print_json(asdict(verdict))
    else:
        click.echo(f"{verdict.captures} captures, {verdict.files} files, {verdict.bytes:,} bytes; head {verdict.head}")
    for problem in verdict.problems:
        say(problem)
    exit_for(len(verdict.problems))
