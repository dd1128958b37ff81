"""What stands on the sample sites on which day: columns, pages, edits, series of old notices. Owns no markup.

`timeline.yml` declares it. Keys and addresses are derived from a page's id, so that they never change between days.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import Field

from kb.declarations import Declaration, load_declaration

FILE = Path(__file__).parent / "timeline.yml"


class Column(Declaration):
    """One list of an agency's site, named as the source that crawls it. ``code`` is the site's own id of it."""

    path: str
    name: str
    code: str = ""
    tag: str = ""


class Attachment(Declaration):
    """A file linked by a page; several ``files`` make a ZIP, none is a dead link."""

    name: str
    files: tuple[str, ...] = ()


class Edit(Declaration):
    """From ``day`` on the page says ``new`` where it said ``old``; nothing on the page tells so."""

    day: dt.date
    old: str
    new: str


class Page(Declaration):
    id: str
    columns: tuple[str, ...]
    title: str
    published: dt.date
    time: str = "10:00"
    until: dt.date | None = None  # the day it is taken down
    created: dt.datetime | None = None  # NDA: when the editor began it; its digits are the key
    signed: dt.date | None = None
    deadline: dt.date | None = None
    number: str = ""
    issuers: tuple[str, ...] = ()
    source: str = ""
    paragraphs: tuple[str, ...] = ()
    text: str = ""  # the name of a sample document that stands whole in the page
    sign_off: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    interpretations: tuple[str, ...] = ()  # NDA: pages nested in this one's row of the list
    see: str = ""  # NDA: a MIIT page that this one links to
    edits: tuple[Edit, ...] = ()
    regenerated: tuple[dt.date, ...] = ()

    @property
    def agency(self) -> str:
        return self.columns[0].partition("-")[0]

    @property
    def digest(self) -> str:
        """32 hexadecimal digits that stand for this page in keys and file names."""
        return hashlib.blake2s(self.id.encode(), digest_size=16).hexdigest()

    def made_on(self, day: dt.date) -> dt.date:
        """The day the system last wrote this page, as seen on ``day``: stamps follow it, the text need not."""
        days = (self.published, *self.regenerated, *(edit.day for edit in self.edits))
        return max(made for made in days if made <= day)


class Series(Declaration):
    """Notices of no interest that a column gets again and again; {n} counts them, titles take turns."""

    id: str
    column: str
    first: dt.date
    every: int
    count: int
    titles: tuple[str, ...]
    paragraphs: tuple[str, ...]
    open_for: int | None = None  # days for comments

    def pages(self) -> list[Page]:
        def page(n: int) -> Page:
            published = self.first + dt.timedelta(days=self.every * (n - 1))
            return Page(
                id=f"{self.id}-{n}",
                columns=(self.column,),
                title=self.titles[n % len(self.titles)].format(n=n),
                published=published,
                deadline=published + dt.timedelta(days=self.open_for) if self.open_for else None,
                paragraphs=tuple(text.format(n=n) for text in self.paragraphs),
            )

        return [page(n) for n in range(1, self.count + 1)]


class Timeline(Declaration):
    columns: Mapping[str, Column]
    pages: tuple[Page, ...]
    series: tuple[Series, ...] = Field(default=())

    def all_pages(self) -> dict[str, Page]:
        made = [page for series in self.series for page in series.pages()]
        return {page.id: page for page in (*self.pages, *made)}

    def on(self, day: dt.date) -> list[Page]:
        """The pages that stand on ``day``, newest first."""
        there = [p for p in self.all_pages().values() if p.published <= day and not (p.until and p.until <= day)]
        return sorted(there, key=lambda page: (page.published, page.time, page.id), reverse=True)


@cache
def load_timeline() -> Timeline:
    """Read timeline.yml. Raises DeclarationError."""
    return load_declaration(FILE, Timeline)
