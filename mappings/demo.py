"""The demo: the whole loop on the sample agencies, over the day a draft came out and the day its final did."""

from __future__ import annotations

import functools
import secrets
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kb.errors import WorkspaceError
from kb.serving import make_password_hash
from kb.workspace import Workspace, ensure_workspace
from mappings.catalog.importer import import_catalog
from mappings.catalog.links import decide_link, suggest_links
from mappings.db import open_company
from mappings.loop import Crawl, LoopReport, run_loop

BEFORE, AFTER = "2025-06-20", "2026-02-10"
DRAFT, FINAL = "w-30e47d48@draft-2025", "w-30e47d48@final-2026"  # ids are made of titles: the same in every run
CATALOG = Path(__file__).parent / "catalog" / "sample" / "catalog.csv"
SURE = 0.5  # the demo's analyst accepts what is likelier right than wrong


class SampleSite(Protocol):
    @property
    def base_urls(self) -> Mapping[str, str]: ...

    def move_to(self, day: str) -> None: ...


@dataclass(frozen=True)
class DemoReport:
    """The last turn of the loop, and how to go on from here."""

    loop: LoopReport
    workspace: Path
    password: str
    port: int

    @property
    def login(self) -> dict[str, str]:
        return {"url": f"http://127.0.0.1:{self.port}/-/login", "user": "analyst", "password": self.password}

    def as_json(self) -> dict[str, Any]:
        places = {"workspace": str(self.workspace), "outbox": str(self.workspace / "outbox"), "login": self.login}
        return {**self.loop.as_json(), **places}

    def as_text(self) -> str:
        counts = "\n".join(f"  {name.replace('_', ' '):14}{count:>5}" for name, count in self.loop.counts.items())
        first = next(iter(sorted((self.workspace / "outbox").glob("*"))), self.workspace / "outbox")
        folder = f"--workspace {shlex.quote(str(self.workspace))}"
        problems = "".join(f"  needs a person: {problem}\n" for problem in self.loop.problems)
        return (
            f"The loop ran on {BEFORE} and {AFTER} against the sample agencies:\n{counts}\n{problems}\n"
            f"Owners were told at once: the demo's config.yml says `release: automatic`. A new workspace says analyst: "
            f"they wait for `regwatch triage`, as drafts, new rules and interpretations always do.\n\n"
            f"What next:\n"
            f"  an alert as its owner gets it   {first}\n"
            f"  what changed                    {_regwatch()} diff {DRAFT} {FINAL} {folder}\n"
            f"  who was told                    {_regwatch()} alert list {folder}\n"
            f"  the site                        {_regwatch()} serve {folder} --port {self.port}\n"
            f"  sign in there                   {self.login['url']}   analyst / {self.password}"
        )


def run_demo(
    root: Path,
    crawl: Crawl,
    serve_sample: Callable[..., AbstractContextManager[SampleSite]],
    lock: Callable[[Workspace], AbstractContextManager[None]],
    *,
    say: Callable[[str], None],
    port: int = 8001,
) -> DemoReport:
    """Make the demo's workspace anew and run the loop at both days.

    Raises WorkspaceError for a folder not its own, and what ``lock`` raises while another run holds it.
    """
    workspace, password = _fresh_workspace(root, lock)
    with lock(workspace), serve_sample(BEFORE) as site:
        turn = functools.partial(run_loop, workspace, crawl=crawl, base_urls=site.base_urls, say=say)
        sources = list(site.base_urls)
        say(f"day one, {BEFORE}: the draft is out")
        turn(sources=sources, now=_at(BEFORE))
        _map_catalog(workspace, say)
        site.move_to(AFTER)
        say(f"day two, {AFTER}: the final is out, a page was edited in place")
        loop = turn(sources=sources, now=_at(AFTER))
    return DemoReport(loop, root, password, port)


def _regwatch() -> str:
    """How this command was called, if it is not on the path: what is printed must work when pasted."""
    return "regwatch" if shutil.which("regwatch") else sys.argv[0]


def _at(day: str) -> str:
    return f"{day}T01:00:00Z"


def _fresh_workspace(root: Path, lock: Callable[[Workspace], AbstractContextManager[None]]) -> tuple[Workspace, str]:
    if root.is_dir() and any(root.iterdir()):
        if not Workspace(root).demo_mark.exists():
            raise WorkspaceError(f"{root} is not a demo's workspace and not empty: choose another with --workspace")
        with lock(Workspace(root)):  # not from under a demo that is still running
            shutil.rmtree(root)
    workspace = ensure_workspace(root)
    workspace.demo_mark.write_text(_at(AFTER), "utf-8")
    password = secrets.token_urlsafe(9)
    text = workspace.config_path.read_text("utf-8")
    login = f"actors:\n  analyst:\n    password_hash: {make_password_hash(password)!r}\n    role: admin\n"
    text = text.replace("actors: {}\n", login).replace("release: analyst\n", "release: automatic\n")
    workspace.config_path.write_text(text, "utf-8")
    return workspace, password


def _map_catalog(workspace: Workspace, say: Callable[[str], None]) -> None:
    now = _at(BEFORE)
    with open_company(workspace.company_path) as company:
        report = import_catalog(company, [CATALOG], now=now)
        say(f"imported the sample catalog: {report.datasets} datasets, {report.fields} fields")
        accepted = 0
        for suggestion in suggest_links(company, now=now):
            if suggestion.confidence >= SURE:
                decide_link(company, suggestion.dataset, suggestion.field, suggestion.data_type, "accepted",
                            by="demo", now=now, why=f"confidence {suggestion.confidence:.2f}")  # fmt: skip
                accepted += 1
        say(f"accepted {accepted} links at {SURE} or more")
