"""A page parsed once, and asked for its elements.

A selector whose names stand nowhere in the page finds nothing: it is not tried, for matching is most of what reading a
page costs.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from bs4.element import Tag

from kb.reading.encoding import decode

DEEPEST = 500  # elements around an element; agencies' pages have 15
_NAMES = re.compile(r"[#.]([\w-]+)|[\"']([^\"']+)[\"']")  # ids, classes and quoted values


class Markup:
    """``text`` is all that selectors are looked up in: of further pages, too, when they are joined.

    A page ``too_deep`` has no elements: selectors walk from each up through all around it, which would take minutes.
    """

    def __init__(self, data: bytes) -> None:
        self.text = decode(data)[0]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
            self.soup = BeautifulSoup(self.text, "lxml")
            self.too_deep = _is_deeper(self.soup, DEEPEST)
            if self.too_deep:
                self.soup = BeautifulSoup("", "lxml")

    def likely(self, selectors: Sequence[str]) -> list[str]:
        """Those of the selectors that may find something."""
        return [selector for selector in selectors if any(map(self._is_named, selector.split(",")))]

    def select(self, *selectors: str) -> list[Tag]:
        """The elements that any of them finds, in the order of the page."""
        likely = self.likely(selectors)
        return list(self.soup.select(", ".join(likely))) if likely else []

    def join(self, other: Markup, place: str) -> bool:
        """Set what stands at ``place`` in another page behind what stands there in this one."""
        home = next(iter(self.select(place)), None)
        if home is None:
            return False
        for element in other.select(place):
            home.append(element.extract())
        self.text += other.text
        return True

    def _is_named(self, selector: str) -> bool:
        return all((name or value) in self.text for name, value in _NAMES.findall(selector))


def _is_deeper(root: Tag, levels: int) -> bool:
    level = [root]
    for _ in range(levels):
        level = [child for parent in level for child in parent.children if isinstance(child, Tag)]
        if not level:
            return False
    return True
