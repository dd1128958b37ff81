"""The commands `transfer …`: declare transfers, entities, answers and filings; what to answer; what falls due."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.terminal import (
    Command,
    by_option,
    echo,
    exit_for,
    json_option,
    now_option,
    print_json,
    print_rows,
    say,
    workspace_option,
)

if TYPE_CHECKING:
    from mappings.exposure.sentences import Language

AROUND = 3  # years before and after this one in which a duty is looked for
language_option = click.option(
    "--language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="The language of sentences."
)


@click.group()
def transfer() -> None:
    """Transfers of data out of China: declare them, answer for them, and see which filings cover them."""


@transfer.command("import", cls=Command)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@now_option
@workspace_option
@json_option
def import_(files: tuple[Path, ...], now: str, workspace: str, as_json: bool) -> None:
    """Declare entities, transfers and filings from YAML, or transfers from CSV. Declared again, a subject is replaced.

    Answers are signed: who (by), when (date), on what evidence, valid until when (expires). What cannot be taken is
    listed, the rest is taken, and the exit code is 3. What is left out stays unknown.

    \b
    Example:
      regwatch transfer import mappings/exposure/sample/transfers.yml
      regwatch transfer import transfers.csv
    """
    from kb.workspace import ensure_workspace
    from mappings.db import open_company
    from mappings.exposure.declared import read_declared
    from mappings.exposure.store import save_declared

    read = [(path, read_declared(path)) for path in files]
    counts: Counter[str] = Counter()
    with closing(open_company(ensure_workspace(workspace).company_path)) as db:
        for _, declared in read:
            counts += save_declared(db, declared, now)
    rejected = [{"file": path.name, **row} for path, declared in read for row in declared.rejected]
    told = {name: sum(len(getattr(d, name)) for _, d in read) for name in ("entities", "transfers", "filings")}
    told |= {name: counts[name] for name in ("new", "changed", "unchanged")}
    if as_json:
        print_json({**told, "rejected": rejected})
    else:
        echo(", ".join(f"{count} {name}" for name, count in told.items()))
    for row in rejected:
        say(f"not taken: {row['file']}: {row['row']}: {row['why']}")
    exit_for(len(rejected))


@transfer.command("list", cls=Command)
@now_option
@workspace_option
@json_option
def list_(now: str, workspace: str, as_json: bool) -> None:
    """Declared transfers, and one proposed for each exported dataset that none of them carries.

    \b
    Example:
      regwatch transfer list
    """
    from mappings.exposure.desk import open_desk

    with open_desk(workspace, now) as desk:
        rows = [
            {"transfer": t.id, "entity": t.entity, "recipient": t.recipient, "method": t.method, "proposed": t.proposed,
             "datasets": ", ".join(t.datasets), "scenario": t.scenario}
            for t in desk.transfers
        ]  # fmt: skip
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, ["transfer", "entity", "recipient", "method", "datasets", "proposed"])
    proposed = sum(row["proposed"] is True for row in rows)
    say(f"{len(rows)} transfers, {proposed} of them proposed from the catalog: declare those with `transfer import`")


@transfer.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[TRANSFER]...")
@click.option("--what-if", metavar="VERSION", help="As if this draft were law.")
@now_option
@workspace_option
@json_option
def questions(names: tuple[str, ...], what_if: str | None, now: str, workspace: str, as_json: bool) -> None:
    """What has to be answered for transfers that are undecided, and for their filings; without any, every question.

    \b
    Example:
      regwatch transfer questions camera-to-munich
    """
    from kb.measure_keys import load_keys
    from mappings.exposure.desk import open_desk
    from mappings.exposure.report import mark_of, question

    with open_desk(workspace, now) as desk:
        found = desk.select(desk.expose(what_if), names, None)
        asked = [(e.transfer.id, c.filing.id, key) for e in found for c in desk.coverage(e) for key in c.missing]
    rows = [{"transfer": e.transfer.id, "filing": "", **question(key)} for e in found for key in e.decision.missing]
    rows += [{"transfer": id, "filing": filing, **question(key)} for id, filing, key in asked]
    if not found:
        rows = [
            {"transfer": "", "filing": "", **question(key)}
            for key, known in load_keys().items()
            if known.about != "derived"
        ]
    if as_json:
        print_json([{**row, "mark": mark_of(what_if)} for row in rows])
        return
    print_rows(rows, ["transfer", "filing", "key", "zh", "en"])
    if what_if:
        echo(mark_of(what_if) or "")


@transfer.command(cls=Command)
@language_option
@now_option
@workspace_option
@json_option
def filings(language: Language, now: str, workspace: str, as_json: bool) -> None:
    """Does each filing still cover its transfers: validity, who filed, route, and whatever has changed since.

    What forces a new filing (purpose, way, scope, recipient, retention, law abroad, control …) is read from the rule
    packs; what nobody has said of a change is unknown: `changes: none` signs that nothing has changed. Also says
    whether a result may be extended. Exits 3 when a filing does not cover, or when that is unknown.

    \b
    Example:
      regwatch transfer filings --language zh
    """
    from mappings.exposure.desk import open_desk
    from mappings.exposure.report import NOTICE, question
    from mappings.exposure.sentences import Sentence, in_language, join_sentences

    with open_desk(workspace, now) as desk:
        found = [c for e in desk.in_force for c in desk.coverage(e)]
        known = {e.transfer.id for e in desk.in_force}
        lost = [(f, t) for f in desk.filings for t in f.transfers if t not in known]
    rows = [
        {"filing": c.filing.id, "number": c.filing.number, "route": c.filing.route, "transfer": c.transfer,
         "covers": c.covers, "valid_to": c.filing.ends, "extendable": c.extendable, "why": join_sentences(c.faults()),
         "then": {"zh": c.then[0], "en": c.then[1]} if c.then and c.covers is not True else None,
         "missing": [question(key) for key in c.missing], "ask_counsel": [{"zh": zh, "en": en} for zh, en in c.ask]}
        for c in found
    ]  # fmt: skip
    rows += [{"filing": f.id, "number": f.number, "route": f.route, "transfer": t, "covers": None, "valid_to": f.ends,
              "extendable": None, "why": Sentence("no_such_transfer", transfer=t), "then": None, "missing": [],
              "ask_counsel": []} for f, t in lost]  # fmt: skip
    rows = in_language(rows, language)
    if as_json:
        print_json([{**row, "notice": NOTICE} for row in rows])
    else:
        print_rows(rows, ["filing", "route", "transfer", "covers", "valid_to", "why"])
        echo(NOTICE)
    exit_for(sum(row["covers"] is not True for row in rows))


@transfer.command(cls=Command)
@click.option("--year", type=click.IntRange(2004, 2100), help="Which year; this one if left out.")
@language_option
@now_option
@workspace_option
@json_option
def calendar(year: int | None, language: Language, now: str, workspace: str, as_json: bool) -> None:
    """What falls due: recurring duties and those of each filing, in Chinese working days where the rule says so.

    What was done is marked with `regwatch transfer done`; a filing's own duty also by the filing itself.

    \b
    Example:
      regwatch transfer calendar --year 2026
    """
    from mappings.exposure.desk import open_desk
    from mappings.exposure.report import NOTICE
    from mappings.exposure.sentences import in_language

    with open_desk(workspace, now) as desk:
        rows = in_language([due.as_json() for due in desk.duties(year or int(desk.day[:4]))], language)
    if as_json:
        print_json([{**row, "notice": NOTICE} for row in rows])
    else:
        print_rows(rows, ["id", "due", "state", "opens", "what", "who", "why", "citation"])
        echo(NOTICE)
    unsure = [row for row in rows if row["state"] != "done" or not row["done_on"]]
    unsure = [row for row in unsure if row["due"] is None or row["why"] or row["state"] == "overdue"]
    for row in unsure:
        say(f"needs a person: {row['what']} ({row['who']}): {row['why'] or 'overdue'}")
    exit_for(len(unsure))


@transfer.command(cls=Command)
@click.argument("duty")
@click.option("--on", metavar="DATE", help="The day on which it was done; today if left out.")
@click.option("--note", default="", metavar="TEXT", help="What it rests on: a receipt, a number.")
@click.option("--take-back", is_flag=True, help="It was marked by mistake.")
@by_option("Who says so.")
@now_option
@workspace_option
@json_option
def done(duty: str, on: str | None, note: str, take_back: bool, by: str, now: str, workspace: str,
         as_json: bool) -> None:  # fmt: skip
    """A duty was done: the calendar, the site and the doctor know it from then on, the audit who said so.

    DUTY is the id of `regwatch transfer calendar`. Nothing is overwritten: the last word holds.

    \b
    Example:
      regwatch transfer done 1f0c2d3e4a5b6c7d --by "data office" --on 2026-12-10 --note "receipt 12"
    """
    from mappings.exposure.desk import open_desk
    from mappings.exposure.done import mark_done

    if take_back and on:
        raise click.UsageError("--take-back has no day: leave --on out")
    with open_desk(workspace, now) as desk:
        this = int(desk.day[:4])
        known = {due.id: due for year in range(this - AROUND, this + AROUND + 1) for due in desk.duties(year)}
        said = mark_done(desk.company, known, duty, desk.day, on="" if take_back else on or desk.day, by=by, note=note,
                         now=now)  # fmt: skip
    answer = {"id": duty, "what": known[duty].what, "who": known[duty].who, "done_on": said.on or None,
              "done_by": said.by}  # fmt: skip
    if as_json:
        print_json(answer)
    else:
        echo(f"{answer['what']} ({answer['who']}): {f'done on {said.on}' if said.on else 'not done'}")
