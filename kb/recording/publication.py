"""Read one publication: every captured document of it, and which of them bear the text of a regulation.

Reads bytes and returns values; writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from kb.evidence.archive import Archive
from kb.items.data_items import read_data_items
from kb.lineage.facts import Facts, read_facts
from kb.lineage.notices import day_moved, forwards
from kb.lineage.resolve import DRAFTS
from kb.lineage.titles import decides_on_many, is_decision, title_key
from kb.model import DataItem, Document, Provision, Stage, Status
from kb.reading.apart import AT_ONCE, PROCESSES, read_apart
from kb.reading.detect import is_page
from kb.reading.page import Page, read_page
from kb.recording.layouts import Layouts
from kb.structure.provisions import read_provisions

NUMBERED_UNITS = 3  # fewer numbered units than this are a notice, not a regulation


@dataclass(frozen=True)
class Reading:
    """One document as read: its row, its facts and, where it bears a regulation, its provisions and data items."""

    row: dict[str, Any]
    document: Document
    facts: Facts
    provisions: tuple[Provision, ...]
    items: tuple[DataItem, ...]
    losses: tuple[str, ...]
    page: Page | None = None  # what its markup says, of a page that was read as one

    @property
    def status(self) -> Status:
        return Status.PARTLY if self.losses and self.document.status is Status.READ else self.document.status

    @property
    def detail(self) -> str:
        return "; ".join(filter(None, (self.document.detail, *self.losses)))

    @property
    def articles(self) -> int:
        """条 of the rule itself: those of a contract in its annex are others, unless the annex is the rule."""
        eids = [provision.eid for provision in self.provisions if provision.kind == "article"]
        return sum(not eid.startswith("annex") for eid in eids) or len(eids)


def read_bytes(
    row: dict[str, Any], data: bytes, content_type: str = "", read: Callable[..., Document] | None = None
) -> Reading:
    """Read the bytes of one document row (url, name, role). ``read`` stands for ``read_apart``."""
    page: Page | None = None
    if row["role"] == "page" and len(data) <= AT_ONCE and is_page(data):
        page = read_page(data, row["url"])
        document = page.document
    else:
        document = (read or read_apart)(data, name=row["name"] or "", content_type=content_type, url=row["url"])
    facts = read_facts(document, page.published if page else None)
    if page:
        facts = with_page(facts, page)
    if not document.readable:
        return Reading(row, document, facts, (), (), document.losses, page)
    provisions = read_provisions(document)
    read_items = read_data_items(document, provisions)
    return Reading(row, document, facts, provisions, read_items.items, (*document.losses, *read_items.losses), page)


def read_captured(archive: Archive, rows: Sequence[dict[str, Any]]) -> list[Reading]:
    """Read every captured document row (with ``digest`` and ``content_type`` of its capture), pages first."""
    captured = [row for row in rows if row["digest"]]
    captured.sort(key=lambda row: (row["role"] != "page", row["url"]))
    read = Layouts(archive.root.with_name("layouts")).read

    def read_row(row: dict[str, Any]) -> Reading:
        return read_bytes(row, archive.load(row["digest"]), row["content_type"] or "", read)

    if len(captured) < 2:
        return [read_row(row) for row in captured]
    with ThreadPoolExecutor(PROCESSES) as threads:
        return list(threads.map(read_row, captured))


def regulations(readings: Sequence[Reading]) -> list[Reading]:
    """The readings that bear a regulation. An annex goes before the page that only wraps it."""
    bearing = [reading for reading in readings if _bears_regulation(reading)]
    annexes = [reading for reading in bearing if reading.row["role"] != "page"]
    pages = [reading for reading in bearing if reading.row["role"] == "page"]
    return annexes + [page for page in pages if not annexes or page.articles >= NUMBERED_UNITS or page.items]


def with_page(facts: Facts, page: Page) -> Facts:
    """What the page says of itself goes before what its text seems to say."""
    return replace(
        facts,
        title=facts.title or page.title,
        doc_number=page.doc_number or facts.doc_number,
        signed=page.signed or facts.signed,
        published=page.published or facts.published,
        comments_close=page.comments_close or facts.comments_close,
        agencies=page.agencies or facts.agencies,
    )


def with_wrapper(facts: Facts, wrapper: Facts | None) -> Facts:
    """An annex knows its title and stage; its page knows when, by whom and under which number it was published.

    Which consultation a draft is part of only its page says: the annex bears the same marker each time, or none.
    """
    if wrapper is None:
        return facts
    return replace(
        facts,
        stage=_consulted_stage(facts, wrapper),
        title=facts.title or wrapper.title,
        doc_number=facts.doc_number or wrapper.doc_number,
        signed=facts.signed or wrapper.signed,
        published=wrapper.published or facts.published,
        effective=facts.effective or wrapper.effective,
        comments_close=facts.comments_close or wrapper.comments_close,
        agencies=facts.agencies or wrapper.agencies,
    )


def _consulted_stage(annex: Facts, page: Facts) -> Stage:
    named = title_key(annex.title or page.title) == title_key(page.title)
    if page.kind == "consultation" and page.stage in DRAFTS and (annex.stage in DRAFTS or named):
        return max(annex.stage, page.stage, key=list(Stage).index) if annex.stage in DRAFTS else page.stage
    return annex.stage


def shown_no_more(readings: Sequence[Reading], bearing: Sequence[Reading]) -> list[str]:
    """The documents that put a text out no more: the page, where it bears none now, and files that it does not link."""
    page = next((reading.page for reading in readings if reading.page), None)
    if page is None:
        return []
    linked = {attachment.url for attachment in page.attachments}
    return [
        reading.row["id"] for reading in readings
        if (reading not in bearing if reading.page else reading.row["url"].partition("#")[0] not in linked)
    ]  # fmt: skip


def _bears_regulation(reading: Reading) -> bool:
    if not reading.document.readable or reading.facts.kind in ("interpretation", "notice"):
        return False
    title, page = reading.facts.title, reading.page
    tells = page and not reading.articles and (day_moved(page.title) or forwards(page.title))
    if tells:  # its points are no provisions
        return False
    if is_decision(title) or decides_on_many(title):  # one point is enough
        return True
    return sum(bool(provision.number) for provision in reading.provisions) >= NUMBERED_UNITS or bool(reading.items)
