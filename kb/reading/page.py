"""An agency's page → what it says of itself, its text and its annexes, by the shapes declared in page_shapes.yml.

Owns the markup of the agencies' article pages; knows nothing of lists, of fetching, or of what a text means: number,
dates and deadlines that stand only in the running text are read by ``lineage``. Further pages of a text that a site
broke into several are counted as a loss, not followed.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from bs4.element import Tag
from pydantic import Field

from kb.agencies import agency_id
from kb.declarations import Declaration, load_declaration
from kb.lineage.dates import read_date
from kb.model import Document, Status
from kb.normalise import fold, squeeze
from kb.reading.article import article_html
from kb.reading.bundle import Part, unpack
from kb.reading.html import read_html
from kb.reading.markup import DEEPEST, Markup
from kb.reading.pager import further_pages

SHAPES = Path(__file__).with_name("page_shapes.yml")
GENERIC = "generic"
VIEWERS = ("iframe[src]", "embed[src]", "object[data]")
PUBLISHED = ("meta[name=pubdate i]", "meta[name=publishdate i]", 'meta[property="article:published_time"]')
DOWNLOADS = 'a[href*="/downloadFile/"]'
_HIDDEN = ('[style*="display:none"]', '[style*="display: none"]')


@dataclass(frozen=True)
class Attachment:
    """A file that a page links. ``name`` is the words of the link, without blanks."""

    url: str
    name: str


@dataclass(frozen=True)
class Page:
    """``shape`` is GENERIC when no declared shape fits. Dates are ISO; what the markup does not say is None.

    ``significant`` is the folded body text: what makes two captures of one URL different. Stamps, scripts, print bars
    and file lists are no part of it. ``further`` are the addresses of pages of the same text that are not here.
    """

    shape: str
    title: str
    published: str | None
    signed: str | None
    doc_number: str | None
    agencies: tuple[str, ...]
    comments_close: str | None
    attachments: tuple[Attachment, ...]
    document: Document
    significant: str
    further: tuple[str, ...] = ()


class Shape(Declaration):
    marker: str = ""
    body: str = ""
    title: tuple[str, ...] = ("h1", "title")
    published: tuple[str, ...] = ()
    comments_close: tuple[str, ...] = ()
    rows: str = ""
    label: str = ""
    pairs: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    attachments: tuple[str, ...] = ()
    viewers: tuple[str, ...] = VIEWERS  # frames in the body that may show a file
    viewer_keys: tuple[str, ...] = ("file", "fileurl", "pdf", "pdfurl", "filepath")
    name_key: str = ""
    drop: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


class Shapes(Declaration):
    files: tuple[str, ...]
    shapes: dict[str, Shape]


@functools.cache
def load_shapes() -> Shapes:
    return load_declaration(SHAPES, Shapes)


MOST_FILES = 300  # files of one page that are asked for, seconds apart; agencies' have thirty


def read_page(data: bytes, url: str = "") -> Page:
    """Read the bytes of one page. ``url`` makes its links absolute; relative ones are left out without it."""
    root, *others = unpack(data)
    data, url = article_html(root.data), root.url or url
    page = Markup(data)
    if page.too_deep:
        return _refused(data)
    name, shape = _shape_of(page)
    further = further_pages(page, shape.more, url)
    missing = tuple(address for address in further if not _join(page, shape, address, others))
    facts = _table(page, shape)
    title = squeeze(_first(page, shape.title))
    published = read_date(facts.get("published", "")) or _first_date(page, shape.published)
    comments_close = _first_date(page, shape.comments_close)
    linked = tuple(_attachments(page, shape, url))
    attachments = linked[:MOST_FILES]
    drop = page.likely((*shape.drop, *_HIDDEN))
    document = read_html(data, select=shape.body or None, drop=drop, soup=page.soup)  # takes it apart
    title = title or document.title
    return Page(
        shape=name,
        title=title,
        published=published,
        signed=read_date(facts.get("signed", "")),
        doc_number=fold(facts.get("doc_number", "")) or None,
        agencies=_agencies(facts.get("agencies", "")),
        comments_close=comments_close,
        attachments=attachments,
        document=_with_losses(replace(document, title=title), attachments, len(missing), len(linked)),
        significant=fold(document.body),
        further=missing,
    )


def _refused(data: bytes) -> Page:
    """A page that nobody reads: its bytes are what makes two captures of it different."""
    detail = f"more than {DEEPEST} elements in one another"
    document = Document("html", Status.TOO_LARGE, detail, reader="page", reader_version="1")
    return Page(GENERIC, "", None, None, None, (), None, (), document, hashlib.sha256(data).hexdigest())


def _join(page: Markup, shape: Shape, address: str, others: Sequence[Part]) -> bool:
    """Set the body of a further page behind that of the first; False when the page is not among ``others``."""
    found = next((part for part in others if part.url == address), None)
    return found is not None and page.join(Markup(found.data), shape.body or "body")


def _shape_of(page: Markup) -> tuple[str, Shape]:
    for name, shape in load_shapes().shapes.items():
        if page.select(shape.marker) and page.select(shape.body):
            return name, shape
    return GENERIC, Shape(published=PUBLISHED, attachments=(DOWNLOADS,))


def _said(element: Tag) -> str:
    content = element.get("content") if element.name == "meta" else element.get_text()
    return content.strip() if isinstance(content, str) else ""


def _places(page: Markup, selectors: Sequence[str]) -> Iterator[str]:
    for selector in selectors:
        for element in page.select(selector):
            if said := _said(element):
                yield said


def _first(page: Markup, selectors: Sequence[str]) -> str:
    return next(_places(page, selectors), "")


def _first_date(page: Markup, selectors: Sequence[str]) -> str | None:
    return next((date for said in _places(page, selectors) if (date := read_date(said))), None)


def _table(page: Markup, shape: Shape) -> dict[str, str]:
    """The policy table: the label is blown up with full-width blanks, the value is the rest of its row."""
    facts: dict[str, str] = {}
    for row in page.select(shape.rows) if shape.rows else ():
        label = row.select_one(shape.label)
        if label is None:
            continue
        said = label.get_text()
        name = shape.labels.get(fold(said).strip(":"))
        value = " ".join(row.get_text().replace(said, "", 1).split()).lstrip("：: ")
        if name and value:
            facts.setdefault(name, value)
    for label in page.select(shape.pairs) if shape.pairs else ():
        name = shape.labels.get(fold(label.get_text()).strip(":"))
        cell = label.find_parent("td")
        beside = cell.find_next_sibling("td") if cell else None
        if name and beside and (value := " ".join(beside.get_text().split())):
            facts.setdefault(name, value)
    return facts


def _agencies(printed: str) -> tuple[str, ...]:
    names = [name for name in re.split(r"[\s、，,；;]+", printed) if name]
    return tuple(dict.fromkeys(agency_id(name) or name for name in names))


def _attachments(page: Markup, shape: Shape, url: str) -> Iterator[Attachment]:
    """Every file once, in the order of the page's own lists, then of its body."""
    seen: set[str] = set()
    body = f":is({shape.body or 'body'})"
    in_body = [link for link in page.select(f"{body} a[href]") if _is_file(link)]
    frames = page.select(*(f"{body} {place}" for place in shape.viewers))
    listed = page.select(*shape.attachments)
    for element, target in (
        *((element, _target(element)) for element in (*listed, *in_body)),
        *((frame, file) for frame in frames if (file := _viewed(_target(frame), shape))),
    ):
        absolute = _absolute(url, target)
        if absolute and absolute != url and absolute not in seen:
            seen.add(absolute)
            yield Attachment(absolute, _name(element, absolute, shape))


