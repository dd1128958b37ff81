"""A source is a declaration: one list of one agency, in ``sources/<id>.yml``; the file's stem is its id.

Owns what a declaration may say; how a kind of site is read is in ``spiders``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from kb.declarations import Declaration, load_declaration
from kb.errors import NotFound
from kb.lineage.titles import decides_on_many
from kb.normalise import fold

SOURCES = Path(__file__).with_name("sources")


class ListRules(Declaration):
    """Where a list keeps its rows: CSS selectors, or names in a JSON record; ``key`` is a regular expression of the
    article's URL whose first group is its stable key. What is left out is the habit of the kind, as its module says."""

    rows: str = ""
    link: str = ""
    date: str = ""
    deadline: str = ""
    related: str = ""
    key: str = ""
    title: str = ""  # where the link's own title or words are not the title
    attribute: str = ""  # static-list: what holds the address, if not href: ``onclick``
    address: str = ""  # static-list: the article's address, {} standing for the group of ``id``
    id: str = ""  # static-list: what ``attribute`` says of the article, a regular expression with one group
    base: str = ""  # what relative links are relative to, if not the column
    clean: str = ""  # a regular expression of marks that a list sets around its titles
    units: tuple[str, ...] = ()  # jpaas-unit: the tagId of the unit that holds the list
    channel: str = ""  # json-list: channelCode; search-api: the category
    size: int = Field(default=20, ge=1, le=100)  # json-list: rows asked for in one call

    @field_validator("clean")
    @classmethod
    def _an_expression(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return pattern

    @field_validator("key", "id")
    @classmethod
    def _one_group(cls, pattern: str) -> str:
        try:
            groups = re.compile(pattern).groups
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        if pattern and groups != 1:
            raise ValueError("needs exactly one group, the stable key")
        return pattern


class Step(Declaration):
    """An article that is had in several calls: ``id`` is looked for in an answer, and ``address`` asked with it."""

    id: str
    address: str


class Declared(Declaration):
    """What a file of ``sources/`` says.

    ``min`` fails a run, ``max`` warns. It is 1 where the site announces its own count (jpaas-unit, json-list and
    generated-list): that is compared at every run, as are the rows of the first page with those of earlier runs, and a
    column may be short. Elsewhere, and where a count is known, it says what the list cannot fall below. A newest row
    older than ``cadence_days`` is stale. ``pages`` bounds how far back a list is read; a daily run stops ``overlap``
    pages behind the first one that it knows whole, and one run in ``deep_days`` reads on. ``delay`` is in seconds
    between two requests. ``second``: sources of the same news.
    """

    agency: str
    title: str  # what the agency calls the column
    title_en: str
    kind: Literal[
        "jpaas-unit", "json-list", "generated-list", "static-list", "json-feed", "search-api", "not-crawlable"
    ]
    url: str
    page: str | tuple[str, ...] = ()  # the shapes its articles have (kb/reading/page_shapes.yml); none: any page
    steps: tuple[Step, ...] = ()
    list: ListRules = ListRules()
    hosts: tuple[str, ...] = ()  # more hosts that may be asked, besides that of url
    follow: Literal["topics", "bodies", "all"] = "topics"
    cadence_days: int = Field(ge=1)
    min: int = Field(default=1, ge=1)
    max: int = Field(default=5000, ge=1)
    pages: int = Field(default=60, ge=1)
    overlap: int = Field(default=1, ge=0)
    deep_days: int = Field(default=7, ge=1)
    delay: float = Field(default=3.0, ge=1.0)
    cookies: bool = False
    verify_tls: bool = True
    keep_lists: bool = False  # keep every answer to a list request, not only what is wrong
    max_megabytes: int = Field(default=64, ge=1)
    second: tuple[str, ...] = ()
    certainty: Literal["certain", "likely", "unknown"]
    note: str = ""

    @field_validator("url")
    @classmethod
    def _public(cls, url: str) -> str:
        host = urlsplit(url).hostname or ""
        if urlsplit(url).scheme not in ("http", "https") or "." not in host or re.fullmatch(r"[\d.]+", host):
            raise ValueError("must be the http or https address of a public host")
        return url

    @model_validator(mode="after")
    def _complete(self) -> Declared:
        if self.kind == "json-list" and not self.list.channel:
            raise ValueError("kind json-list needs list.channel")
        if self.min > self.max:
            raise ValueError("min is more than max")
        if self.kind == "not-crawlable" and not (self.note and self.second):
            raise ValueError("what is not crawlable needs the reason (note) and its substitutes (second)")
        if self.list.address and not self.list.id:
            raise ValueError("list.address needs list.id")
        return self


class Source(Declared):
    id: str

    @property
    def allowed_hosts(self) -> frozenset[str]:
        return frozenset({urlsplit(self.url).hostname or "", *self.hosts})

    @property
    def shapes(self) -> tuple[str, ...]:
        return (self.page,) if isinstance(self.page, str) else self.page

    @property
    def crawlable(self) -> bool:
        return self.kind != "not-crawlable"

    def rules(self, habit: ListRules) -> ListRules:
        """The rules of its list: its own where it says something, otherwise those of its kind."""
        return habit.model_copy(update={name: getattr(self.list, name) for name in self.list.model_fields_set})


def load_sources(folder: Path = SOURCES) -> dict[str, Source]:
    """Every declared source by id. Raises DeclarationError for the first fault."""
    return dict(_load(folder))


@functools.cache
def _load(folder: Path) -> tuple[tuple[str, Source], ...]:
    return tuple(
        (path.stem, Source(id=path.stem, **load_declaration(path, Declared).model_dump(exclude_unset=True)))
        for path in sorted(folder.glob("*.yml"))
    )


def find_sources(ids: Sequence[str], folder: Path = SOURCES) -> list[Source]:
    """The sources with these ids, or all that can be crawled. Raises NotFound, naming those that exist."""
    known = load_sources(folder)
    if unknown := [id for id in ids if id not in known]:
        raise NotFound(f"no source {', '.join(unknown)}: known sources are {', '.join(known)}")
    named = dict.fromkeys(ids) or [id for id, source in known.items() if source.crawlable]
    return [known[id] for id in named]


def sources_of(agency: str, folder: Path = SOURCES) -> list[str]:
    """The ids of the sources that may be asked for an agency's own pages."""
    return [id for id, source in load_sources(folder).items() if source.agency == agency and source.crawlable]


def as_rows(declared: Iterable[Source]) -> list[dict[str, Any]]:
    """As ``kb.declared_sources`` keeps them."""
    return [{"id": source.id, "agency": source.agency, "title": source.title, "title_en": source.title_en,
             "url": source.url, "crawlable": int(source.crawlable)} for source in declared]  # fmt: skip


def follows(source: Source, words: str, topics: Sequence[str]) -> bool:
    """Is a publication of this title, or with this text, to be recorded in full? What ends or amends rules that its
    title does not name may be about any."""
    return source.follow == "all" or matches(words, topics) or decides_on_many(words)


def matches(words: str, topics: Sequence[str]) -> bool:
    folded = fold(words)
    return any(fold(topic) in folded for topic in topics)
