"""Accepted links in the forms in which other catalogs take them back: CSV, DataHub, OpenMetadata, ODCS.

Owns those forms; which links hold is ``inheritance``'s. Reads only. Everything written is meant to be laid over what
stands there: DataHub gets patches, never whole aspects, so that nobody's descriptions and terms are overwritten.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

import yaml
from sqlite_utils import Database

from kb.vocabulary import DataType, load_data_types
from mappings.catalog.formats.cells import as_cell
from mappings.catalog.inheritance import Held, links_in_force

GLOSSARY = "Regwatch"
CSV_COLUMNS = ("dataset", "field", "data_type", "how", "decided_by", "decided_at", "why")
# Our attributes under the names that the importers read back (formats/keys.yml).
PROPERTIES = ("entity", "storage_region", "cross_border", "recipient", "person_count", "vehicle_count")
# ODCS's logical types by what stands in the name of a warehouse's type; anything else is a string.
LOGICAL = {
    "array": ("array", "list", "[]"), "object": ("struct", "record", "object", "json", "row(", "map"),
    "timestamp": ("timestamp", "datetime"), "date": ("date",), "time": ("time",), "boolean": ("bool",),
    "string": ("interval", "point"), "integer": ("int", "long", "serial"),
    "number": ("float", "double", "decimal", "numeric", "number", "real"),
}  # fmt: skip
Rows = dict[str, dict[str, Any]]


def export_links(db: Database, format: str) -> str:
    """All links in force as one document: ``csv``, ``datahub``, ``openmetadata`` or ``odcs``."""
    held = [link for link in links_in_force(db) if link.holds]
    datasets = {row["id"]: row for row in db.query("select * from dataset where state = 'active'")}
    for row in db.query("select dataset, name, type from field where state = 'active'"):
        if row["dataset"] in datasets:
            datasets[row["dataset"]].setdefault("types", {})[row["name"]] = row["type"]
    return _WRITERS[format](held, datasets)


def _csv(links: Sequence[Held], datasets: Rows) -> str:
    """One row a link; with the column decision it is also what `map accept --csv` reads."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    # A bare carriage return begins a new row for a spreadsheet, and with it a cell that nobody made harmless.
    rows = ([str(getattr(link, column)).replace("\r", " ") for column in CSV_COLUMNS] for link in links)
    writer.writerows([as_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _datahub(links: Sequence[Held], datasets: Rows) -> str:
    """A file of change proposals: glossary terms, then one patch for each dataset's terms and its fields' terms.

    https://docs.datahub.com/docs/advanced/patch — a patch adds a term and leaves everything else as it stands.
    """
    records: list[dict[str, Any]] = []
    for data_type in _types(links):
        info = {"name": data_type.name_en, "definition": data_type.definition, "termSource": "INTERNAL",
                "customProperties": {"name_zh": data_type.name_zh}}  # fmt: skip
        records.append(_record("glossaryTerm", _term_urn(data_type.id), "UPSERT", "glossaryTermInfo", info))
    for id, of in groupby(links, key=lambda link: link.dataset):
        urn, fields, whole = _dataset_urn(datasets[id]), [], []
        for link in of:
            term = {"urn": _term_urn(link.data_type)}
            if link.field:
                path = f"/editableSchemaFieldInfo/{_pointer(link.field)}/glossaryTerms/terms/{_pointer(term['urn'])}"
                fields.append({"op": "add", "path": path, "value": term})
            else:
                whole.append({"op": "add", "path": f"/terms/{_pointer(term['urn'])}", "value": term})
        if whole:
            records.append(_record("dataset", urn, "PATCH", "glossaryTerms", whole))
        if fields:
            records.append(_record("dataset", urn, "PATCH", "editableSchemaMetadata", fields))
    return _json(records)


def _record(entity: str, urn: str, change: str, aspect: str, body: Any) -> dict[str, Any]:
    # A patch must say its content type: read from the key "json" it would be sent as a whole aspect, and refused.
    patch = {"contentType": "application/json-patch+json", "value": json.dumps(body, ensure_ascii=False)}
    said = patch if change == "PATCH" else {"json": body}
    return {"entityType": entity, "entityUrn": urn, "changeType": change, "aspectName": aspect, "aspect": said}


def _dataset_urn(dataset: dict[str, Any]) -> str:
    """The URN that the importer made the id from; for datasets of other catalogs by platform and name, PROD."""
    platform = dataset["platform"] or "external"
    name, at, environment = dataset["id"].rpartition("@")
    name, environment = (name, environment) if at and environment.isupper() else (dataset["id"], "PROD")
    return f"urn:li:dataset:(urn:li:dataPlatform:{platform},{name.removeprefix(f'{platform}.')},{environment})"


def _term_urn(data_type: str) -> str:
    return f"urn:li:glossaryTerm:{GLOSSARY.lower()}.{data_type}"


def _pointer(part: str) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return part.replace("~", "~0").replace("/", "~1")


def _openmetadata(links: Sequence[Held], datasets: Rows) -> str:
    """A glossary, its terms, and tables whose columns carry them as tags, in the forms of OpenMetadata's schemas
    (createGlossary, createGlossaryTerm, tagLabel): https://docs.open-metadata.org — send each to its own address."""
    terms = [
        {"glossary": GLOSSARY, "name": t.id, "displayName": t.name_en, "description": t.definition,
         "synonyms": [t.name_zh]}
        for t in _types(links)
    ]  # fmt: skip
    tables = []
    for id, of in groupby(links, key=lambda link: link.dataset):
        tags: dict[str, list[dict[str, str]]] = {}
        for link in of:
            tags.setdefault(link.field, []).append({
                "tagFQN": f"{GLOSSARY}.{link.data_type}", "source": "Glossary", "state": "Confirmed",
                "labelType": "Propagated" if link.how == "inherited" else "Manual",
            })  # fmt: skip
        columns = [
            {"name": field.rpartition(".")[2], "fullyQualifiedName": f"{id}.{field}", "tags": of_field}
            for field, of_field in tags.items()
            if field
        ]
        tables.append({"fullyQualifiedName": id, "tags": tags.get("", []), "columns": columns})
    glossary = {"name": GLOSSARY, "displayName": "Regwatch", "description": "Data types that rules on data speak of."}
    return _json({"glossaries": [glossary], "glossaryTerms": terms, "data": tables})


def _odcs(links: Sequence[Held], datasets: Rows) -> str:
    """One contract (Open Data Contract Standard 3.1): each dataset an object, data types as custom properties.

    https://bitol-io.github.io/open-data-contract-standard
    """
    schema = []
    for id, of in groupby(links, key=lambda link: link.dataset):
        types: dict[str, list[str]] = {}
        for link in of:
            types.setdefault(link.field, []).append(link.data_type)
        said = {name: datasets[id][name] for name in PROPERTIES if datasets[id][name] not in (None, "")}
        schema.append({
            "name": id, "logicalType": "object",
            "customProperties": _properties(said | ({"dataTypes": types[""]} if "" in types else {})),
            "properties": [
                {"name": field, **_typed(datasets[id].get("types", {}).get(field, "")),
                 "customProperties": _properties({"dataTypes": of_field})}
                for field, of_field in types.items() if field
            ],
        })  # fmt: skip
    contract = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": f"{GLOSSARY.lower()}-links", "version": "1.0.0",
                "status": "active", "name": f"{GLOSSARY} links", "schema": schema}  # fmt: skip
    return yaml.safe_dump(contract, allow_unicode=True, sort_keys=False)


def _typed(type: str) -> dict[str, str]:
    """A column's type as the catalog has it and as ODCS names it; the schema of 3.2 takes no property without."""
    words = type.casefold()
    logical = next((name for name, parts in LOGICAL.items() if any(part in words for part in parts)), "string")
    return {"logicalType": logical} | ({"physicalType": type} if type else {})


def _properties(said: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"property": name, "value": value} for name, value in said.items()]


def _types(links: Iterable[Held]) -> list[DataType]:
    used = {link.data_type for link in links}
    return [data_type for id, data_type in load_data_types().items() if id in used]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


_WRITERS: dict[str, Callable[[Sequence[Held], Rows], str]] = {
    "csv": _csv, "datahub": _datahub, "openmetadata": _openmetadata, "odcs": _odcs,
}  # fmt: skip
