"""The units in which texts are compared, and the path that names one for a lawyer.

A law is compared by article, an article being one unit with its paragraphs and items; headings, notes and annexes
stand for themselves. An outline is compared by numbered unit, each with its own words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kb.model import Provision, Span


@dataclass(frozen=True)
class Unit:
    """A provision with the printed path as ``number`` (第四条; 一、（三）1.（2）) and all its words as ``text``.

    ``marks`` are the spans of the numbers of items in that text, which are not compared.
    """

    provision: Provision
    marks: tuple[Span, ...]

    @property
    def plain(self) -> str:
        """The text with blanks for the printed numbers of items; every other character stays where it is."""
        text, at, parts = self.provision.text, 0, []
        for start, end in self.marks:
            parts += [text[at:start], " " * (end - start)]
            at = end
        return "".join([*parts, text[at:]])

    @property
    def words(self) -> str:
        """Heading and text without the printed numbers of items."""
        text, at, parts = self.provision.text, 0, [self.provision.heading]
        for start, end in self.marks:
            parts.append(text[at:start])
            at = end
        return "\n".join([*parts, text[at:]])


def read_units(provisions: Sequence[Provision]) -> list[Unit]:
    """The units of a text in order."""
    by_eid = {provision.eid: provision for provision in provisions}
    within: dict[str, str | None] = {}  # eid → eid of the article that holds it
    children: dict[str, list[Provision]] = {}
    units = []
    for provision in provisions:
        parent = by_eid.get(provision.parent or "")
        holder = within.get(parent.eid) if parent else None
        if parent and (holder or parent.kind == "article"):
            within[provision.eid] = holder or parent.eid
            children.setdefault(holder or parent.eid, []).append(provision)
        elif provision.kind == "article" or provision.heading or provision.text:
            units.append(provision)
    return [_unit(provision, children.get(provision.eid, ()), by_eid) for provision in units]


def _unit(provision: Provision, inside: Sequence[Provision], by_eid: Mapping[str, Provision]) -> Unit:
    text, marks = provision.text, []
    for part in inside:
        text += "\n" * bool(text)
        if part.number:
            marks.append((len(text), len(text) + len(part.number)))
        text += part.number + part.heading + part.text
    return Unit(replace(provision, number=_printed_path(provision, by_eid), text=text), tuple(marks))


def _printed_path(provision: Provision, by_eid: Mapping[str, Provision]) -> str:
    if not provision.number:
        return f"¶{provision.ordinal}"
    parent = by_eid.get(provision.parent or "")
    if parent and _holds_path(provision.number, parent.number):
        return _printed_path(parent, by_eid).removesuffix(parent.number) + provision.number
    outer = parent and (parent.kind == "annex" or provision.kind not in ("article", "chapter"))
    return (_printed_path(parent, by_eid) if parent and outer else "") + provision.number


def _holds_path(number: str, outer: str) -> bool:
    """4.1.2 under 4.1, A.1 under 附录A: the number as printed is the whole path."""
    head, dot, last = number.rpartition(".")
    return bool(dot and last) and outer.rstrip(".").removeprefix("附录").strip() == head
