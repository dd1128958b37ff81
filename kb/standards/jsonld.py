"""A version as schema.org Legislation (the ELI ontology's terms in schema.org), JSON-LD 1.1.

A text kept here is a copy: its legal value is ``UnofficialLegalValue``. Disputed facts are left out of the properties
and told as comments, each claim with its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kb.agencies import agency_name
from kb.standards.eli import text_uri, version_uri, work_uri

Row = dict[str, Any]
CONTEXT = "https://schema.org"
# How our relations between works are called in schema.org; what has no term of its own is a citation.
_RELATIONS = {
    "implements": "legislationEnsuresImplementationOf", "overrides": "legislationChanges",
    "amends": "legislationAmends", "supersedes": "legislationRepeals", "interprets": "about", "guides": "about",
    "builds_on": "isBasedOn", "cites": "citation",
}  # fmt: skip
_FORCE = {  # validity (legal_terms.yml) → schema.org; what is disputed or unknown is not said
    "in_force": "InForce", "partly_overridden": "PartiallyInForce", "amended": "PartiallyInForce",
    "not_yet_effective": "NotInForce", "not_adopted": "NotInForce", "superseded": "NotInForce",
    "repealed": "NotInForce", "expired": "NotInForce",
}  # fmt: skip


def legislation(
    version: Row, provisions: Sequence[Row] = (), relations: Iterable[Row] = (), *, base: str = ""
) -> dict[str, Any]:
    """One version (``queries.version`` with its standing) as a JSON-LD object; empty facts are left out."""
    disputed = {row["fact"] for row in version.get("disputed", ())}
    said = {name: version.get(name) for name in ("doc_number", "signed", "published", "effective", "repealed")}
    facts = {name: None if name in disputed else value for name, value in said.items()}
    whole = {
        "@context": CONTEXT,
        "@type": "Legislation",
        "@id": version_uri(version["id"], base),
        "name": version["title"],
        "inLanguage": "zh-Hans",
        "legislationIdentifier": facts["doc_number"] or version["id"],
        "legislationType": version.get("level_zh"),
        "legislationJurisdiction": "CN",
        "legislationPassedBy": [_organization(agency) for agency in version.get("agencies", ())],
        "legislationDate": facts["signed"] or facts["published"],
        "datePublished": facts["published"],
        "legislationDateOfApplicability": facts["effective"],
        "expires": facts["repealed"],
        "legislationLegalForce": _FORCE.get(str(version.get("validity"))),
        "creativeWorkStatus": version.get("stage_zh") or version["stage"],
        "version": version["id"].partition("@")[2],
        "exampleOfWork": _work(version, base),
        "isBasedOn": {"@id": version_uri(version["predecessor"], base)} if version.get("predecessor") else None,
        "encoding": [_encoding(witness) for text in version.get("texts", ())[:1] for witness in text["witnesses"]],
        "hasPart": [_article(version["id"], unit, base) for unit in provisions if unit["kind"] == "article"],
        "comment": [_claims(row) for row in version.get("disputed", ())],
    }
    for relation in relations:
        name = _RELATIONS.get(relation["kind"], "citation")
        known = whole.get(name)
        whole[name] = [
            *([known] if isinstance(known, dict) else known or []),
            {"@id": work_uri(relation["work"], base)},
        ]
    return {name: value for name, value in whole.items() if value not in (None, "", [])}


def _organization(agency: str) -> Row:
    return {"@type": "GovernmentOrganization", "identifier": agency, "name": agency_name(agency) or agency}


def _work(version: Row, base: str) -> Row:
    title = {"name": version.get("work_title") or version["title"]}
    english = {"alternateName": {"@language": "en", "@value": version["title_en"]}} if version.get("title_en") else {}
    return {"@type": "Legislation", "@id": work_uri(version["work"], base), **title, **english}


def _encoding(witness: Row) -> Row:
    """The bytes of a witness; a document added by hand has no address."""
    url = witness["url"] if str(witness["url"]).startswith("http") else None
    found = {
        "@type": "LegislationObject", "legislationLegalValue": "UnofficialLegalValue", "contentUrl": url,
        "encodingFormat": witness.get("format"), "sha256": witness.get("digest"),
        "dateCreated": witness.get("captured_at"), "contentSize": str(witness["size"]) if witness.get("size") else None,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


def _article(version: str, unit: Row, base: str) -> Row:
    words = {"text": unit["body"]} if unit.get("body") else {}
    return {
        "@type": "Legislation", "@id": text_uri(version, base, unit["eid"]),
        "legislationIdentifier": unit["eid"],
        "name": " ".join(filter(None, (unit["number"], unit["heading"]))), **words,
    }  # fmt: skip


def _claims(dispute: Row) -> Row:
    told = "; ".join(f"{claim['value']} ({claim['source']})" for claim in dispute["claims"])
    return {"@type": "Comment", "about": dispute["fact"], "text": f"{dispute['fact']} is disputed: {told}"}
