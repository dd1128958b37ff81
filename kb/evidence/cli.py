"""The commands `verify` and `reread`: is every capture what it was, and what do today's readers make of it?"""

from __future__ import annotations

import click

from kb.terminal import Command, echo, exit_for, json_option, now_option, print_json, say, workspace_option


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

    from kb.db import open_kb
    from kb.evidence.archive import Archive
    from kb.evidence.verify import verify as check
    from kb.workspace import find_workspace

    found = find_workspace(workspace)
    with open_kb(found.kb_path) as db:
        verdict = check(db, Archive(found.archive_path), head=head)
    if as_json:
        print_json(asdict(verdict))
    else:
        echo(f"{verdict.captures} captures, {verdict.files} files, {verdict.bytes:,} bytes; head {verdict.head}")
    for problem in verdict.problems:
        say(problem)
    exit_for(len(verdict.problems))


@click.command(cls=Command)
@click.option("--all", "everything", is_flag=True, help="Also what today's readers have read already.")
@now_option
@workspace_option
@json_option
def reread(everything: bool, now: str, workspace: str, as_json: bool) -> None:
    """Read all captures again with today's readers; tells no owner. What they read already is left alone.

    Rows change, ids stay, decisions of `regwatch review` stay. A threshold, deadline or date that reads differently
    goes to review, with exit code 3.

    \b
    Example: regwatch reread
    """
    from kb.recording.reread import reread as read_again
    from kb.workspace import find_workspace

    report = read_again(find_workspace(workspace), now=now, everything=everything, say=say)
    if as_json:
        counted = ("documents", "changed_rows", "to_review", "alerts", "problems")
        print_json({name: getattr(report, name) for name in counted})
    else:
        echo(report.as_text())
    for problem in report.problems:
        say(f"needs a person: {problem}")
    if report.to_review:
        say(f"needs a person: {report.to_review} readings differ in what counts: `regwatch review --kind correction`")
    exit_for(len(report.problems) + report.to_review)
