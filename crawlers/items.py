"""What passes between the readers of lists, the spiders and the pipeline: plain values, no Scrapy, no database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from kb.reading.page import Page

Absence = Literal["expected", "missing", "too_large", "unsupported"]
State = Literal["healthy", "blocked", "drifted", "empty", "stale", "failed"]


@dataclass(frozen=True)
class Link:
    """A link beside a row: the interpretation that an agency sets next to its policy."""

    key: str
    url: str
    title: str


@dataclass(frozen=True)
class Row:
    """One row of a list. ``key`` is the site's stable key; dates are ISO; ``deadline`` is the end of a consultation.

    ``agency`` is whose article it is, where that is not the agency of the list.
    """

    key: str
    url: str
    title: str
    published: str
    deadline: str | None = None
    related: tuple[Link, ...] = ()
    agency: str = ""
    words: str = ""  # what else the list says of it


@dataclass(frozen=True)
class ListRequest:
    """One request for a list. ``way`` names the road to the rows: a site may have two that stand in for each other.

    ``form`` makes it a POST. ``page`` counts from 1.
    """

    url: str
    way: str = "list"
    page: int = 1
    referer: str = ""
    form: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ListPage:
    """One answer to a list request. ``faults`` are sentences: what a healthy list would not show.

    ``announced`` is the number of rows that the site itself gives for the whole list, ``size`` of a full page.
    ``steps`` must be asked to see any rows (a shell page); ``next`` is the following page.
    """

    rows: tuple[Row, ...] = ()
    faults: tuple[str, ...] = ()
    announced: int | None = None
    size: int | None = None
    steps: tuple[ListRequest, ...] = ()
    next: ListRequest | None = None


@dataclass(frozen=True)
class Answer:
    """What came back for one URL, as far as it is kept."""

    url: str
    status: int | None  # None: put together here of several answers
    body: bytes
    content_type: str | None = None
    filename: str | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Listed:
    """A row was seen on the source's list."""

    publication: str
    row: Row
    followed: bool


@dataclass(frozen=True)
class Related:
    """An interpretation was seen beside the row of ``publication``; followed when that is."""

    publication: str
    link: Link
    interprets: str
    followed: bool


@dataclass(frozen=True)
class Offending:
    """An answer that is not as it should be, or is of no interest: kept, so that a person can see why."""

    answer: Answer


@dataclass(frozen=True)
class FetchedPart:
    """One of the pages over which a text goes: kept as it came, before the others are here."""

    answer: Answer


@dataclass(frozen=True)
class FetchedPage:
    """The page of a publication, or a bundle of its pages. ``page`` is None when it is a file rather than a page."""

    publication: str
    answer: Answer
    page: Page | None


@dataclass(frozen=True)
class Unchanged:
    """The site says that a page is as it was, and nothing is left to read of it or to ask for besides."""

    publication: str
    url: str


@dataclass(frozen=True)
class FetchedAnnex:
    publication: str
    name: str
    answer: Answer


@dataclass(frozen=True)
class NotFetched:
    """A document that did not come. ``status`` is what the ledger says when it never came before."""

    publication: str
    url: str
    status: Absence
    detail: str


@dataclass(frozen=True)
class Outcome:
    """What one run saw of one source: ``new``, ``changed`` and ``unchanged`` are together ``listed`` and ``revisited``,
    known publications that no list showed. ``faults`` counts documents that did not come.
    """

    source: str
    outcome: State
    listed: int
    new: int
    changed: int
    unchanged: int
    detail: str
    faults: int = 0
    deep: int = 0  # 1: the whole list was read, not only its news
    first_rows: int = 0  # on the list's first page
    revisited: int = 0

    def as_json(self) -> dict[str, Any]:
        """As `regwatch crawl` and `regwatch run` print it."""
        return {name: value for name, value in vars(self).items() if name not in ("faults", "deep", "first_rows")}


Item = Listed | Related | Offending | FetchedPart | FetchedPage | Unchanged | FetchedAnnex | NotFetched
