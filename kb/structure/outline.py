"""The tree that numbered lines make: which unit a line opens, goes on with, or falls back to.

Owns nesting and paragraphs (款); what a line is comes from lines, the finished provisions go to provisions.
A style of number that is already open continues at its level, a new one goes one level deeper, so any order of
styles that a text keeps to is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from kb.structure.lines import Line, finished, join
from kb.structure.numbering import Marker

RANK = {"annex": 0, "part": 1, "subpart": 2, "chapter": 3, "section": 4, "article": 5, "款": 6}
_DEPTH = {f"§{depth}": depth / 10 for depth in range(1, 6)} | {
    "一、": 1,
    "（一）": 2,
    "1.": 3,
    "（1）": 4,
    "1）": 5,
    "①": 6,
    "a）": 7,
}  # the usual order of styles
_ANNEX_LIST = re.compile(r"附(?:件|表|录)?\s*[:：]")


@dataclass(eq=False)
class Node:
    """A unit in the making. ``texts`` are its own paragraphs; 款 is a paragraph of an article."""

    style: str
    number: str
    value: int
    start: int
    page: int | None
    parent: Node | None
    bis: int = 0
    heading: str = ""
    texts: list[str] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    end: int = 0
    tabled: bool = False  # its last paragraph is a row of a table

    @property
    def open(self) -> bool:
        return bool(self.texts) and not self.tabled and not finished(self.texts[-1])

    def add(self, line: Line, text: str) -> None:
        """A new paragraph after a full stop, otherwise the rest of the sentence before it; a row stands by itself."""
        if self.texts and not (line.row or self.tabled or line.opens(self.texts[-1])):
            self.texts[-1] = join(self.texts[-1], text)
        elif text:
            self.texts.append(text)
        self.tabled = line.row
        self.reach(line.end)

    def reach(self, end: int) -> None:
        node: Node | None = self
        while node:
            node.end = max(node.end, end)
            node = node.parent

    def within(self, style: str) -> Node | None:
        node: Node | None = self
        while node and node.style != style:
            node = node.parent
        return node


def build_tree(lines: Iterable[Line], detached: bool = False) -> list[Node]:
    """The outermost units in order. Lines before the first number are dropped; none after it is.

    ``detached``: numbers of articles stand apart from their words, which then are outermost paragraphs.
    """
    lines = list(lines)
    tree = _Tree(detached)
    following: Marker | None = None
    ahead: list[Marker | None] = []
    for line in reversed(lines):
        ahead.append(following)
        following = line.marker or following
    for line, marker in zip(lines, reversed(ahead), strict=True):
        tree.take(line, marker)
    return tree.roots


class _Tree:
    def __init__(self, detached: bool) -> None:
        self.detached = detached
        self.labelled: Node | None = None
        self.roots: list[Node] = []
        self.at: Node | None = None
        self.note: Node | None = None
        self.skipping = False

    def take(self, line: Line, ahead: Marker | None) -> None:
        marker = line.marker
        if marker and marker.style == "note":
            at = self.at
            self._node(marker, line, None)
            self.note, self.at = self.at, at
        elif self.note and self.note.open and not marker:
            self.note.add(line, line.text)
        elif marker:
            self.note = None
            self._open(marker, line)
        elif not line.row and _ANNEX_LIST.match(line.text) and self.at and not self.at.within("annex"):
            self.skipping = True  # 附件：1.…2.… names the annexes, which follow
        elif self.at and not self.skipping:
            self.note = None
            self._go_on(self.at, line, ahead)

    def _open(self, marker: Marker, line: Line) -> None:
        if self.skipping and not (marker.labelled or (marker.style == "annex" and not marker.rest)):
            return
        if marker.style == "annex" and not self.roots:
            return
        self.skipping = False
        parent = self._parent(marker)
        if parent and parent.style == "article":
            parent = parent.children[-1] if parent.children else self._paragraph(parent, line)
        self._node(marker, line, parent)

    def _parent(self, marker: Marker) -> Node | None:
        node = self.labelled if self.detached and marker.labelled else self.at
        if marker.style in RANK:
            while node and RANK.get(node.style, 9) >= RANK[marker.style]:
                node = node.parent
            return node
        while node and node.style not in RANK and _DEPTH[node.style] > _DEPTH[marker.style]:
            node = node.parent
        return node.parent if node and node.style == marker.style else node

    def _node(self, marker: Marker, line: Line, parent: Node | None) -> None:
        node = Node(marker.style, marker.number, marker.value, line.start, line.page, parent, marker.bis)
        (parent.children if parent else self.roots).append(node)
        node.reach(line.end)
        self.at = node
        if marker.labelled:
            self.labelled = node
        if marker.style == "article":
            if marker.rest:
                self._paragraph(node, line).add(line, marker.rest)
        elif marker.style != "note" and line.titles:
            node.heading = marker.rest
        elif marker.rest:
            node.add(line, marker.rest)

    def _paragraph(self, article: Node | None, line: Line) -> Node:
        siblings = article.children if article else self.roots
        count = sum(node.style == "款" for node in siblings)
        node = Node("款", "", count + 1, line.start, line.page, article)
        siblings.append(node)
        self.at = node
        return node

    def _go_on(self, at: Node, line: Line, ahead: Marker | None) -> None:
        """A line without a number: the rest of a sentence, or a paragraph of what is open or encloses it."""
        if line.row:
            at.add(line, line.text)
            return
        article = at.within("article")
        in_list = bool(ahead and ahead.style == at.style and ahead.value == at.value + 1)
        if at.open or (in_list and at.style not in RANK):
            at.add(line, line.text)
        elif (
            at.style in ("annex", "part", "subpart", "chapter", "section")
            and not (at.heading or at.texts)
            and line.titles
        ):
            at.heading = line.text
            at.reach(line.end)
        elif self.detached and (at is self.labelled or at.within("款")):
            self._paragraph(None, line).add(line, line.text)
        elif article:
            (at if at.style == "款" and not at.texts else self._paragraph(article, line)).add(line, line.text)
        else:
            _encloser(at, line).add(line, line.text)


def _encloser(at: Node, line: Line) -> Node:
    """After the last entry of a list, a paragraph belongs to what introduced the list."""
    siblings = at.parent.children[-3:] if at.parent else []
    if at.parent is None or len(siblings) < 2:
        return at
    after_sentence = not at.heading and at.texts and line.opens(at.texts[-1])
    bare = len(siblings) == 3 and not any(node.children or (node.texts and not node.open) for node in siblings)
    return at.parent if after_sentence or bare else at
