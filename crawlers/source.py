"""A source is a declaration: one list of one agency, in ``sources/<id>.yml``; the file's stem is its id.

Owns what a declaration may say; how a kind of site is read is in ``spiders``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from kb.declarations import Declaration, load_declaration
from kb.errors import NotFound
from kb.normalise import fold

SOURCES = Path(__file__).with_name("sources")


class ListRules(Declaration):
    """Where a list keeps its rows: CSS selectors, ``key`` a regular expression of the article's URL whose first group
    is its stable key. What is left out is the habit of the kind, as its module says."""

    rows: str = ""
    link: str = ""
    date: str = ""
    deadline: str = ""
    related: str = ""
    key: str = ""
    units: tuple[str, ...] = ()  # jpaas-unit: the tagId of the unit that holds the list
    channel: str = ""  # json-list: channelCode
    size: int = Field(default=20, ge=1, le=100)  # json-list: rows asked for in one call

    @field_validator("key")
    @classmethod
    def _one_group(cls, pattern: str) -> str:
        try:
            groups = re.compile(pattern).groups
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        if pattern and groups != 1:
            raise ValueError("needs exactly one group, the stable key")
        return pattern


class Declared(Declaration):
    """What a file of ``sources/`` says. ``min`` fails a run, ``max`` warns; a newest row older than ``cadence_days``
    is stale; ``pages`` bounds how far back one run reads a list; ``delay`` is in seconds between two requests."""

    agency: str
    title: str
    kind: Literal["jpaas-unit", "json-list", "generated-list"]
    url: str
    page: str  # the shape its articles have (kb/reading/page_shapes.yml)
    list: ListRules = ListRules()
    hosts: tuple[str, ...] = ()  # more hosts that may be asked, besides that of url
    follow: Literal["topics", "all"] = "topics"
    cadence_days: int = Field(ge=1)
    min: int = Field(ge=1)
    max: int = Field(ge=1)
    pages: int = Field(default=3, ge=1)
    delay: float = Field(default=3.0, ge=1.0)
    max_megabytes: int = Field(default=64, ge=1)
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
        return self


class Source(Declared):
    id: str

    @property
    def allowed_hosts(self) -> frozenset[str]:
        return frozenset({urlsplit(self.url).hostname or "", *self.hosts})

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
    """The sources with these ids, or all of them. Raises NotFound, naming those that exist."""
    known = load_sources(folder)
    if unknown := [id for id in ids if id not in known]:
        raise NotFound(f"no source {', '.join(unknown)}: known sources are {', '.join(known)}")
    return [known[id] for id in (dict.fromkeys(ids) or known)]


def follows(source: Source, title: str, topics: Sequence[str]) -> bool:
    """Is a publication of this title to be recorded in full?"""
    return source.follow == "all" or any(fold(topic) in fold(title) for topic in topics)
