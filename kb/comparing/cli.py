"""The diff command: two versions or two files as text, HTML, DOCX or JSON, in the views that lawyers know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.opened import open_kb_if_any
from kb.terminal import Command, echo, exit_for, json_option, print_json, say, workspace_option

if TYPE_CHECKING:
    from kb.comparing.sheets import Sheet

VIEWS = {"side": "对照版", "notes": "编注版", "clean": "整理版"}


@click.command(cls=Command)
@click.argument("old")
@click.argument("new")
@click.option("--format", "form", type=click.Choice(["text", "html", "docx"]), default="text", show_default=True)
@click.option(
    "--view", type=click.Choice([*VIEWS.values(), *VIEWS]), default="对照版", show_default=True,
    help="Two columns (side), the new text with changes marked and noted (notes), or without marks (clean).",
)  # fmt: skip
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Where html or docx is written.")
@click.option("--all", "everything", is_flag=True, help="Unchanged rows too; HTML always has them, folded.")
@workspace_option
@json_option
def diff(
    old: str,
    new: str,
    form: str,
    view: str,
    output: Path | None,
    everything: bool,
    workspace: str,
    as_json: bool,
) -> None:
    """Compare two versions by id, or two files; docx and html give a 新旧条文对照表.

    \b
    Example: regwatch diff draft.pdf final.pdf
             regwatch diff guide@draft-2025 guide@final-2026 --format docx --output table.docx
             regwatch diff guide@draft-2025 guide@final-2026 --view 编注版 --format html --output notes.html
    """
    from kb.comparing.chosen import compare_sides
    from kb.comparing.compare import comparison_json

    if form == "docx" and output is None:
        raise click.UsageError("--format docx needs --output FILE")
    with open_kb_if_any(workspace, old, new) as db:
        comparison, problems = compare_sides(db, old, new)
    if as_json:
        print_json(comparison_json(comparison, everything))
    else:
        from kb.comparing.sheets import make_sheet

        names = (Path(side).name if Path(side).is_file() else side for side in (old, new))
        _write(make_sheet(comparison, VIEWS.get(view, view), *names), form, output, everything)
    for problem in problems:
        say(f"needs a person: {problem}")
    exit_for(len(problems))


def _write(sheet: Sheet, form: str, output: Path | None, everything: bool) -> None:
    from kb.comparing.sheet_docx import sheet_docx
    from kb.comparing.sheet_html import sheet_html
    from kb.comparing.sheet_text import sheet_text
    from kb.errors import RegwatchError
    from kb.whole_file import write_whole

    made = {"docx": lambda: sheet_docx(sheet, everything), "html": lambda: sheet_html(sheet).encode("utf-8", "replace"),
            "text": lambda: sheet_text(sheet, everything).encode("utf-8", "replace")}[form]()  # fmt: skip
    if output is None:
        echo(made)
        return
    try:
        write_whole(output, made)
    except OSError as error:
        raise RegwatchError(f"{output}: {error.strerror}; name another --output") from error
    say(f"wrote {output}: {len(made):,} bytes")
