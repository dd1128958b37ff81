"""The command `triage`: what waits before owners are told, an analyst's decisions, and the release."""

from __future__ import annotations

import click

from kb.light_start import load_sqlite_utils_alone
from kb.terminal import Command, by_option, echo, json_option, now_option, print_json, print_rows, say, workspace_option
from kb.terminal import F as Function


@click.group(invoke_without_command=True)
@workspace_option
@json_option
@click.pass_context
def triage(context: click.Context, workspace: str, as_json: bool) -> None:
    """Decide which changes owners are told of: list, applicable, not-applicable, needs-counsel, release.

    Without a subcommand it lists what waits.
    """
    if context.invoked_subcommand is None:
        load_sqlite_utils_alone()
        context.invoke(list_waiting, event=None, everything=False, workspace=workspace, as_json=as_json)


@triage.command("list", cls=Command)
@click.option("--event", metavar="EVENT", help="Only this event, released or not.")
@click.option("--all", "everything", is_flag=True, help="Released events too.")
@workspace_option
@json_option
def list_waiting(event: str | None, everything: bool, workspace: str, as_json: bool) -> None:
    """Changes that wait: what no link claims comes first, then the gravest; with what each would reach.

    \b
    Example:
      regwatch triage list --json
    """
    from kb.db import open_kb
    from kb.workspace import find_workspace
    from mappings.alerts.waiting import waiting_changes
    from mappings.db import open_company

    found = find_workspace(workspace)
    with open_kb(found.kb_path) as kb, open_company(found.company_path) as company:
        rows = waiting_changes(kb, company, found.config, event=event, everything=everything)
    if as_json:
        print_json(rows)
        return
    print_rows(rows, ["event", "change", "grade", "where", "before", "after", "datasets", "decision", "needs"])
    say(f"{len(rows)} changes in {len({row['event'] for row in rows})} events")


def _deciding(function: Function) -> Function:
    for option in (
        click.argument("id"),
        by_option("Who decides."),
        click.option("--interpretation", default="", metavar="TEXT", help="What the change means for the company."),
        click.option("--instruction", default="", metavar="TEXT", help="What the owners are to do."),
        click.option("--due", default="", metavar="DATE", help="Until when."),
        workspace_option, json_option, now_option,
    )[::-1]:  # fmt: skip
        function = option(function)
    return function


@triage.command(cls=Command)
@_deciding
def applicable(id: str, by: str, interpretation: str, instruction: str, due: str, workspace: str, as_json: bool,
               now: str) -> None:  # fmt: skip
    """A change, or all of an event, concerns the company. With an instruction or a date its alert asks for action.

    \b
    Example:
      regwatch triage applicable 639907418709449f --by "legal" --instruction "check retention" --due 2026-03-31
    """
    _decide("applicable", id, by, interpretation, instruction, due, workspace, as_json, now)


@triage.command("not-applicable", cls=Command)
@_deciding
def not_applicable(id: str, by: str, interpretation: str, instruction: str, due: str, workspace: str, as_json: bool,
                   now: str) -> None:  # fmt: skip
    """A change does not concern the company: no owner is told of it.

    \b
    Example:
      regwatch triage not-applicable 3c149f0805716670 --by "legal" --interpretation "no insurance data"
    """
    _decide("not_applicable", id, by, interpretation, instruction, due, workspace, as_json, now)


@triage.command("needs-counsel", cls=Command)
@_deciding
def needs_counsel(id: str, by: str, interpretation: str, instruction: str, due: str, workspace: str, as_json: bool,
                  now: str) -> None:  # fmt: skip
    """A change waits for counsel; its event cannot be released before.

    \b
    Example:
      regwatch triage needs-counsel 94b22f8ca71fd4ae --by "legal" --interpretation "what is a key area?"
    """
    _decide("needs_counsel", id, by, interpretation, instruction, due, workspace, as_json, now)


@triage.command(cls=Command)
@click.argument("event")
@by_option("Who releases.")
@workspace_option
@json_option
@now_option
def release(event: str, by: str, workspace: str, as_json: bool, now: str) -> None:
    """Let owners be told of an event; with four eyes by a person who decided nothing in it.

    Owners are told by the next `regwatch alert send` or `regwatch run`.

    \b
    Example:
      regwatch triage release bef4e7b2630bbcc7 --by "head of compliance"
    """
    from kb.db import open_kb
    from kb.workspace import find_workspace
    from mappings.alerts.triage import release as release_event
    from mappings.db import open_company

    found = find_workspace(workspace)
    with open_kb(found.kb_path) as kb, open_company(found.company_path) as company:
        standing = release_event(kb, company, found.config, event, by=by, now=now)
    if as_json:
        print_json({"event": event, "released_by": by, "released_at": now, "mode": standing.mode})
    else:
        echo(f"{event}: released by {by}; owners are told by the next `regwatch alert send`")


def _decide(decision: str, id: str, by: str, interpretation: str, instruction: str, due: str, workspace: str,
            as_json: bool, now: str) -> None:  # fmt: skip
    from kb.db import open_kb
    from kb.workspace import find_workspace
    from mappings.alerts.triage import decide
    from mappings.db import open_company

    found = find_workspace(workspace)
    with open_kb(found.kb_path) as kb, open_company(found.company_path) as company:
        event = decide(kb, company, id, decision, by=by, now=now, interpretation=interpretation,
                       instruction=instruction, due=due)  # fmt: skip
    if as_json:
        print_json({"event": event, "id": id, "decision": decision, "by": by, "due": due or None})
    else:
        echo(f"{id}: {decision.replace('_', ' ')}, by {by}")
