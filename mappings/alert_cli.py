"""The commands `impact` and `alert`: what a change touches, and telling the owners."""

from __future__ import annotations

import click

from kb.terminal import Command, echo, exit_for, json_option, now_option, print_json, print_rows, say, workspace_option


@click.command(cls=Command)
@click.option("--from", "old", metavar="VERSION", help="The older version.")
@click.option("--to", "new", metavar="VERSION", help="The newer version, of the same work.")
@click.option("--event", metavar="EVENT", help="One event instead: an edit in place, an interpretation, an override.")
@workspace_option
@json_option
def impact(old: str | None, new: str | None, event: str | None, workspace: str, as_json: bool) -> None:
    """Datasets, fields, transfers, systems and owners that the changes between two versions touch, by accepted links.

    \b
    Example:
      regwatch impact --from auto-data-export-guide@draft-2025 --to auto-data-export-guide@final-2026
    """
    if bool(event) == bool(old and new):
        raise click.UsageError("name two versions with --from and --to, or one event with --event")
    from kb.db import open_kb
    from kb.workspace import find_workspace
    from mappings.alerts.reach import load_reach
    from mappings.db import open_company
    from mappings.queries import impacts_between, impacts_of_events, transfers_of_datasets

    found = find_workspace(workspace)
    with open_kb(found.kb_path) as kb, open_company(found.company_path) as company:
        reach = (*load_reach(company), transfers_of_datasets(company))
        if event:
            answer, unclaimed = impacts_of_events(kb, [event], *reach)
        else:
            answer, unclaimed = impacts_between(kb, old or "", new or "", *reach)
    if as_json:
        print_json(answer)
    else:
        print_rows(answer, ["grade", "where", "data_type", "dataset", "field", "transfers", "system", "owner"])
    say(f"{len(answer)} impacts; {unclaimed} changes that no accepted link claims")


@click.group()
def alert() -> None:
    """Tell owners of what touches their datasets: send, list, ack, verify, bounce, audit."""


