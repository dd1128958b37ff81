"""The public half of a workspace as a folder: kb.db and the site, with nothing of the company in it.

The folder is made beside its place, looked through, and only then put there: what is refused was never published.
``PYTHONPATH=FOLDER datasette serve FOLDER`` serves it wherever Regwatch is installed: its plugins import its pages.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import yaml
from sqlite_utils import Database

from kb.db import open_kb
from kb.errors import PublishError
from kb.serving import SITE
from kb.workspace import Workspace
from mappings.company_words import company_words
from mappings.db import open_company
from mappings.leaks import Finder, Leak

MARK = ".regwatch-publication"  # in a folder that may be replaced
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "metadata.yml", ".*")


def publish(workspace: Workspace, folder: Path, *, now: str | None = None, allowed: Iterable[str] = ()) -> list[Leak]:
    """Make ``folder`` anew; what was found instead, and then nothing was written. ``now`` fixes the day of the site.

    Raises PublishError when the folder holds something else or cannot be written.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise PublishError(f"{folder} is not empty and no publication: choose another folder")
    if folder.resolve().is_relative_to(workspace.root.resolve()):
        raise PublishError(f"{folder} lies in the workspace, beside company.db: choose a folder outside it")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as made:
            new = Path(made) / "new"
            _fill(workspace, new, now)
            if leaks := list(find_leaks(workspace, new, allowed)):
                return leaks
            if folder.exists():
                folder.rename(Path(made) / "old")
            new.rename(folder)
    except shutil.Error as error:  # a list of what could not be copied, and why
        why = error.args[0][0][-1] if isinstance(error.args[0], list) else error
        raise PublishError(f"{folder} cannot be written ({why}): free the disk, or choose another folder") from error
    except OSError as error:
        raise PublishError(f"{folder} cannot be written ({error.strerror}): choose another folder") from error
    return []


def find_leaks(workspace: Workspace, folder: Path, allowed: Iterable[str] = ()) -> Iterator[Leak]:
    """Everything in a publication that is the company's, or belongs to no publication."""
    with _company(workspace) as company:
        words = company_words(company, workspace.config, allowed)
    signers = frozenset(name.casefold() for name in workspace.config.actors)
    finder = Finder(words, str(workspace.root.resolve()), signers)
    yield from finder.in_files(folder, _expected())
    with closing(Database(folder / "kb.db")) as db:
        yield from finder.in_database(db)


def _fill(workspace: Workspace, folder: Path, now: str | None) -> None:
    shutil.copytree(SITE, folder, ignore=LEFT_OUT)
    with closing(open_kb(workspace.kb_path)) as db:
        db.execute("vacuum into ?", [str(folder / "kb.db")])  # written anew: what was deleted is not in it
    metadata = published_metadata(now)
    (folder / "metadata.json").write_text(json.dumps(metadata, ensure_ascii=False, indent=1), "utf-8")
    (folder / MARK).write_text("regwatch publish makes this folder anew; keep nothing of your own here.\n", "utf-8")


def published_metadata(now: str | None) -> dict[str, Any]:
    """site/metadata.yml without accounts, the company and the archive."""
    metadata: dict[str, Any] = yaml.safe_load((SITE / "metadata.yml").read_text("utf-8"))
    del metadata["databases"]["company"]
    metadata["plugins"] = {"regwatch": {"published": True, "now": now}}
    return metadata


def _expected() -> set[str]:
    ours = {path.relative_to(SITE).as_posix() for path in SITE.rglob("*") if path.is_file()}
    return (ours - {"metadata.yml"}) | {"kb.db", "metadata.json", MARK}


@contextmanager
def _company(workspace: Workspace) -> Iterator[Database | None]:
    if not workspace.company_path.exists():
        yield None
        return
    with closing(open_company(workspace.company_path)) as db:
        yield db
