"""HTML to Document: blocks by block elements and line breaks, tables with rowspan and colspan resolved.

Knows nothing of any agency's page; which part of a page is the text is said by ``select`` and ``drop``.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from kb.model import Document, Status
from kb.reading.encoding import decode
from kb.reading.layout import Cell, Grid, Paragraph, build_document, clean

READER = "html"
READER_VERSION = "1"

_NOISE = frozenset(("script", "style", "noscript", "template", "svg", "iframe", "select", "button", "nav", "footer"))
_BLOCK = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure form "
        "h1 h2 h3 h4 h5 h6 header hr html li main ol p pre section summary table tbody td tfoot th thead tr ul",
    )
)
_HEADING = re.compile(r"h[1-6]")
_DEEPEST_TABLE = 300  # looking for tables within tables costs their depth, each time
_MOST_CELLS = 300_000  # of one table, spans counted; what claims more is read as running text
_MOST_SPANNED = 1000  # a broken page may say colspan="99999999"


def read_html(
    data: bytes, *, select: str | None = None, drop: Sequence[str] = (), soup: BeautifulSoup | None = None
) -> Document:
    """The text of a page, or of the elements that the CSS selector ``select`` finds, without those of ``drop``.

    ``soup`` is ``data`` as the caller has parsed it already; what is dropped is taken out of it.
    ``meta`` holds the page's meta elements by name, and its ``encoding``. EMPTY if nothing is selected.
    """
    text, encoding, faults = decode(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = soup or BeautifulSoup(text, "lxml")
    meta = _meta(soup) | {"encoding": encoding}
    title = _title(soup, meta)
    roots = _outermost(soup.select(select)) if select else [soup.body or soup]
    for element in (*_noise(soup), *(soup.select(", ".join(drop)) if drop else ())):
        element.extract()
    document = build_document(
        (part for root in roots for part in _parts(root)),
        format="html",
        status=Status.PARTLY if faults else Status.READ,
        title=title,
        meta=meta,
        losses=(f"{faults} characters could not be read as {encoding}",) if faults else (),
        detail="" if roots else f"no element matches {select}",
        reader=READER,
        reader_version=READER_VERSION,
    )
    return document


def _noise(soup: Tag) -> list[Tag]:
    """What is never text, the outermost of each: to take out what is in it, too, would be to walk it as often."""
    found: list[Tag] = []
    waiting = [soup]
    while waiting:
        for child in waiting.pop().children:
            if isinstance(child, Tag):
                (found if child.name in _NOISE else waiting).append(child)
    return found


def _outermost(elements: Sequence[Tag]) -> list[Tag]:
    chosen = {id(element) for element in elements}
    return [element for element in elements if not any(id(parent) in chosen for parent in element.parents)]


def _meta(soup: BeautifulSoup) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in soup.find_all("meta"):
        name, content = element.get("name") or element.get("property"), element.get("content")
        if isinstance(name, str) and isinstance(content, str) and content.strip():
            found.setdefault(name, clean(content))
    return found


def _title(soup: BeautifulSoup, meta: dict[str, str]) -> str:
    if "ArticleTitle" in meta:
        return meta["ArticleTitle"]
    for name in ("h1", "title"):
        element = soup.find(name)
        if element and (text := clean(element.get_text())):
            return text
    return ""


def _parts(root: Tag) -> Iterator[Paragraph | Grid]:
    """Paragraphs and grids below ``root`` in reading order."""
    words: list[str] = []

    def flush(heading: int | None = None) -> Iterator[Paragraph]:
        yield Paragraph("".join(words), heading=heading)
        words.clear()

    # By hand rather than by recursion: a page may nest deeper than Python calls.
    open_: list[tuple[Iterator[PageElement], int | None, bool]] = [(iter(root.children), None, False)]
    while open_:
        children, heading, is_block = open_[-1]
        child = next(children, None)
        if child is None:
            open_.pop()
            if is_block:
                yield from flush(heading)
        elif isinstance(child, NavigableString):
            if not isinstance(child, PreformattedString):
                words.append(str(child))
        elif isinstance(child, Tag) and child.name not in _BLOCK:
            open_.append((iter(child.children), heading, False))
        elif isinstance(child, Tag):
            yield from flush(heading)
            if child.name == "table" and len(open_) < _DEEPEST_TABLE and (grid := _grid(child)):
                yield grid
            else:
                level = int(child.name[1]) if _HEADING.fullmatch(child.name) else heading
                open_.append((iter(child.children), level, True))
    yield from flush()


def _grid(table: Tag) -> Grid | None:
    """The table's grid; None for a table that only arranges the page (one column, or tables within its cells)."""
    if table.find("table"):
        return None
    grid: list[list[Cell | None]] = []
    rows_of = table.find_all("tr")
    left, cells = _rows_left(rows_of), 0
    for at, row in enumerate(rows_of):
        _reach(grid, at + 1)
        column = 0
        for element in row.find_all(("td", "th"), recursive=False):
            while column < len(grid[at]) and grid[at][column] is not None:
                column += 1
            across = _span(element.get("colspan"))
            down = min(_span(element.get("rowspan")), left[at])
            cells += across * down
            if cells > _MOST_CELLS:
                return None
            cell = Cell(
                _cell_text(element),
                header=element.name == "th" or (row.parent is not None and row.parent.name == "thead"),
            )
            _reach(grid, at + down)
            for line in grid[at : at + down]:
                line.extend([None] * (column + across - len(line)))
                line[column : column + across] = [cell] * across
            column += across
    rows = [[cell or Cell() for cell in row] for row in grid]
    return Grid(rows) if max((len(row) for row in rows), default=0) > 1 else None


def _rows_left(rows: Sequence[Tag]) -> list[int]:
    """How many rows of its group each row begins: a span never reaches below its row group (HTML, 4.9.12)."""
    below: Counter[int] = Counter()
    left = []
    for row in reversed(rows):
        below[id(row.parent)] += 1
        left.append(below[id(row.parent)])
    return left[::-1]


def _reach(grid: list[list[Cell | None]], rows: int) -> None:
    while len(grid) < rows:
        grid.append([])


def _span(value: object) -> int:
    text = str(value or "1").strip()
    return max(1, min(int(text[:6]), _MOST_SPANNED)) if text.isdecimal() else 1


def _cell_text(element: Tag) -> str:
    words = []
    for child in element.descendants:
        if isinstance(child, Tag) and child.name in _BLOCK:
            words.append("\n")
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            words.append(str(child))
    return "".join(words)
