"""The data items of a version as a flat table, for spreadsheets and scripts: CSV text or a list for JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from kb.cells import harmless
from kb.standards.eli import text_uri

Row = dict[str, Any]
COLUMNS = (
    "id", "uri", "version", "number", "scenario", "subscenario", "category", "name", "description", "rule", "logic",
    "conditions", "data_types", "status", "page", "capture_digest", "capture_url", "reader", "reader_version",
)  # fmt: skip


def items_list(items: Sequence[Row], base: str = "") -> list[Row]:
    """Each item with its conditions as a tree, its data types with their relations, and where it was read."""
    return [
        {**item, "uri": text_uri(item["version"], base, item["id"].partition("#")[2])}
        for item in items
    ]  # fmt: skip


def items_csv(items: Sequence[Row], base: str = "") -> str:
    """The same, one line an item: conditions as JSON, data types as ``id:relation`` joined by blanks."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for item in items_list(items, base):
        conditions = json.dumps(item["conditions"], ensure_ascii=False) if item["conditions"] else ""
        types = " ".join(f"{target['id']}:{target['relation']}" for target in item["data_types"])
        row = {**item, "conditions": conditions, "data_types": types}
        writer.writerow({name: harmless(value) for name, value in row.items()})
    return out.getvalue()
