"""The command `review`: list what waits for a person, accept, correct or reject it."""

from __future__ import annotations

import json
from textwrap import indent
from typing import Any

import click

from kb.terminal import Command, echo, json_option, now_option, print_json, say, workspace_option


class Review(click.Group):
    """Without a subcommand it lists."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in (*self.commands, "--help", "-h")):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Review)
def review() -> None:
    """What waits for a person: extracted facts and corrections found by rereading. Alone it lists."""


@review.command("list", cls=Command)
@click.argument("of", required=False, metavar="[VERSION|WORK]")
@click.option("--kind", type=click.Choice(["correction", "version", "data_item"]), help="Only these.")
@click.option("--decided", "past", is_flag=True, help="What was decided instead of what waits.")
@click.option("--limit", type=click.IntRange(1, 10000), default=20, show_default=True)
@workspace_option
@json_option
def list_(of: str | None, kind: str | None, past: bool, limit: int, workspace: str, as_json: bool) -> None:
    """What waits, each reading beside its source: corrections first, then facts of versions, then data items.

    \b
    Example:
      regwatch review
      regwatch review auto-data-export-guide@draft-2025 --kind data_item
    """
    from kb.db import open_kb
    from kb.reviewing.waiting import decided, waiting
    from kb.workspace import find_workspace

    with open_kb(find_workspace(workspace).kb_path) as db:
        if past:
            taken = decided(db, of=of, limit=limit)
            print_json(taken) if as_json else _print_decided(taken)
            return
        counts, found = waiting(db, kind=kind, of=of, limit=limit)
    if as_json:
        print_json({"waiting": counts, "rows": found})
        return
    for row in found:
        _print_waiting(row)
    say(", ".join(f"{n} {name.replace('_', ' ')}s wait" for name, n in counts.items()) or "nothing waits")


def _decision(function: Any) -> Any:
    for option in reversed([
        click.option("--by", required=True, help="The role or office that decides; kb.db may be published: no names."),
        click.option("--why", default="", help="For those who ask later."),
        now_option, workspace_option, json_option,
    ]):  # fmt: skip
        function = option(function)
    return function


@review.command(cls=Command)
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_decision
def accept(ids: tuple[str, ...], **given: Any) -> None:
    """The reading is right: data items, provisions, the facts of a version, or a correction found by rereading.

    \b
    Example:
      regwatch review accept auto-data-export-guide@draft-2025 --by "legal" --why "held against the PDF"
    """
    _decide(ids, "accept", **given)


@review.command(cls=Command)
@click.argument("id")
@click.option("--set", "values", multiple=True, required=True, metavar="FIELD=VALUE",
              help="What is right; repeatable. Empty for none.")  # fmt: skip
@_decision
def correct(id: str, values: tuple[str, ...], **given: Any) -> None:
    """The reading is wrong: say what is right. The original is kept, and the correction survives every rereading.

    \b
    Example:
      regwatch review correct auto-data-export-guide@draft-2025 --set comments_close=2025-07-13 --by "legal"
    """
    unclear = [value for value in values if "=" not in value]
    if unclear:
        raise click.UsageError(f"{unclear[0]}: write it as FIELD=VALUE")
    pairs = dict(value.split("=", 1) for value in values)
    _decide((id,), "correct", values=pairs, **given)


@review.command(cls=Command)
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_decision
def reject(ids: tuple[str, ...], **given: Any) -> None:
    """This is no such fact; of a correction found by rereading: the old reading was right.

    \b
    Example:
      regwatch review reject auto-data-export-guide@draft-2025 --by "legal" --why "a press report, not the text"
    """
    _decide(ids, "reject", **given)


def _decide(ids: tuple[str, ...], decision: Any, *, by: str, why: str, now: str, workspace: str, as_json: bool,
            values: dict[str, str] | None = None) -> None:  # fmt: skip
    from kb.db import open_kb
    from kb.reviewing.review import decide
    from kb.workspace import find_workspace

    with open_kb(find_workspace(workspace).kb_path) as db, db.atomic():
        states = [{"id": id, "status": decide(db, id, decision, by=by, why=why, now=now, values=values)} for id in ids]
    if as_json:
        print_json(states)
        return
    for state in states:
        echo(f"{state['id']}  {state['status']}")


def _print_waiting(row: dict[str, Any]) -> None:
    from kb.items.condition_lines import changed_lines, condition_lines

    echo(f"{row['id']}  {row['kind'].replace('_', ' ')}")
    if row["kind"] == "correction":
        echo(f"    {row.get('why', '')}: {row.get('field')} of {row['target']}")
        if row["field"] == "conditions":
            trees = (json.loads(row[name]) if row[name] else None for name in ("old", "new"))
            echo(indent("\n".join(changed_lines(*trees)), "      "))
        else:
            echo(f"    was            {row.get('old')}\n    is read        {row.get('new')}")
    for name, value in row["reading"].items():
        if name == "conditions":
            echo(f"    {name}\n" + indent("\n".join(condition_lines(value)), "      "))
        elif name != "status":
            echo(f"    {name:14} {value}")
    source = row["source"]
    if source:
        words = " ".join(str(source["quotation"]).split())
        echo(f"    source         “{words[:200]}{'…' if len(words) > 200 else ''}”")
        page = f"page {source['page']}, " if source["page"] else ""
        echo(f"    where          {page}characters {source['start']}–{source['end']} of {source['captured_url']}, "
                   f"captured {source['captured_at']}: {source['file']}")  # fmt: skip


def _print_decided(taken: list[dict[str, Any]]) -> None:
    for entry in taken:
        echo(f"{entry['decided_at']}  {entry['decision']:8} {entry['target']}  by {entry['by']}  {entry['why']}")
        for name, value in entry["value"].items():
            if value != entry["original"].get(name):
                echo(f"    {name:14} {entry['original'].get(name)} → {value}")
    if not taken:
        echo("nothing was decided yet")