@alert.command(cls=Command)
@click.option("--retry", is_flag=True, help="Try at once what waits for a later try, and dead letters again.")
@workspace_option
@json_option
@now_option
def send(retry: bool, workspace: str, as_json: bool, now: str) -> None:
    """Compose what is due, remind, and deliver: by mail when config.yml has smtp, else to outbox/; by channels too.

    Safe to repeat: an owner is told of an event once, and later only of datasets linked since. What could not be
    delivered is tried again by later runs, after 1 minute, 2, 4 … 8 hours; after two days it is a dead letter, and the
    team is told. Exits 3 when something could not be delivered.

    \b
    Example:
      regwatch alert send --json
    """
    from kb.db import open_kb
    from kb.workspace import find_workspace
    from mappings.alerts.telling import tell_owners
    from mappings.db import open_company

    found = find_workspace(workspace)
    with open_kb(found.kb_path) as kb, open_company(found.company_path) as company:
        done = tell_owners(kb, company, found, now=now, retry=retry)
    told, delivered = done.told, done.delivery
    for problem in delivered.problems:
        say(f"not delivered: {problem.alert} to {problem.owner}: {problem.why}")
    if delivered.delayed:
        say(f"{delivered.delayed} wait for their next try or the end of quiet hours; --retry tries now")
    if delivered.known:
        say(
            f"{delivered.known} had left before and are not sent again: after a crash, or company.db is an older backup"
        )
    if done.fault:
        say(f"messages say nothing of transfers: {done.fault}")
    if told.held:
        say(f"{told.held} events wait for `regwatch triage`")
    if as_json:
        print_json({
            "composed": told.composed, "supplements": told.supplements, "held": told.held,
            "reminders": done.reminders, "digests": done.digests, "shifts": done.shifts,
            "sent": delivered.sent, "known": delivered.known, "failed": delivered.failed,
            "repeated": delivered.repeated, "delayed": delivered.delayed, "dead": delivered.dead,
            "problems": [vars(problem) for problem in delivered.problems],
        })  # fmt: skip
    else:
        echo(
            f"{told.composed} alerts and {told.supplements} supplements composed, {done.reminders} reminders, "
            f"{delivered.sent} messages sent, {delivered.failed} failed, {delivered.repeated} repeated after a crash"
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
@click.option("--by", envvar="USER", default="command line", show_envvar=True, metavar="NAME", help="Who answers.")
@click.option(
    "--decision",
    type=click.Choice(["seen", "not_affected", "will_act", "needs_counsel", "not_mine"]),
    default="seen",
    show_default=True,
    help="What they answer.",
)
@click.option("--until", default="", metavar="DATE", help="The day by which they will act.")
@click.option("--to", default="", metavar="OWNER", help="Whose it is instead: they get the alert.")
@click.option("--note", default="", metavar="TEXT", help="What they say about it.")
@workspace_option
@json_option
@now_option
def ack(id: str, by: str, decision: str, until: str, to: str, note: str, workspace: str, as_json: bool,
        now: str) -> None:  # fmt: skip
    """Record what an owner answers to an alert. The first answer stands.

    \b
    Example:
      regwatch alert ack 1f0c2d3e4a5b6c7d --by data-platform --decision will_act --until 2026-03-31
    """
    from kb.workspace import find_workspace
    from mappings.alerts.acknowledgement import acknowledge
    from mappings.db import open_company

    with open_company(find_workspace(workspace).company_path) as company:
        done = acknowledge(company, id, by=by, now=now, note=note, decision=decision, until=until, to=to)
    if as_json:
        print_json({"alert": id, **vars(done)})
    elif done.first:
        echo(f"{id}: acknowledged by {done.by}")
    else:
        echo(f"{id}: already acknowledged by {done.by} on {done.at}")


@alert.command(cls=Command)
@workspace_option
@json_option
def verify(workspace: str, as_json: bool) -> None:
    """Compare who should have been told with who was and what they answered. Exits 3 on a gap.

    \b
    Example:
      regwatch alert verify
    """
    from kb.db import open_kb
    from kb.workspace import find_workspace
    from mappings.alerts.verification import verify_told
    from mappings.db import open_company

    found = find_workspace(workspace)
    with open_kb(found.kb_path) as kb, open_company(found.company_path) as company:
        rows = verify_told(kb, company, found.config)
    gaps = [row for row in rows if row["gap"]]
    if as_json:
        print_json(rows)
    else:
        print_rows(gaps, ["gap", "owner", "alert", "state", "sent_at", "title"])
    say(f"{len(rows)} owners and events, {len(gaps)} gaps")
    exit_for(len(gaps))


@alert.command(cls=Command)
@click.argument("reports", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@workspace_option
@json_option
@now_option
def bounce(reports: tuple[str, ...], workspace: str, as_json: bool, now: str) -> None:
    """Record delivery reports (.eml) that came back later: their alerts are bounced, and the team is told.

    A report that a mail arrived marks its alert as delivered. What is no report about a message of ours is named, the
    rest is recorded, and the exit code is 3.

    \b
    Example:
      regwatch alert bounce returned.eml
    """
    from pathlib import Path

    from kb.errors import RegwatchError
    from kb.workspace import find_workspace
    from mappings.alerts.bounce import read_bounce
    from mappings.alerts.undelivered import record_bounce, record_delivered
    from mappings.db import open_company

    listed, refused = [], []
    with open_company(find_workspace(workspace).company_path) as company:
        for name in reports:
            try:
                report = read_bounce(Path(name).read_bytes(), name=name)
                if report.fate == "delivered":
                    news = record_delivered(company, report.alert, now=now)
                else:
                    news = record_bounce(company, report.alert, report.why, now=now)
            except RegwatchError as error:
                refused.append(str(error))
                continue
            listed.append({"alert": report.alert, "fate": report.fate, "why": report.why, "new": news})
    if len(reports) == len(refused) == 1:
        raise RegwatchError(refused[0])
    if as_json:
        print_json(listed)
    for row in [] if as_json else listed:
        echo(f"{row['alert']}: {'bounced' if row['fate'] == 'failed' else 'delivered'}: {row['why']}")
    for line in refused:
        say(line)
    exit_for(len(refused))


@alert.command(cls=Command)
@click.option("--since", default="", metavar="DATE", help="Only from this day on.")
@click.option("--output", type=click.Path(dir_okay=False), help="Write CSV to this file instead of a table.")
@workspace_option
@json_option
def audit(since: str, output: str | None, workspace: str, as_json: bool) -> None:
    """Who was told what, when, on what evidence, and what they answered: the append-only ledger, exported.

    \b
    Example:
      regwatch alert audit --since 2026-01-01 --output audit.csv
    """
    from pathlib import Path

    from kb.workspace import find_workspace
    from mappings.alerts.audit import ledger, write_csv
    from mappings.db import open_company

    with open_company(find_workspace(workspace).company_path) as company:
        rows = ledger(company, since)
    if output:
        write_csv(rows, Path(output))
        say(f"{len(rows)} rows in {output}")
    elif as_json:
        print_json(rows)
    else:
        print_rows(rows, ["at", "what", "alert", "owner", "by", "detail"])
