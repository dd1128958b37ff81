"""Commands that keep a workspace for years: doctor, backup, restore, metrics, tidy."""

from __future__ import annotations

import click

from kb.terminal import Command, echo, exit_for, json_option, now_option, print_json, say, workspace_option


@click.command(cls=Command)
@workspace_option
@json_option
@now_option
def doctor(workspace: str, as_json: bool, now: str) -> None:
    """What is wrong in a workspace, and how to mend each; exit code 3 when anything is.

    \b
    Example: regwatch doctor
    """
    from dataclasses import asdict

    from kb.workspace import find_workspace
    from mappings.keeping.doctor import examine

    found = examine(find_workspace(workspace), now=now)
    if as_json:
        print_json([asdict(finding) for finding in found])
    else:
        for finding in found:
            echo(f"{finding.grade:8}{finding.check}: {finding.what}\n{'':8}→ {finding.do}")
        echo(f"{len(found)} findings" if found else "nothing is wrong")
    exit_for(len(found))


@click.command(cls=Command)
@click.argument("folder", type=click.Path(file_okay=False))
@click.option("--keep", type=click.IntRange(1), metavar="N", help="Keep the N newest snapshots, remove older ones.")
@workspace_option
@json_option
@now_option
def backup(folder: str, keep: int | None, workspace: str, as_json: bool, now: str) -> None:
    """One more snapshot of the workspace in FOLDER, while it is in use. Files of the archive are copied once.

    What cannot be had whole is named and left out (exit code 3); the rest is backed up.

    A snapshot holds the secrets of the workspace: keep the folder as private as the workspace.

    \b
    Example: regwatch backup /srv/backup/regwatch --keep 14
    """
    from dataclasses import asdict
    from pathlib import Path

    from kb.workspace import find_workspace
    from mappings.keeping.backup import back_up

    path, made = back_up(find_workspace(workspace), Path(folder), now=now, keep=keep)
    if as_json:
        print_json({"snapshot": str(path), **asdict(made)})
    else:
        echo(f"{path}: {made.captures} captures, {len(made.files)} files")
    for line in made.lost:
        say(f"needs a person: {line}")
    exit_for(len(made.lost))


@click.command(cls=Command)
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@workspace_option
@json_option
def restore(folder: str, workspace: str, as_json: bool) -> None:
    """A new workspace from a backup FOLDER (its newest snapshot) or from one snapshot, checked to the last byte.

    Captures that the backup does not hold whole are named (exit code 3); the rest is restored.

    \b
    Example: regwatch restore /srv/backup/regwatch --workspace restored
    """
    from dataclasses import asdict
    from pathlib import Path

    from kb.workspace import Workspace
    from mappings.keeping.backup import restore as put_back

    made, problems = put_back(Path(folder), Workspace(Path(workspace)))
    if as_json:
        print_json({**asdict(made), "problems": problems})
    else:
        echo(f"{workspace}: as of {made.made}, {made.captures} captures, all checked")
    for line in problems:
        say(f"needs a person: restored, but not whole: {line}")
    exit_for(len(problems))


@click.command(cls=Command)
@click.option("--output", type=click.Path(dir_okay=False), help="Write a file, whole or not at all.")
@workspace_option
@json_option
def metrics(output: str | None, workspace: str, as_json: bool) -> None:
    """Figures in Prometheus' text format, the company's too: for a collector of text files.

    \b
    Example: regwatch metrics --output /var/lib/node_exporter/regwatch.prom
    """
    from pathlib import Path

    from kb.db import open_kb
    from kb.whole_file import write_whole
    from kb.workspace import find_workspace
    from mappings.db import open_company
    from mappings.keeping.figures import company_figures, expose, kb_figures

    found = find_workspace(workspace)
    with open_kb(found.kb_path) as kb, open_company(found.company_path) as company:
        figures = [*kb_figures(kb), *company_figures(company)]
    if as_json:
        print_json([
            {"name": figure.name, "labels": dict(zip(figure.labels, labels, strict=True)), "value": value}
            for figure in figures for labels, value in figure.samples
        ])  # fmt: skip
        return
    text = expose(figures)
    if output is None:
        echo(text)
        return
    write_whole(Path(output), text)


@click.command(cls=Command)
@click.option("--days", type=click.IntRange(1), default=365, show_default=True, help="How long letters on file stay.")
@click.option("--remove", is_flag=True, help="Remove them; without it they are only named.")
@workspace_option
@json_option
@now_option
def tidy(days: int, remove: bool, workspace: str, as_json: bool, now: str) -> None:
    """What may go: laid-out copies, cut-off writes, old letters on file. Captures and decisions are never removed.

    \b
    Example: regwatch tidy --days 365
    """
    from collections import Counter
    from datetime import datetime

    from kb.workspace import find_workspace
    from mappings.keeping.tidying import leftovers

    found = list(leftovers(find_workspace(workspace), days=days, at=datetime.fromisoformat(now).timestamp()))
    if remove:
        for leftover in found:
            leftover.path.unlink(missing_ok=True)
    total = sum(leftover.bytes for leftover in found)
    if as_json:
        reasons = Counter(leftover.why for leftover in found)
        print_json({"files": len(found), "bytes": total, "removed": remove, "why": dict(sorted(reasons.items()))})
    else:
        echo(f"{len(found)} files of {total:,} bytes {'removed' if remove else 'may go (--remove removes them)'}")
    if not found:
        say("nothing to tidy")
