"""Entities, transfers and filings as people declare them, in YAML or CSV → values. Nothing is written here.

A part that cannot be taken is listed with its place and why; the rest is taken. What is left out stays unknown.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from kb.errors import CatalogError
from kb.measure_keys import load_keys
from kb.plain_values import NoValues, load_yaml
from mappings.exposure.declared_filing import CHANGES, filing_of
from mappings.exposure.declared_filing import FIELDS as FILING_FIELDS
from mappings.exposure.entities import Answer, Entity, fault_of
from mappings.exposure.filings import Filing
from mappings.exposure.transfer import METHODS, Carried, ImportantStatus, ListedItem, Transfer

GATES = ("state_secret", "core_data", "unprocessed_surveying_data", "export_controlled", "foreign_authority_request")
EXEMPTIONS = ("overseas_origin", "contract_necessity", "hr_necessity", "emergency_necessity", "statutory_necessity",
              "vulnerability_reported", "incident_reported", "recall_filed")  # fmt: skip
SHORT = {"gates": GATES, "exemptions": EXEMPTIONS, "changes": CHANGES}
STATUSES = ("notified", "published", "in_filed_catalogue", "self_identified", "disputed", "none")
COUNTS = ("persons", "sensitive_persons")
TEXTS = ("scenario", "recipient", "country", "purpose", "sector", "list_scenario", "storage")
PLAIN = {"id", "entity", "name", "group", "method", "automotive", "fields", "listed_as", "important_data", "answered",
         "volumes", "items", "retention_months", *TEXTS}  # fmt: skip


@dataclass(frozen=True)
class Declared:
    entities: tuple[Entity, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    filings: tuple[Filing, ...] = ()
    rejected: tuple[dict[str, str], ...] = ()


@dataclass
class _Reading:
    rejected: list[dict[str, str]] = field(default_factory=list)

    def reject(self, where: str, why: str) -> None:
        self.rejected.append({"row": where, "why": why})


def read_declared(path: Path) -> Declared:
    """One YAML or CSV file. Raises CatalogError when it is neither; single faults are listed in ``rejected``."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if path.suffix.lower() == ".csv":
        rows = [
            {k: v for k, v in row.items() if k and v not in (None, "")} for row in csv.DictReader(text.splitlines())
        ]
        return parse_declared({"transfers": [_from_csv(row) for row in rows]})
    try:
        data = load_yaml(text)
    except NoValues as error:
        raise CatalogError(f"{path}:{f'{error.line}:' if error.line else ''} {error}") from error
    if not isinstance(data, dict) or not data.keys() & {"entities", "transfers", "filings"}:
        raise CatalogError(f"{path}: declares nothing: write it with entities:, transfers: or filings:")
    return parse_declared(data)


def parse_declared(data: Mapping[str, Any]) -> Declared:
    reading = _Reading()
    for key in data.keys() - {"entities", "transfers", "filings", "answered"}:
        reading.reject(str(key), f"no section {key}: entities, transfers, filings or answered")
    signed = _signature(data, "answered", {}, reading)
    entities = [e for row in _rows(data, "entities", reading) if (e := _entity(row, signed, reading))]
    transfers = [t for row in _rows(data, "transfers", reading) if (t := _transfer(row, signed, reading))]
    filings = [f for row in _rows(data, "filings", reading) if (f := _filing(row, signed, reading))]
    return Declared(tuple(entities), tuple(transfers), tuple(filings), tuple(reading.rejected))


def _rows(data: Mapping[str, Any], section: str, reading: _Reading) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    told = data.get(section) or []
    if not isinstance(told, list):
        reading.reject(section, "it is not a list: begin each with `- id: …`")
        return
    for n, row in enumerate(told, 1):
        where = f"{section}[{n}]"
        id = row.get("id") if isinstance(row, dict) else None
        if not isinstance(row, dict) or not id:
            reading.reject(where, "it has no id")
        elif str(id) in seen:
            reading.reject(where, f"{id} is declared twice: only the first is taken")
        else:
            seen.add(str(id))
            yield {**row, "id": str(id)}


def _signature(row: Mapping[str, Any], where: str, outer: Mapping[str, Any], reading: _Reading) -> Mapping[str, Any]:
    """Who answered, when and on what evidence, for all answers inside."""
    told = row.get("answered") or {}
    if not isinstance(told, dict):
        reading.reject(where, "answered: write {by: NAME, date: 2026-01-31, evidence: …}")
        return outer
    return {**outer, **told}


