"""One declared filing → its value. Answers about what has changed since are read where all answers are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mappings.exposure.entities import fault_of
from mappings.exposure.filings import WAYS, Filing

FIELDS = {"id", "number", "route", "entity", "entities", "transfers", "fields", "persons", "sensitive_persons",
          "granted", "valid_to", "recipient", "purpose", "method", "contract_effective", "retention_months", "storage",
          "answered"}  # fmt: skip
LISTS = ("transfers", "fields", "entities")
DAYS = ("granted", "valid_to", "contract_effective")
COUNTS = ("persons", "sensitive_persons", "retention_months")
# What `changes: none` answers with no: every change, but not what a change would lead to or what an extension asks.
CHANGES = ("purpose_changed", "method_changed", "scope_widened", "recipient_changed", "amount_exceeded",
           "sensitivity_changed", "storage_changed", "retention_extended", "recipient_use_changed",
           "recipient_law_changed", "force_majeure", "own_control_changed", "recipient_control_changed",
           "contract_changed", "other_change")  # fmt: skip


def filing_of(row: Mapping[str, Any]) -> Filing:
    """A declared filing. Raises ValueError with what is wrong."""
    if not isinstance(row.get("route"), str) or row["route"] not in WAYS:
        raise ValueError(f"route {row.get('route')!r} is none of {', '.join(WAYS)}")
    lists = {name: row.get(name) or [] for name in LISTS}
    if not row.get("entity") or not all(isinstance(told, list) for told in lists.values()) or not lists["transfers"]:
        raise ValueError("a filing names its entity and, as a list, the transfers it was made for")
    told: dict[str, Any] = {name: tuple(map(str, lists[name])) for name in LISTS}
    for name in DAYS:
        told[name] = _day(name, row.get(name))
    for name in COUNTS:
        value = row.get(name)
        if isinstance(value, list | tuple) or (value is not None and fault_of("months", value)):
            raise ValueError(f"{name}: {value!r} is no count")
        told[name] = None if value is None else float(value)
    told.update({name: str(row.get(name) or "") for name in ("recipient", "purpose", "method", "storage")})
    return Filing(str(row["id"]), str(row.get("number") or row["id"]), row["route"], str(row["entity"]), **told)


def _day(name: str, value: Any) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise ValueError(f"{name}: {error}: write days as 2026-01-31") from error
