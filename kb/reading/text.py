"""Plain text and Markdown to Document, whatever they were before: typed, copied from a page, or taken out of a PDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from kb.model import Document, Status
from kb.normalise import plain_glyphs
from kb.reading.encoding import decode
from kb.reading.front_matter import strip_front_matter
from kb.reading.furniture import split_pages, strip_pages
from kb.reading.layout import LostTable, Paragraph, Part, build_document, clean
from kb.reading.lines import HEAD, Line, is_finished
from kb.reading.lost_tables import describe_loss, paragraphs
from kb.reading.markdown import is_marked, read_marks
from kb.reading.plain_marks import drop_plain_marks
from kb.structure.numbering import width

READER = "text"
READER_VERSION = "1"

_NARROWEST = 40  # columns: lines of text on a page are at least so long
_SLACK = (
    8  # columns by which a full line may fall short of those around it: two characters set in, three that did not fit
)
_RAGGED_SLACK = 18  # the same where lines end raggedly
_BRIM = 2
_SET_IN = 2  # columns, at least, by which a paragraph's first line is set in
_MARGIN = 0.05  # of the lines stand at the margin, at least
_AROUND = 5  # lines before and after that say how wide the page is here
_NOTE = re.compile(r"^注\s*\d{1,2}\s*[：:]")
_TITLE = 60  # characters


def read_text(data: bytes, *, markdown: bool = False) -> Document:
    """PARTLY if characters or the layout of tables were lost; front matter goes to ``meta``."""
    text, encoding, faults = decode(data)
    imported = strip_front_matter(re.split(r"\r\n|\r|\n", plain_glyphs(text)))
    losses: list[str] = []
    markdown = markdown or is_marked(imported.lines)
    marked = read_marks(imported.lines) if markdown else [list(imported.lines)]
    parts = [part for some in marked for part in (_parts(some, losses) if isinstance(some, list) else [some])]
    if lost := [part for part in parts if isinstance(part, LostTable)]:
        losses.insert(0, describe_loss(lost))
    if faults:
        losses.append(f"{faults} characters could not be read as {encoding}")
    if bare := _bare_articles(parts):
        losses.append(f"{bare} article numbers stand apart from their words: which words are theirs is not certain")
    document = build_document(
        parts,
        format="markdown" if markdown else "text",
        status=Status.PARTLY if losses else Status.READ,
        meta=imported.meta | {"encoding": encoding},
        losses=tuple(losses),
        layout=not lost,
        reader=READER,
        reader_version=READER_VERSION,
    )
    return replace(document, title=clean(imported.title) or _title(document))


def _parts(lines: Sequence[str], losses: list[str]) -> Iterator[Part]:
    """Pages told apart, their furniture dropped, printed lines joined, lost tables kept as they are."""
    pages, numbered = split_pages(lines)
    marked = strip_pages([[line for line in page if line.strip()] for page in pages])
    kept: list[tuple[str, int | None]] = []
    for number, (page, furniture) in enumerate(zip(pages, marked, strict=True), 1):
        filled = -1
        for line in page:
            filled += bool(line.strip())
            if not (line.strip() and filled in furniture):
                kept.append((line, number if numbered else None))
    full = _full_width([line for line, _ in kept])
    printed, lost_marks = drop_plain_marks(_without_doubles(_printed(kept, bool(full))))
    losses += lost_marks
    yield from paragraphs(printed, wide=full - _SLACK if full else _NARROWEST, wrapped=bool(full))


def _printed(kept: Sequence[tuple[str, int | None]], wrapped: bool) -> list[Line]:
    """Lines with what their length and the blanks around them say."""
    filled = [(text, page, at) for at, (text, page) in enumerate(kept) if text.strip()]
    widths = [_width(text) for text, _, _ in filled]
    notes = list(_notes(filled, widths))
    body = [0 if note else here for note, here in zip(notes, widths, strict=True)]
    room = [max(body[max(at - _AROUND, 0) : at + _AROUND + 1]) for at in range(len(body))]
    full = [wrapped and here >= max(most - _SLACK, _NARROWEST) for here, most in zip(body, room, strict=True)]
    broken = [at for at in range(len(filled) - 1) if full[at] and not is_finished(filled[at][0])]
    # Where most lines that break a sentence are followed by a blank one, or end raggedly, neither tells anything.
    double_spaced = len(broken) > 3 and sum(filled[at + 1][2] > filled[at][2] + 1 for at in broken) * 2 > len(broken)
    justified = sum(body[at] >= room[at] - _BRIM for at in broken) * 2 > len(broken)
    if not justified:
        full = [
            wrapped and here >= max(most - _RAGGED_SLACK, _NARROWEST) for here, most in zip(body, room, strict=True)
        ]
    margins = Counter(_margin(text) for text, _, _ in filled)
    margin = min((columns for columns, lines in margins.items() if lines >= _MARGIN * len(filled)), default=0)
    lines: list[Line] = []
    for at, (text, page, place) in enumerate(filled):
        blanks = place - filled[at - 1][2] - 1 if at else 0
        turned = bool(lines) and lines[-1].page != page  # a page break is no paragraph's end
        lines.append(
            Line(
                text.strip(),
                page,
                full=full[at],
                brim=full[at] and justified and body[at] >= room[at] - _BRIM,
                indented=_margin(text) >= margin + _SET_IN and not double_spaced,
                apart=blanks > (1 if double_spaced else 0) and not turned,
                note=notes[at],
            )
        )
    return lines


def _margin(text: str) -> int:
    """Columns of blanks before a line's first word."""
    return width(text[: len(text) - len(text.lstrip())])