def _entity(row: dict[str, Any], signed: Mapping[str, Any], reading: _Reading) -> Entity:
    where = f"entity {row['id']}"
    signed = _signature(row, where, signed, reading)
    answers = tuple(_answers(row, signed, where, reading))
    volumes = tuple(_volumes(row.get("volumes"), signed, where, reading))
    return Entity(row["id"], str(row.get("name") or row["id"]), row.get("group"), answers, volumes)


def _transfer(row: dict[str, Any], signed: Mapping[str, Any], reading: _Reading) -> Transfer | None:
    where = f"transfer {row['id']}"
    signed = _signature(row, where, signed, reading)
    method = row.get("method", "unknown")
    if method not in METHODS:
        reading.reject(where, f"method {method!r} is none of {', '.join(METHODS)}: taken as unknown")
        method = "unknown"
    automotive = _truth(row.get("automotive"))
    if not isinstance(automotive, bool | None):
        reading.reject(where, f"automotive: {automotive!r} is neither true nor false: taken as unknown")
        automotive = None
    if not row.get("entity"):
        reading.reject(where, "it names no entity: taken, but what its entity is stays unknown")
    months = row.get("retention_months")
    if months is not None and fault_of("months", months):
        reading.reject(where, f"retention_months: {fault_of('months', months)}: taken as unknown")
        months = None
    texts: dict[str, Any] = {name: str(row[name]) for name in TEXTS if row.get(name) is not None}
    carries = tuple(Carried(d, f) for d, _, f in (str(c).partition("/") for c in _list(row.get("fields"))))
    return Transfer(
        row["id"], str(row["entity"]) if row.get("entity") else None, method=method, automotive=automotive,
        carries=carries, listed_as=tuple(map(str, _list(row.get("listed_as")))),
        important=tuple(_statuses(row.get("important_data"), signed, where, reading)),
        answers=tuple(_answers(row, signed, where, reading)),
        volumes=tuple(_volumes(row.get("volumes"), signed, where, reading)),
        items=tuple(_item(item) for item in _list(row.get("items"))), retention_months=months, **texts,
    )  # fmt: skip


def _filing(row: dict[str, Any], signed: Mapping[str, Any], reading: _Reading) -> Filing | None:
    where = f"filing {row.get('number') or row['id']}"
    try:
        filing = filing_of(row)
    except ValueError as error:
        reading.reject(where, str(error))
        return None
    said = {key: value for key, value in row.items() if key not in FILING_FIELDS}
    return replace(filing, answers=tuple(_answers(said, _signature(row, where, signed, reading), where, reading)))


def _answers(row: Mapping[str, Any], signed: Mapping[str, Any], where: str, reading: _Reading) -> Iterator[Answer]:
    given = {key: value for key, value in row.items() if key not in PLAIN}
    for short, keys in SHORT.items():
        if short in given:
            said = given.pop(short)
            if said is None:
                continue
            if said != "none":
                reading.reject(where, f"{short}: only `none` answers all of them: answer {', '.join(keys)} one by one")
                continue
            for key in keys:
                given.setdefault(key, False)
    for key, value in given.items():
        if key not in load_keys() or load_keys()[key].about == "derived":
            reading.reject(where, f"{key}: no such question: see `regwatch transfer questions`")
        elif (load_keys()[key].about == "filing") is not where.startswith("filing "):
            whose = "a transfer or entity" if where.startswith("filing ") else "a filing"
            reading.reject(where, f"{key}: it is asked of {whose}: move it there")
        elif key in COUNTS or key == "important_data":
            reading.reject(where, f"{key}: give it under {'volumes, by year' if key in COUNTS else 'important_data'}")
        else:
            yield from _signed(key, value, signed, where, reading)


