"""The command `publish`: the public half of the workspace, looked through before anybody sees it."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from kb.terminal import Command, echo, json_option, print_json, say, workspace_option


@click.command(cls=Command)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--allow", "allowed", multiple=True, metavar="WORD",
              help="A word that was found and is not the company's alone; may be repeated.")  # fmt: skip
@workspace_option
@json_option
def publish(folder: Path, allowed: tuple[str, ...], workspace: str, as_json: bool) -> None:
    """Make a folder that anybody may see: kb.db written anew, and the site.

    Refused (exit code 1, nothing written) when any word of company.db or config.yml, a secret, a path of this machine
    or a stray file or table is found in it: each is listed with its place. Who reviewed a fact stays as given with
    --by. The archive's files are not part of it.

    \b
    Example:
      regwatch publish /tmp/regwatch-public
    """
    from kb.db import refuse_lost_kb
    from kb.errors import PublishError
    from kb.workspace import find_workspace
    from mappings.publishing import publish as publish_site

    found = find_workspace(workspace)
    refuse_lost_kb(found.kb_path)
    if not found.kb_path.exists():
        raise PublishError(f"{found.kb_path} does not exist: run `regwatch run` first")
    leaks = publish_site(found, folder, now=found.simulated_day, allowed=allowed)
    place = shlex.quote(str(folder))
    serve = f"PYTHONPATH={place} datasette serve {place} --host 0.0.0.0 --port 8001"
    if leaks and as_json:
        print_json({"folder": None, "found": [vars(leak) for leak in leaks]})
    for leak in leaks:
        say(f"not to be published: {leak}")
    if leaks:
        raise PublishError(f"{folder}: nothing was published, {len(leaks)} places to look at: correct them, or name a "
                           "word that is not the company's with --allow")  # fmt: skip
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if as_json:
        print_json({"folder": str(folder), "found": [], "bytes": size, "serve": serve})
    else:
        echo(f"{folder}: {size / 1e6:.1f} MB, nothing of the company was found in it\n"
                   f"Copy it to any machine where Regwatch is installed, and serve it there:\n  {serve}")  # fmt: skip
