"""The meta block of an Akoma Ntoso document: FRBR work, expression and manifestation, dates, agencies, evidence.

URIs follow the AKN naming convention (``/akn/cn/act/2025-06-13/work/zho@draft-2025``); ours (eli.py) stand as aliases.
Only whole dates fit the schema: a partial one (2024-05) is left out there and told in a note.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from kb.agencies import agency_name
from kb.normalise import fit_for_xml
from kb.standards.eli import text_uri, version_uri, work_uri

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
OWN = "urn:regwatch:evidence"
Row = dict[str, Any]
_US = "#regwatch"
_DATES = ("signed", "published", "effective", "comments_close", "repealed")


def element(above: etree._Element, tag: str, words: str = "", **attributes: str) -> etree._Element:
    """Append an element; its words and attributes lose what XML refuses."""
    attributes = {name: fit_for_xml(value) for name, value in attributes.items()}
    made = etree.SubElement(above, f"{{{NAMESPACE}}}{tag}", attrib=attributes)
    made.text = fit_for_xml(words) or None
    return made


def meta(act: etree._Element, version: Row, kind: str, base: str) -> None:
    """Append ``meta``. Without any whole date the day on which we first saw the version stands, named ``observed``."""
    block = element(act, "meta")
    work, _, label = version["id"].partition("@")
    disputed = {row["fact"] for row in version.get("disputed", ())}
    dates = {name: version[name] for name in _DATES if len(version.get(name) or "") == 10 and name not in disputed}
    name, date = next(iter(dates.items()), ("observed", version["first_seen"][:10]))
    uri = f"/akn/cn/{kind}/{date}/{work}"
    agencies = version.get("agencies") or ()
    authors = [f"#{agency}" for agency in agencies] or [_US]
    identification = element(block, "identification", source=_US)
    frbr = element(identification, "FRBRWork")
    _frbr(frbr, f"{uri}/!main", uri, work_uri(work, base), name, date, authors)
    element(frbr, "FRBRcountry", value="cn")
    if version.get("level"):
        element(frbr, "FRBRsubtype", value=version["level"])
    if version.get("doc_number"):
        element(frbr, "FRBRnumber", value=version["doc_number"])
    frbr = element(identification, "FRBRExpression")
    _frbr(frbr, f"{uri}/zho@{label}/!main", f"{uri}/zho@{label}", version_uri(version["id"], base), name, date, authors)
    element(frbr, "FRBRlanguage", language="zho")
    frbr = element(identification, "FRBRManifestation")
    xml = f"{uri}/zho@{label}.xml"
    _frbr(frbr, xml, xml, text_uri(version["id"], base), "observed", version["first_seen"][:10], [_US])
    element(frbr, "FRBRformat", value="application/akn+xml")
    if "published" in dates:
        element(block, "publication", date=dates["published"], name=version["stage"], showAs=version["title"])
    _lifecycle(block, dates, date)
    references = element(block, "references", source=_US)
    element(references, "TLCOrganization", eId="regwatch", href="/ontology/organization/regwatch", showAs="Regwatch")
    for agency in agencies:
        href = f"/ontology/organization/cn/{agency}"
        element(references, "TLCOrganization", eId=agency, href=href, showAs=agency_name(agency) or agency)
    _notes(block, version)
    _evidence(block, version)


def _frbr(above: etree._Element, this: str, uri: str, alias: str, name: str, date: str, authors: list[str]) -> None:
    element(above, "FRBRthis", value=this)
    element(above, "FRBRuri", value=uri)
    element(above, "FRBRalias", value=alias, name="eli")
    element(above, "FRBRdate", date=date, name=name)
    for author in authors:
        element(above, "FRBRauthor", href=author)


def _lifecycle(block: etree._Element, dates: Row, date: str) -> None:
    lifecycle = element(block, "lifecycle", source=_US)
    kinds = {"repealed": "repeal"}
    for name, day in (dates or {"observed": date}).items():
        element(lifecycle, "eventRef", eId=f"e_{name}", date=day, type=kinds.get(name, "generation"), source=_US)


def _notes(block: etree._Element, version: Row) -> None:
    """What a reader must know before relying on it: who read it, partial and disputed dates."""
    told = [f"Copy kept as evidence, not an official edition; {version['status']}."]
    told += [f"{n}: {version[n]}" for n in _DATES if version.get(n) and len(version[n]) != 10]
    told += [
        f"{row['fact']} is disputed: " + "; ".join(f"{c['value']} ({c['source']})" for c in row["claims"])
        for row in version.get("disputed", ())
    ]
    notes = element(block, "notes", source=_US)
    for at, words in enumerate(told, 1):
        element(element(notes, "note", eId=f"meta_note_{at}"), "p", words)


def _evidence(block: etree._Element, version: Row) -> None:
    """The captures that the text was read from, by SHA-256."""
    seen = [witness for text in version.get("texts", ())[:1] for witness in text["witnesses"]]
    if not seen:
        return
    own = element(block, "proprietary", source=_US)
    for witness in seen:
        values = {n: fit_for_xml(str(witness[n])) for n in ("url", "digest", "captured_at", "format") if witness.get(n)}
        etree.SubElement(own, f"{{{OWN}}}capture", attrib=values, nsmap={"rw": OWN})
