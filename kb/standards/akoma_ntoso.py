"""A version as Akoma Ntoso 3.0 XML (OASIS LegalDocML), valid against the official schema.

A draft is a ``bill``, an adopted text an ``act``. Our eIds are kept, for links hang on them: 项 and outline numbers are
``point``, annexes and notes ``hcontainer``; data items stand as a table at the end of the unit that holds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from kb.agencies import agency_name
from kb.lineage.resolve import DRAFTS
from kb.standards.akn_meta import NAMESPACE, element, meta

Row = dict[str, Any]
_ELEMENTS = {
    "part": "part", "chapter": "chapter", "section": "section", "article": "article", "paragraph": "paragraph",
    "item": "point",
}  # fmt: skip
_HEADER = ("序号", "数据类别", "数据项", "数据项说明", "判定规则")


def akoma_ntoso(version: Row, provisions: Sequence[Row], items: Sequence[Row] = (), *, base: str = "") -> bytes:
    """The XML of one version whose text was read; ``provisions`` and ``items`` as kb.queries give them, in order."""
    root = etree.Element(f"{{{NAMESPACE}}}akomaNtoso", nsmap={None: NAMESPACE})
    kind = "bill" if version["stage"] in DRAFTS else "act"
    act = element(root, kind, name=version.get("level") or kind, contains="originalVersion")
    meta(act, version, kind, base)
    _preface(act, version)
    body = element(act, "body")
    units: dict[str | None, etree._Element] = {None: body}
    parents = {unit["parent"] for unit in provisions} | {item["provision"] for item in items}
    for unit in provisions:
        above = units.get(unit["parent"], body)
        units[unit["eid"]] = _unit(above, unit, holds_others=unit["eid"] in parents)
    for holder in dict.fromkeys(item["provision"] for item in items):
        _table(units.get(holder, body), holder, [item for item in items if item["provision"] == holder])
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _preface(act: etree._Element, version: Row) -> None:
    preface = element(act, "preface")
    element(element(preface, "p"), "docTitle", version["title"])
    if version.get("doc_number"):
        element(element(preface, "p"), "docNumber", version["doc_number"])
    for agency in version.get("agencies") or ():
        element(element(preface, "p"), "docProponent", agency_name(agency) or agency, refersTo=f"#{agency}")


def _unit(above: etree._Element, unit: Row, *, holds_others: bool) -> etree._Element:
    name = _ELEMENTS.get(unit["kind"])
    made = element(above, name, eId=unit["eid"]) if name else element(
        above, "hcontainer", eId=unit["eid"], name=unit["kind"])  # fmt: skip
    for tag, words in (("num", unit["number"]), ("heading", unit["heading"])):
        if words:
            element(made, tag, words)
    if unit["body"] or not holds_others:
        holder = element(made, "intro" if holds_others else "content")
        for line in (unit["body"] or "").splitlines() or [""]:
            element(holder, "p", line)
    return made


def _table(above: etree._Element, holder: str | None, items: Sequence[Row]) -> None:
    name = f"{holder or 'body'}__items"
    box = element(above, "hcontainer", eId=name, name="dataItems")
    table = element(element(box, "content"), "table", eId=f"{name}__table")
    head = element(table, "tr")
    for word in _HEADER:
        element(element(head, "th"), "p", word)
    for item in items:
        row = element(table, "tr", eId=item["id"].partition("#")[2])
        for column in ("number", "category", "name", "description", "rule"):
            cell = element(row, "td")
            for line in (item[column] or "").splitlines() or [""]:
                element(cell, "p", line)
