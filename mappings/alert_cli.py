"""The commands `impact` and `alert`: what a change touches, and telling the owners."""

from __future__ import annotations

import click

from kb.terminal import Command, exit_for, json_option, now_option, print_json, print_rows, say, workspace_option


@click.command(cls=Command)
@click.option("--from", "old", required=True, metavar="VERSION", help="The older version.")
@click.option("--to", "new", required=True, metavar="VERSION", help="The newer version, of the same work.")
@workspace_option
@json_option
def impact(old: str, new: str, workspace: str, as_json: bool) -> None:
    """Datasets, fields and owners that the changes between two versions touch, by accepted links.

    \b
    Example:
      regwatch impact --from auto-data-export-guide@draft-2025 --to auto-data-export-guide@final-2026
    """
    from kb.db import open_kb
    from kb.workspace import find_workspace
    from mappings.alerts.reach import load_reach
    from mappings.db import open_company
    from mappings.queries import impacts_between

    found = find_workspace(workspace)
    with open_kb(found.kb_path) as kb, open_company(found.company_path) as company:
        answer, unclaimed = impacts_between(kb, old, new, *load_reach(company))
    if as_json:
        print_json(answer)
    else:
        print_rows(answer, ["grade", "where", "data_type", "dataset", "field", "owner"])
    say(f"{len(answer)} impacts; {unclaimed} changes that no accepted link claims")


@click.group()
def alert() -> None:
    """Tell owners of what touches their datasets: send, list, ack."""


@alert.command(cls=Command)
@workspace_option
@json_option
@now_option
def send(workspace: str, as_json: bool, now: str) -> None:
    """Compose every alert that is due and deliver what waits: by mail when config.yml has smtp, else to outbox/.

    Safe to repeat: an owner is told of an event once, and later only of datasets linked since. Exits 3 when an alert
    could not be delivered; it waits for the next run.

    \b
    Example:
      regwatch alert send --json
    """
    from kb.db import open_kb
    from kb.workspace import find_workspace
    from mappings.alerts.notify import deliver
    from mappings.alerts.outbox import catch_up
    from mappings.db import open_company

    found = find_workspace(workspace)
    with open_kb(found.kb_path) as kb, open_company(found.company_path) as company:
        told = catch_up(kb, company, found.config, now=now)
        delivered = deliver(company, found, now=now)
    for problem in delivered.problems:
        say(f"not delivered: {problem.alert} to {problem.owner}: {problem.why}")
    if as_json:
        print_json({
            "composed": told.composed, "supplements": told.supplements, "sent": delivered.sent,
            "failed": delivered.failed, "repeated": delivered.repeated,
            "problems": [vars(problem) for problem in delivered.problems],
        })  # fmt: skip
    else:
        click.echo(
            f"{told.composed} alerts and {told.supplements} supplements composed, {delivered.sent} sent, "
            f"{delivered.failed} failed"
        )
    exit_for(delivered.failed)


@alert.command("list", cls=Command)
@click.option("--owner", metavar="OWNER", help="Only alerts of this owner, by id or address.")
@click.option("--open", "only_open", is_flag=True, help="Only what nobody acknowledged.")
@workspace_option
@json_option
def list_alerts(owner: str | None, only_open: bool, workspace: str, as_json: bool) -> None:
    """What was sent to whom, and who acknowledged it; what is open comes first.

    \b
    Example:
      regwatch alert list --open
    """
    from kb.workspace import find_workspace
    from mappings.db import open_company
    from mappings.queries import alerts

    with open_company(find_workspace(workspace).company_path) as company:
        rows = alerts(company, owner=owner, state="open" if only_open else None)
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, ["id", "owner", "state", "sent_at", "acknowledged_at", "subject"])
        for row in rows:
            if row["last_error"]:
                say(f"{row['id']} waits: {row['last_error']}")


@alert.command(cls=Command)
@click.argument("id")
@click.option("--by", envvar="USER", default="command line", show_envvar=True, metavar="NAME", help="Who has seen it.")
@click.option("--note", default="", metavar="TEXT", help="What they say about it.")
@workspace_option
@json_option
@now_option
def ack(id: str, by: str, note: str, workspace: str, as_json: bool, now: str) -> None:
    """Record that an owner has seen an alert. The first acknowledgement stands.

    \b
    Example:
      regwatch alert ack 1f0c2d3e4a5b6c7d --by data-platform --note "retention changed, ticket 4711"
    """
    from kb.workspace import find_workspace
    from mappings.alerts.acknowledgement import acknowledge
    from mappings.db import open_company

    with open_company(find_workspace(workspace).company_path) as company:
        done = acknowledge(company, id, by=by, now=now, note=note)
    if as_json:
        print_json({"alert": id, **vars(done)})
    elif done.first:
        click.echo(f"{id}: acknowledged by {done.by}")
    else:
        click.echo(f"{id}: already acknowledged by {done.by} on {done.at}")
