"""What a DataHub metadata file records: change proposals of one aspect each, and the older change events, a snapshot
with many aspects, as file sinks and examples still write them. Reading the aspects is ``datahub``'s.

https://docs.datahub.com/docs/what/mxe
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from mappings.catalog.formats.keys import LONGEST_NAME, text_of
from mappings.catalog.formats.tree import mapping, objects

# The wrappers that Avro puts around a value of a union: {"string": "a text"}.
_WRAPPERS = ("string", "int", "long", "float", "double", "boolean", "map", "array")
_CLASSES = "com.linkedin."


def read_record(record: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Entity URN, name and body of each aspect; nothing when the record is of neither form."""
    snapshot = mapping(mapping(record).get("proposedSnapshot"))
    if snapshot:
        for one in map(mapping, snapshot.values()):
            entity = text_of(one.get("urn"), LONGEST_NAME)
            for kind, said in (pair for aspect in objects(one.get("aspects")) for pair in aspect.items()):
                if entity and isinstance(said, dict):
                    yield entity, _aspect_name(kind), _unwrapped(said)
        return
    entity, name = text_of(mapping(record).get("entityUrn"), LONGEST_NAME), mapping(record).get("aspectName")
    body = _body(mapping(record).get("aspect"))
    if entity and isinstance(name, str) and body is not None:
        yield entity, name, body


def _aspect_name(name: str) -> str:
    """com.linkedin.pegasus2avro.schema.SchemaMetadata → schemaMetadata."""
    short = name.rpartition(".")[2]
    return short[:1].lower() + short[1:]


def _unwrapped(value: Any) -> Any:
    if isinstance(value, list):
        return [_unwrapped(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, inner), *_ = value.items()
        if key in _WRAPPERS or key.startswith(_CLASSES):
            return _unwrapped(inner)
    return {key: _unwrapped(inner) for key, inner in value.items()}


def _body(holder: Any) -> dict[str, Any] | None:
    """An aspect as ``{"json": {…}}`` or as ``{"value": "<json text>"}``."""
    body = mapping(holder).get("json", mapping(holder).get("value"))
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except (json.JSONDecodeError, RecursionError):
            return None
    return body if isinstance(body, dict) else None
