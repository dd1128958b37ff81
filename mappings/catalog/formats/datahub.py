"""DataHub metadata as a JSON list of records, each of an entity and its aspects.

What people edited in the user interface overrides what was ingested; siblings fill what is missing, whichever of the
two names the other. The forms of a record are ``datahub_records``'s. https://docs.datahub.com/docs/metadata-modeling/metadata-model
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kb.errors import CatalogError
from mappings.catalog.dataset import Dataset, Field, Rejected
from mappings.catalog.formats.datahub_records import read_record
from mappings.catalog.formats.keys import LONGEST_NAME, text_of
from mappings.catalog.formats.tree import custom_properties, describe, load_tree, mapping, objects

Aspects = dict[str, dict[str, Any]]
_DATASET = re.compile(r"urn:li:dataset:\(urn:li:dataPlatform:([^,]+),(.+),([A-Z_]+)\)")
# Which kind of ownership answers for the data, best first; any other owner comes last.
OWNERSHIPS = (
    "data_owner",
    "DATAOWNER",
    "business_owner",
    "BUSINESS_OWNER",
    "technical_owner",
    "TECHNICAL_OWNER",
    "data_steward",
)
# Where a user or a group has a name and an address; what people edited goes first.
OWNER_ASPECTS = ("corpUserEditableInfo", "corpUserInfo", "corpGroupEditableInfo", "corpGroupInfo")


def read(path: Path, columns: Mapping[str, str] | None = None) -> Iterator[Dataset | Rejected]:
    """The datasets of a file. Raises CatalogError when the file is no list of DataHub records."""
    records = load_tree(path)
    if not isinstance(records, list):
        raise CatalogError(f"{path}: is no list of DataHub records")
    aspects: defaultdict[str, Aspects] = defaultdict(dict)
    first: dict[str, int] = {}
    for row, record in enumerate(records, 1):
        read = False
        for entity, name, body in read_record(record):
            aspects[entity][name] = body
            first.setdefault(entity, row)
            read = True
        if not read:
            yield Rejected(row, "is no record with entityUrn, aspectName and a readable aspect", lost=True)
    siblings = _siblings(aspects)
    for entity, said in aspects.items():
        if entity.startswith("urn:li:dataset:") and not said.get("status", {}).get("removed"):
            yield from _dataset(first[entity], entity, _with_siblings(said, siblings[entity], aspects), aspects)


def _siblings(aspects: Mapping[str, Aspects]) -> defaultdict[str, list[str]]:
    """Who is a sibling of whom, in both directions: an ingestion often writes the aspect on one side only."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for entity, said in aspects.items():
        urns = said.get("siblings", {}).get("siblings")
        for urn in map(text_of, urns if isinstance(urns, list) else []):
            for one, other in ((entity, urn), (urn, entity)):
                if other in aspects and other not in (one, *found[one]):
                    found[one].append(other)
    return found


def _with_siblings(said: Aspects, siblings: list[str], everything: Mapping[str, Aspects]) -> Aspects:
    """What a sibling knows of the same table (the dbt model of a warehouse table) fills what is missing here."""
    filled = dict(said)
    for sibling in map(everything.__getitem__, siblings):
        for name in ("ownership", "datasetProperties", "editableDatasetProperties", "structuredProperties"):
            own = {key: value for key, value in filled.get(name, {}).items() if value}
            filled[name] = sibling.get(name, {}) | own
        known = {field.name.casefold(): field.description for field in _fields(sibling) if field.description}
        schema = filled.get("schemaMetadata", {})
        filled["schemaMetadata"] = schema | {
            "fields": [
                {**field, "description": field.get("description") or known.get(_plain(field).casefold())}
                for field in objects(schema.get("fields"))
            ]
        }
    return filled


def _plain(field: Mapping[str, Any]) -> str:
    """A field path without the annotations of version 2: [version=2.0].[type=string].email → email."""
    return re.sub(r"\[[^\]]*\]\.?", "", text_of(field.get("fieldPath"), LONGEST_NAME))


def _dataset(row: int, urn: str, said: Aspects, everything: Mapping[str, Aspects]) -> Iterator[Dataset | Rejected]:
    match = _DATASET.fullmatch(urn)
    if not match:
        yield Rejected(row, f"{urn} is no dataset URN", lost=True)
        return
    platform, name, environment = match[1], match[2], match[3]
    id = f"{platform}.{name}" + ("" if environment == "PROD" else f"@{environment}")
    properties = said.get("datasetProperties", {})
    raw = custom_properties(_structured(said), mapping(properties.get("customProperties")))
    description = said.get("editableDatasetProperties", {}).get("description") or properties.get("description")
    raw |= {"platform": platform, "dataset_description": text_of(description)}
    raw |= _owner(said.get("ownership", {}), everything)
    yield from describe(
        row, id, id, {k: v for k, v in raw.items() if v}, _fields(said), speaks_of=("owner", "description", "platform")
    )


def _fields(said: Aspects) -> Iterator[Field]:
    edited = {  # its paths may be of version 1 where the schema's are of version 2
        _plain(field): text_of(field.get("description"))
        for field in objects(said.get("editableSchemaMetadata", {}).get("editableSchemaFieldInfo"))
    }
    for field in objects(said.get("schemaMetadata", {}).get("fields")):
        if name := _plain(field):
            text = edited.get(name) or text_of(field.get("description"))
            yield Field(name, text_of(field.get("nativeDataType")), "", text)


def _owner(ownership: dict[str, Any], everything: Mapping[str, Aspects]) -> dict[str, str]:
    """The owner that answers most for the data, with an address where the user, the group or its URN has one."""
    ranked = sorted(
        (owner for owner in objects(ownership.get("owners")) if "__datahub_system" not in text_of(owner.get("owner"))),
        key=lambda owner: _rank(f"{text_of(owner.get('typeUrn'))} {text_of(owner.get('type'))}"),
    )
    if not ranked:
        return {}
    urn = text_of(ranked[0].get("owner"))
    info = everything.get(urn, {})
    names, addresses = (
        [text_of(info.get(aspect, {}).get(key)) for aspect in OWNER_ASPECTS] for key in ("displayName", "email")
    )
    handle = urn.rpartition(":")[2]
    said = [*names, handle], [*addresses, handle if "@" in handle else ""]
    name, email = (next(filter(None, one), "") for one in said)
    return {"owner": name, "owner_email": email}


def _rank(kind: str) -> int:
    return next((place for place, word in enumerate(OWNERSHIPS) if word in kind), len(OWNERSHIPS))


def _structured(said: Aspects) -> dict[str, Any]:
    """Structured properties by the last part of their name: showcase.storageRegion → storageRegion."""
    return {
        text_of(item.get("propertyUrn")).rpartition(":")[2].rpartition(".")[2]: _first_value(item.get("values"))
        for item in objects(said.get("structuredProperties", {}).get("properties"))
    }


def _first_value(values: Any) -> Any:
    return next((v for value in objects(values) for v in value.values()), None)