def _signed(
    key: str, value: Any, signed: Mapping[str, Any], where: str, reading: _Reading, year: int | None = None
) -> Iterator[Answer]:
    """One answer or a list of them. Who, when and on what evidence come from ``answered`` where it does not say."""
    kind = load_keys()[key].kind
    several = isinstance(value, list) and bool(value) and isinstance(value[0], dict)
    for one in value if several else [value]:
        told = {**signed, **(one if isinstance(one, dict) else {"value": one})}
        if "min" in told or "max" in told:
            told["value"] = [told.get("min", 0), told.get("max", float("inf"))]
        read = _truth(told.get("value")) if kind == "truth" else told.get("value")
        read = None if read == "unknown" else read
        if isinstance(read, list):
            read = tuple(read)
        if not told.get("by") or not told.get("date"):
            reading.reject(where, f"{key}: who answered it and when is missing (by, date): taken as unknown")
            continue
        if (fault := fault_of(key, read)) is not None:
            reading.reject(where, f"{key}: {fault}: taken as unknown")
            continue
        try:
            days = [date.fromisoformat(str(told[name])).isoformat() for name in ("date", "expires") if told.get(name)]
        except ValueError as error:
            reading.reject(where, f"{key}: {error}: write days as 2026-01-31; taken as unknown")
            continue
        expires = days[1] if len(days) > 1 else None
        yield Answer(key, read, str(told["by"]), days[0], str(told.get("evidence", "")), expires, year,
                     str(told.get("basis", "")))  # fmt: skip


def _volumes(value: Any, signed: Mapping[str, Any], where: str, reading: _Reading) -> Iterator[Answer]:
    """``{2026: {persons: 80000, sensitive_persons: [0, 500]}}``."""
    for year, counts in (value or {}).items() if isinstance(value, dict) else ():
        if not re.fullmatch("[0-9]{4}", str(year)) or not isinstance(counts, dict):
            reading.reject(where, f"volumes: {year}: write {{2026: {{persons: 80000, sensitive_persons: 0}}}}")
            continue
        own = {**signed, **{k: counts[k] for k in ("by", "date", "evidence", "expires", "basis") if k in counts}}
        for key in counts.keys() - {"by", "date", "evidence", "expires", "basis", *COUNTS}:
            reading.reject(where, f"volumes: {key}: only {' and '.join(COUNTS)} are counted")
        for key in COUNTS:
            if key in counts:
                yield from _signed(key, counts[key], own, where, reading, int(year))


def _statuses(value: Any, signed: Mapping[str, Any], where: str, reading: _Reading) -> Iterator[ImportantStatus]:
    for one in value if isinstance(value, list) else [value] if value is not None else []:
        told = one if isinstance(one, dict) else {"status": one}
        status = str(told.get("status")).lower()
        day = str(told.get("date") or signed.get("date") or "")
        authority = str(told.get("authority") or signed.get("by") or "")
        if status not in STATUSES:
            reading.reject(where, f"important_data: {status!r} is none of {', '.join(STATUSES)}: taken as unknown")
        elif not day or not authority:
            reading.reject(where, "important_data: which authority, and when, is missing: taken as unknown")
        else:
            try:
                expires = told.get("expires") or (signed.get("expires") if "date" not in told else None)
                days = [date.fromisoformat(str(d)).isoformat() if d else None for d in (day, expires)]
            except ValueError as error:
                reading.reject(where, f"important_data: {error}: write days as 2026-01-31; taken as unknown")
                continue
            yield ImportantStatus(status, authority, str(days[0]), days[1])


def _item(item: Any) -> ListedItem:
    told = item if isinstance(item, dict) else {"name": item}
    names = ("name", "content", "necessity", "example", "remark")
    return ListedItem(**{name: str(told.get(name, "")) for name in names})


def _truth(value: Any) -> Any:
    return {"true": True, "false": False, "unknown": None, "yes": True, "no": False}.get(str(value).lower(), value)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [part.strip() for part in str(value).split(";") if part.strip()]


def _from_csv(row: Mapping[str, str]) -> dict[str, Any]:
    """A row of a CSV: keys as columns, counts as ``persons_2026``; by, date, evidence and expires sign all of them."""
    told: dict[str, Any] = {"answered": {k: row[k] for k in ("by", "date", "evidence", "expires") if k in row}}
    volumes: dict[str, dict[str, Any]] = {}
    for column, text in row.items():
        key, _, year = column.rpartition("_")
        if key in COUNTS and year.isdigit():
            volumes.setdefault(year, {})[key] = _number(text)
        elif column in load_keys() and load_keys()[column].kind == "number":
            told[column] = _number(text)
        elif column in load_keys() and load_keys()[column].kind == "words":
            told[column] = _list(text)
        elif column not in ("by", "date", "evidence", "expires"):
            told[column] = text
    return {**told, "volumes": volumes} if volumes else told


def _number(text: str) -> Any:
    """80000, 80,000 or a range 1000-5000; anything else stays text and is rejected with its reason."""
    parts = text.replace(",", "").split("-") if not text.startswith("-") else [text.replace(",", "")]
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return text
    return numbers[0] if len(numbers) == 1 else tuple(numbers)