def _notes(filled: Sequence[tuple[str, int | None, int]], widths: Sequence[int]) -> Iterator[bool]:
    """Whether each line is a footnote, or goes on with one that filled its line."""
    goes_on = False
    for at, (text, page, place) in enumerate(filled):
        same_place = at > 0 and page == filled[at - 1][1] and place == filled[at - 1][2] + 1
        note = bool(_NOTE.match(text.strip())) or (goes_on and same_place)
        goes_on = note and widths[at] > 1.2 * _NARROWEST and not is_finished(text)
        yield note


def _width(text: str) -> int:
    """Columns without the blanks that extraction puts between Chinese characters and digits."""
    return width(re.sub(r"(?<=[^\x00-\x7f]) +| +(?=[^\x00-\x7f])", "", text.strip()[:HEAD]))


def _full_width(lines: Sequence[str]) -> int:
    """Columns of a page's full line, if the text was broken to a page's width; 0 if it was not.

    Lines broken by a page end anywhere in a sentence; those of a text that was not broken end with it.
    """
    long = [(_width(line), is_finished(line)) for line in lines if _width(line) >= _NARROWEST]
    if len(long) < 5:
        return 0
    counts = Counter(columns for columns, _ in long)
    full = max(counts, key=lambda full: (sum(counts[near] for near in range(full - _SLACK, full + 1)), -full))
    window = [finished for columns, finished in long if full - _SLACK <= columns <= full]
    return full if window.count(False) * 2 > len(window) >= 0.2 * len(long) else 0


def _without_doubles(lines: Sequence[Line]) -> list[Line]:
    """Bold type that was faked by printing twice comes out as every bold line twice."""
    doubled = [here.text == there.text for here, there in pairwise(lines)]
    if sum(doubled) < 3:
        return list(lines)
    return [line for line, same in zip(lines, [False, *doubled], strict=True) if not same]


def _bare_articles(parts: Sequence[Part]) -> int:
    """Articles printed as a number and nothing else, if that is how most of them are printed in a row."""
    texts = [clean(part.text[:_TITLE]) for part in parts if isinstance(part, Paragraph)]
    numbers = [bool(re.fullmatch(r"第[一二三四五六七八九十百零〇\d]+条", text)) for text in texts]
    in_a_row = sum(here and there for here, there in pairwise(numbers))
    return len({text for text, bare in zip(texts, numbers, strict=True) if bare}) if in_a_row >= 3 else 0


def _title(document: Document) -> str:
    """The first block if it reads like a title, with a bracket that follows it (（征求意见稿）)."""
    blocks = [block.text for block in document.blocks[:3]]
    if not blocks or len(blocks[0]) > _TITLE or is_finished(blocks[0]) or re.search(r"[，；]", blocks[0]):
        return ""
    bracket = len(blocks) > 1 and re.fullmatch(r"[（(].{2,20}[）)]", blocks[1])
    return blocks[0] + blocks[1] if bracket else blocks[0]
