"""Every page and action of the site: its path, its template, its question, and whom it needs.

A page is also its JSON twin: the same path with ``.json`` gives what the template is given. A new group of pages is a
module here with PAGES, named in GROUPS.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from importlib import import_module

from pages.visit import EVERYBODY, REVIEWERS, Row, Visit

Question = Callable[[Visit], Awaitable[Row]]
Deed = Callable[[Visit], Awaitable[str]]


@dataclass(frozen=True)
class Page:
    """``path`` is a regular expression, its named groups come in ``visit.args``; the template gets it as ``it``."""

    path: str
    template: str
    question: Question
    needs: tuple[str, ...] = EVERYBODY


@dataclass(frozen=True)
class Action:
    """A POST with the form's token: ``deed`` does it and says where to go next (a path of the site)."""

    path: str
    deed: Deed
    needs: tuple[str, ...] = REVIEWERS


@dataclass(frozen=True)
class Picture:
    """An SVG of its own, so that a heavy library slows no page: ``draw`` asks and returns what ``pictures`` draws."""

    path: str
    draw: Callable[[Visit], Awaitable[str]]
    needs: tuple[str, ...] = EVERYBODY


@dataclass(frozen=True)
class File:
    """A file to keep, always a download: ``make`` gives its name, its bytes and its media type."""

    path: str
    make: Callable[[Visit], Awaitable[tuple[str, bytes, str]]]
    needs: tuple[str, ...] = EVERYBODY


@dataclass(frozen=True)
class Entry:
    """A word of the navigation; shown where its page is registered and open to the visitor."""

    key: str
    path: str


GROUPS = (
    "home", "works", "version", "comparing", "searching", "types", "publications", "sources", "calendar", "reviewing",
    "triage", "alerts", "mine", "catalog", "linking", "exposure", "duties", "watching", "brief",
)  # fmt: skip
PUBLIC = (
    Entry("nav.home", "/"), Entry("nav.works", "/works"), Entry("nav.compare", "/compare"),
    Entry("nav.search", "/search"), Entry("nav.publications", "/publications"), Entry("nav.types", "/types"),
    Entry("nav.sources", "/sources"), Entry("nav.calendar", "/calendar"),
)  # fmt: skip
COMPANY = (
    Entry("nav.triage", "/triage"), Entry("nav.alerts", "/alerts"), Entry("nav.catalog", "/catalog"),
    Entry("nav.links", "/links"), Entry("nav.exposure", "/exposure"), Entry("nav.duties", "/duties"),
    Entry("nav.facts", "/facts"), Entry("nav.impact", "/impact"), Entry("nav.watches", "/watches"),
    Entry("nav.brief", "/brief"), Entry("nav.mine", "/mine"),
)  # fmt: skip


def all_pages() -> Iterator[Page | Action | Picture | File]:
    for group in GROUPS:
        yield from import_module(f"pages.{group}").PAGES


def entries_for(role: str | None) -> tuple[list[Entry], list[Entry]]:
    """The navigation of a visitor: of what is public, and of the company's side."""
    needs = {page.path: page.needs for page in all_pages() if isinstance(page, Page)}
    return (
        [entry for entry in PUBLIC if entry.path in needs],
        [entry for entry in COMPANY if entry.path in needs and role in needs[entry.path]],
    )