def _is_file(link: Tag) -> bool:
    """Does a link in the text lead to a file? By its address, a name it asks for, or its own words (附件1.docx)."""
    path, _, query = _target(link).partition("#")[0].partition("?")
    names = [path, *(value for values in parse_qs(query).values() for value in values), fold(link.get_text())]
    if link.has_attr("download") or any(map(_has_ending, names)):
        return True
    is_page = not path.strip("/") or path.lower().endswith((".htm", ".html", ".shtml", "/"))
    return names[-1].startswith("附件") and not is_page


def _has_ending(name: str) -> bool:
    return name.lower().endswith(tuple(f".{ending}" for ending in load_shapes().files))


def _absolute(url: str, target: str) -> str:
    """The web address of a link, or nothing: an anchor, a script, a mail address, or what is no address at all."""
    try:
        absolute = urljoin(url, target.strip()).partition("#")[0] if target.strip() else ""
        return absolute if urlsplit(absolute).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _target(element: Tag) -> str:
    target = element.get("href") or element.get("src") or element.get("data")
    return target if isinstance(target, str) else ""


def _viewed(viewer: str, shape: Shape) -> str:
    """The file that a frame shows: itself, or what its viewer is given (``viewer.html?file=…``, ``?fileUrl=…``)."""
    path, _, said = viewer.partition("?")
    query = {key.lower(): values[0] for key, values in parse_qs(said.partition("#")[0]).items()}
    if _has_ending(path.partition("#")[0]):
        return viewer
    named = (query[key] for key in shape.viewer_keys if key in query)
    return next(named, None) or next(filter(_has_ending, query.values()), "")


def _name(element: Tag, url: str, shape: Shape) -> str:
    given = parse_qs(urlsplit(url).query).get(shape.name_key) if shape.name_key else None
    alternative = element.get("title") or element.get("alt")
    said = squeeze(element.get_text()) if element.name == "a" else ""  # a frame holds words for old browsers only
    words = said or (given[0] if given else "")
    return words or (alternative if isinstance(alternative, str) else "") or unquote(urlsplit(url).path.split("/")[-1])


def _with_losses(document: Document, attachments: tuple[Attachment, ...], further: int, linked: int) -> Document:
    if document.status is Status.EMPTY and attachments:
        said = "the page has no words of its own; the text is attached"
        document = replace(document, status=Status.READ, detail=said)
    lost = []
    if further:
        lost.append(f"the text goes on over {further} further page{'s' * (further > 1)}, not read")
    if linked > len(attachments):
        lost.append(f"it links {linked:,} files, of which the first {len(attachments)} are read")
    return replace(document, status=Status.PARTLY, losses=(*document.losses, *lost)) if lost else document
